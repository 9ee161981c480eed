"""What `/recipients` answers: the publication that sealing pages check up to the root.  SPEC 5.7, 13.

A page refuses a publication as a whole, so nothing goes into it that one desk's page would refuse: no set in which
somebody is revoked or suspended, no set of next week, no stay and no notice that the shown roster does not bear out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final

from sqlalchemy import Connection

from protocol.epoch import epoch_of
from protocol.errors import Refused
from protocol.notice import notices_in_force
from protocol.policy import Policy
from protocol.publication import encode_publication
from protocol.recipients import SET
from protocol.roster import Roster, open_roster
from protocol.signed import Signed
from protocol.stay import Stay, open_stay, stayed_at
from store.recipients import Recipients, StoredRoster, StoredSet, recipients, roster_by_name

MAX_STAYS: Final = 256  # What a publication holds.


def taken(conn: Connection, policy: Policy, now: int) -> dict[str, StoredSet]:
    """Return the sets that the door takes at `now`, by name: none that holds somebody revoked or suspended."""
    found = recipients(conn, now)
    if found is None:
        return {}
    gone = _gone(_open(found.roster, policy), found.stays, now)
    return {one.name: one for one in found.sets if not gone & _people(one)}


def publication(conn: Connection, policy: Policy, now: int) -> bytes:
    """Return the publication at `now`.

    Sets name the roster they were signed under, and a publication has one roster.  Until the desks have signed under a
    new one, the roster is shown that has the most desks open, the newest of them.
    Raises Refused("set_unknown") before the first roster or set.
    """
    found = recipients(conn, now)
    if found is None:
        raise Refused("set_unknown", "This network has published no roster yet.")
    gone = _gone(_open(found.roster, policy), found.stays, now)
    usable = [one for one in found.sets if one.epoch <= epoch_of(now) and not gone & _people(one)]
    shown: list[tuple[StoredRoster, Roster, list[StoredSet]]] = []
    for stored in _candidates(conn, found, {_roster_name(one) for one in usable}):
        roster = _open(stored, policy)
        sets = [one for one in usable if _roster_name(one) == stored.name]
        if sets and roster.issued <= now < roster.expires:
            shown.append((stored, roster, sets))
    if not shown:
        raise Refused("set_unknown", "No desk has a recipient set for this week; its verifiers have to open it.")
    stored, roster, sets = max(shown, key=lambda one: (len({each.desk for each in one[2]}), one[0].number))
    notices = notices_in_force(_readable(found.notices), roster, gone, now)
    return _encode(stored, roster, sets, found, [signed for _, signed in notices.values()])


def _gone(newest: Roster, stays: Sequence[bytes], now: int) -> frozenset[str]:
    """Return the ids of those who may not receive any more: revoked by the newest roster, or suspended now."""
    revoked = {one.id for one in newest.verifiers.values() if one.revoked_at is not None}
    return stayed_at((stay for _, stay in _opening(stays, newest)), now) | revoked


def _opening(stays: Sequence[bytes], roster: Roster) -> list[tuple[Signed, Stay]]:
    """Return the stays that a roster bears out, of each person the one that holds longest."""
    found: dict[str, tuple[Signed, Stay]] = {}
    for data in stays:
        try:
            signed = Signed.decode(data)
            stay = open_stay(signed, roster)
        except Refused:
            continue  # Its lead is none in this roster, or was revoked since: it says nothing there.
        held = found.get(stay.verifier)
        if held is None or stay.until > held[1].until:
            found[stay.verifier] = signed, stay
    return sorted(found.values(), key=lambda one: -one[1].until)


def _readable(notices: Sequence[bytes]) -> Iterator[Signed]:
    """Give the notices that are still what a desk signed: whatever became of one, a tip must still be sealed."""
    for data in notices:
        with suppress(Refused):
            yield Signed.decode(data)


def _encode(
    stored: StoredRoster, roster: Roster, sets: list[StoredSet], found: Recipients, notices: list[Signed]
) -> bytes:
    attorneys = [stored.recipients[one.id] for one in roster.attorneys()]
    best: dict[str, StoredSet] = {}
    for one in sets:
        best[one.desk] = max(best.get(one.desk, one), one, key=lambda each: (each.epoch, each.number))
    entries = []
    for one in best.values():
        signed = Signed.decode(one.signed)
        keys = [Signed.decode(found.epoch_keys[member["key"]]) for member in signed.read(SET)["members"]]
        entries.append((signed, keys))
    chain = [Signed.decode(link) for link in stored.chain]
    stays = [signed for signed, _ in _opening(found.stays, roster)][:MAX_STAYS]
    return encode_publication(Signed.decode(stored.signed), chain, attorneys, stays, entries, notices)


def _candidates(conn: Connection, found: Recipients, names: set[str]) -> list[StoredRoster]:
    others = [roster_by_name(conn, name) for name in names if name != found.roster.name]
    return [found.roster, *sorted(others, key=lambda one: -one.number)]


def _open(stored: StoredRoster, policy: Policy) -> Roster:
    return open_roster(Signed.decode(stored.signed), [Signed.decode(link) for link in stored.chain], policy)


def _people(one: StoredSet) -> set[str]:
    """Return the ids of a set's members and signers: if one of them is gone, pages refuse it."""
    signed = Signed.decode(one.signed)
    members = {member["verifier"] for member in signed.read(SET)["members"]}
    return members | {signature.keyid for signature in signed.signatures}


def _roster_name(one: StoredSet) -> str:
    name: str = Signed.decode(one.signed).read(SET)["roster"]
    return name
