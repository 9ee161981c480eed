"""History: a store in which very many messages, deliveries and envelopes are over, and perhaps a few are due.

The rows are made by the database itself: a million of them in seconds, none of them ever in our memory.
"""

from __future__ import annotations

from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from protocol.limits import DAY, HOUR
from store.engine import open_engine, writing
from store.migrating import migrate
from tests.world import NOW

SUBSCRIBER: Final = "5b" * 16
FEW: Final = 1_000  # Pages of a desk: one a minute.
_COUNTED: Final = {
    "sqlite": "(WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i+1 FROM n WHERE i < {last}) SELECT i FROM n)",
    "postgresql": "generate_series({first}, {last}) AS n(i)",
}
_HEX: Final = {"sqlite": "printf('%0{width}x', i)", "postgresql": "lpad(to_hex(i), {width}, '0')"}
_BYTES: Final = {
    "sqlite": "CAST(printf('%032d', i) AS BLOB)",
    "postgresql": "convert_to(lpad(i::text, 32, '0'), 'UTF8')",
}

_SUBSCRIBERS: Final = """
INSERT INTO subscribers (id, channel, url, secret, zones, classes, kinds, audience, language, active, slow)
VALUES (:id, 'webhook', 'http://127.0.0.1:9/', :secret, '[]', '[]', '[]', 'public', 'en', :yes, :no)
"""
_MESSAGES: Final = """
INSERT INTO messages (id, name, chain, revision, kind, audience, issued, signed, rank, state, log_index, released_at,
                      due_at, claim)
SELECT {id}, {name}, {id}, 1, 'confirmed', 'public', {now}, {bytes}, i & 1, '{state}', {index}, {released}, {due}, 0
FROM {counted}
"""
_DELIVERIES: Final = """
INSERT INTO deliveries (id, message, subscriber, cause, rank, slow, state, attempts, expires, due_at, claim)
SELECT {id}, {id}, '{subscriber}', 'release', i & 1, {no}, '{state}', 0, {now} + 3600, {due}, 0 FROM {counted}
"""
_ENVELOPES: Final = """
INSERT INTO envelopes (id, desk, bucket, set_name, set_number, epoch, stanzas, size, day, minute, burn_day, digest)
SELECT {id}, 'north', 65536, {name}, 1, 2900, 12, 84358, {day}, NULL, {day} + 7, {bytes} FROM {counted}
"""
_PAGES: Final = """
INSERT INTO pages (id, desk, minute, due_at, claim) SELECT {id}, 'north', i, NULL, 0 FROM {counted}
"""


def with_history(url: str, rows: int) -> Engine:
    """Return a store with `rows` of each that are over; nothing in it is due."""
    engine = open_engine(url)
    migrate(engine)
    filling = _hasty(engine)
    with filling.begin() as conn:
        conn.execute(sa.text(_SUBSCRIBERS), {"id": SUBSCRIBER, "secret": b"s", "yes": True, "no": False})
        _fill(conn, 1, rows, "released", "done", "NULL")
    filling.dispose()
    if engine.dialect.name == "postgresql":  # Whose planner goes by what a server counts by itself within a minute.
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql("VACUUM ANALYZE")
    return engine


def _hasty(engine: Engine) -> Engine:
    """Return an engine of the same store that fills it without a journal,."""
    hasty = sa.create_engine(engine.url)
    if engine.dialect.name == "sqlite":

        @sa.event.listens_for(hasty, "connect")
        def set_up(connection: Any, _record: object) -> None:
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-262144"):
                connection.execute(f"PRAGMA {pragma}")

    return hasty


def make_due(engine: Engine, after: int, count: int) -> None:
    """Add `count` messages that wait for the gate and as many deliveries, after the `after` rows that are there."""
    with writing(engine) as conn:
        _fill(conn, after + 1, after + count, "posted", "due", str(NOW - 1))


def _fill(conn: Connection, first: int, last: int, message: str, delivery: str, due: str) -> None:
    kind = conn.dialect.name
    over = due == "NULL"
    words = {
        "counted": _COUNTED[kind].format(first=first, last=last),
        "id": _HEX[kind].format(width=32),
        "name": _HEX[kind].format(width=64),
        "bytes": _BYTES[kind],
        "subscriber": SUBSCRIBER,
        "now": NOW,
        "day": NOW // DAY,
        "index": "i" if over else "NULL",
        "released": NOW - HOUR if over else "NULL",
        "no": "0" if kind == "sqlite" else "FALSE",
        "due": due,
    }
    conn.exec_driver_sql(_MESSAGES.format(state=message, **words))
    conn.exec_driver_sql(_DELIVERIES.format(state=delivery, **words))
    if over:
        conn.exec_driver_sql(_ENVELOPES.format(**words))
        conn.exec_driver_sql(_PAGES.format(**{**words, "counted": _COUNTED[kind].format(first=1, last=FEW)}))
