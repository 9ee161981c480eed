"""Pages: "somebody has to look", by desk and minute.  A page says nothing about why."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Index, Table, UniqueConstraint, delete, select

from protocol import limits
from protocol.errors import Refused
from store import claims
from store.columns import CODE, ID, claimable, metadata, number, text, waiting
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


def put_page(conn: Connection, desk: str, now: int) -> bool:
    """Ask for the people of a desk; say whether nobody had in this minute."""
    values = {"desk": desk, "minute": now // limits.MINUTE, "due_at": now, "claim": 0}
    return insert_once(conn, pages, id=secrets.token_hex(16), **values)


def claim_pages(conn: Connection, *, owner: str, now: int, limit: int) -> list[Page]:
    """Claim pages that are to be sent."""
    rows = claims.claim(conn, pages, owner=owner, now=now, limit=limit)
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
