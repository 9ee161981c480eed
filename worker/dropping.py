"""The drop is built again every minute: what desks asked in the last 72 hours, and dummies to the next size.  SPEC 6.6.

Which cells are dummies is written nowhere: they are those in the file of a minute ago that are in no row.  They stay
from one drop to the next, for if all of them changed, what stays would be the questions; now and then one is replaced,
so that a new cell is not by itself a new question.
"""

from __future__ import annotations

from collections.abc import Collection
from secrets import SystemRandom
from typing import Final

from sqlalchemy import Engine

from protocol import limits
from protocol.drop import decode_drop, drop_size, dummy_cell, encode_drop
from protocol.errors import Refused
from store.drop import current_drop, forget_cells, hold_drop, list_cells, put_drop
from store.engine import writing

TURNOVER: Final = 720  # Buildings, so minutes, that a dummy stays on average: new cells come by the hour either way.
_CHANCE: Final = SystemRandom()


def build_drop(engine: Engine, now: int) -> bool:
    """Build the drop unless this minute's is there; say whether it was built.  Cells that are over go for good."""
    with writing(engine) as conn:
        hold_drop(conn)
        before = current_drop(conn)
        if before is not None and before[0] == now // limits.MINUTE:
            return False
        over = forget_cells(conn, now)
        cells = list_cells(conn, now)
        dummies = set(_cells(before[1]) if before else ()).difference(cells, over)
        put_drop(conn, encode_drop(filled(cells, dummies)), now)
    return True


def filled(cells: Collection[bytes], dummies: Collection[bytes]) -> list[bytes]:
    """Return cells and as many dummies as fill a drop: those there were, nearly all of them, and new ones."""
    room = drop_size(len(cells)) - len(cells)
    staying = [one for one in dummies if _CHANCE.randrange(TURNOVER)]
    staying = _CHANCE.sample(staying, min(room, len(staying)))
    return [*cells, *staying, *(dummy_cell() for _ in range(room - len(staying)))]


def _cells(file: bytes) -> tuple[bytes, ...]:
    try:
        return decode_drop(file)
    except Refused:
        return ()  # Not what was put there: every dummy is made afresh.
