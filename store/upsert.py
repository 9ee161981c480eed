"""Inserting what may be there already, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, literal_column
from sqlalchemy.dialects import postgresql, sqlite


def insert(conn: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Return the INSERT of the connection's own database, which knows ON CONFLICT."""
    return postgresql.insert(table) if conn.dialect.name == "postgresql" else sqlite.insert(table)


def insert_once(conn: Connection, table: Table, **values: Any) -> bool:
    """Insert a row unless one with a key of its own is there; say whether it was inserted."""
    statement = insert(conn, table).values(**values).on_conflict_do_nothing()
    # A row that comes back says so on both databases; counts of inserted rows don't.
    return conn.execute(statement.returning(literal_column("1"))).first() is not None


def put(conn: Connection, table: Table, key: dict[str, Any], values: dict[str, Any]) -> None:
    """Insert the row with this key, or give the one that is there these values."""
    statement = insert(conn, table).values(**key, **values)
    conn.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
