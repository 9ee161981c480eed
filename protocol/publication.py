"""What a network publishes for those who seal: roster, attorneys' recipients, each desk's set and notice.  SPEC 5.7.

The server hands it out, and can't change it: everything in it is signed by roots or verifiers.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from protocol import limits
from protocol.encoding import canonical, fingerprint, parse
from protocol.epoch import epoch_of
from protocol.errors import Refused
from protocol.notice import Notice, notices_in_force
from protocol.policy import Policy
from protocol.recipients import RecipientSet, open_set
from protocol.roster import Roster, open_roster
from protocol.shape import exactly, list_of, recipient, record
from protocol.signed import SIGNED, Signed
from protocol.stay import open_stay, stayed_at

MAX_PUBLICATION: Final = 8 * 1024 * 1024  # 64 desks of 32 members.

MAX_DESKS: Final = 64


def _anything(value: Any, path: str) -> None:
    """Any value at all: what a notice is said to be keeps nobody from sealing."""


PUBLICATION: Final = record(
    {
        "v": exactly(1),
        "roster": SIGNED,
        "chain": list_of(SIGNED, limits.ROOT_LINKS),
        "attorneys": list_of(recipient, limits.LEGAL_STANZAS),
        "stays": list_of(SIGNED, 256),
        "sets": list_of(record({"set": SIGNED, "keys": list_of(SIGNED, limits.MAX_MEMBERS)}), MAX_DESKS),
    },
    {"notices": list_of(_anything, MAX_DESKS, 1)},  # Left out where there is none.
)


@dataclass(frozen=True, slots=True)
class Publication:
    """A checked publication: the roster, the attorneys' recipients in its order, and the set of each open desk.

    `notices` are those in force, by desk.
    """

    roster: Roster
    attorneys: tuple[str, ...]
    sets: Mapping[str, RecipientSet]
    notices: Mapping[str, Notice]

    def set_for_zone(self, zone: str) -> RecipientSet:
        """Return the set of the desk that a zone belongs to.  Raises Refused("desk_unknown" | "set_unknown")."""
        desk = next((one.id for one in self.roster.desks.values() if zone in one.zones), None)
        if desk is None:
            raise Refused("desk_unknown", f"No desk of this network looks after the zone {zone}.")
        if desk not in self.sets:
            raise Refused("set_unknown", f"Desk {desk} has no set for this week; its verifiers have to open it.")
        return self.sets[desk]


def encode_publication(
    roster: Signed,
    chain: Sequence[Signed],
    attorneys: Sequence[str],
    stays: Sequence[Signed],
    sets: Sequence[tuple[Signed, Sequence[Signed]]],
    notices: Sequence[Signed] = (),
) -> bytes:
    """Return the publication's canonical JSON."""
    value: dict[str, Any] = {
        "v": 1,
        "roster": roster.value(),
        "chain": [one.value() for one in chain],
        "attorneys": list(attorneys),
        "stays": [one.value() for one in stays],
        "sets": [{"set": signed.value(), "keys": [one.value() for one in keys]} for signed, keys in sets],
    }
    if notices:
        value["notices"] = [one.value() for one in notices]
    return canonical(value)


def open_publication(data: bytes, policy: Policy, now: int) -> Publication:
    """Return the checked publication for sealing at `now`.

    Of each desk the set with the highest number is taken, of this epoch before the last.  Raises Refused: roster_*,
    set_*, epoch_*, stay, attorney recipients as roster_content.  A notice that does not check is left out.
    """
    value = parse(data, MAX_PUBLICATION)
    PUBLICATION(value, "publication")
    chain = tuple(Signed.of(one) for one in value["chain"])
    roster = open_roster(Signed.of(value["roster"]), chain, policy)
    roster.require_current(now)
    attorneys = tuple(value["attorneys"])
    wanted = [one.age for one in roster.attorneys()]
    if [fingerprint(one.encode("ascii")) for one in attorneys] != wanted:
        raise Refused("roster_content", "The attorneys' recipients are not those whose hashes the roster holds.")
    stays = [open_stay(Signed.of(one), roster) for one in value["stays"]]
    stayed = stayed_at(stays, now)
    sets = [_open_entry(entry, roster, stayed, now) for entry in value["sets"]]
    best: dict[str, RecipientSet] = {}
    for one in sets:
        held = best.get(one.desk)
        if held is None or (one.epoch, one.number) > (held.epoch, held.number):
            best[one.desk] = one
    told = notices_in_force(_signed_among(value.get("notices", [])), roster, stayed, now)
    notices = {desk: notice for desk, (notice, _) in told.items()}
    return Publication(roster, attorneys, MappingProxyType(best), MappingProxyType(notices))


def _signed_among(values: Sequence[Any]) -> Iterator[Signed]:
    for one in values:
        with suppress(Refused):
            yield Signed.of(one)


def _open_entry(entry: Mapping[str, Any], roster: Roster, stayed: frozenset[str], now: int) -> RecipientSet:
    opened = open_set(Signed.of(entry["set"]), [Signed.of(one) for one in entry["keys"]], roster, stayed)
    epoch = epoch_of(now)
    # A device's clock may be slow when the week turns: what is next week there is this week here.
    if not epoch - 1 <= opened.epoch <= epoch_of(now + limits.CLOCK_SKEW):
        raise Refused("epoch_dates", f"The set of desk {opened.desk} is for epoch {opened.epoch}; this is {epoch}.")
    return opened
