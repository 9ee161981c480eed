"""The log's key file: one line that the log writer's process reads when it starts, alone, with nobody there to type.

So it is not under a pass-phrase: the file's mode and the log writer's own account keep it.  The line is the private key
of a signed note as Go's `sumdb/note` writes it, and other log software reads it too.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from protocol.encoding import b64, unb64
from protocol.errors import Refused
from protocol.note import LOG, Key, key_hash
from protocol.signed import public_key

_LINE: Final = re.compile(r"PRIVATE\+KEY\+([!-*,-~]{1,128})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})\n?")


@dataclass(frozen=True, slots=True)
class LogKey:
    """A log's key: its origin and its 32-byte Ed25519 seed."""

    origin: str
    seed: bytes = field(repr=False)

    @property
    def public(self) -> Key:
        """The public key as C2SP writes it."""
        return Key(self.origin, LOG, public_key(self.seed))

    @classmethod
    def decode(cls, data: bytes) -> LogKey:
        """Return the key of a log's key file.  Raises Refused("log_key"); no sentence repeats what was read."""
        parts = _LINE.fullmatch(data.decode("ascii", "replace"))
        if parts is None:
            raise Refused("log_key", "A log's key file is one line: PRIVATE+KEY+origin+hash+base64.")
        origin, hash_text, base64_text = parts.groups()
        try:
            blob = unb64(base64_text, 33)
        except Refused as error:
            raise Refused("log_key", f"The key of {origin} is not 33 bytes of base64.") from error
        if blob[0] != LOG or key_hash(origin, LOG, public_key(blob[1:])).hex() != hash_text:
            raise Refused("log_key", f"The key of {origin} does not have the hash {hash_text}, or is not a log's.")
        return cls(origin, blob[1:])

    def encode(self) -> bytes:
        """Return the file: one line."""
        hash_text = key_hash(self.origin, LOG, public_key(self.seed)).hex()
        return f"PRIVATE+KEY+{self.origin}+{hash_text}+{b64(bytes([LOG]) + self.seed)}\n".encode("ascii")
