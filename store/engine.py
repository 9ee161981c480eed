"""The engine: one URL, SQLite or PostgreSQL, and the two ways into it: `reading` and `writing`.

SQLite is set up so that what was accepted survives a power cut (WAL, synchronous=FULL) and what was deleted is
overwritten (secure_delete).  Its writers take one lock per process before they ask the file for its own: waiting in
line costs a tenth of what SQLite's polling does at the 99th percentile.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, make_url

from store import failpoint

BUSY: Final = 10_000  # Milliseconds a SQLite connection waits for another process.
POOL: Final = 16  # Connections a process keeps: more threads than this wait for one.
_MODE: Final = "sereno_mode"

_write = threading.Lock()
_writer: int | None = None  # The thread that holds the lock.


def open_engine(url: str) -> Engine:
    """Return an engine for `sqlite:///file` or `postgresql+psycopg://…`; nothing is connected yet.

    What goes wrong is told without the values that were written: an error may end up in a log.
    Raises ValueError for another kind of database, and for SQLite without a file: what a process keeps to itself is
    lost with it.
    """
    parsed = make_url(url)
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        if parsed.database in (None, "", ":memory:"):
            raise ValueError("SQLite needs a file: sqlite:///path/to/store.db")
        engine = create_engine(parsed, pool_size=POOL, max_overflow=0, hide_parameters=True)
        prepare_sqlite(engine)
        return engine
    if kind == "postgresql" and parsed.get_driver_name() == "psycopg":
        return create_engine(parsed, pool_size=POOL, max_overflow=0, pool_pre_ping=True, hide_parameters=True)
    raise ValueError(f"The store runs on sqlite:/// and postgresql+psycopg://, not on {parsed.drivername}.")


def prepare_sqlite(engine: Engine, *, foreign_keys: bool = True) -> None:
    """Set up every connection of a SQLite engine."""
    pragmas = (
        f"busy_timeout={BUSY}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        f"foreign_keys={'ON' if foreign_keys else 'OFF'}",
        "temp_store=MEMORY",  # Nothing is sorted on the disk, where nobody would wipe it.
    )

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # The driver opens no transaction of its own: `begin` below does.
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        writes = conn.get_execution_options().get(_MODE) == "writing"
        conn.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        # A writer that begins as a reader would fail instead of wait when another writes first.
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one moment of the store and can't change it."""
    with engine.connect() as conn:
        if engine.dialect.name == "postgresql":
            conn = conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with conn.begin():
            yield conn


def require_answer(engine: Engine) -> None:
    """Ask a store for nothing, for a health page.  Raises SQLAlchemyError where it does not answer."""
    with reading(engine) as conn:
        conn.exec_driver_sql("SELECT 1")


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a transaction that is committed at the end, or undone by whatever is raised.

    On SQLite one thread of a process writes at a time; a thread that is writing already gets a RuntimeError.
    """
    with _line(engine), engine.connect() as conn:
        conn = conn.execution_options(**{_MODE: "writing"})
        try:
            with conn.begin():
                yield conn
        except BaseException:
            failpoint.rolled_back(conn)
            raise
        failpoint.committed(conn)


@contextmanager
def _line(engine: Engine) -> Iterator[None]:
    global _writer
    if engine.dialect.name != "sqlite":
        yield
        return
    if _writer == threading.get_ident():
        raise RuntimeError("This thread is writing already; pass its connection on.")
    with _write:
        _writer = threading.get_ident()
        try:
            yield
        finally:
            _writer = None


def truncate_wal(engine: Engine) -> bool:
    """Empty SQLite's write-ahead log, in which burnt bytes would live on; say whether it is empty now.

    It is not while another process reads an older moment: the next call will do it.  True at once on PostgreSQL.
    """
    if engine.dialect.name != "sqlite":
        return True
    with _line(engine), engine.connect() as conn:
        driver: Any = conn.connection.dbapi_connection
        driver.execute("PRAGMA query_only=OFF")
        driver.execute("PRAGMA busy_timeout=100")  # Writers are waiting in line meanwhile.
        busy: int = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        driver.execute(f"PRAGMA busy_timeout={BUSY}")
    return busy == 0
