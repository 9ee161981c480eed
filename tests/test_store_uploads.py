"""Uploads in the store: parts come once, an hour is their time, and none is put under what is being forgotten."""

from __future__ import annotations

import hashlib
import threading
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from protocol.errors import Refused
from protocol.limits import BUCKETS, MINUTE, PART
from store import uploads
from store.engine import reading, writing
from tests.refusals import refused
from tests.stores import until_waiting
from tests.world import NOW

ID: Final = "1d" * 16


def left(engine: Engine) -> int:
    with reading(engine) as conn:
        return int(conn.execute(sa.select(sa.func.count()).select_from(uploads.parts)).scalar_one())


def test_parts_come_once_and_are_forgotten_after_an_hour(engine: Engine) -> None:
    upload = uploads.Upload(ID, "5e" * 32, BUCKETS[3])
    part = hashlib.shake_256(b"part").digest(PART)
    with writing(engine) as conn:
        assert [uploads.open_upload(conn, upload, NOW) for _ in range(2)] == [True, False]
        with refused("upload"):
            uploads.open_upload(conn, uploads.Upload(ID, "5e" * 32, BUCKETS[1]), NOW)
        new = [uploads.put_part(conn, ID, place, part + bytes([place])) for place in (0, 2, 1, 1)]
        assert (new, uploads.bytes_there(conn, ID)) == ([True, True, True, False], 3 * (PART + 1))
        with refused("part"):
            uploads.put_part(conn, ID, 1, part)
    with writing(engine) as conn:
        assert uploads.read_parts(conn, ID) == [part + bytes([place]) for place in range(3)]
        assert uploads.forget_uploads(conn, NOW + 59 * MINUTE) == 0
        assert uploads.forget_uploads(conn, NOW + 61 * MINUTE) == 1
        assert uploads.bytes_there(conn, ID) == 0
        with refused("upload"):
            uploads.get_upload(conn, ID)
    assert left(engine) == 0


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)  # SQLite has one writer at a time.
@pytest.mark.parametrize("first", ["a part", "who forgets"])
def test_a_part_and_who_forgets_its_upload_take_turns(engine: Engine, first: str) -> None:
    one, part = uploads.Upload(ID, "ab" * 32, BUCKETS[1]), b"a part"
    with writing(engine) as conn:
        uploads.open_upload(conn, one, NOW)
    kinds: list[str] = []

    def act(forget: bool) -> None:
        try:
            with writing(engine) as conn:
                uploads.forget_upload(conn, ID) if forget else uploads.put_part(conn, ID, 0, part)
        except Refused as refusal:
            kinds.append(refusal.kind)

    other = threading.Thread(target=act, args=(first == "a part",))
    with writing(engine) as conn:
        uploads.put_part(conn, ID, 0, part) if first == "a part" else uploads.forget_upload(conn, ID)
        other.start()
        until_waiting(engine.url.render_as_string(hide_password=False), 1, other)
    other.join()
    assert kinds == ([] if first == "a part" else ["upload"])
    assert left(engine) == 0
