"""What no page of ours asks for, or asks for before it is there: refused by name, and nothing is kept."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa

from intake.work import MAX_TEXT
from protocol.event import NOTHING, sign_event
from protocol.limits import BUCKETS, CELL, DAY, LEGAL_BYTES
from sereno import clock, demonet
from store.engine import writing
from tests.desk_room import NOW, Caller, Room, refusal
from tests.door import Door, kind_of, opened
from tests.stores import new_store

BYTES: Final = "application/octet-stream"
WHAT_IS_KEPT: Final = ("events", "cases", "cells", "legal")


@pytest.fixture
def room(tmp_path: Path, sqlite_url: str) -> Iterator[Room]:
    furnished = Room.furnish(tmp_path, new_store(sqlite_url))
    yield furnished
    furnished.app.extensions["sereno"].engine.dispose()


@pytest.fixture
def ana(room: Room) -> Caller:
    return room.enter("ana")


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with opened(tmp_path, demonet.found_demo(clock.now())) as one:
        yield one


# --- The desk ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "size", "kind", "wanted"),
    [
        ("/api/cells", CELL, "text/plain", "media_type"),
        ("/api/cells", CELL + 1, BYTES, "cell"),
        ("/api/legal", LEGAL_BYTES, "text/plain", "media_type"),
        ("/api/legal", LEGAL_BYTES + 1, BYTES, "legal"),
    ],
)
def test_what_is_no_cell_and_no_legal_part_is_not_even_read(
    room: Room, ana: Caller, path: str, size: int, kind: str, wanted: str
) -> None:
    before = room.rows(*WHAT_IS_KEPT)
    unread = BytesIO(bytes(size))
    answer = ana.client.post(
        path,
        input_stream=unread,
        content_length=size,
        content_type=kind,
        headers={"Authorization": f"Bearer {ana.token}"},
    )

    assert refusal(answer) == wanted
    assert unread.tell() == 0
    assert room.rows(*WHAT_IS_KEPT) == before


def test_a_drop_that_was_never_built_is_not_there(ana: Caller) -> None:
    assert refusal(ana.ask("GET", "/api/drop")) == "not_found"


def test_a_desk_needs_a_bearer_and_no_other_kind_of_token(ana: Caller) -> None:
    for said in ("", f"Basic {ana.token}", ana.token):
        answer = ana.client.get("/api/network", headers={"Authorization": said})
        assert refusal(answer) == "sign_in"
        assert "needs a bearer token" in answer.get_json()["sentence"]


def test_a_sealed_part_is_text(room: Room, ana: Caller) -> None:
    case = room.case(ana, upto="new")
    world, head = room.world, ana.get(f"/api/cases/{case}")["head"]
    event = sign_event(
        world.network, case, "triage", world.id("ana"), world.seed("ana"), day=NOW // DAY, case_prev=head,
        actor_prev=ana.get("/api/network")["actor_head"], digest=NOTHING,
    )  # fmt: skip
    answer = ana.ask("POST", f"/api/cases/{case}/events", {"event": event.value(), "sealed": 7, "working": {}})
    assert refusal(answer) == "shape"
    assert "a sealed part in base64" in answer.get_json()["sentence"]


def test_a_draft_of_a_case_without_a_class_says_one(room: Room, ana: Caller) -> None:
    case = room.case(ana, upto="found")
    with writing(room.engine) as conn:
        conn.execute(sa.text("UPDATE working SET class_ = NULL"))
    before = room.rows("events")
    answer = ana.move(case, "propose", room.draft("ana", room.world.alert(issued=NOW)))

    assert refusal(answer) == "evidence"
    assert "has to be said" in answer.get_json()["sentence"]
    assert room.rows("events") == before


# --- The door ---------------------------------------------------------------------------------------------------------


def test_a_form_by_hand_without_a_file_says_which_to_choose(door: Door) -> None:
    answer = door.client.post("/age", data={"other": (BytesIO(secrets.token_bytes(9)), "x")})

    assert (answer.status_code, door.count()) == (400, 0)
    assert b"ENV-10 sealed_file" in answer.data


def test_a_door_of_a_network_that_published_nothing_says_so(door: Door) -> None:
    with writing(door.engine) as conn:
        conn.execute(sa.text("DELETE FROM rosters"))
        conn.execute(sa.text("DELETE FROM drops"))

    assert kind_of(door.client.get("/recipients")) == "set_unknown"
    assert kind_of(door.client.get("/drop")) == "not_found"


def test_a_part_of_an_upload_comes_as_bytes_and_work_has_a_bound(door: Door) -> None:
    asked = {"upload": "ab" * 16, "place": 0, "desk": door.to.desk, "set": door.to.name, "bucket": BUCKETS[1]}
    work = {"Sereno-Work": door.work()}
    plain = door.client.post("/parts", data=b"x", content_type="text/plain", query_string=asked, headers=work)
    assert kind_of(plain) == "media_type"
    long = door.post(door.seal(), work="A" * (MAX_TEXT + 1))
    assert kind_of(long) == "work"
    assert "too long" in long.get_json()["sentence"]
    assert door.count() == 0
