"""Counters: how often something happened on a day, and nothing about what."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Table, select

from store.columns import NAME, big, metadata, number, text
from store.upsert import insert

counters: Final = Table("counters", metadata, number("day", key=True), text("name", NAME, key=True), big("count"))


def add(conn: Connection, day: int, name: str, count: int = 1) -> None:
    """Count up."""
    statement = insert(conn, counters).values(day=day, name=name, count=count)
    more = {"count": counters.c.count + statement.excluded["count"]}
    conn.execute(statement.on_conflict_do_update(index_elements=["day", "name"], set_=more))


def read(conn: Connection, first: int, last: int) -> dict[int, dict[str, int]]:
    """Return the counts of days `first` to `last`, both included, by day and name."""
    found: dict[int, dict[str, int]] = {}
    query = select(counters).where(counters.c.day.between(first, last)).order_by(counters.c.day, counters.c.name)
    for row in conn.execute(query):
        found.setdefault(int(row.day), {})[row.name] = int(row._mapping["count"])
    return found
