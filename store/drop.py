"""The drop: verifiers' questions to sources, in cells that all look alike and that everybody fetches as one file.

A cell's id is random and gives the order, so that neither tells when it came.
"""

from __future__ import annotations

import secrets
from typing import Final

from sqlalchemy import Connection, Index, Table, UniqueConstraint, delete, func, select

from protocol import limits
from protocol.encoding import sha256
from protocol.errors import Refused
from store.columns import ID, data, metadata, number, text
from store.upsert import insert_once, put

CELL: Final = limits.CELL
HOURS: Final = limits.DROP_HOURS
PLACE: Final = 1

cells: Final = Table(
    "cells",
    metadata,
    text("id", ID, key=True),
    data("digest"),
    number("hour"),
    data("cell"),
    UniqueConstraint("digest"),
    Index(None, "hour"),
)

# One row: every process of the door hands out the same file.
drops: Final = Table("drops", metadata, number("place", key=True), number("minute"), data("file"))


def put_cell(conn: Connection, cell: bytes, now: int) -> bool:
    """Keep a cell for 72 hours; say whether it is new.

    Raises Refused: cell (unless it has 4,096 bytes), under_load (where a drop's worth of cells is there).
    """
    hold_drop(conn)
    if len(cell) != CELL:
        raise Refused("cell", f"A cell of the drop has {CELL} bytes; this one has {len(cell)}.")
    live = cells.c.hour > now // limits.HOUR - HOURS
    if conn.execute(select(func.count()).select_from(cells).where(live)).scalar_one() >= limits.DROP_CELLS:
        raise Refused(
            "under_load", f"The drop holds {limits.DROP_CELLS} cells, and no more. The oldest go within {HOURS} hours."
        )
    return insert_once(conn, cells, id=secrets.token_hex(16), digest=sha256(cell), hour=now // limits.HOUR, cell=cell)


def hold_drop(conn: Connection) -> None:
    """Let nobody else put a cell in or build the drop until this transaction is over.

    On PostgreSQL two who count at once would both find room for the last cell; SQLite has one writer anyhow.
    """
    conn.execute(select(drops.c.place).where(drops.c.place == PLACE).with_for_update())


def list_cells(conn: Connection, now: int) -> list[bytes]:
    """Return the cells of the last 72 hours in random, lasting order, as many as a drop has room for.

    Where a store holds more, those go first that everybody could fetch for longest: so every question is shown once.
    """
    live = select(cells.c.id, cells.c.cell).where(cells.c.hour > now // limits.HOUR - HOURS)
    newest = conn.execute(live.order_by(cells.c.hour.desc(), cells.c.id).limit(limits.DROP_CELLS))
    return [bytes(row.cell) for row in sorted(newest, key=lambda row: str(row.id))]


def forget_cells(conn: Connection, now: int) -> list[bytes]:
    """Delete the cells that are over, and return them: the drop of a minute ago still holds them."""
    over = delete(cells).where(cells.c.hour <= now // limits.HOUR - HOURS).returning(cells.c.cell)
    return [bytes(cell) for cell in conn.execute(over).scalars()]


def put_drop(conn: Connection, file: bytes, now: int) -> None:
    """Replace the file that everybody fetches by the one built at `now`."""
    put(conn, drops, {"place": PLACE}, {"minute": now // limits.MINUTE, "file": file})


def current_drop(conn: Connection) -> tuple[int, bytes] | None:
    """Return the minute at which the drop was built and its file; None before the first."""
    row = conn.execute(select(drops.c.minute, drops.c.file)).first()
    return None if row is None else (int(row.minute), bytes(row.file))
