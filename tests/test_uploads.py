"""Uploads in equal parts: resumed, never doubled, and nothing kept for whoever brings no sealed tip.  SPEC 13.3."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from intake.load import STILL, Load
from protocol.encoding import sha256
from protocol.envelope import open_envelope
from protocol.limits import BUCKETS, PART
from protocol.tip import Attachment
from sereno import demonet
from store import envelopes, uploads
from store.engine import reading, writing
from tests.door import NOW, Door, kind_of, opened
from tests.pictures import jpeg
from tests.refusals import refused

ID: Final = "9c" * 16
PHOTO: Final = Attachment("image/jpeg", jpeg(scale=4), 6)


@pytest.fixture(scope="module")
def network() -> demonet.DemoNetwork:
    """Give one demo network for all doors of this file."""
    return demonet.found_demo(NOW)


@pytest.fixture
def door(tmp_path: Path, network: demonet.DemoNetwork) -> Iterator[Door]:
    """Give an open door over a new store."""
    with opened(tmp_path, network) as one:
        yield one


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory, network: demonet.DemoNetwork) -> bytes:
    """Give an envelope with a photo."""
    with opened(tmp_path_factory.mktemp("sealing"), network) as door:
        return door.seal(files=[PHOTO])


def parts_of(body: bytes) -> list[bytes]:
    return [body[start : start + PART] for start in range(0, len(body), PART)]


def send(door: Door, place: int, part: bytes, *, id: str = ID, work: str | None = None, **changes: Any) -> TestResponse:
    query: dict[str, Any] = {"upload": id, "place": place}
    headers = {}
    if place == 0:
        query |= {"desk": door.to.desk, "set": door.to.name, "bucket": BUCKETS[1]}
        headers = {"Sereno-Work": door.work() if work is None else work}
    return door.client.post(
        "/parts",
        data=part,
        content_type="application/octet-stream",
        query_string={**query, **changes},
        headers=headers,
    )


def close(door: Door, digest: bytes, id: str = ID) -> TestResponse:
    asked = {"data": digest, "content_type": "application/octet-stream", "query_string": {"upload": id}}
    return door.client.post("/parts/close", **asked)


def send_all(door: Door, body: bytes, id: str = ID) -> TestResponse:
    for place, part in enumerate(parts_of(body)):
        assert send(door, place, part, id=id).status_code == 201
    return close(door, sha256(body), id)


def left(engine: Engine) -> int:
    with reading(engine) as conn:
        return int(conn.execute(sa.select(sa.func.count()).select_from(uploads.parts)).scalar_one())


def test_parts_become_the_envelope_and_nothing_of_the_upload_is_left(door: Door, sealed: bytes) -> None:
    answer = send_all(door, sealed)

    assert (answer.status_code, answer.get_json()) == (201, {"kept": True})
    with reading(door.engine) as conn:
        row, body = (
            conn.execute(sa.select(envelopes.envelopes)).one(),
            conn.execute(sa.select(envelopes.bodies.c.body)).scalar_one(),
        )
    member = door.network.members[0]
    tip = open_envelope(body, member.epochs[door.to.epoch], door.to, member.id)
    assert (row.bucket, tip.files) == (BUCKETS[1], (PHOTO,))
    assert left(door.engine) == 0


def test_an_upload_that_dropped_goes_on_and_what_was_not_answered_comes_again(door: Door, sealed: bytes) -> None:
    parts, work = parts_of(sealed), door.work()
    for place in (0, 0, 1, 1, 2):
        assert send(door, place, parts[place], work=work).status_code == 201
    assert kind_of(close(door, sha256(sealed))) == "upload"
    for place in range(3, len(parts)):
        send(door, place, parts[place])
    answers = [close(door, sha256(sealed)) for _ in range(3)]

    assert [one.status_code for one in answers] == [201, 201, 201]
    assert door.count() == 1


def test_a_tip_sent_under_two_uploads_or_at_once_is_kept_once(door: Door, sealed: bytes) -> None:
    for id in (ID, "11" * 16):
        assert send_all(door, sealed, id).status_code == 201
    assert door.post(sealed).status_code == 201
    assert door.count() == 1
    assert left(door.engine) == 0


def test_every_tip_of_a_bucket_travels_in_the_same_sizes(door: Door, sealed: bytes) -> None:
    three = [Attachment("image/jpeg", jpeg(scale=scale)) for scale in (1, 8, 16)]
    other = door.seal("x" * 280, files=three)

    assert [len(part) for part in parts_of(other)] == [len(part) for part in parts_of(sealed)]


@pytest.mark.parametrize(
    ("place", "changes", "kind"),
    [
        (1, {}, "upload"),
        (0, {"work": ""}, "work"),
        (0, {"set": "0" * 64}, "set_unknown"),
        (0, {"desk": "north"}, "desk_unknown"),
        (0, {"bucket": BUCKETS[0]}, "bucket"),
        (0, {"bucket": 1 << 40}, "part"),
        (0, {"bucket": "-1"}, "part"),
        (0, {"id": "../../etc"}, "upload"),
    ],
)
def test_an_upload_that_is_not_opened_properly_keeps_nothing(
    door: Door, sealed: bytes, place: int, changes: dict[str, Any], kind: str
) -> None:
    assert kind_of(send(door, place, parts_of(sealed)[place], **changes)) == kind
    assert left(door.engine) == 0


@pytest.mark.parametrize("kind", ["envelope_plain", "age_header", "part", "too_large"])
def test_a_first_part_that_begins_no_envelope_is_not_kept(door: Door, sealed: bytes, kind: str) -> None:
    first = parts_of(sealed)[0]
    body = {
        "envelope_plain": b"My name is".ljust(PART),
        "age_header": first[:5000].ljust(PART, b"x"),
        "part": first[:-1],
        "too_large": first + b"x",
    }[kind]

    assert kind_of(send(door, 0, body)) == kind
    assert left(door.engine) == 0


def test_nothing_can_be_smuggled_into_an_upload(door: Door, sealed: bytes) -> None:
    parts = parts_of(sealed)
    for place in range(len(parts)):
        send(door, place, parts[place])
    last = len(parts)

    assert kind_of(send(door, 1, bytes(PART))) == "part"  # Another in its place.
    assert kind_of(send(door, last, b"more")) == "part"  # Behind the end.
    assert kind_of(send(door, last - 1, parts[-1] + b"x")) == "part"
    assert kind_of(close(door, bytes(32))) == "digest"
    assert door.count() == 0


def test_work_is_good_for_one_upload(door: Door, sealed: bytes) -> None:
    work = door.work()
    assert send(door, 0, parts_of(sealed)[0], work=work).status_code == 201
    assert kind_of(send(door, 0, parts_of(sealed)[0], work=work, id="22" * 16)) == "work"


def test_an_upload_takes_its_whole_room_when_it_begins_and_once(tmp_path: Path, network: demonet.DemoNetwork) -> None:
    with opened(tmp_path, network, hourly_bytes=3 << 20) as door:
        first = parts_of(door.seal(files=[PHOTO]))[0]
        for id in (ID, ID, "33" * 16):
            assert send(door, 0, first, id=id).status_code == 201
        assert kind_of(send(door, 0, first, id="44" * 16)) == "under_load"
        assert door.post(door.seal()).status_code == 201


def test_what_an_upload_did_not_bring_is_given_back_once_it_stands_still(
    tmp_path: Path, network: demonet.DemoNetwork
) -> None:
    with opened(tmp_path, network, hourly_bytes=3 << 20) as door:
        load, parts = door.app.extensions["sereno"].load, parts_of(door.seal(files=[PHOTO]))
        for id in (ID, "33" * 16):
            send(door, 0, parts[0], id=id)
        now = int(time.time())
        with refused("under_load"):
            load.require_room(BUCKETS[1], now)

        load.require_room(BUCKETS[1], now + STILL)
        assert load.share(now + STILL) == 2 * PART / (3 << 20)


def test_an_upload_that_moves_ends_however_full_the_hour_is_and_its_bytes_count_once(
    tmp_path: Path, network: demonet.DemoNetwork
) -> None:
    with opened(tmp_path, network, hourly_bytes=3 << 20) as door:
        load, body, work = door.app.extensions["sereno"].load, door.seal(files=[PHOTO]), door.work()
        first, *others = parts_of(body)
        send(door, 0, first, work=work)
        load.add(3 << 20, int(time.time()))
        assert send(door, 0, first, work=work).status_code == 201  # Its answer got lost.
        for place, part in enumerate(others, 1):
            assert [send(door, place, part).status_code for _ in range(2)] == [201, 201]
        assert close(door, sha256(body)).status_code == 201
        assert load.share(int(time.time())) == 1 + len(body) / (3 << 20)


def test_an_upload_that_stood_still_finds_room_again_before_it_goes_on() -> None:
    load = Load(3 << 20)
    load.hold(ID, BUCKETS[1], NOW)
    load.add(3 << 20, NOW)
    load.require_room(BUCKETS[1], NOW + STILL - 1, ID)

    with refused("under_load"):
        load.require_room(BUCKETS[1], NOW + STILL, ID)
    load.hold(ID, BUCKETS[1], NOW + STILL)
    assert load.share(NOW) == 1  # So too where the clock was set back.


@pytest.mark.parametrize("kind", ["digest", "burnt"])
def test_an_upload_that_is_refused_once_it_is_whole_is_forgotten(door: Door, sealed: bytes, kind: str) -> None:
    """Else whoever closes it again, without work, has the door read and hash 16 MiB each time."""
    if kind == "burnt":
        assert door.post(sealed).status_code == 201
        with writing(door.engine) as conn:
            envelopes.burn(conn, conn.execute(sa.select(envelopes.envelopes.c.id)).scalar_one())
    for place, part in enumerate(parts_of(sealed)):
        send(door, place, part)

    assert kind_of(close(door, sha256(sealed) if kind == "burnt" else bytes(32))) == kind
    assert left(door.engine) == 0
    assert kind_of(close(door, sha256(sealed))) == "upload"


def test_an_upload_that_is_not_whole_is_not_read_to_say_so(door: Door, sealed: bytes) -> None:
    for place, part in enumerate(parts_of(sealed)[:-1]):
        send(door, place, part)
    asked: list[str] = []
    sa.event.listen(door.app.extensions["sereno"].engine, "before_cursor_execute", lambda *sent: asked.append(sent[2]))

    assert kind_of(close(door, sha256(sealed))) == "upload"
    assert [one for one in asked if "FROM parts" in one] != []
    assert [one for one in asked if "SELECT parts.part" in one] == []


def test_work_does_not_begin_an_upload_again_that_is_over(door: Door, sealed: bytes) -> None:
    work, parts = door.work(), parts_of(sealed)
    assert door.post(sealed).status_code == 201
    assert [send(door, 0, parts[0], work=work).status_code for _ in range(2)] == [201, 201]
    assert close(door, sha256(sealed)).status_code == 201  # It is there already: the upload is over.

    assert kind_of(send(door, 0, parts[0], work=work)) == "work"
    assert send(door, 0, parts[0]).status_code == 201
