"""New stores for tests, at the newest version: what migrating makes is made once and copied or emptied.

Migrating takes a third of a second, and hundreds of tests want a store; that it leads here is test_store_schema.py's.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from store.engine import open_engine
from store.migrating import migrate
from store.tables import all_tables
from tests.databases import fresh_database


def new_store(url: str) -> sa.Engine:
    """Return an engine on a store that is made at `url`, where nothing is yet."""
    engine = open_engine(url)
    file = Path(engine.url.database or "")
    if engine.dialect.name == "sqlite" and not file.exists():
        file.write_bytes(_template())
    else:
        migrate(engine)
    return engine


@cache
def _template() -> bytes:
    """Return a migrated SQLite file with nothing in it."""
    with tempfile.TemporaryDirectory(prefix="sereno-template-") as folder:
        file = Path(folder) / "store.db"
        engine = open_engine(f"sqlite:///{file}")
        migrate(engine)
        engine.dispose()  # Its last connection leaves everything in the one file.
        return file.read_bytes()


@contextmanager
def kept_postgres() -> Iterator[str]:
    """Give the URL of a migrated PostgreSQL database, to be emptied after each use."""
    with fresh_database() as url:
        engine = open_engine(url)
        migrate(engine)
        engine.dispose()
        yield url


def empty(url: str) -> None:
    """Take every row out of a PostgreSQL store, whoever still holds one, and let its numbers begin again."""
    engine = sa.create_engine(url)
    names = [one.name for one in all_tables().sorted_tables]
    others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    used = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
    with engine.begin() as conn:
        conn.exec_driver_sql(f"{others} AND pid <> pg_backend_pid()")
        # A truncated table is a new file, or several: most tests fill a few tables of forty.
        full = conn.exec_driver_sql(used).scalars().all()
        if full:
            conn.exec_driver_sql(f"TRUNCATE {', '.join(full)} CASCADE")
        conn.exec_driver_sql("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
    engine.dispose()


def until_waiting(url: str, count: int, *threads: threading.Thread) -> None:
    """Wait until so many of a PostgreSQL store's connections wait for another one's lock, or one of `threads` ended."""
    engine = sa.create_engine(url)
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with engine.connect() as conn:
        while all(one.is_alive() for one in threads) and conn.exec_driver_sql(query).scalar_one() < count:
            conn.rollback()
            time.sleep(0.02)
    engine.dispose()
