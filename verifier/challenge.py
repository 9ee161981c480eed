"""Challenges: nonces that carry their own end and the desk's mark, so that handing one out writes nothing.  SPEC 14.

A nonce is 8 bytes of its last second, 8 of chance, and 16 of HMAC-SHA-256 over both.  Only one that a valid sign-in
used is remembered, for as long as it could be shown again.
"""

from __future__ import annotations

import hmac
import os
from typing import Final

from protocol.errors import Refused
from protocol.signin import LIFE, NONCE

_HEAD: Final = 16
_LABEL: Final = b"sereno desk challenge v1"


class Challenges:
    """Hands out nonces and knows its own.  `key` is 32 secret bytes, the same in every process of one desk."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def make(self, now: int) -> bytes:
        """Return a fresh 32-byte nonce, good for a minute from `now` (Unix seconds)."""
        head = (now + LIFE).to_bytes(8, "big") + os.urandom(_HEAD - 8)
        return head + self._mark(head)

    def end(self, nonce: bytes, now: int) -> int:
        """Return until when a nonce of ours is good (Unix seconds).  Raises Refused("sign_in") for any other."""
        head, mark = nonce[:_HEAD], nonce[_HEAD:]
        expires = int.from_bytes(head[:8], "big")
        if not hmac.compare_digest(mark, self._mark(head)):
            raise Refused("sign_in", "This challenge was never given here. Ask for a new one.")
        if now >= expires:
            raise Refused("sign_in", f"This challenge was good until {expires}; it is {now}. Ask for a new one.")
        return expires

    def _mark(self, head: bytes) -> bytes:
        return hmac.digest(self._key, _LABEL + head, "sha256")[: NONCE - _HEAD]
