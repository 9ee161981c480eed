"""Events: every move of a case, signed by who made it, each naming the one before.

Each case is a chain and each person's events are one too, so that a missing or altered event shows.  The head of a case
is also what keeps two pages from moving it at once: who names an old head is told so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, UniqueConstraint, select, update

from protocol.errors import Refused
from protocol.signed import Signed
from store import failpoint
from store.cases import NO_HEAD, case_heads, cases, close_case
from store.columns import KEY, NAME, WORD, data, metadata, number, part_of, text
from store.upsert import insert_once

CLOSED: Final = ("closed", "merged")

events: Final = Table(
    "events",
    metadata,
    text("name", NAME, key=True),
    part_of("case", "cases.id"),
    number("number"),
    text("move", WORD),
    text("actor", KEY, null=True),
    number("day"),
    data("digest"),
    data("signed", null=True),
    data("sealed", null=True),
    UniqueConstraint("case", "number"),
)

actor_heads: Final = Table("actor_heads", metadata, text("actor", KEY, key=True), text("head", NAME))


@dataclass(frozen=True, slots=True)
class Event:
    """One event.  Once its case was burnt, name, move, day and the digest of the sealed part are left."""

    name: str
    case: str
    number: int
    move: str
    actor: str | None
    day: int
    digest: bytes
    signed: bytes | None
    sealed: bytes | None


def put_event(
    conn: Connection,
    case: str,
    *,
    signed: bytes,
    sealed: bytes,
    digest: bytes,
    move: str,
    actor: str,
    day: int,
    new_state: str,
    expected_head: str,
    expected_actor_head: str,
) -> str:
    """Append a checked event to its case and its actor's chain, and return its name, the SHA-256 of its payload.

    The same event again changes nothing.  `digest` is the SHA-256 of `sealed` that the event signs.  A case that comes
    to closed or merged is closed on `day`.  Raises Refused("event_chain") with both heads where either chain has moved
    on, Refused("not_found").
    """
    name = Signed.decode(signed).message()
    if conn.execute(select(events.c.name).where(events.c.name == name, events.c.case == case)).first() is not None:
        return name
    mine = update(cases).where(cases.c.id == case, cases.c.head == expected_head)
    moved = mine.values(head=name, state=new_state, length=cases.c.length + 1).returning(cases.c.length)
    length = conn.execute(moved).scalar()
    if length is None:
        raise _stale_case(conn, case, expected_head)
    _move_actor(conn, actor, name, expected_actor_head)
    row = {"name": name, "case": case, "number": length, "move": move, "actor": actor, "day": day}
    conn.execute(events.insert().values(**row, digest=digest, signed=signed, sealed=sealed))
    if new_state in CLOSED:
        close_case(conn, case, day)
    failpoint.reach("event.put-before-commit")
    return name


def _stale_case(conn: Connection, case: str, expected: str) -> Refused:
    head = conn.execute(select(cases.c.head).where(cases.c.id == case)).scalar()
    if head is None:
        return Refused("not_found", f"There is no case {case[:16]}.")
    return Refused(
        "event_chain",
        f"The event follows {expected[:16]}; the case's last event is {head[:16]}. Somebody was quicker: look again.",
    )


def _move_actor(conn: Connection, actor: str, name: str, expected: str) -> None:
    if expected == NO_HEAD and insert_once(conn, actor_heads, actor=actor, head=name):
        return
    mine = update(actor_heads).where(actor_heads.c.actor == actor, actor_heads.c.head == expected)
    if conn.execute(mine.values(head=name)).rowcount == 0:
        raise Refused(
            "event_chain",
            f"The event follows {expected[:16]} of {actor}; the last one here is {actor_head(conn, actor)[:16]}. "
            "Another page or another machine of theirs was quicker, or an event is missing.",
        )


def actor_head(conn: Connection, actor: str) -> str:
    """Return the name of a person's last event, 64 zeros before the first."""
    return conn.execute(select(actor_heads.c.head).where(actor_heads.c.actor == actor)).scalar() or NO_HEAD


def all_heads(conn: Connection) -> list[tuple[str, str]]:
    """Return (id, head) of all cases, then of all actors, each by id: what is hashed and logged once a day."""
    query = select(actor_heads.c.actor, actor_heads.c.head).order_by(actor_heads.c.actor)
    return [*case_heads(conn), *((row.actor, row.head) for row in conn.execute(query))]


def list_events(conn: Connection, case: str, after: int = 0) -> list[Event]:
    """Return a case's events with a number above `after`, in their order."""
    query = select(events).where(events.c.case == case, events.c.number > after).order_by(events.c.number)
    return [_event(row) for row in conn.execute(query)]


def strip_events(conn: Connection, case: str) -> None:
    """Forget all of a case's events but name, number, move, day and digest: called when its envelopes were burnt."""
    conn.execute(update(events).where(events.c.case == case).values(actor=None, signed=None, sealed=None))


def _event(row: Row[Any]) -> Event:
    def plain(value: Any) -> bytes | None:
        return None if value is None else bytes(value)

    values = {**row._mapping, "digest": bytes(row.digest), "signed": plain(row.signed), "sealed": plain(row.sealed)}
    return Event(**values)
