"""Claims: who works on a row, for how long, and whether that still holds.

A table that is claimed from has `id`, and `due_at`, `owner`, `claim` (see `columns.claimable`).  A row is open while
its `due_at` is not NULL and free once that time has come.  To claim is to set `due_at` 15 seconds ahead and to count
`claim` up: a process that dies leaves a row that becomes free by itself, and what it left running finds that its claim
is not the row's any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Table, select, update

LANES: Final = "lanes"
LEASE: Final = 15  # Seconds a claim holds; a job is ended before.


def any_due(conn: Connection, table: Table, now: int) -> bool:
    """Say whether a row of a table is free at `now`; looking takes no lock, so a sweep looks before it claims.

    A table whose index of waiting rows begins with lanes names them in its `info`: each is looked into by itself.
    """
    lanes: dict[str, tuple[Any, ...]] = table.info.get(LANES, {})
    for values in product(*lanes.values()):
        lane = [table.c[name] == value for name, value in zip(lanes, values, strict=True)]
        first = select(table.c.id).where(*lane, table.c.due_at <= now).order_by(table.c.due_at).limit(1)
        if conn.execute(first).first() is not None:
            return True
    return False


def claim(
    conn: Connection,
    table: Table,
    *,
    owner: str,
    now: int,
    limit: int,
    where: Sequence[ColumnElement[bool]] = (),
    until: int | None = None,
) -> list[Row[Any]]:
    """Claim up to `limit` free rows for which `where` holds, longest due first, and return them as they are then.

    The claim holds for 15 seconds, or `until` where a row's own time must not show.
    No row goes to two: PostgreSQL skips what another has locked, SQLite has one writer at a time.
    """
    free = select(table.c.id).where(*where, table.c.due_at <= now).order_by(table.c.due_at).limit(limit)
    ids = list(conn.execute(free.with_for_update(skip_locked=True)).scalars())
    if not ids:
        return []
    mine = update(table).where(table.c.id.in_(ids))
    taken = mine.values(owner=owner, claim=table.c.claim + 1, due_at=until or now + LEASE).returning(table)
    rows = {row.id: row for row in conn.execute(taken)}
    return [rows[id] for id in ids]


def held(conn: Connection, table: Table, id: str, claim: int) -> bool:
    """Say whether `claim` is still the row's and the row still open: a job that gets False has nothing to do."""
    query = select(table.c.id).where(table.c.id == id, table.c.claim == claim, table.c.due_at.is_not(None))
    return conn.execute(query).first() is not None


def put_back(conn: Connection, table: Table, id: str, claim: int, due_at: int, **values: Any) -> bool:
    """Make a claimed row free again from `due_at` on, with new `values`; say whether the claim still held."""
    return _let_go(conn, table, id, claim, {"due_at": due_at, **values})


def finish(conn: Connection, table: Table, id: str, claim: int, **values: Any) -> bool:
    """Close a claimed row with its last `values`; say whether the claim still held."""
    return _let_go(conn, table, id, claim, {"due_at": None, **values})


def _let_go(conn: Connection, table: Table, id: str, claim: int, values: dict[str, Any]) -> bool:
    mine = update(table).where(table.c.id == id, table.c.claim == claim, table.c.due_at.is_not(None))
    return conn.execute(mine.values(owner=None, **values)).rowcount == 1
