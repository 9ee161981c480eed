"""Events: every move of a case, signed by who made it, each naming the one before.

Each case is a chain and each person's events are one too, so that a missing or altered event shows.  The head of a case
is also what keeps two pages from moving it at once: who names an old head is told so.  SPEC 9.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, UniqueConstraint, exists, func, select, update

from protocol.case import Case
from protocol.encoding import fingerprint
from protocol.errors import Refused
from protocol.event import NOTHING, Event
from protocol.signed import Signed
from store import failpoint
from store.cases import BURN_DAYS, KEEP_DAYS, case_envelopes, cases, close_case, link, move_links, stand_of
from store.columns import KEY, NAME, WORD, data, metadata, number, part_of, text
from store.upsert import insert_once

CLOSED: Final = ("closed", "merged")
TOLD_DAYS: Final = 2  # A day's heads are told until a little after the end of the next one.

events: Final = Table(
    "events",
    metadata,
    text("name", NAME, key=True),
    part_of("case", "cases.id"),
    number("number"),
    text("move", WORD),
    text("actor", KEY, null=True),
    number("day"),
    text("digest", NAME),
    data("signed", null=True),
    data("sealed", null=True),
    UniqueConstraint("case", "number"),
)

actor_heads: Final = Table("actor_heads", metadata, text("actor", KEY, key=True), text("head", NAME))


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One event.  Once its case was burnt, name, number, move, day and the digest of the sealed part are left."""

    name: str
    case: str
    number: int
    move: str
    actor: str | None
    day: int
    digest: str
    signed: bytes | None
    sealed: bytes | None


def put_event(conn: Connection, signed: bytes, sealed: bytes, event: Event, after: Case, desk: str) -> None:
    """Append an event to its case, which it makes `after` (`protocol.casework.next_state`), and to its actor's chain.

    The first event of a case opens it for `desk`.  Envelopes that the event names become the case's, a merge hands them
    over, and a case that comes to closed or merged is closed.  The same event again changes nothing.
    Raises Refused: event_chain (either chain has moved on: names both heads), digest (`sealed` is not what the event
    signs), not_found (an envelope, or the case that a merge names).
    """
    if Signed.decode(signed).message() != event.name or (after.id, after.head) != (event.case, event.name):
        raise Refused("event_chain", f"The bytes, or the case they lead to, are not those of event {event.name[:16]}.")
    if event.digest != (fingerprint(sealed) if sealed else NOTHING):
        raise Refused("digest", f"The sealed part is not the one that event {event.name[:16]} signs.")
    if conn.execute(select(events.c.name).where(events.c.name == event.name)).first() is not None:
        return
    length = _move_case(conn, event, after, desk)
    _move_actor(conn, event)
    row = {"name": event.name, "case": event.case, "number": length, "move": event.move, "actor": event.actor}
    conn.execute(events.insert().values(**row, day=event.day, digest=event.digest, signed=signed, sealed=sealed))
    for envelope in event.envelopes:
        link(conn, event.case, envelope)
    if event.into is not None:
        move_links(conn, event.case, event.into)
    if after.state in CLOSED:
        close_case(conn, event.case, event.day)
    failpoint.reach("event.put-before-commit")


def _move_case(conn: Connection, event: Event, after: Case, desk: str) -> int:
    """Compare the case's head with the one the event follows and swap it; return the event's number in its case."""
    if event.case_prev == NOTHING:
        start = {"state": after.state, "head": NOTHING, "length": 0, "opened_day": event.day, "stand": {}}
        insert_once(conn, cases, id=event.case, desk=desk, **start)
    mine = update(cases).where(cases.c.id == event.case, cases.c.head == event.case_prev)
    moved = mine.values(head=event.name, state=after.state, stand=stand_of(after), length=cases.c.length + 1)
    length: int | None = conn.execute(moved.returning(cases.c.length)).scalar()
    if length is not None:
        return length
    head = conn.execute(select(cases.c.head).where(cases.c.id == event.case)).scalar() or NOTHING
    raise Refused(
        "event_chain",
        f"The event follows {event.case_prev[:16]}; the case's last event is {head[:16]}. "
        "Somebody moved the case since: load it again and look before moving it.",
    )


def _move_actor(conn: Connection, event: Event) -> None:
    if event.actor_prev == NOTHING and insert_once(conn, actor_heads, actor=event.actor, head=event.name):
        return
    mine = update(actor_heads).where(actor_heads.c.actor == event.actor, actor_heads.c.head == event.actor_prev)
    if conn.execute(mine.values(head=event.name)).rowcount == 0:
        raise Refused(
            "event_chain",
            f"The event follows {event.actor_prev[:16]} of {event.actor}; their last event here is "
            f"{actor_head(conn, event.actor)[:16]}. If you signed another, tell a lead: an event was lost or made up.",
        )


def actor_head(conn: Connection, actor: str) -> str:
    """Return the name of a person's last event, 64 zeros before the first."""
    return conn.execute(select(actor_heads.c.head).where(actor_heads.c.actor == actor)).scalar() or NOTHING


def heads_of_day(conn: Connection, day: int) -> dict[str, str]:
    """Return the name of each case's last event of `day` or before, by case: what is hashed and logged once a day.

    What is left of a burnt case's events is enough to make it again.  Cases that are forgotten before the next day's
    heads are told are left out: else the same day would be told twice, as if somebody had changed a case's past.
    """
    last = select(events.c.case, func.max(events.c.number).label("number")).where(events.c.day <= day)
    lasting = cases.c.closed_day.is_(None) | (cases.c.closed_day >= day + TOLD_DAYS - KEEP_DAYS)
    of = last.join(cases, cases.c.id == events.c.case).where(lasting).group_by(events.c.case).subquery()
    same = (events.c.case == of.c.case) & (events.c.number == of.c.number)
    return {row.case: row.name for row in conn.execute(select(events.c.case, events.c.name).join(of, same))}


def list_events(conn: Connection, case: str, after: int = 0) -> list[StoredEvent]:
    """Return a case's events with a number above `after`, in their order."""
    query = select(events).where(events.c.case == case, events.c.number > after).order_by(events.c.number)
    return [_event(row) for row in conn.execute(query)]


def strip_events(conn: Connection, case: str) -> None:
    """Forget all of a case's events but name, number, move, day and digest: called when its envelopes were burnt."""
    conn.execute(update(events).where(events.c.case == case).values(actor=None, signed=None, sealed=None))
    conn.execute(update(cases).where(cases.c.id == case).values(stand={}))


def strip_burnt(conn: Connection, day: int) -> int:
    """Strip the events of cases closed long enough before `day` that have no envelope left; return how many."""
    over = cases.c.closed_day.is_not(None), cases.c.closed_day + BURN_DAYS <= day
    left = exists().where(case_envelopes.c.case == cases.c.id)
    whole = exists().where(events.c.case == cases.c.id, events.c.signed.is_not(None))
    found = list(conn.execute(select(cases.c.id).where(*over, ~left, whole)).scalars())
    for case in found:
        strip_events(conn, case)
    return len(found)


def _event(row: Row[Any]) -> StoredEvent:
    parts = {name: None if row._mapping[name] is None else bytes(row._mapping[name]) for name in ("signed", "sealed")}
    return StoredEvent(**{**row._mapping, **parts})
