"""The trail: a roster and the root changes that lead to it from a policy's roots.  SPEC 7.7.

What a bundle holds besides the alert, and what a slip leaves out.  Nothing here is checked: `open_roster` does that.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from dataclasses import dataclass

from protocol import limits
from protocol.encoding import canonical, fingerprint, parse
from protocol.errors import Refused
from protocol.shape import list_of
from protocol.signed import SIGNED, Signed


@dataclass(frozen=True, slots=True)
class Trail:
    """A signed roster and the signed root changes before it, shaped but NOT yet checked."""

    roster: Signed
    chain: tuple[Signed, ...] = ()

    @classmethod
    def decode(cls, data: bytes) -> Trail:
        """Return the trail that a file holds: its own file, a bundle, a publication, or a custodians' roster file.

        Raises as `parse` and the shapes.
        """
        value = parse(data.removesuffix(b"\n"), limits.MAX_BUNDLE)
        if not isinstance(value, dict):
            raise Refused("shape", "A file with a roster is a JSON object; this is none.")
        roster, chain = (value, []) if "payload" in value else (value.get("roster"), value.get("chain", []))
        SIGNED(roster, "roster")
        list_of(SIGNED, limits.ROOT_LINKS)(chain, "chain")
        return cls(Signed.of(roster, "roster"), tuple(Signed.of(link, "chain") for link in chain))

    def encode(self) -> bytes:
        """Return its own file: canonical JSON."""
        return canonical({"v": 1, "roster": self.roster.value(), "chain": [link.value() for link in self.chain]})

    def name(self) -> str:
        """Return the SHA-256 of its own file in hexadecimal: it commits to every signature too."""
        return fingerprint(self.encode())
