"""The drop on the servers: desks put cells in, the worker builds it, everybody gets the same bytes."""

from __future__ import annotations

import secrets
import threading
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from intake.dropped import Dropped
from protocol.drop import decode_drop, dummy_cell
from protocol.errors import Refused
from protocol.limits import CELL, DROP_CELLS, HOUR, MINUTE
from sereno import demonet
from store import drop as rows
from store.columns import metadata
from store.engine import reading, writing
from tests import door
from tests.desk_room import Caller, Room, refusal
from tests.refusals import refused
from tests.stores import new_store, until_waiting
from tests.world import NOW
from worker.dropping import TURNOVER, build_drop, filled

BYTES: Final = "application/octet-stream"


def built(engine: Engine, now: int) -> set[bytes]:
    """Build the drop of that minute and return its cells."""
    assert build_drop(engine, now)
    with reading(engine) as conn:
        found = rows.current_drop(conn)
    assert found is not None
    assert found[0] == now // MINUTE
    return set(decode_drop(found[1]))


def put(engine: Engine, now: int, count: int) -> set[bytes]:
    cells = {dummy_cell() for _ in range(count)}
    with writing(engine) as conn:
        assert all(rows.put_cell(conn, cell, now) for cell in cells)
    return cells


def test_dummies_stay_so_that_what_stays_is_not_what_was_asked(engine: Engine) -> None:
    first = built(engine, NOW)
    assert len(first) == 16
    assert not build_drop(engine, NOW + 1)

    asked = put(engine, NOW, 3)
    second = built(engine, NOW + MINUTE)
    assert asked < second
    assert len(second) == 16
    assert len(first & second) >= 11  # Thirteen, but for one or two that were turned over.


def test_a_dummy_is_turned_over_now_and_then() -> None:
    dummies = {secrets.token_bytes(8) for _ in range(16)}
    gone = sum(len(dummies) - len(dummies.intersection(filled([], dummies))) for _ in range(2 * TURNOVER))

    assert 8 < gone < 80  # 32 are to be expected.


def test_the_drop_doubles_for_what_was_asked_and_shrinks_when_that_is_over(engine: Engine) -> None:
    asked = put(engine, NOW, 17)
    assert len(built(engine, NOW)) == 32
    held = built(engine, NOW + 70 * HOUR)
    assert asked < held

    over = built(engine, NOW + 73 * HOUR)
    assert len(over) == 16
    assert not asked & over
    with reading(engine) as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(rows.cells)).scalar_one() == 0


def test_a_file_that_is_no_drop_is_built_again(engine: Engine) -> None:
    with writing(engine) as conn:
        rows.put_drop(conn, b"garbage", NOW)

    assert len(built(engine, NOW + MINUTE)) == 16


def test_a_full_drop_takes_no_more_and_says_so(engine: Engine) -> None:
    with writing(engine) as conn:
        for _ in range(DROP_CELLS):
            rows.put_cell(conn, secrets.token_bytes(CELL), NOW)
        with refused("under_load", "no more"):
            rows.put_cell(conn, secrets.token_bytes(CELL), NOW)


def fill(engine: Engine, now: int, count: int) -> list[bytes]:
    """Store cells past the rule that no more are kept than a drop holds."""
    like = dummy_cell()[8:]
    cells = [secrets.token_bytes(8) + like for _ in range(count)]
    new = [
        {"id": secrets.token_hex(16), "digest": secrets.token_bytes(32), "hour": now // HOUR, "cell": cell}
        for cell in cells
    ]
    with writing(engine) as conn:
        conn.execute(rows.cells.insert(), new)
    return cells


def test_a_store_with_more_cells_than_a_drop_holds_leaves_out_what_was_shown_for_longest(engine: Engine) -> None:
    old, new = fill(engine, NOW - HOUR, 2), fill(engine, NOW, DROP_CELLS - 1)
    with reading(engine) as conn:
        first = rows.list_cells(conn, NOW)
        assert first == rows.list_cells(conn, NOW)

    assert len(first) == DROP_CELLS
    assert set(new) < set(first)
    assert len(set(old) & set(first)) == 1


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)  # SQLite has one writer at a time.
def test_two_desks_at_once_do_not_both_put_the_last_cell_in(engine: Engine) -> None:
    build_drop(engine, NOW)
    fill(engine, NOW, DROP_CELLS - 1)
    kinds: list[str] = []

    def put_another() -> None:
        try:
            put(engine, NOW, 1)
        except Refused as refusal:
            kinds.append(refusal.kind)

    other = threading.Thread(target=put_another)
    with writing(engine) as conn:
        rows.put_cell(conn, dummy_cell(), NOW)
        other.start()
        until_waiting(engine.url.render_as_string(hide_password=False), 1, other)
    other.join()
    assert kinds == ["under_load"]


