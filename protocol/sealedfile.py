"""Sealed files: an envelope on its way by hand, with the desk and set that a door has to know of it.  SPEC 6.9.

A saved copy of the form has no door to send to.  It gives such a file; whoever has a connection hands it in.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from protocol import limits
from protocol.envelope import check_envelope, envelope_size
from protocol.errors import Refused

MAX_SEALED_FILE: Final = envelope_size(limits.MAX_MEMBERS, limits.BUCKETS[-1]) + 128
START: Final = b"sereno-sealed/"
_LINE: Final = re.compile(rb"sereno-sealed/v1 ([a-z][a-z0-9-]{0,31}) ([0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class SealedFile:
    """An envelope, the desk that it is for, and the name of the recipient set that it is sealed to."""

    desk: str
    set: str
    envelope: bytes

    def encode(self) -> bytes:
        """Return the file's bytes."""
        return b"sereno-sealed/v1 %b %b\n" % (self.desk.encode("ascii"), self.set.encode("ascii")) + self.envelope

    @classmethod
    def decode(cls, data: bytes) -> SealedFile:
        """Return what a file holds; whether its envelope is one, the door says, which knows the sets.

        Raises Refused: sealed_file, too_large, and what `check_envelope` raises for the shape of an envelope.
        """
        if len(data) > MAX_SEALED_FILE:
            raise Refused("too_large", f"The file has {len(data)} bytes; a sealed file has at most {MAX_SEALED_FILE}.")
        found = _LINE.match(data)
        if found is None:
            raise Refused(
                "sealed_file",
                "A sealed file begins with sereno-sealed/v1, its desk and its set; this one does not. "
                "Take the file that the saved form gave.",
            )
        envelope = data[found.end() :]
        check_envelope(envelope, range(1, limits.MAX_MEMBERS + 1))
        return cls(found[1].decode("ascii"), found[2].decode("ascii"), envelope)
