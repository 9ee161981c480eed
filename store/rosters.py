"""Rosters: the root-signed lists as they came, with what travels beside them.  SPEC 5.2.

The store checks no signature: whoever puts a roster has opened it (`protocol.roster.open_roster`), and whoever gets one
opens it again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection, Table, UniqueConstraint, select

from protocol.encoding import fingerprint
from protocol.errors import Refused
from protocol.roster import ROSTER
from protocol.signed import Signed
from store.columns import CODE, NAME, big, data, metadata, number, part_of, text
from store.upsert import insert_once

rosters: Final = Table(
    "rosters", metadata, big("number", key=True), text("name", NAME), data("signed"), UniqueConstraint("name")
)
roster_links: Final = Table(
    "roster_links", metadata, part_of("roster", "rosters.number", key=True), number("place", key=True), data("signed")
)
roster_recipients: Final = Table(
    "roster_recipients",
    metadata,
    part_of("roster", "rosters.number", key=True),
    text("org", CODE, key=True),
    text("recipient", None),
)


@dataclass(frozen=True, slots=True)
class StoredRoster:
    """A roster's signed bytes, the root changes that lead to it, and age recipients by organisation id.  Unchecked."""

    number: int
    name: str
    signed: bytes
    chain: tuple[bytes, ...]
    recipients: Mapping[str, str]


def put_roster(conn: Connection, signed: bytes, chain: Sequence[bytes], recipients: Mapping[str, str]) -> None:
    """Store a roster; the same again changes nothing.

    Raises Refused("roster_chain") where another roster has its number, Refused("roster_content") where a recipient is
    not the one that the roster names by its SHA-256, and as `Signed.decode` and the shape.
    """
    roster = Signed.decode(signed)
    value = roster.read(ROSTER)
    named = {one["id"]: one["age"] for one in value["organisations"]}
    for org, recipient in recipients.items():
        if named.get(org) != fingerprint(recipient.encode()):
            raise Refused("roster_content", f"The recipient sent along for {org} is not the one the roster names.")
    if not insert_once(conn, rosters, number=value["number"], name=roster.message(), signed=signed):
        here = conn.execute(select(rosters.c.signed).where(rosters.c.number == value["number"])).scalar()
        if here is None or bytes(here) != signed:
            raise Refused("roster_chain", f"Another roster has number {value['number']}; numbers must rise.")
        return
    for place, link in enumerate(chain):
        conn.execute(roster_links.insert().values(roster=value["number"], place=place, signed=link))
    for org, recipient in recipients.items():
        conn.execute(roster_recipients.insert().values(roster=value["number"], org=org, recipient=recipient))


def current_roster(conn: Connection, now: int) -> StoredRoster | None:
    """Return the roster in force at `now`: the highest number of those that have begun; None before the first begins.

    Where that one is over, none below it comes back: it took their place when it began.
    """
    for row in conn.execute(select(rosters.c.number, rosters.c.signed).order_by(rosters.c.number.desc())):
        if _begins(bytes(row.signed)) <= now:
            return _get(conn, int(row.number))
    return None


def coming_rosters(conn: Connection, now: int) -> list[StoredRoster]:
    """Return the rosters that will come into force by themselves, ascending: signed ahead, above the one in force."""
    here = current_roster(conn, now)
    above = select(rosters.c.number).where(rosters.c.number > (here.number if here else 0))
    return [_get(conn, int(number)) for number in conn.execute(above.order_by(rosters.c.number)).scalars()]


@lru_cache(maxsize=16)
def _begins(signed: bytes) -> int:
    begins: int = Signed.decode(signed).read(ROSTER)["issued"]
    return begins


def roster_by_name(conn: Connection, name: str) -> StoredRoster:
    """Return the roster that objects name by the SHA-256 of its payload.  Raises Refused("not_found")."""
    found = conn.execute(select(rosters.c.number).where(rosters.c.name == name)).scalar()
    if found is None:
        raise Refused("not_found", f"There is no roster {name[:16]} here.")
    return _get(conn, int(found))


def roster_numbers(conn: Connection) -> list[int]:
    """Return the numbers of all rosters, ascending."""
    return list(conn.execute(select(rosters.c.number).order_by(rosters.c.number)).scalars())


def _get(conn: Connection, of: int) -> StoredRoster:
    row = conn.execute(select(rosters).where(rosters.c.number == of)).one()
    links = select(roster_links.c.signed).where(roster_links.c.roster == of).order_by(roster_links.c.place)
    beside = select(roster_recipients.c.org, roster_recipients.c.recipient).where(roster_recipients.c.roster == of)
    return StoredRoster(
        number=row.number,
        name=row.name,
        signed=bytes(row.signed),
        chain=tuple(bytes(link) for link in conn.execute(links).scalars()),
        recipients={one.org: one.recipient for one in conn.execute(beside.order_by(roster_recipients.c.org))},
    )