# --- The door ---------------------------------------------------------------------------------------------------------


def test_everybody_gets_the_same_bytes_and_nothing_that_a_browser_would_send_back(tmp_path: Path) -> None:
    with door.opened(tmp_path, demonet.found_demo(door.NOW)) as one:
        early = one.client.get("/drop")
        assert (door.kind_of(early), early.headers["Cache-Control"]) == ("not_found", "no-store")
        cells = built(one.engine, door.NOW)
        one.app.extensions["sereno"].drop = Dropped(one.engine)

        answers = [one.client.get("/drop", headers={"Accept-Encoding": "br, gzip", "User-Agent": who}) for who in "ab"]
        assert {answer.data for answer in answers} == {b"".join(sorted(cells))}
        assert dict(answers[0].headers) == dict(answers[1].headers)
        assert answers[0].headers["Cache-Control"] == "public, max-age=60"
        assert "Content-Encoding" not in answers[0].headers
        # A tag would come back with the next visit, and say in which minute this one was.
        assert not {"ETag", "Last-Modified", "Set-Cookie"} & set(answers[0].headers.keys())


# --- The desk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def room(tmp_path: Path) -> Any:
    engine = new_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield Room.furnish(tmp_path, engine)
    engine.dispose()


def leave(who: Caller, cell: bytes, kind: str = BYTES) -> TestResponse:
    headers = {"Authorization": f"Bearer {who.token}"}
    return who.client.post("/api/cells", data=cell, content_type=kind, headers=headers)


def test_a_desk_puts_a_cell_in_and_nothing_of_who_did_is_kept(room: Room) -> None:
    ana, cell = room.enter("ana"), dummy_cell()
    with room.engine.connect() as conn:
        before = {table.name: conn.execute(sa.select(table)).all() for table in metadata.sorted_tables}

    assert leave(ana, cell).get_json() == {"kept": True}
    assert leave(ana, cell).get_json() == {"kept": False}
    with room.engine.connect() as conn:
        after = {table.name: conn.execute(sa.select(table)).all() for table in metadata.sorted_tables}
    assert {name for name in after if after[name] != before[name]} == {"cells"}
    (row,) = after["cells"]
    assert set(row._mapping) == {"id", "digest", "hour", "cell"}
    assert row.hour < 1_000_000  # Hours, not seconds.
    assert bytes(row.cell) == cell


def test_what_is_no_cell_and_who_is_nobody_put_nothing_in(room: Room) -> None:
    ana = room.enter("ana")
    for cell, kind in ((b"", "cell"), (bytes(CELL), "cell"), (dummy_cell()[:-1], "cell"), (dummy_cell() * 2, "cell")):
        assert refusal(leave(ana, cell)) == kind
    assert refusal(leave(ana, dummy_cell(), "application/json")) == "media_type"
    ana.token = "A" * 43 + "="
    assert refusal(leave(ana, dummy_cell())) == "sign_in"
    assert room.rows("cells") == {"cells": 0}


def test_a_desk_sees_the_drop_that_the_door_hands_out(room: Room) -> None:
    ana = room.enter("ana")
    assert refusal(ana.ask("GET", "/api/drop")) == "not_found"
    cells = built(room.engine, NOW)

    assert ana.ask("GET", "/api/drop").data == b"".join(sorted(cells))
