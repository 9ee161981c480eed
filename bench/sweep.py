"""Sweeps: what a look and a claim take in a store with a million rows of history, beside one with a thousand."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Final

from sqlalchemy import Connection, Engine

from bench.figure import Figure, beside
from bench.history import make_due, with_history
from store.claims import any_due
from store.deliveries import claim_lot, deliveries
from store.engine import reading, writing
from store.envelopes import due_for_burning, oldest_minute
from store.messages import claim_messages, messages, released_without_log
from store.pages import pages
from store.releases import notices_due
from tests.databases import fresh_database
from tests.test_store_scale import plans
from tests.world import NOW

FEW: Final = 1_000
DUE: Final = 32
ROUNDS: Final = 40
MOST: Final = 1.5  # What a few more levels of an index and the noise of a shared machine may cost.


class _Undone(Exception):
    """Raised to undo a claim, so that the next round finds the same rows due."""


def _look(conn: Connection) -> None:
    """Ask all that a sweep asks, several times a second, when nothing is due."""
    for table in (messages, deliveries, pages):
        any_due(conn, table, NOW)
    released_without_log(conn)
    notices_due(conn, NOW)
    oldest_minute(conn, "north")
    due_for_burning(conn, NOW)


def _claim(conn: Connection) -> None:
    """Claim what one sweep takes of messages and deliveries."""
    claim_messages(conn, owner="bench", now=NOW, limit=DUE)
    claim_lot(conn, owner="bench", now=NOW, limit=DUE)


def measure(quick: bool) -> Iterator[Figure]:
    """Give the sweeps' figures on both databases."""
    many = 50_000 if quick else 1_000_000
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-sweep-")))
        for name, urls in {
            "SQLite": tuple(f"sqlite:///{folder / size}.db" for size in ("few", "many")),
            "PostgreSQL": tuple(stack.enter_context(fresh_database()) for _ in range(2)),
        }.items():
            few, lots = with_history(urls[0], FEW), with_history(urls[1], many)
            yield from _figures(name, lots, many, few)
            few.dispose()
            lots.dispose()


def _figures(name: str, lots: Engine, many: int, few: Engine) -> Iterator[Figure]:
    mine, bare = _by_turns(_looked, lots, few)
    yield beside("sweep", f"{name}: nothing due among {many:,}", mine * 1000, "ms", bare * 1000, most=MOST)
    for engine, after in ((lots, many), (few, FEW)):
        make_due(engine, after, DUE)
    mine, bare = _by_turns(_claimed, lots, few)
    yield beside("sweep", f"{name}: {DUE} + {DUE} claimed among {many:,}", mine * 1000, "ms", bare * 1000, most=MOST)
    read = _whole_tables(lots)
    yield Figure("sweep", f"{name}: queries that read a whole table", read, "", must="0", good=read == 0)


def _by_turns(act: Callable[[Engine], float], lots: Engine, few: Engine) -> tuple[float, float]:
    pairs = [(act(lots), act(few)) for _ in range(ROUNDS)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)


def _looked(engine: Engine) -> float:
    with reading(engine) as conn:
        began = time.perf_counter()
        _look(conn)
        return time.perf_counter() - began


def _claimed(engine: Engine) -> float:
    took = 0.0
    try:
        with writing(engine) as conn:
            began = time.perf_counter()
            _claim(conn)
            took = time.perf_counter() - began
            raise _Undone
    except _Undone:
        return took


def _whole_tables(engine: Engine) -> int:
    """Return how many of a sweep's queries the database means to answer without an index."""
    with plans(engine) as found, writing(engine) as conn:
        _look(conn)
        _claim(conn)
    return sum("Seq Scan" in plan or "SCAN" in plan for plan in found)
