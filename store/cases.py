"""Cases: what a desk works on.  A row says that there is a case and where it stands; what it is about is sealed.

What timers and evidence rules need now stands in a working row, which goes when the case is closed.  SPEC 9.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import JSON, Column, Connection, Index, Row, Select, Table, delete, exists, select, update

from protocol.case import Case
from protocol.errors import Refused
from store.columns import CODE, ID, NAME, WORD, metadata, number, part_of, text
from store.envelopes import ROW, Envelope, envelopes, get_envelope, keep_until
from store.upsert import insert_once, put

BURN_DAYS: Final = 3  # A case's envelopes are burnt on the third day after: at most 72 hours later.
KEEP_DAYS: Final = 90  # Then only the logged heads remain of a closed case.

cases: Final = Table(
    "cases",
    metadata,
    text("id", ID, key=True),
    text("desk", CODE),
    text("state", WORD),
    text("head", NAME),
    number("length"),
    number("opened_day"),
    number("closed_day", null=True),
    Column("stand", JSON, nullable=False),
    Index(None, "desk", "state"),
    Index(None, "closed_day"),
)

working: Final = Table(
    "working",
    metadata,
    part_of("case", "cases.id", key=True),
    text("urgency", WORD, null=True),
    text("class_", 1, null=True),
    number("minute"),
    Column("codes", JSON, nullable=False),
)

case_envelopes: Final = Table(
    "case_envelopes",
    metadata,
    part_of("case", "cases.id", key=True),
    part_of("envelope", "envelopes.id", key=True),
    Index(None, "envelope"),
)


# What a case's events have made of it, besides its state: it can't be counted again once the events are stripped.
STAND: Final = ("before", "proposal", "proposer", "attested", "stale", "suspenders", "into")


@dataclass(frozen=True, slots=True)
class Working:
    """What the server must know of an open case now: urgency and class once triaged, the minute, codes by name."""

    urgency: str | None
    class_: str | None
    minute: int
    codes: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredCase:
    """A case as its events have made it, its desk, the count of its events, and its working row while it is open.

    The case's envelopes are those not burnt yet.
    """

    case: Case
    desk: str
    length: int
    opened_day: int
    closed_day: int | None
    working: Working | None


def get_case(conn: Connection, id: str) -> StoredCase:
    """Return a case.  Raises Refused("not_found")."""
    found = _read(conn, _with_working().where(cases.c.id == id))
    if not found:
        raise Refused("not_found", f"There is no case {id[:16]}.")
    return found[0]


def hold_case(conn: Connection, id: str) -> None:
    """Let nobody else who holds a case change it until this transaction is over; nothing where there is none.

    Called before what is to be changed is read: on PostgreSQL two could else read the same working row, and the second
    would write over what the first put there.  SQLite has one writer anyhow.
    """
    # Not the whole key: what names the case meanwhile, an event or a merge, does not have to wait.
    conn.execute(select(cases.c.id).where(cases.c.id == id).with_for_update(key_share=True))


def desk_cases(conn: Connection, desk: str, states: Collection[str]) -> list[StoredCase]:
    """Return a desk's cases in these states, the oldest first."""
    return _read(conn, _with_working().where(cases.c.desk == desk, cases.c.state.in_(states)))


def working_cases(conn: Connection) -> list[StoredCase]:
    """Return every case with a working row, of all desks: what the clock has to look at."""
    return _read(conn, _with_working().where(working.c.minute.is_not(None)))


def _with_working() -> Select[Any]:
    beside = [working.c.urgency, working.c.class_, working.c.minute, working.c.codes]
    return select(cases, *beside).select_from(cases.outerjoin(working))


def _read(conn: Connection, query: Select[Any]) -> list[StoredCase]:
    rows = conn.execute(query.order_by(cases.c.opened_day, cases.c.id)).all()
    links = select(case_envelopes).where(case_envelopes.c.case.in_([row.id for row in rows]))
    held: dict[str, list[str]] = {}
    for link_ in conn.execute(links.order_by(case_envelopes.c.envelope)):
        held.setdefault(link_.case, []).append(link_.envelope)
    return [_stored(row, tuple(held.get(row.id, ()))) for row in rows]


