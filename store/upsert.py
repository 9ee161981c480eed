"""Inserting what may be there already, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Connection, Table, literal_column

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite


def insert(conn: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return the INSERT of the connection's own database, which knows ON CONFLICT."""
    return _insert(conn.dialect.name, table)


def _insert(database: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    # Each loads its dialect: a process needs one of them.
    if database == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as postgresql_insert

        return postgresql_insert(table)
    from sqlalchemy.dialects.sqlite import insert as sqlite_insert

    return sqlite_insert(table)


def insert_once(conn: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one with a key of its own is there; say whether it was inserted."""
    return conn.execute(_once(conn.dialect.name, table), values).first() is not None


@cache
def _once(database: str, table: Table) -> Any:
    """Return the statement, made once: the door's hottest one.  A row that comes back says that it was inserted."""
    return _insert(database, table).on_conflict_do_nothing().returning(literal_column("1"))


def insert_all(conn: Connection, table: Table, rows: Sequence[dict[str, Any]], key: Column[Any]) -> list[Any]:
    """Insert those rows of which none with a key of its own is there; return what they have in the column `key`."""
    return list(conn.execute(_all(conn.dialect.name, table, key), rows).scalars())


@cache
def _all(database: str, table: Table, key: Column[Any]) -> Any:
    """Return the statement, made once, as `_once` does."""
    return _insert(database, table).on_conflict_do_nothing().returning(key)


def put(conn: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert the row with this key, or give the one that is there these values."""
    statement = insert(conn, table).values(**key, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
