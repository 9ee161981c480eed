"""Stays: a lead suspends a person now, and every checker obeys.  SPEC 5.5.  A stay can only lower.

It travels like a stop, by any carrier, in a bundle that holds all it takes to check it but the policy.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from protocol import limits
from protocol.encoding import canonical, parse
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.roster import Roster, open_roster
from protocol.shape import ID, SHA256, TIME, exactly, list_of, record
from protocol.signed import SIGNED, Signed

STAY: Final = record({"v": exactly(1), "network": SHA256, "verifier": ID, "issued": TIME, "until": TIME})
STAY_BUNDLE: Final = record(
    {"v": exactly(1), "stay": SIGNED, "roster": SIGNED, "chain": list_of(SIGNED, limits.ROOT_LINKS)}
)


@dataclass(frozen=True, slots=True)
class Stay:
    """A checked stay: nothing that `verifier` signs from `issued` to `until` counts.  Made by `open_stay`."""

    verifier: str
    issued: int
    until: int
    by: str


def open_stay(signed: Signed, roster: Roster) -> Stay:
    """Return the checked stay.  Raises Refused: payload_type, signer, signature, stay."""
    leads = {one.id: one.key for one in roster.verifiers.values() if "lead" in one.roles and one.revoked_at is None}
    signers = signed.check("stay", leads)
    value = signed.read(STAY)
    if len(signers) != 1 or signers[0] == value["verifier"]:
        raise Refused("stay", "A stay is signed by one lead, and never by the person it suspends.")
    if value["network"] != roster.network:
        raise Refused("stay", f"The stay is for network {value['network'][:16]}; this is {roster.network[:16]}.")
    if not value["issued"] < value["until"] <= value["issued"] + limits.STAY_LIFE:
        raise Refused("stay", "A stay lasts for more than 0 and at most 7 days; then a roster must say it.")
    if value["issued"] >= roster.verifiers[signers[0]].certified_until:
        raise Refused("stay", f"The certification of {signers[0]} had lapsed when the stay was issued.")
    return Stay(value["verifier"], value["issued"], value["until"], signers[0])


def encode_stay(stay: Signed, roster: Signed, chain: Sequence[Signed]) -> bytes:
    """Return a stay's bundle, canonical JSON: with the roster that its lead stands on, and the root changes to it."""
    value: dict[str, Any] = {
        "v": 1,
        "stay": stay.value(),
        "roster": roster.value(),
        "chain": [link.value() for link in chain],
    }
    return canonical(value)


def check_stay(data: bytes, policy: Policy) -> Stay:
    """Return the stay that a bundle's bytes prove under a policy, whoever brought them.

    Raises as `parse`, the shapes, `open_roster` and `open_stay`; Refused("roster_dates") where the roster did not hold
    when the stay was issued.
    """
    value = parse(data, limits.MAX_BUNDLE)
    STAY_BUNDLE(value, "stay bundle")
    chain = tuple(Signed.of(one, "stay bundle.chain") for one in value["chain"])
    roster = open_roster(Signed.of(value["roster"], "stay bundle.roster"), chain, policy)
    stay = open_stay(Signed.of(value["stay"], "stay bundle.stay"), roster)
    if not roster.issued <= stay.issued < roster.expires:
        raise Refused(
            "roster_dates",
            f"The stay was issued at {stay.issued}; its roster holds from {roster.issued} to {roster.expires}.",
        )
    return stay


def require_unstayed(signers: Iterable[str], stays: Iterable[Stay], now: int) -> None:
    """Raise Refused("attestation_stayed") where a stay holds one of `signers` now.

    For what the log does not hold yet: nobody has seen it, and its issue may be dated back to before the stay.
    """
    held = sorted(stayed_at(stays, now).intersection(signers))
    if held:
        raise Refused(
            "attestation_stayed", f"A lead has suspended {', '.join(held)} for now; somebody else has to sign."
        )


def stayed_at(stays: Iterable[Stay], time: int) -> frozenset[str]:
    """Return the ids of the verifiers that a stay holds at `time`."""
    return frozenset(one.verifier for one in stays if one.issued <= time < one.until)
