"""Whether anything was committed since the last look: what a process that waits for work asks many times a second.

SQLite tells for the price of a glance into shared memory (`PRAGMA data_version`), a hundredth of a look at the tables.
PostgreSQL has nothing so cheap that misses nothing, so there each look is worth taking.
"""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError


class Changes:
    """The changes to a store as one thread follows them; it keeps a connection of its own for that."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._kept: Any = None
        self._seen: tuple[int, int] | None = None

    def is_due(self, now: int) -> bool:
        """Say whether to look: something was committed since this was last asked, or `now`, in seconds, is another."""
        if self._engine.dialect.name != "sqlite":
            return True
        # Read before whoever asks looks at the tables: what is committed meanwhile makes the next look due.
        try:
            seen = self._version(), now
        except (SQLAlchemyError, sqlite3.Error):  # A look will say what is wrong.
            return True
        before, self._seen = self._seen, seen
        return seen != before

    def _version(self) -> int:
        if self._kept is None:
            self._kept = self._engine.raw_connection()  # Kept: SQLite counts what others change, for each connection.
        version: int = self._kept.driver_connection.execute("PRAGMA data_version").fetchone()[0]
        return version
