"""The desk's queue and cases, on both kinds of database: what is taken, and what a refusal leaves behind."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from protocol import limits
from protocol.event import sign_event
from store.engine import reading
from store.envelopes import get_envelope
from tests.desk_room import KEPT, NOW, Caller, Room, refusal


@pytest.fixture
def room(tmp_path: Path, engine: Engine) -> Iterator[Room]:
    furnished = Room.furnish(tmp_path, engine)
    yield furnished
    furnished.app.extensions["sereno"].engine.dispose()


@pytest.fixture
def ana(room: Room) -> Caller:
    return room.enter("ana")


@pytest.fixture
def bo(room: Room) -> Caller:
    return room.enter("bo")


# --- The queue --------------------------------------------------------------------------------------------------------


def test_an_envelope_that_was_opened_stays_in_sight_until_it_has_a_case(room: Room, ana: Caller) -> None:
    id = room.leave_tip()
    (waiting,) = ana.get("/api/queue")["envelopes"]
    assert (waiting["id"], waiting["set"], waiting["minute"] is not None) == (id, room.to.name, True)

    assert ana.ask("POST", f"/api/envelopes/{id}/opened").get_json() == {"first": True}
    assert ana.ask("POST", f"/api/envelopes/{id}/opened").get_json() == {"first": False}
    (opened,) = ana.get("/api/queue")["envelopes"]
    assert (opened["id"], opened["set"], opened["minute"]) == (id, room.to.name, None)

    case = secrets.token_hex(16)
    ana.must(case, "open", {"duplicate": "none-suggested"}, envelopes=[id])
    queue = ana.get("/api/queue")
    assert queue["envelopes"] == []
    assert [one["id"] for one in queue["cases"]] == [case]
    assert [one["id"] for one in ana.get(f"/api/cases/{case}")["tips"]] == [id]


def test_a_preview_is_the_beginning_of_the_envelope(room: Room, ana: Caller) -> None:
    id = room.leave_tip()
    start = ana.ask("GET", f"/api/envelopes/{id}?part=preview").data
    whole = ana.ask("GET", f"/api/envelopes/{id}").data

    assert whole.startswith(start)
    assert room.world.open(whole, "ana", room.to).header["tip"]["what"] == "taking"
    assert room.world.preview(start, "ana", room.to).header["tip"]["what"] == "taking"
    assert refusal(ana.ask("GET", f"/api/envelopes/{id}?part=middle")) == "shape"


def test_another_desks_envelope_case_and_set_look_like_none(room: Room, ana: Caller) -> None:
    sue = room.enter("sue")
    id = room.leave_tip()
    case = room.case(ana)
    before = room.rows(*KEPT)

    for path in (f"/api/envelopes/{id}", f"/api/envelopes/{id}?part=preview", f"/api/cases/{case}"):
        there, nowhere = sue.ask("GET", path), sue.ask("GET", path.replace(id, "0" * 32).replace(case, "0" * 32))
        assert refusal(there) == refusal(nowhere) == "not_found"
    assert refusal(sue.ask("GET", f"/api/sets/{room.to.name}")) == "not_found"
    assert refusal(sue.ask("POST", f"/api/envelopes/{id}/opened")) == "not_found"
    assert refusal(sue.move(secrets.token_hex(16), "open", {"duplicate": "refused"}, envelopes=[id])) == "not_found"
    head = ana.get(f"/api/cases/{case}")["head"]
    assert refusal(sue.move(case, "hold", {"words": "Mine."}, head=head)) == "not_found"
    assert sue.get("/api/queue")["envelopes"] == sue.get("/api/queue")["cases"] == []
    assert sue.get("/api/network")["keys"] == []
    assert room.rows(*KEPT) == before
    with reading(room.engine) as conn:
        assert get_envelope(conn, id).minute is not None


# --- Cases ------------------------------------------------------------------------------------------------------------


def test_a_stale_page_moves_nothing(room: Room, ana: Caller, bo: Caller) -> None:
    case = room.case(ana, upto="new")
    head = ana.get(f"/api/cases/{case}")["head"]
    bo.must(case, "triage", {"urgency": "P2"}, working={"urgency": "P2", "class": "B"})
    before = room.rows(*KEPT)

    answer = ana.move(case, "triage", {"urgency": "P1"}, head=head, working={"urgency": "P1", "class": "A"})

    assert refusal(answer) == "event_chain"
    assert "load it again" in answer.get_json()["sentence"]
    assert room.rows(*KEPT) == before
    assert ana.get(f"/api/cases/{case}")["urgency"] == "P2"


def test_an_event_that_forgets_ones_last_is_refused(room: Room, ana: Caller) -> None:
    case = room.case(ana, upto="new")

    assert refusal(ana.move(case, "triage", {"urgency": "P1"}, actor_prev="0" * 64)) == "event_chain"


def test_an_event_in_anothers_name_or_on_another_case_is_refused(room: Room, ana: Caller, bo: Caller) -> None:
    case = room.case(ana, upto="new")
    before = room.rows(*KEPT)

    assert refusal(bo.move(case, "triage", {"urgency": "P1"}, actor="ana")) == "not_yours"
    assert refusal(bo.move(case, "triage", {"urgency": "P1"}, path="0" * 32)) == "not_yours"
    assert room.rows(*KEPT) == before


def test_a_sealed_part_that_the_event_does_not_name_is_refused(room: Room, ana: Caller) -> None:
    case = room.case(ana, upto="new")
    other = ana.get(f"/api/cases/{case}")["events"][0]["sealed"]
    world = room.world
    signed = sign_event(
        world.network,
        case,
        "triage",
        world.id("ana"),
        world.seed("ana"),
        day=int(time.time()) // limits.DAY,
        case_prev=ana.get(f"/api/cases/{case}")["head"],
        actor_prev=ana.get("/api/network")["actor_head"],
        digest="ab" * 32,
        envelopes=(),
    )
    body = {"event": signed.value(), "sealed": other, "working": {}}

    assert refusal(ana.ask("POST", f"/api/cases/{case}/events", body)) == "digest"


def test_a_draft_needs_the_evidence_of_its_own_class(room: Room, ana: Caller) -> None:
    case = room.case(ana)
    draft = room.draft("ana", room.world.alert(issued=int(time.time())))
    working = {"class": "A", "audience": "public"}

    answer = ana.move(case, "propose", draft, working=working)
    assert refusal(answer) == "evidence"
    assert "D1" in answer.get_json()["sentence"]

    room.find(ana, case, "C1")
    assert refusal(ana.move(case, "propose", draft, working=working)) == "evidence"
    room.find(ana, case, "D1")
    # The case was sorted under A, whose rule one D1 meets; B asks for another kind of evidence besides.
    payload = room.world.alert(issued=int(time.time()), class_="B", template="presence")
    found = room.case(ana, upto="found")
    answer = ana.move(found, "propose", room.draft("ana", payload), working={"class": "B", "audience": "responders"})
    assert refusal(answer) == "evidence"
    ana.must(case, "propose", draft, working=working)


def test_a_finding_of_tomorrow_or_without_a_code_is_refused(room: Room, ana: Caller) -> None:
    case = room.case(ana)
    part = {"basis": "D1", "says": "for", "words": "Seen."}
    ahead = {"code": "D1", "minute": NOW // 60 + 60, "against": False, "site": False, "over": False}

    assert refusal(ana.move(case, "finding", part)) == "shape"
    assert refusal(ana.move(case, "finding", part, working={"finding": ahead})) == "shape"
    assert ana.get(f"/api/cases/{case}")["findings"] == []


def test_nobody_is_their_own_second_key(room: Room, ana: Caller, bo: Caller) -> None:
    case = room.case(ana, upto="found")
    payload = room.world.alert(issued=int(time.time()))
    ana.must(case, "propose", room.draft("ana", payload), working={"class": "A", "audience": "public"})
    said = {"conflict": "none", "privacy": True, "grade": {"source": "F", "information": 2}}

    assert refusal(ana.move(case, "attest", said)) == "conflict"
    bo.must(case, "attest", said)
    assert refusal(bo.move(case, "attest", said)) == "conflict"


def test_the_checker_on_site_is_no_key(room: Room, ana: Caller, bo: Caller) -> None:
    case = room.case(ana)
    room.find(ana, case, checker=room.world.id("bo"))
    payload = room.world.alert(issued=int(time.time()))
    ana.must(case, "propose", room.draft("ana", payload), working={"class": "A", "audience": "public"})
    said = {"conflict": "none", "privacy": True, "grade": {"source": "F", "information": 2}}

    assert refusal(bo.move(case, "attest", said)) == "conflict"


def test_a_trainee_opens_and_never_binds(room: Room, ana: Caller) -> None:
    tim = room.enter("tim")
    case = room.case(tim, upto="found")
    draft = room.draft("tim", room.world.alert(issued=int(time.time())))

    assert refusal(tim.move(case, "propose", draft, working={"class": "A"})) == "not_yours"
    payload = room.world.alert(issued=int(time.time()))
    ana.must(case, "propose", room.draft("ana", payload), working={"class": "A", "audience": "public"})
    said = {"conflict": "none", "privacy": True, "grade": {"source": "F", "information": 2}}
    assert refusal(tim.move(case, "attest", said)) == "not_yours"
