"""Legal parts: what desks passed on for the attorneys, unopened, used or not, until it is burnt.  SPEC 6.2.

A part's name is the SHA-256 of its bytes: so the same part is kept once whoever passes it on, and the order of names is
chance.  A row says which desk and which day, and nothing of an envelope, a case, or who passed it on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Index, Table, delete, func, select

from protocol import limits
from protocol.encoding import fingerprint
from protocol.errors import Refused
from store.columns import CODE, NAME, data, metadata, number, text
from store.upsert import insert_once

legal: Final = Table(
    "legal",
    metadata,
    text("name", NAME, key=True),
    text("desk", CODE),
    number("day"),
    data("part"),
    Index(None, "desk", "day"),
    Index(None, "day"),
)


@dataclass(frozen=True, slots=True)
class LegalPart:
    """What is told of a legal part: its name, the desk that passed it on, and the day on which it did."""

    name: str
    desk: str
    day: int


def put_legal(conn: Connection, part: bytes, desk: str, now: int) -> bool:
    """Keep a desk's checked legal part for a week; say whether it is new.

    Raises Refused("under_load") where as many of that desk stand as may.
    """
    name = fingerprint(part)
    if conn.execute(select(legal.c.day).where(legal.c.name == name)).first() is not None:
        return False
    count = select(func.count()).select_from(legal).where(legal.c.desk == desk, legal.c.day > _over(now))
    if conn.execute(count).scalar_one() >= limits.LEGAL_PARTS:
        raise Refused(
            "under_load",
            f"{limits.LEGAL_PARTS} legal parts of desk {desk} stand, and no more. "
            f"The oldest go within {limits.LEGAL_DAYS} days; tell the attorneys by another way.",
        )
    return insert_once(conn, legal, name=name, desk=desk, day=now // limits.DAY, part=part)


def list_legal(conn: Connection, now: int) -> list[LegalPart]:
    """Return what stands, ascending by name, which is chance."""
    query = select(legal.c.name, legal.c.desk, legal.c.day).where(legal.c.day > _over(now)).order_by(legal.c.name)
    return [LegalPart(**row._mapping) for row in conn.execute(query)]


def read_legal(conn: Connection, name: str, now: int) -> bytes:
    """Return a legal part's bytes.  Raises Refused("not_found")."""
    row = conn.execute(select(legal.c.part).where(legal.c.name == name, legal.c.day > _over(now))).first()
    if row is None:
        raise Refused("not_found", f"There is no legal part {name[:16]}; it may have been burnt.")
    return bytes(row.part)


def burn_legal(conn: Connection, now: int) -> int:
    """Delete the legal parts whose week is over; return how many."""
    return conn.execute(delete(legal).where(legal.c.day <= _over(now))).rowcount


def _over(now: int) -> int:
    return now // limits.DAY - limits.LEGAL_DAYS
