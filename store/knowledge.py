"""Knowledge: the roster in force, and what stored stays and revocations say of people, each opened afresh.  SPEC 5."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Connection

from protocol.alert import Alert
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.release import Knowledge, Release, Stop, check
from protocol.roster import Roster, open_roster
from protocol.signed import Signed
from protocol.stay import STAY, Stay, check_stay, encode_stay, open_stay
from store.messages import chain_messages
from store.rosters import StoredRoster, current_roster, roster_by_name
from store.stays import list_stays


def opened(stored: StoredRoster, policy: Policy) -> Roster:
    """Return a stored roster, checked from the policy's roots."""
    return open_roster(Signed.decode(stored.signed), [Signed.decode(link) for link in stored.chain], policy)


def roster_now(conn: Connection, policy: Policy, now: int) -> Roster:
    """Return the roster in force at `now`, checked.  Raises Refused("not_found") before the first, and roster kinds."""
    stored = current_roster(conn, now)
    if stored is None:
        raise Refused("not_found", "This network has published no roster yet.")
    return opened(stored, policy)


def named_roster(conn: Connection, name: str, policy: Policy) -> tuple[StoredRoster, Roster]:
    """Return the roster of that name, as stored and checked.  Raises Refused("not_found"), and roster kinds."""
    stored = roster_by_name(conn, name)
    return stored, opened(stored, policy)


def require_in_force(conn: Connection, alert: Alert, now: int) -> None:
    """Raise unless the roster that a message names was the one in force when it was issued, or is now if that is later.

    A roster that was passed never comes back: who leads no more could go on under the one in which they did, and all
    else of the message would be in order.  Raises Refused("roster_dates").
    """
    held = current_roster(conn, min(alert.issued, now))
    if held is not None and held.name != alert.roster:
        raise Refused(
            "roster_dates",
            f"The message names roster {alert.roster[:16]}; when it was issued, at {alert.issued}, "
            f"number {held.number} was in force, {held.name[:16]}. Load the network again and sign anew.",
        )


def open_stays(conn: Connection, roster: Roster) -> tuple[Stay, ...]:
    """Return the stays that the roster's leads have issued."""
    found = []
    for signed in list_stays(conn):
        try:
            found.append(open_stay(Signed.decode(signed), roster))
        except Refused:
            continue  # A stay whose lead or person has left the roster says nothing any more.
    return tuple(found)


def stay_bundles(conn: Connection, policy: Policy, since: int) -> list[bytes]:
    """Return the bundles of the stays that hold at `since` or later, each as anybody may check it."""
    found = []
    for data in list_stays(conn, since):
        signed = Signed.decode(data)
        stored = current_roster(conn, signed.read(STAY)["issued"])
        if stored is None:
            continue
        links = [Signed.decode(link) for link in stored.chain]
        bundle = encode_stay(signed, Signed.decode(stored.signed), links)
        with suppress(Refused):  # Its lead stood on a roster that ended while the stay was on its way.
            check_stay(bundle, policy)
            found.append(bundle)
    return found


def knowledge(conn: Connection, policy: Policy, now: int) -> Knowledge:
    """Return what the roster in force and the stays say of signers: what a check takes besides a bundle."""
    roster = roster_now(conn, policy, now)
    revoked = {one.id: one.revoked_at for one in roster.verifiers.values() if one.revoked_at is not None}
    return Knowledge(open_stays(conn, roster), revoked)


def let_out_chain(conn: Connection, chain: str, policy: Policy) -> list[Release | Stop]:
    """Return the released messages of a chain as they were when they were let out: what people may have been told.

    A key that is revoked later makes an alert count for nothing; it must not make it impossible to retract.
    """
    rows = chain_messages(conn, chain, released=True)
    return [check(one.bundle or b"", policy, one.released_at or 0) for one in rows]
