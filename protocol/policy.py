"""The policy: what a checker holds before any byte arrives.  SPEC 5.1.

A policy file is handed over in person or printed on paper.  It pins the root keys; its other demands can only raise
what the roster asks for.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from protocol import limits
from protocol.encoding import canonical, fingerprint, parse, unb64
from protocol.errors import Refused
from protocol.shape import SHA256, base64, boolean, exactly, integer, one_of, record, sorted_set_of
from protocol.signed import admit_key, key_id

MODE: Final = one_of("actual", "exercise")
ROOTS: Final = record({"threshold": integer(2, 8), "keys": sorted_set_of(base64(32), 8, 2)})
QUORUM: Final = record({"keys": integer(limits.MIN_QUORUM, 8), "organisations": integer(1, 8)})


POLICY: Final = record(
    {
        "v": exactly(1),
        "network": SHA256,
        "mode": MODE,
        "roots": ROOTS,
        "quorum": QUORUM,
        "cosigners": integer(0, 16),
        "strict": boolean,
    }
)


@dataclass(frozen=True, slots=True)
class Roots:
    """A root set: `threshold` of `keys` (base64 of 32-byte Ed25519 public keys, ascending) must sign."""

    threshold: int
    keys: tuple[str, ...]

    def by_id(self) -> dict[str, bytes]:
        """Return the public keys by their 8-character ids."""
        return {key_id(unb64(key)): unb64(key) for key in self.keys}

    @classmethod
    def of(cls, value: Mapping[str, Any]) -> Roots:
        """Return the root set of a shaped value.  Raises Refused("policy" | "public_key")."""
        if value["threshold"] > len(value["keys"]):
            raise Refused("policy", f"{value['threshold']} roots must sign and only {len(value['keys'])} are named.")
        for key in value["keys"]:
            admit_key(unb64(key, 32))
        return cls(value["threshold"], tuple(value["keys"]))

    def value(self) -> dict[str, Any]:
        """Return the JSON value."""
        return {"threshold": self.threshold, "keys": list(self.keys)}


def network_id(roots: Roots, mode: str) -> str:
    """Return a network's name: the SHA-256 of its first root set and its mode, in hexadecimal.

    The mode is inside, so an exercise can never be turned into an actual network by any later roster.
    """
    return fingerprint(canonical({"v": 1, "mode": mode, **roots.value()}))


@dataclass(frozen=True, slots=True)
class Policy:
    """Pinned roots, and demands that can only raise the roster's."""

    network: str
    mode: str
    roots: Roots
    keys: int
    organisations: int
    cosigners: int
    strict: bool

    @classmethod
    def decode(cls, data: bytes) -> Policy:
        """Return the policy that a policy file holds.  Raises as `parse` and the shape, and Refused("policy")."""
        value = parse(data.removesuffix(b"\n"), limits.MAX_POLICY)
        POLICY(value, "policy")
        roots = Roots.of(value["roots"])
        return cls(
            network=value["network"],
            mode=value["mode"],
            roots=roots,
            keys=value["quorum"]["keys"],
            organisations=value["quorum"]["organisations"],
            cosigners=value["cosigners"],
            strict=value["strict"],
        )

    def encode(self) -> bytes:
        """Return the policy file: canonical JSON and a line feed."""
        value = {
            "v": 1,
            "network": self.network,
            "mode": self.mode,
            "roots": self.roots.value(),
            "quorum": {"keys": self.keys, "organisations": self.organisations},
            "cosigners": self.cosigners,
            "strict": self.strict,
        }
        return canonical(value) + b"\n"
