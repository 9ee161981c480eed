"""What is known of other networks: which keys they list, so that no key ever serves two of them.

A person on an exercise's roster must not be taken for one on an actual roster because a key is the same.  Rosters and
policies are read here without checking who signed them: a forged one can only make us refuse more.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from protocol.encoding import fingerprint, unb64
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.roster import ROSTER
from protocol.signed import Signed


@dataclass(frozen=True, slots=True)
class Known:
    """One list of keys: its network and mode, the SHA-256 (hexadecimal) of every key on it, and of the revoked ones."""

    network: str
    mode: str
    keys: frozenset[str]
    revoked: frozenset[str]


def known_policy(policy: Policy) -> Known:
    """Return what a policy lists: the root keys."""
    keys = frozenset(fingerprint(unb64(key)) for key in policy.roots.keys)
    return Known(policy.network, policy.mode, keys, frozenset())


def known_roster(value: Mapping[str, Any]) -> Known:
    """Return what a roster's or a draft's value lists.  Cosigners are left out: they may witness many networks."""
    revoked = frozenset(fingerprint(unb64(one["ed25519"])) for one in value["verifiers"] if "revoked_at" in one)
    return Known(value["network"], value["mode"], frozenset(_keys(value)), revoked)


def _keys(value: Mapping[str, Any]) -> Iterator[str]:
    yield from (fingerprint(unb64(key)) for key in value["roots"]["keys"])
    yield from (fingerprint(unb64(one["ed25519"])) for one in value["verifiers"])
    yield from (fingerprint(unb64(one["ed25519"])) for one in value["organisations"])
    yield from (one["age"] for one in value["organisations"])
    yield fingerprint(unb64(value["log"]["key"]))


def read_known(file: bytes) -> Known:
    """Return what a policy file or a signed roster lists, whoever signed it.  Raises as their decoders."""
    if b'"payloadType"' not in file:
        return known_policy(Policy.decode(file))
    signed = Signed.decode(file.removesuffix(b"\n"))
    if signed.noun != "roster":
        raise Refused("payload_type", f"A roster or a policy tells which keys are used; this is a {signed.noun}.")
    return known_roster(signed.read(ROSTER))


def require_unused(hashes: Sequence[str], network: str | None, known: Iterable[Known]) -> None:
    """Raise Refused("public_key") if a key is listed for another network than `network`, or is revoked in any.

    `hashes` are the SHA-256 of keys in hexadecimal; a network of None is one that is only now founded.
    """
    for one in known:
        for name in hashes:
            if name in one.revoked:
                raise Refused(
                    "public_key",
                    f"The key {name[:16]} is revoked on a roster of network {one.network[:16]} and never comes back. "
                    "A new key has to be made.",
                )
            if name in one.keys and one.network != network:
                raise Refused(
                    "public_key",
                    f"The key {name[:16]} is already used by the network {one.network[:16]} ({one.mode}). "
                    "Every network has keys of its own: a new one has to be made.",
                )
