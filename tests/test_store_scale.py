"""Sweeps cost what waits, not what there is: every sweep's queries go by an index, over queues that hold far more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from protocol.limits import DAY, HOUR, MINUTE
from store import claims, deliveries, envelopes, logbook, messages, pages, releases, subscribers
from store.engine import open_engine, reading, writing
from store.migrating import migrate
from tests.databases import fresh_database
from tests.world import NOW

MANY: Final = 6_000  # Rows of a table: enough for a planner to shun a full scan where it can.


def _hex(n: int, width: int = 32) -> str:
    return f"{n:0{width}x}"


def _envelopes(n: int) -> dict[str, Any]:
    waits = n % 10 == 0
    return {
        "id": _hex(n),
        "desk": "north" if n % 3 else "south",
        "bucket": 65_536,
        "set_name": "5e" * 32,
        "set_number": 1,
        "epoch": 2900 + n % 50,
        "stanzas": 4,
        "size": 71_874,
        "day": NOW // DAY,
        "minute": NOW // MINUTE - n if waits else None,
        "burn_day": NOW // DAY + 1 + n % 9,
        "digest": n.to_bytes(32, "big"),
    }


def _messages(n: int) -> dict[str, Any]:
    waits = n % 100 == 0
    return {
        "id": _hex(n),
        "name": _hex(n, 64),
        "chain": _hex(n // 3),
        "revision": 1 + n % 3,
        "kind": "confirmed",
        "audience": "public" if n % 7 else "responders",
        "issued": NOW,
        "signed": b"s",
        "rank": n % 2,
        "state": "posted" if waits else "released",
        "log_index": None if waits else n,
        "released_at": None if waits else NOW - n,
        "notice_at": None if waits or n % 50 else NOW + n,
        "due_at": NOW + n % 7 - 3 if waits else None,
        "claim": 0,
    }


def _deliveries(n: int) -> dict[str, Any]:
    waits = n % 2 == 0
    return {
        "id": _hex(n),
        "message": _hex(n // 100),
        "subscriber": _hex(n % 100),
        "cause": "release",
        "rank": n // 100 % 2,
        "slow": n % 20 == 0,
        "state": "due" if waits else "done",
        "attempts": 0,
        "expires": NOW + HOUR + n,
        "due_at": NOW + n % 60 - 30 if waits else None,
        "claim": 0,
    }


def _subscribers(n: int) -> dict[str, Any]:
    lists: dict[str, Any] = {"zones": [], "classes": [], "kinds": []}
    row = {"id": _hex(n), "channel": "webhook", "url": "u", "secret": b"s", "audience": "public", "language": "en"}
    return {**row, **lists, "active": True, "slow": False}


def _pages(n: int) -> dict[str, Any]:
    return {"id": _hex(n), "desk": f"desk-{n}", "minute": n, "due_at": NOW + n if n % 10 == 0 else None, "claim": 0}


def _log_entries(n: int) -> dict[str, Any]:
    return {"entry": n.to_bytes(33, "big"), "kind": "release", "position": None if n > MANY - 50 else n}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Give a store with many rows in every queue."""
    if request.param == "sqlite":
        yield from _filled(f"sqlite:///{tmp_path_factory.mktemp('full') / 'store.db'}")
    else:
        with fresh_database() as url:
            yield from _filled(url)


