"""Envelopes in the store: accepted once, found without being touched, burnt for good."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from protocol.encoding import sha256
from protocol.epoch import epoch_grace_end, epoch_of, epoch_start
from protocol.errors import Refused
from protocol.limits import DAY, HOUR, MINUTE
from store import drop, envelopes
from store.engine import reading, truncate_wal, writing
from tests.world import NOW

EPOCH: Final = epoch_of(NOW)


def put(conn: Connection, body: bytes, desk: str = "north", now: int = NOW, epoch: int = EPOCH) -> str:
    """Store a body as an envelope of a set that no story asks about."""
    return envelopes.put_envelope(conn, arrival(body, desk, now, epoch))


def arrival(body: bytes, desk: str = "north", now: int = NOW, epoch: int = EPOCH) -> envelopes.Arrival:
    """Return how such a body came."""
    return envelopes.Arrival(desk, 65_536, "5e" * 32, 3, epoch, 4, body, now)


def test_an_envelope_is_kept_with_its_day_and_nothing_more_exact_than_the_minute(engine: Engine) -> None:
    body = secrets.token_bytes(70_000)
    with writing(engine) as conn:
        id = put(conn, body)
    with reading(engine) as conn:
        row = envelopes.get_envelope(conn, id)
        raw = conn.execute(sa.select(envelopes.envelopes)).one()

        assert envelopes.read_body(conn, id) == body
    assert row == envelopes.Envelope(
        id=id,
        desk="north",
        bucket=65_536,
        set_name="5e" * 32,
        set_number=3,
        epoch=EPOCH,
        stanzas=4,
        size=70_000,
        day=NOW // DAY,
        minute=NOW // MINUTE,
        burn_day=NOW // DAY + 7,
    )
    assert len(id) == 32
    assert NOW not in raw
    assert bytes(raw.digest) == sha256(body)


def test_the_same_envelope_twice_is_one_and_answers_alike(engine: Engine) -> None:
    with writing(engine) as conn:
        first = put(conn, b"sealed")
        second = put(conn, b"sealed", now=NOW + 600)
    with writing(engine) as conn:
        third = put(conn, b"sealed")
        waiting = envelopes.waiting_envelopes(conn, "north")

    assert first == second == third
    assert [(one.id, one.minute) for one in waiting] == [(first, NOW // MINUTE)]


def test_many_senders_of_one_envelope_at_once_store_it_once(engine: Engine) -> None:
    found: list[str] = []

    def send() -> None:
        with writing(engine) as conn:
            found.append(put(conn, b"pressed twice"))

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    with reading(engine) as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(envelopes.bodies)).scalar() == 1


def test_any_part_of_a_body_is_read_without_the_rest(engine: Engine) -> None:
    body = secrets.token_bytes(200_000)
    with writing(engine) as conn:
        id = put(conn, body)
    with reading(engine) as conn:
        assert envelopes.read_body(conn, id, 0, 6_298) == body[:6_298]
        assert envelopes.read_body(conn, id, 65_536, 10) == body[65_536:65_546]
        assert envelopes.read_body(conn, id, 199_990) == body[199_990:]
        assert envelopes.read_body(conn, id, 200_000, 5) == b""


def test_a_queue_shows_the_longest_waiting_first_and_goes_on_where_it_stopped(engine: Engine) -> None:
    with writing(engine) as conn:
        late = put(conn, b"late", now=NOW + 5 * MINUTE)
        same = sorted(put(conn, body) for body in (b"a", b"b", b"c"))
        put(conn, b"elsewhere", desk="south")
    with reading(engine) as conn:
        first = envelopes.waiting_envelopes(conn, "north", limit=2)
        rest = envelopes.waiting_envelopes(conn, "north", limit=9, after=(first[-1].minute, first[-1].id))

        assert [one.id for one in first + rest] == [*same, late]
        assert envelopes.oldest_minute(conn, "north") == NOW // MINUTE
        assert envelopes.oldest_minute(conn, "west") is None
        assert envelopes.queue_bytes(conn, "north") == 3 + len(b"late")
        assert envelopes.queue_bytes(conn, "north", since=NOW // MINUTE + 1) == len(b"late")
        assert envelopes.queue_bytes(conn, "west") == 0


def test_opening_forgets_the_minute_and_keeps_the_envelope(engine: Engine) -> None:
    with writing(engine) as conn:
        id = put(conn, b"sealed")
        assert envelopes.mark_opened(conn, id)
        assert not envelopes.mark_opened(conn, id)
        assert envelopes.waiting_envelopes(conn, "north") == []
        assert envelopes.get_envelope(conn, id).minute is None
        assert envelopes.read_body(conn, id) == b"sealed"
        with pytest.raises(Refused, match="no envelope") as refusal:
            envelopes.mark_opened(conn, "00" * 16)
    assert refusal.value.kind == "not_found"


def test_what_was_burnt_is_gone_and_can_t_come_back_before_its_keys_are_gone(engine: Engine) -> None:
    end = epoch_grace_end(EPOCH)
    with writing(engine) as conn:
        id = put(conn, b"read and burnt")
        assert envelopes.burn(conn, id)
        assert not envelopes.burn(conn, id)
    with reading(engine) as conn, pytest.raises(Refused, match="no envelope"):
        envelopes.read_body(conn, id)
    with pytest.raises(Refused, match="burnt") as refusal, writing(engine) as conn:
        put(conn, b"read and burnt")
    with writing(engine) as conn:
        assert envelopes.forget_burnt(conn, end - 1) == 0
        assert envelopes.waiting_envelopes(conn, "north") == []
    with writing(engine) as conn:
        assert envelopes.forget_burnt(conn, end) == 1
        put(conn, b"read and burnt")
    assert refusal.value.kind == "burnt"


def test_the_day_of_burning_comes_by_itself_and_never_after_the_keys_are_gone(engine: Engine) -> None:
    today = NOW // DAY
    with writing(engine) as conn:
        unread = put(conn, b"unread")
        linked = put(conn, b"in a case")
        closed = put(conn, b"in a closed case")
        last = put(conn, b"of an epoch that ends", epoch=EPOCH - 1, now=epoch_start(EPOCH) + 6 * DAY)
        envelopes.keep_until(conn, [linked], None)
        envelopes.keep_until(conn, [closed], today + 3)

        grace_day = epoch_grace_end(EPOCH) // DAY
        assert envelopes.get_envelope(conn, linked).burn_day == grace_day
        assert envelopes.get_envelope(conn, last).burn_day == epoch_grace_end(EPOCH - 1) // DAY
        assert envelopes.due_for_burning(conn, NOW + 2 * DAY) == []
        assert envelopes.due_for_burning(conn, NOW + 3 * DAY) == [closed]
        assert set(envelopes.due_for_burning(conn, NOW + 7 * DAY)) == {closed, unread, last}
        assert linked in envelopes.due_for_burning(conn, grace_day * DAY)
        assert envelopes.unread_until(conn, "north", today + 7) == 3
        assert envelopes.unread_until(conn, "north", today + 2) == 0


def test_burning_leaves_no_byte_in_any_file_of_sqlite(engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL keeps dead rows until it vacuums; there the erased epoch keys burn an envelope")
    marker = secrets.token_bytes(32)
    path = Path(str(engine.url.database))
    files = [path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")]
    with writing(engine) as conn:
        kept = put(conn, b"kept" * 40_000)
        id = put(conn, b"x" * 5_000 + marker + b"y" * 60_000 + marker)
    assert any(marker in file.read_bytes() for file in files)
    with writing(engine) as conn:
        envelopes.burn(conn, id)

    assert truncate_wal(engine)
    assert [file.name for file in files if file.exists() and marker in file.read_bytes()] == []
    with reading(engine) as conn:
        assert envelopes.read_body(conn, kept) == b"kept" * 40_000


def test_a_reader_of_an_older_moment_delays_the_wiping_and_is_named_by_the_answer(engine: Engine) -> None:
    with writing(engine) as conn:
        id = put(conn, b"sealed")
    with reading(engine) as conn:
        envelopes.waiting_envelopes(conn, "north")
        with writing(engine) as other:
            envelopes.burn(other, id)
        assert truncate_wal(engine) == (engine.dialect.name != "sqlite")
    assert truncate_wal(engine)


def test_the_drop_holds_cells_of_three_days_in_an_order_that_tells_nothing(engine: Engine) -> None:
    cells = [secrets.token_bytes(4096) for _ in range(12)]
    with writing(engine) as conn:
        assert all(drop.put_cell(conn, cell, NOW + at * MINUTE) for at, cell in enumerate(cells))
        assert not drop.put_cell(conn, cells[0], NOW)
        found = drop.list_cells(conn, NOW + HOUR)

        assert sorted(found) == sorted(cells)
        assert found != cells
        assert drop.list_cells(conn, NOW + HOUR) == found
        assert drop.list_cells(conn, NOW + 73 * HOUR) == []
        assert sorted(drop.forget_cells(conn, NOW + 73 * HOUR)) == sorted(cells)
        with pytest.raises(Refused, match="4096 bytes"):
            drop.put_cell(conn, b"short", NOW)


def test_everybody_fetches_the_drop_that_was_built_last(engine: Engine) -> None:
    with writing(engine) as conn:
        assert drop.current_drop(conn) is None
        drop.put_drop(conn, b"one", NOW)
        drop.put_drop(conn, b"two", NOW + MINUTE)
    with reading(engine) as conn:
        assert drop.current_drop(conn) == (NOW // MINUTE + 1, b"two")
