"""The doors: what is taken, what is refused and why, and that nothing is kept but a sealed envelope.  SPEC 13."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from intake.doors import LARGEST
from protocol import age, limits
from protocol.encoding import fingerprint
from protocol.envelope import open_envelope
from protocol.publication import open_publication
from protocol.stanza import CLASSIC, INTRO, Stanza, encode_header
from sereno import clock, demonet
from store.engine import reading, writing
from store.envelopes import bodies, burn, envelopes
from tests.door import ADDRESS, AGENT, NOW, Door, kind_of, opened

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@pytest.fixture(scope="module")
def network() -> demonet.DemoNetwork:
    """Give one demo network for all doors of this file."""
    return demonet.found_demo(NOW)


@pytest.fixture
def door(tmp_path: Path, network: demonet.DemoNetwork) -> Iterator[Door]:
    """Give an open door over a new store."""
    with opened(tmp_path, network) as one:
        yield one


# --- What is taken ----------------------------------------------------------------------------------------------------


def test_an_envelope_is_kept_as_it_came_and_opens(door: Door) -> None:
    answer = door.post(door.seal("They took a man."))

    assert (answer.status_code, answer.get_json()) == (201, {"kept": True})
    with reading(door.engine) as conn:
        row, body = conn.execute(select(envelopes)).one(), conn.execute(select(bodies.c.body)).scalar_one()
    today = clock.now() // limits.DAY
    assert (row.desk, row.bucket, row.set_name, row.day) == ("vega", limits.CHUNK, door.to.name, today)
    member = door.network.members[1]
    tip = open_envelope(body, member.epochs[door.to.epoch], door.to, member.id)
    assert tip.header["tip"]["words"] == "They took a man."


def test_the_same_envelope_twice_is_kept_once_even_with_the_same_work(door: Door) -> None:
    body, work = door.seal(), door.work()
    answers = [door.post(body, work), door.post(body, work), door.post(body)]

    assert [one.status_code for one in answers] == [201, 201, 201]
    assert door.count() == 1


def test_what_was_sealed_last_week_is_still_taken(tmp_path: Path) -> None:
    founded = NOW - 7 * limits.DAY
    with opened(tmp_path, demonet.found_demo(founded), week_of=founded) as door:
        assert door.post(door.seal()).status_code == 201


def test_nothing_of_the_sender_reaches_the_disk(door: Door, tmp_path: Path) -> None:
    assert door.post(door.seal("Words nobody may find.")).status_code == 201
    found = b"".join(path.read_bytes() for path in tmp_path.iterdir())

    assert door.network.policy.network.encode() in found  # What is looked for would be found.
    for mark in (AGENT, ADDRESS, "Words nobody may find.", "at-door"):
        assert mark.encode() not in found


# --- What is refused --------------------------------------------------------------------------------------------------


def classic(door: Door) -> bytes:
    """Return an envelope with one stanza of the kind that quantum computers will open."""
    stanza = Stanza((CLASSIC, "A" * 43), bytes(32))
    return encode_header([stanza], bytes(16)) + bytes(100)


BODIES: Final[dict[str, Callable[[Door], bytes]]] = {
    "envelope_plain": lambda door: b"They took my neighbor at 12 Oak Street.",
    "age_header": lambda door: INTRO + b"\n-> mlkem768x25519 broken\n",
    "stanza_kind": classic,
    "stanza_count": lambda door: age.seal(bytes(limits.CHUNK), door.to.recipients[:3]),
    "bucket": lambda door: door.seal()[:-1],
}


@pytest.mark.parametrize("kind", BODIES)
def test_what_is_not_shaped_like_an_envelope_is_not_stored(door: Door, kind: str) -> None:
    assert kind_of(door.post(BODIES[kind](door))) == kind
    assert door.count() == 0


@pytest.mark.parametrize("extra", [b"\0", b"my own words"])
def test_nothing_can_ride_behind_an_envelope(door: Door, extra: bytes) -> None:
    assert kind_of(door.post(door.seal() + extra)) == "bucket"
    assert door.count() == 0


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/json", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", None],
)
def test_only_one_content_type_is_taken(door: Door, content_type: str | None) -> None:
    assert kind_of(door.post(door.seal(), content_type=content_type)) == "media_type"
    assert door.count() == 0


def test_a_body_that_says_it_is_too_large_is_not_read(door: Door) -> None:
    answer = door.post(b"", environ_overrides={"CONTENT_LENGTH": str(LARGEST + 1)})

    assert kind_of(answer) == "too_large"
    assert door.count() == 0


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ({"desk": "vega", "set": "0" * 64}, "set_unknown"),
        ({"desk": "vega", "set": "<script>"}, "set_unknown"),
        ({"desk": "vega"}, "set_unknown"),
        ({}, "set_unknown"),
        ({"desk": "north"}, "desk_unknown"),
        ({"desk": ""}, "desk_unknown"),
    ],
)
def test_an_envelope_goes_to_a_set_that_is_accepted_and_its_own_desk(
    door: Door, query: dict[str, str], kind: str
) -> None:
    if kind == "desk_unknown":
        query = {**query, "set": door.to.name}

    assert kind_of(door.post(door.seal(), query_string=query)) == kind
    assert door.count() == 0


def test_what_can_be_no_sets_name_is_not_asked_of_the_store(door: Door) -> None:
    """PostgreSQL fails at some texts: that is the asker's fault, not the door's."""
    asked: list[str] = []
    sa.event.listen(door.app.extensions["sereno"].engine, "before_cursor_execute", lambda *one: asked.append(str(one)))
    for name in ("marked\0", "marked" * 20):
        assert kind_of(door.post(door.seal(), query_string={"desk": "vega", "set": name})) == "set_unknown"

    assert asked != []
    assert [one for one in asked if "marked" in one] == []


def test_a_set_whose_grace_is_over_is_old_and_the_page_is_told_to_seal_again(tmp_path: Path) -> None:
    founded = NOW - 15 * limits.DAY
    with opened(tmp_path, demonet.found_demo(founded), week_of=founded) as door:
        answer = door.post(door.seal())

        assert kind_of(answer) == "set_old"
        assert "Seal the tip again" in answer.get_json()["sentence"]
        assert door.count() == 0


def test_a_burnt_envelope_does_not_come_back(door: Door) -> None:
    body = door.seal()
    assert door.post(body).status_code == 201
    with writing(door.engine) as conn:
        burn(conn, conn.execute(select(envelopes.c.id)).scalar_one())

    assert kind_of(door.post(body)) == "burnt"
    assert door.count() == 0


def test_a_full_hour_is_said_honestly_and_keeps_nothing(tmp_path: Path, network: demonet.DemoNetwork) -> None:
    with opened(tmp_path, network, hourly_bytes=1) as door:
        first, second = door.post(door.seal()), door.post(door.seal())

        assert first.status_code == 201
        assert kind_of(second) == "under_load"
        assert "call the hotline" in second.get_json()["sentence"]
        assert door.count() == 1


def test_what_comes_again_takes_no_room_of_the_hour(tmp_path: Path, network: demonet.DemoNetwork) -> None:
    with opened(tmp_path, network, hourly_bytes=100_000) as door:  # Full with the second envelope.
        body, work = door.seal(), door.work()
        again = [door.post(body, work).status_code for _ in range(3)]

        assert [*again, door.post(door.seal()).status_code] == [201] * 4
        assert kind_of(door.post(door.seal())) == "under_load"
        assert door.count() == 2


# --- What is shown ----------------------------------------------------------------------------------------------------


def test_the_publication_checks_up_to_the_roots(door: Door) -> None:
    answer = door.client.get("/recipients")
    published = open_publication(answer.data, door.network.policy, int(time.time()))

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=60")
    assert published.roster.name == door.network.roster.name
    assert published.set_for_zone("harbor").name == door.to.name
    wanted = [one.age for one in door.network.roster.attorneys()]
    assert [fingerprint(one.encode()) for one in published.attorneys] == wanted


def test_a_network_without_a_set_for_this_week_says_so(tmp_path: Path) -> None:
    founded = NOW - 29 * limits.DAY
    with opened(tmp_path, demonet.found_demo(founded), week_of=founded) as door:
        assert kind_of(door.client.get("/recipients")) == "set_unknown"


def test_every_answer_has_the_headers_and_no_cookie(door: Door) -> None:
    asked = [("GET", "/"), ("GET", "/es"), ("GET", "/recipients"), ("GET", "/work"), ("GET", "/health")]
    asked += [("GET", "/nothing"), ("POST", "/recipients"), ("GET", "/envelopes"), ("POST", "/envelopes"), ("PUT", "/")]
    for method, path in asked:
        answer = door.client.open(path, method=method)

        assert {name: answer.headers[name] for name in HEADERS} == HEADERS, path
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"], path
        assert answer.headers["Cache-Control"], path
        assert "Set-Cookie" not in answer.headers, path
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"], path


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/../face.json", 404), ("PUT", "/", 405)]
)
def test_what_is_not_there_is_refused_in_json(door: Door, method: str, path: str, status: int) -> None:
    answer = door.client.open(path, method=method)

    assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert set(answer.get_json()) == {"kind", "rule", "sentence"}


def test_a_cookie_is_not_read(door: Door) -> None:
    with_cookie = door.client.get("/", headers={"Cookie": "session=someone"}).headers
    without = door.app.test_client().get("/").headers

    assert dict(with_cookie) == dict(without)
    assert "Cookie" not in with_cookie.get("Vary", "")
