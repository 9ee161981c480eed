"""Key files of a log and of its witnesses: one line that a process reads when it starts, with nobody there to type.

So it is not under a pass-phrase: the file's mode and the process' own account keep it.  The line is the private key of
a signed note as Go's `sumdb/note` writes it, and other log software reads it too.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from protocol.encoding import b64, unb64
from protocol.errors import Refused
from protocol.note import COSIGNER, LOG, Key, key_hash
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
        return cls(*_read(data, LOG, "a log"))

    def encode(self) -> bytes:
        """Return the file: one line."""
        return _write(self.origin, LOG, self.seed)


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """A witness' key: its name and its 32-byte Ed25519 seed."""

    name: str
    seed: bytes = field(repr=False)

    @property
    def public(self) -> Key:
        """The public key as C2SP writes it."""
        return Key(self.name, COSIGNER, public_key(self.seed))

    @classmethod
    def decode(cls, data: bytes) -> WitnessKey:
        """Return the key of a witness' key file.  Raises Refused("log_key"); no sentence repeats what was read."""
        return cls(*_read(data, COSIGNER, "a witness"))

    def encode(self) -> bytes:
        """Return the file: one line."""
        return _write(self.name, COSIGNER, self.seed)


def _read(data: bytes, type_byte: int, whose: str) -> tuple[str, bytes]:
    parts = _LINE.fullmatch(data.decode("ascii", "replace"))
    if parts is None:
        raise Refused("log_key", f"The key file of {whose} is one line: PRIVATE+KEY+name+hash+base64.")
    name, hash_text, base64_text = parts.groups()
    try:
        blob = unb64(base64_text, 33)
    except Refused as error:
        raise Refused("log_key", f"The key of {name} is not 33 bytes of base64.") from error
    if blob[0] != type_byte or key_hash(name, type_byte, public_key(blob[1:])).hex() != hash_text:
        raise Refused("log_key", f"The key of {name} does not have the hash {hash_text}, or is not that of {whose}.")
    return name, blob[1:]


def _write(name: str, type_byte: int, seed: bytes) -> bytes:
    hash_text = key_hash(name, type_byte, public_key(seed)).hex()
    return f"PRIVATE+KEY+{name}+{hash_text}+{b64(bytes([type_byte]) + seed)}\n".encode("ascii")
