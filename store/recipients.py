"""Recipients: what the open door shows of the roster and the sets, read only.  SPEC 5.4.

Public, signed bytes and nothing else; a page that seals checks them up to the root by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from protocol.recipients import SET
from protocol.signed import Signed
from store.epochkeys import epoch_keys_by_name
from store.notices import list_notices
from store.rosters import StoredRoster, current_roster, roster_by_name
from store.sets import StoredSet, accepted_sets, get_set
from store.stays import list_stays

__all__ = ["Recipients", "StoredRoster", "StoredSet", "accepted", "get_set", "recipients", "roster_by_name"]


@dataclass(frozen=True, slots=True)
class Recipients:
    """A roster with all it needs to be opened, the sets in force, and the signed epoch keys by name that they list.

    Beside them the stays and the notices that are not over.
    """

    roster: StoredRoster
    sets: tuple[StoredSet, ...]
    epoch_keys: dict[str, bytes]
    stays: tuple[bytes, ...]
    notices: tuple[bytes, ...]


def recipients(conn: Connection, now: int) -> Recipients | None:
    """Return what the door takes and shows at `now` (Unix seconds); None before the first roster."""
    roster = current_roster(conn, now)
    if roster is None:
        return None
    sets = tuple(accepted_sets(conn, now))
    names = {member["key"] for one in sets for member in Signed.decode(one.signed).read(SET)["members"]}
    stays, notices = tuple(list_stays(conn, now)), tuple(list_notices(conn, now))
    return Recipients(roster, sets, epoch_keys_by_name(conn, names), stays, notices)


def accepted(conn: Connection, now: int) -> dict[str, StoredSet]:
    """Return the sets the door takes at `now`, by name: what an envelope's stanza count and desk are held against."""
    return {one.name: one for one in accepted_sets(conn, now)}
