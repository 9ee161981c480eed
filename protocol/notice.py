"""Notices: a lead tells witnesses that nobody can check now, and until when.  SPEC 5.9.  A notice can only inform.

Nothing finer than a quarter hour stands in it, so that it says little of who works when.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from protocol import limits
from protocol.errors import Refused
from protocol.roster import Roster
from protocol.shape import CODE, SHA256, TIME, exactly, integer, one_of, record
from protocol.signed import Signed

NOTICE: Final = record(
    {
        "v": exactly(1),
        "network": SHA256,
        "desk": CODE,
        "number": integer(1),
        "from": TIME,
        "until": TIME,
        "reason": one_of("nobody-on-shift"),
    }
)


@dataclass(frozen=True, slots=True)
class Notice:
    """A checked notice of a desk: in force from `begins` to `until`, and taken back where they are the same."""

    desk: str
    number: int
    begins: int
    until: int
    reason: str
    by: str

    def holds(self, now: int) -> bool:
        """Return whether it is in force at `now`, by a clock that may be five minutes slow."""
        return self.begins - limits.CLOCK_SKEW <= now < self.until


def open_notice(signed: Signed, roster: Roster, stayed: Collection[str] = ()) -> Notice:
    """Return the checked notice; `stayed` are those whom a lead has suspended now.

    Raises Refused: payload_type, signer, signature, notice.
    """
    leads = {one.id: one.key for one in roster.verifiers.values() if "lead" in one.roles and one.revoked_at is None}
    signers = signed.check("notice", leads)
    value = signed.read(NOTICE)
    begins, until, by = value["from"], value["until"], signers[0]
    if len(signers) != 1 or roster.verifiers[by].desk != value["desk"]:
        raise Refused("notice", f"A notice of desk {value['desk']} is signed by one lead of that desk and nobody else.")
    if value["network"] != roster.network:
        raise Refused("notice", f"The notice is for network {value['network'][:16]}; this is {roster.network[:16]}.")
    if begins % limits.QUARTER or until % limits.QUARTER:
        raise Refused("notice", "A notice begins and ends on a quarter hour.")
    if not begins <= until <= begins + limits.NOTICE_LIFE:
        raise Refused("notice", "A notice holds for at most 24 hours; who comes back later signs another.")
    if by in stayed or begins >= roster.verifiers[by].certified_until:
        raise Refused("notice", f"{by} is suspended, or was certified no more when the notice began.")
    return Notice(value["desk"], value["number"], begins, until, value["reason"], by)


def notices_in_force(
    signed: Iterable[Signed], roster: Roster, stayed: Collection[str], now: int
) -> dict[str, tuple[Notice, Signed]]:
    """Return the notice that each desk has in force at `now`, by desk: that of its highest number, or none.

    One that does not check counts as none: whatever it says, a tip must still be sealed.
    """
    last: dict[str, tuple[Notice, Signed]] = {}
    for one in signed:
        try:
            notice = open_notice(one, roster, stayed)
        except Refused:
            continue
        if notice.desk not in last or notice.number > last[notice.desk][0].number:
            last[notice.desk] = notice, one
    return {desk: held for desk, held in last.items() if held[0].holds(now)}
