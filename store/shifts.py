"""Shifts: who is at the desk now.  One row a person, gone with the shift."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Index, Table, delete, select

from protocol import limits
from store.columns import CODE, KEY, metadata, number, text
from store.upsert import put

shifts: Final = Table(
    "shifts",
    metadata,
    text("verifier", KEY, key=True),
    text("desk", CODE),
    number("until"),
    Index(None, "desk", "until"),
)


def begin_shift(conn: Connection, verifier: str, desk: str, until: int) -> None:
    """Put a verifier on a desk's shift until the minute that holds `until` (Unix seconds), or change until when."""
    put(conn, shifts, {"verifier": verifier}, {"desk": desk, "until": until // limits.MINUTE})


def end_shift(conn: Connection, verifier: str) -> bool:
    """End a verifier's shift now; say whether there was one."""
    return conn.execute(delete(shifts).where(shifts.c.verifier == verifier)).rowcount == 1


def on_shift(conn: Connection, desk: str, now: int) -> dict[str, int]:
    """Return until when (Unix seconds) each of a desk's verifiers on shift stays, by id."""
    query = select(shifts.c.verifier, shifts.c.until).where(shifts.c.desk == desk)
    still = query.where(shifts.c.until > now // limits.MINUTE).order_by(shifts.c.verifier)
    return {row.verifier: row.until * limits.MINUTE for row in conn.execute(still)}


def forget_shifts(conn: Connection, now: int) -> int:
    """Delete the shifts that are over; return how many."""
    return conn.execute(delete(shifts).where(shifts.c.until <= now // limits.MINUTE)).rowcount
