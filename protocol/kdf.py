"""Keys from keys: HKDF-SHA-256.  SPEC 6.3.

Source: RFC 5869.  `extract` and `expand` are public on their own because HPKE (RFC 9180) calls them apart.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

HASH: Final = 32  # Bytes of a SHA-256.
MAX_LENGTH: Final = 255 * HASH  # RFC 5869, section 2.3: the block counter is one byte.


def extract(salt: bytes, ikm: bytes) -> bytes:
    """Return the 32-byte pseudo-random key of input keying material; an empty salt means 32 zeros (RFC 5869, 2.2)."""
    return hmac.digest(salt, ikm, hashlib.sha256)


def expand(key: bytes, info: bytes, length: int) -> bytes:
    """Return `length` bytes of keying material for `info` from a pseudo-random key (RFC 5869, 2.3).

    Raises ValueError for a length that is not from 0 to 8,160: a mistake in the calling code, never in what it reads.
    """
    if not 0 <= length <= MAX_LENGTH:
        raise ValueError(f"HKDF-SHA-256 gives 0 to {MAX_LENGTH} bytes; {length} were asked for.")
    block = out = b""
    for counter in range(1, -(-length // HASH) + 1):
        block = hmac.digest(key, block + info + bytes([counter]), hashlib.sha256)
        out += block
    return out[:length]


def hkdf(ikm: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """Return `length` bytes derived from input keying material, a salt and a purpose.  Raises as `expand`."""
    return expand(extract(salt, ikm), info, length)
