"""Pages: "somebody has to look", by desk and minute.  A page says nothing about why."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Index, Table, UniqueConstraint, delete, func, select

from protocol import limits
from protocol.errors import Refused
from store import claims
from store.columns import CODE, ID, claimable, metadata, number, text, waiting
from store.envelopes import envelopes
from store.upsert import insert_once

pages: Final = Table(
    "pages",
    metadata,
    text("id", ID, key=True),
    text("desk", CODE),
    number("minute"),
    *claimable(),
    UniqueConstraint("desk", "minute"),
    waiting("ix_pages_due", "due_at", by="due_at"),
    Index(None, "minute"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A claimed page."""

    id: str
    desk: str
    minute: int
    due_at: int | None
    owner: str | None
    claim: int


def waits_since(conn: Connection, desk: str, minutes: Collection[int]) -> bool:
    """Say whether an unopened envelope of a desk came in one of these minutes."""
    query = select(envelopes.c.id).where(envelopes.c.desk == desk, envelopes.c.minute.in_(minutes))
    return conn.execute(query.limit(1)).first() is not None


def was_asked(conn: Connection, desk: str) -> bool:
    """Say whether a page for a desk is over that is no older than its newest unopened envelope; True if none waits."""
    newest = select(func.max(envelopes.c.minute)).where(envelopes.c.desk == desk, envelopes.c.minute.is_not(None))
    minute = conn.execute(newest).scalar()
    if minute is None:
        return True
    over = pages.c.desk == desk, pages.c.minute >= minute, pages.c.due_at.is_(None)
    return conn.execute(select(pages.c.id).where(*over).limit(1)).first() is not None


def put_page(conn: Connection, desk: str, now: int) -> bool:
    """Ask for the people of a desk; say whether nobody had in this minute.

    Due at the beginning of the minute: when exactly an envelope came is not to be read off a page.
    """
    minute = now // limits.MINUTE
    values = {"desk": desk, "minute": minute, "due_at": minute * limits.MINUTE, "claim": 0}
    return insert_once(conn, pages, id=secrets.token_hex(16), **values)


def claim_pages(conn: Connection, *, owner: str, now: int, limit: int) -> list[Page]:
    """Claim pages that are to be sent, until a full minute at least 15 seconds away: a claim tells no second either."""
    until = -(-(now + claims.LEASE) // limits.MINUTE) * limits.MINUTE
    rows = claims.claim(conn, pages, owner=owner, now=now, limit=limit, until=until)
    return [Page(**row._mapping) for row in rows]


def get_page(conn: Connection, id: str) -> Page:
    """Return a page.  Raises Refused("not_found")."""
    row = conn.execute(select(pages).where(pages.c.id == id)).first()
    if row is None:
        raise Refused("not_found", f"There is no page {id[:16]}.")
    return Page(**row._mapping)


def forget_pages(conn: Connection, now: int) -> int:
    """Delete the pages that are older than an hour; return how many."""
    return conn.execute(delete(pages).where(pages.c.minute < (now - limits.HOUR) // limits.MINUTE)).rowcount