def _stored(row: Row[Any], envelopes: tuple[str, ...]) -> StoredCase:
    stand: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.stand.items()
    }
    case = Case(id=row.id, state=row.state, head=row.head, envelopes=envelopes, **stand)
    now = None if row.minute is None else Working(row.urgency, row.class_, row.minute, row.codes)
    return StoredCase(case, row.desk, row.length, row.opened_day, row.closed_day, now)


def stand_of(case: Case) -> dict[str, Any]:
    """Return what a case's row keeps of it besides id, state, head and envelopes, as a JSON value."""
    stand = {name: getattr(case, name) for name in STAND}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in stand.items()}


def set_working(
    conn: Connection, case: str, *, urgency: str | None, class_: str | None, minute: int, codes: dict[str, Any]
) -> None:
    """Write what the timers and evidence rules need of an open case now.  Raises Refused("move") once it is closed."""
    if get_case(conn, case).closed_day is not None:
        raise Refused("move", f"Case {case[:16]} is closed; nothing is worked on there any more.")
    put(conn, working, {"case": case}, {"urgency": urgency, "class_": class_, "minute": minute, "codes": codes})


def link(conn: Connection, case: str, envelope: str) -> None:
    """Make an envelope part of a case; it is then kept as long as the case is open and its keys exist.

    Raises Refused("not_found") for an envelope that is not here.
    """
    get_envelope(conn, envelope)
    insert_once(conn, case_envelopes, case=case, envelope=envelope)
    keep_until(conn, [envelope], None)


def linked_envelopes(conn: Connection, case: str) -> list[str]:
    """Return the ids of a case's envelopes that are not burnt."""
    query = select(case_envelopes.c.envelope).where(case_envelopes.c.case == case)
    return list(conn.execute(query.order_by(case_envelopes.c.envelope)).scalars())


def linked_cases(conn: Connection, envelope: str) -> list[str]:
    """Return the ids of the cases that an envelope is part of."""
    query = select(case_envelopes.c.case).where(case_envelopes.c.envelope == envelope)
    return list(conn.execute(query.order_by(case_envelopes.c.case)).scalars())


def unlinked_envelopes(conn: Connection, desk: str, limit: int = 1000) -> list[Envelope]:
    """Return a desk's envelopes that somebody opened and that are part of no case, oldest day first."""
    known = exists().where(case_envelopes.c.envelope == envelopes.c.id)
    opened = envelopes.c.desk == desk, envelopes.c.minute.is_(None), ~known
    query = select(*ROW).where(*opened).order_by(envelopes.c.day, envelopes.c.id).limit(limit)
    return [Envelope(**row._mapping) for row in conn.execute(query)]


def move_links(conn: Connection, case: str, into: str) -> None:
    """Give the envelopes of a merged case to the case it went into."""
    for envelope in linked_envelopes(conn, case):
        link(conn, into, envelope)
    conn.execute(delete(case_envelopes).where(case_envelopes.c.case == case))


def close_case(conn: Connection, case: str, day: int) -> None:
    """End a case on `day`: its working row goes, and its envelopes are burnt soon unless an open case needs them.

    A case that is closed already stays closed since then.
    """
    ended = update(cases).where(cases.c.id == case, cases.c.closed_day.is_(None)).values(closed_day=day)
    if conn.execute(ended).rowcount == 0:
        return
    conn.execute(delete(working).where(working.c.case == case))
    mine = case_envelopes.alias()
    both = case_envelopes.join(cases, cases.c.id == case_envelopes.c.case)
    same = case_envelopes.c.envelope == mine.c.envelope
    needed = exists().select_from(both).where(same, cases.c.closed_day.is_(None))
    free = select(mine.c.envelope).where(mine.c.case == case, ~needed)
    keep_until(conn, list(conn.execute(free).scalars()), day + BURN_DAYS)


def forget_cases(conn: Connection, day: int) -> int:
    """Delete the cases closed more than 90 days before `day`, with their events; return how many."""
    return conn.execute(delete(cases).where(cases.c.closed_day < day - KEEP_DAYS)).rowcount
