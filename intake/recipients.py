"""What `/recipients` answers: the publication that sealing pages check up to the root.  SPEC 5.7, 13."""

from __future__ import annotations

from sqlalchemy import Connection

from protocol.errors import Refused
from protocol.policy import Policy
from protocol.publication import encode_publication
from protocol.recipients import SET
from protocol.roster import Roster, open_roster
from protocol.signed import Signed
from store.recipients import Recipients, StoredRoster, StoredSet, recipients, roster_by_name


def publication(conn: Connection, policy: Policy, now: int) -> bytes:
    """Return the publication at `now`.

    Sets name the roster they were signed under.  Until the desks have signed under a new roster, the last one that
    still holds and has sets is shown, less the sets in which the new roster revoked somebody.
    Raises Refused("set_unknown") before the first roster or set.
    """
    found = recipients(conn, now)
    if found is None:
        raise Refused("set_unknown", "This network has published no roster yet.")
    newest = _open(found.roster, policy)
    revoked = {one.id for one in newest.verifiers.values() if one.revoked_at is not None}
    usable = [one for one in found.sets if not revoked & _members(one)]
    named = {one.name: _roster_name(one) for one in usable}
    for stored in _candidates(conn, found, set(named.values())):
        roster = _open(stored, policy)
        sets = [one for one in usable if named[one.name] == stored.name]
        if sets and roster.issued <= now < roster.expires:
            return _encode(stored, roster, sets, found)
    raise Refused("set_unknown", "No desk has a recipient set for this week; its verifiers have to open it.")


def _encode(stored: StoredRoster, roster: Roster, sets: list[StoredSet], found: Recipients) -> bytes:
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
    stays = [Signed.decode(stay) for stay in found.stays]
    return encode_publication(Signed.decode(stored.signed), chain, attorneys, stays, entries)


def _candidates(conn: Connection, found: Recipients, names: set[str]) -> list[StoredRoster]:
    others = [roster_by_name(conn, name) for name in names if name != found.roster.name]
    return [found.roster, *sorted(others, key=lambda one: -one.number)]


def _open(stored: StoredRoster, policy: Policy) -> Roster:
    return open_roster(Signed.decode(stored.signed), [Signed.decode(link) for link in stored.chain], policy)


def _members(one: StoredSet) -> set[str]:
    return {member["verifier"] for member in Signed.decode(one.signed).read(SET)["members"]}


def _roster_name(one: StoredSet) -> str:
    name: str = Signed.decode(one.signed).read(SET)["roster"]
    return name
