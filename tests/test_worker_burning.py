"""Burning by the worker: on its day the bytes are gone, from SQLite's file and from its write-ahead log."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from protocol.errors import Refused
from protocol.limits import DAY, HOUR
from store import envelopes, pages, sessions, shifts
from store.engine import reading, writing
from store.envelopes import UNREAD_DAYS, Arrival, put_envelope
from tests.outpost import Outpost, confirm
from tests.stores import new_store
from tests.world import NOW, World
from worker.burning import burn_due, tidy

MARK = b"THE MARKED BYTES OF AN ENVELOPE, AS A DISK WOULD KEEP THEM "


def arrival(world: World, body: bytes) -> Arrival:
    return Arrival("north", 65_536, "ab" * 32, 1, world.epoch(), 4, body, world.now)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Engine]:
    engine = new_store(sqlite_url)
    yield engine
    engine.dispose()


def on_disk(engine: Engine) -> set[str]:
    """Return which of the database's files hold the mark."""
    path = Path(str(engine.url.database))
    return {one.name for one in path.parent.iterdir() if one.is_file() and MARK in one.read_bytes()}


def test_on_its_day_an_envelope_is_gone_and_can_not_come_again(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        for number in range(250):  # More than one transaction's worth.
            put_envelope(conn, arrival(world, number.to_bytes(8, "big")))
    assert burn_due(engine, NOW + (UNREAD_DAYS - 1) * DAY) == 0
    assert burn_due(engine, NOW + UNREAD_DAYS * DAY) == 250
    assert burn_due(engine, NOW + UNREAD_DAYS * DAY) == 0

    with reading(engine) as conn:
        for table in (envelopes.envelopes, envelopes.bodies):
            assert conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one() == 0
    with pytest.raises(Refused, match="burnt"), writing(engine) as conn:
        put_envelope(conn, arrival(world, bytes(8)))


def test_burnt_bytes_are_in_no_file_any_more(store: Engine) -> None:
    world = World()
    with writing(store) as conn:
        put_envelope(conn, arrival(world, MARK * 4000))
        put_envelope(conn, arrival(world, MARK + bytes(100)))
    assert on_disk(store)
    burn_due(store, NOW + UNREAD_DAYS * DAY)

    assert on_disk(store) == set()


def test_who_reads_while_it_burns_keeps_the_bytes_no_longer_than_to_the_next_time(store: Engine) -> None:
    world, later = World(), NOW + UNREAD_DAYS * DAY
    with writing(store) as conn:
        put_envelope(conn, arrival(world, MARK * 4000))
    begun, over = threading.Event(), threading.Event()

    def read() -> None:
        with reading(store) as conn:
            conn.execute(envelopes.envelopes.select()).all()
            begun.set()
            over.wait()

    reader = threading.Thread(target=read)
    reader.start()
    begun.wait()
    assert burn_due(store, later) == 1
    assert on_disk(store)  # The reader's moment has them.
    over.set()
    reader.join()
    assert burn_due(store, later) == 0

    assert on_disk(store) == set()


def test_a_crash_after_the_burning_leaves_the_wiping_to_the_next_time(store: Engine) -> None:
    world = World()
    with writing(store) as conn:
        id = put_envelope(conn, arrival(world, MARK * 4000))
    with writing(store) as conn:
        envelopes.burn(conn, id)
    assert on_disk(store)
    assert burn_due(store, NOW) == 0

    assert on_disk(store) == set()


def test_what_nothing_needs_any_more_is_forgotten(engine: Engine, tmp_path: Path) -> None:
    post = Outpost(engine, World(), tmp_path)
    post.subscribe("http://127.0.0.1:9/")
    alert = confirm(post).alert
    with writing(engine) as conn:
        id = put_envelope(conn, arrival(post.world, b"x"))
        envelopes.burn(conn, id)
        pages.put_page(conn, "north", NOW)
        sessions.use_challenge(conn, b"n" * 32, NOW + 60)
        sessions.open_session(conn, b"t" * 32, "ana", NOW + HOUR)
        shifts.begin_shift(conn, "ana", "north", NOW + HOUR)
    tables = (envelopes.burnt, pages.pages, sessions.challenges, sessions.sessions, shifts.shifts)

    def counts() -> list[int]:
        with reading(engine) as conn:
            return [conn.execute(sa.select(sa.func.count()).select_from(one)).scalar_one() for one in tables]

    tidy(engine, NOW)
    assert counts() == [1] * len(tables)
    assert [one.state for one in post.deliveries()] == ["due"]
    tidy(engine, alert.expires or 0)
    assert [one.state for one in post.deliveries()] == ["gave-up"]
    tidy(engine, NOW + 30 * DAY)
    assert counts() == [0] * len(tables)