def _filled(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    migrate(engine)
    rows: list[tuple[sa.Table, Callable[[int], dict[str, Any]], int]] = [
        (envelopes.envelopes, _envelopes, MANY),
        (messages.messages, _messages, MANY),
        (subscribers.subscribers, _subscribers, 100),
        (deliveries.deliveries, _deliveries, MANY),
        (pages.pages, _pages, MANY),
        (logbook.log_entries, _log_entries, MANY),
    ]
    with writing(engine) as conn:
        for table, row, count in rows:
            names = row(1).keys()
            conn.execute(table.insert(), [{name: row(n)[name] for name in names} for n in range(count)])
        conn.execute(envelopes.burnt.insert(), [{"digest": _envelopes(n)["digest"], "epoch": n} for n in range(MANY)])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
        if engine.dialect.name == "postgresql":
            conn.exec_driver_sql("VACUUM ANALYZE")
    yield engine
    engine.dispose()


@contextmanager
def plans(engine: Engine) -> Iterator[list[str]]:
    """Give the plans that the database makes for what is asked inside."""
    asked: list[tuple[str, Any]] = []
    found: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.split()[0] in ("SELECT", "UPDATE", "DELETE"):
            asked.append((statement, values))

    sa.event.listen(engine, "before_cursor_execute", note)
    yield found
    sa.event.remove(engine, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    with writing(engine) as conn:
        for statement, values in asked:
            lines = conn.exec_driver_sql(explain + statement, values)
            found.append(statement + "\n" + "\n".join(str(line[-1]) for line in lines))


SWEEPS: Final[dict[str, Callable[[Connection], Any]]] = {
    "the queue of a desk": lambda conn: envelopes.waiting_envelopes(conn, "north", 100),
    "the next page of it": lambda conn: envelopes.waiting_envelopes(conn, "north", 100, (NOW // MINUTE - 900, "a")),
    "the longest waiting": lambda conn: envelopes.oldest_minute(conn, "north"),
    "the bytes that came lately": lambda conn: envelopes.queue_bytes(conn, "north", NOW // MINUTE - 60),
    "what is to be burnt": lambda conn: envelopes.due_for_burning(conn, NOW + DAY),
    "digests to forget": lambda conn: envelopes.forget_burnt(conn, NOW - 2000 * 7 * DAY),
    "whether a message waits": lambda conn: claims.any_due(conn, messages.messages, NOW),
    "messages for the gate": lambda conn: messages.claim_messages(conn, owner="a", now=NOW, limit=9),
    "a chain": lambda conn: messages.chain_messages(conn, _hex(5)),
    "what is public": lambda conn: messages.released_public(conn, NOW - 1000, 100),
    "stops without a proof": lambda conn: messages.released_without_log(conn),
    "notices": lambda conn: releases.notices_due(conn, NOW + 1000),
    "whether a delivery waits": lambda conn: claims.any_due(conn, deliveries.deliveries, NOW),
    "a lot of deliveries": lambda conn: deliveries.claim_lot(conn, owner="a", now=NOW),
    "what a loop has": lambda conn: deliveries.lot(conn, "a"),
    "deliveries that are over": lambda conn: deliveries.give_up_expired(conn, NOW + HOUR + 9),
    "pages": lambda conn: pages.claim_pages(conn, owner="a", now=NOW + 500, limit=9),
    "what waits for the log": lambda conn: logbook.unsequenced(conn),
    "the size of the log": lambda conn: logbook.log_size(conn),
    "a row of a tile": lambda conn: logbook.read_entries(conn, 512, 256),
}


@pytest.mark.parametrize("sweep", SWEEPS)
def test_a_sweep_reads_what_waits_and_never_the_whole_table(full: Engine, sweep: str) -> None:
    with plans(full) as found, writing(full) as conn:
        SWEEPS[sweep](conn)

    assert found
    for plan in found:
        lines = plan.splitlines()
        # SQLite says SCAN for a walk along a whole index, too; along that of the rows that wait it is what is wanted.
        assert [line for line in lines if "Seq Scan" in line or ("SCAN" in line and "_queue" not in line)] == [], plan
        assert "Index" in plan or "INDEX" in plan, plan


def test_a_queue_is_shown_from_its_index_alone(full: Engine) -> None:
    with plans(full) as found, reading(full) as conn:
        envelopes.waiting_envelopes(conn, "north", 100)
        envelopes.queue_bytes(conn, "north")
        envelopes.oldest_minute(conn, "north")

    for plan in found:
        assert "COVERING INDEX ix_envelopes_waiting" in plan or "Index Only Scan using ix_envelopes_waiting" in plan, (
            plan
        )


def test_the_plans_of_a_query_without_an_index_are_seen_as_bad(full: Engine) -> None:
    with plans(full) as found, reading(full) as conn:
        conn.execute(sa.select(envelopes.envelopes.c.id).where(envelopes.envelopes.c.size == 5)).all()

    assert "Seq Scan" in found[0] or "SCAN envelopes" in found[0]
