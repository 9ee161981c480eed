"""Stays: a lead suspends a person now, and every checker obeys.  SPEC 5.5.  A stay can only lower.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from protocol import limits
from protocol.errors import Refused
from protocol.roster import Roster
from protocol.shape import ID, SHA256, TIME, exactly, record
from protocol.signed import Signed

STAY: Final = record({"v": exactly(1), "network": SHA256, "verifier": ID, "issued": TIME, "until": TIME})


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
