"""The desk's interface, on both kinds of database: who is let in, what is taken, and what a refusal leaves behind."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Engine

from protocol import limits
from protocol.encoding import b64, canonical
from protocol.epoch import sign_epoch_key
from protocol.event import sign_event
from protocol.release import admit
from protocol.signed import Signed
from store.engine import reading, writing
from store.envelopes import get_envelope
from store.messages import chain_messages
from store.stays import put_stay
from tests.desk_room import KEPT, NOW, ORIGIN, OWN, Caller, Room, refusal
from tests.world_network import recipient

NEEDS_TOKEN: Final = (
    ("DELETE", "/api/session"),
    ("GET", "/api/network"),
    ("POST", "/api/epoch-keys"),
    ("POST", "/api/sets"),
    ("POST", "/api/stays"),
    ("GET", "/api/queue"),
    ("GET", f"/api/envelopes/{'a' * 32}"),
    ("POST", f"/api/envelopes/{'a' * 32}/opened"),
    ("GET", f"/api/sets/{'a' * 64}"),
    ("POST", f"/api/cases/{'a' * 32}/events"),
    ("GET", f"/api/cases/{'a' * 32}"),
    ("POST", "/api/alerts"),
    ("GET", f"/api/alerts/{'a' * 32}"),
)


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


# --- The entrance -----------------------------------------------------------------------------------------------------


def test_a_signed_challenge_opens_a_session_and_begins_the_shift(room: Room, ana: Caller) -> None:
    network = ana.get("/api/network")

    assert list(network["on_shift"]) == [room.world.id("ana")]
    assert network["last_set"] == {"number": 1, "name": room.to.name}
    assert ana.token not in json.dumps(network)


ANSWERS: Final[tuple[tuple[str, dict[str, Any], str], ...]] = (
    ("ana", {"origin": "https://desk.example.com"}, "sign_in"),
    ("ana", {"network": "ab" * 32}, "sign_in"),
    ("ana", {"signed_nonce": b"\x07" * 32}, "sign_in"),
    ("ana", {"issued": NOW - 600}, "sign_in"),
    ("ana", {"seed": "bo"}, "signature"),
    ("lou", {}, "sign_in"),
    ("rae", {}, "sign_in"),
)


def test_another_answer_opens_nothing(room: Room) -> None:
    for name, changes, kind in ANSWERS:
        answer = room.client().post("/api/session", json=room.answered(name, room.challenge(), **changes))
        assert (name, changes, refusal(answer)) == (name, changes, kind)
    assert room.rows("sessions", "shifts") == {"sessions": 0, "shifts": 0}


def test_a_challenge_is_answered_once(room: Room) -> None:
    value = room.answered("ana", room.challenge())
    assert room.client().post("/api/session", json=value).status_code == 201

    assert refusal(room.client().post("/api/session", json=value)) == "sign_in"
    assert room.rows("sessions") == {"sessions": 1}


def test_a_challenge_that_was_never_given_opens_nothing(room: Room) -> None:
    answer = room.client().post("/api/session", json=room.answered("ana", secrets.token_bytes(32)))

    assert refusal(answer) == "sign_in"


def test_a_stayed_person_is_out_at_once_and_stays_out(room: Room, ana: Caller, bo: Caller) -> None:
    stay = room.world.sign_stay("bo", "ana", issued=int(time.time()), until=int(time.time()) + limits.HOUR)
    assert ana.ask("POST", "/api/stays", stay.value()).status_code == 201

    assert refusal(bo.ask("GET", "/api/queue")) == "sign_in"
    assert refusal(room.client().post("/api/session", json=room.answered("bo", room.challenge()))) == "sign_in"
    network = ana.get("/api/network")
    assert list(network["on_shift"]) == [room.world.id("ana")]
    assert [one["retired"] for one in network["sets"]] == [True]  # It holds a key that no longer counts.


def test_only_a_lead_stays_and_never_for_another(room: Room, ana: Caller, bo: Caller) -> None:
    now = int(time.time())
    mine = room.world.sign_stay("dee", "bo", issued=now, until=now + limits.HOUR)
    leads = room.world.sign_stay("dee", "ana", issued=now, until=now + limits.HOUR)
    old = room.world.sign_stay("dee", "ana", issued=now - limits.HOUR, until=now + limits.HOUR)

    assert refusal(bo.ask("POST", "/api/stays", mine.value())) == "signer"
    assert refusal(bo.ask("POST", "/api/stays", leads.value())) == "not_yours"
    assert refusal(ana.ask("POST", "/api/stays", old.value())) == "stay"
    assert room.rows("stays") == {"stays": 0}


def test_nothing_is_told_without_a_token(room: Room) -> None:
    before = room.rows(*KEPT)
    bodies: dict[str, Any] = {
        "/api/alerts": {"alert": room.world.attest(room.world.alert(), "ana", "bo").value()},
        "/api/epoch-keys": room.world.epoch_key("ana").value(),
        "/api/sets": room.world.sign("set", room.world.propose(room.world.epoch_keys("ana", "bo")), "ana").value(),
        "/api/stays": room.world.sign_stay("bo", "ana").value(),
    }
    event = {"event": room.world.attest(room.world.alert(), "ana").value(), "sealed": "", "working": {}}
    for method, path in NEEDS_TOKEN:
        body = bodies.get(path, event) if method == "POST" else None
        for token in ("", "Bearer ", "Bearer x", f"Bearer {b64(b'7' * 32)}", "Basic YTpi"):
            headers = {"Authorization": token} if token else {}
            answer = room.client().open(path, method=method, json=body, headers=headers)
            assert (path, token, refusal(answer)) == (path, token, "sign_in")
    assert room.rows(*KEPT) == before


def test_signing_out_ends_token_and_shift(room: Room, ana: Caller) -> None:
    assert ana.ask("DELETE", "/api/session").status_code == 204

    assert refusal(ana.ask("GET", "/api/queue")) == "sign_in"
    assert room.rows("sessions", "shifts") == {"sessions": 0, "shifts": 0}


def test_the_store_holds_no_token(room: Room, ana: Caller) -> None:
    with room.engine.connect() as conn:
        held = conn.exec_driver_sql("SELECT token FROM sessions").scalar()

    assert bytes(held or b"") not in (ana.token.encode(), b"")
    assert b64(bytes(held or b"")) != ana.token


# --- Keys and sets ----------------------------------------------------------------------------------------------------


def test_an_epoch_key_is_ones_own_and_of_these_weeks(room: Room, ana: Caller) -> None:
    world, epoch = room.world, room.world.epoch()
    assert ana.ask("POST", "/api/epoch-keys", world.epoch_key("ana", epoch + 1).value()).get_json() == {"new": True}
    assert ana.ask("POST", "/api/epoch-keys", world.epoch_key("ana", epoch + 1).value()).get_json() == {"new": False}
    before = room.rows("epoch_keys")

    assert refusal(ana.ask("POST", "/api/epoch-keys", world.epoch_key("bo", epoch + 1).value())) == "not_yours"
    for far in (epoch - 1, epoch + 3):
        assert refusal(ana.ask("POST", "/api/epoch-keys", world.epoch_key("ana", far).value())) == "epoch_dates"
    forged = sign_epoch_key(world.roster, world.id("ana"), epoch, recipient("mallory"), world.seed("bo"))
    assert refusal(ana.ask("POST", "/api/epoch-keys", forged.value())) == "signature"
    assert room.rows("epoch_keys") == before


def test_a_set_follows_the_last_and_is_complete_once_two_have_signed(room: Room, ana: Caller, bo: Caller) -> None:
    world = room.world
    keys = world.epoch_keys("ana", "bo", "cy")
    payload = world.propose(keys, room.to)

    assert ana.ask("POST", "/api/sets", world.sign("set", payload, "ana").value()).get_json() == {"complete": False}
    assert ana.get("/api/network")["last_set"]["number"] == 1
    assert bo.ask("POST", "/api/sets", world.sign("set", payload, "bo").value()).get_json() == {"complete": True}
    assert ana.get("/api/network")["last_set"]["number"] == 2


def test_a_set_out_of_turn_or_in_anothers_name_is_refused(room: Room, ana: Caller) -> None:
    world = room.world
    payload = world.propose(world.epoch_keys("ana", "bo", "cy"), room.to)
    value = json.loads(payload)
    before = room.rows("sets")

    def send(changed: dict[str, Any], *names: str) -> str:
        return refusal(ana.ask("POST", "/api/sets", world.sign("set", canonical(changed), *names).value()))

    assert send({**value, "number": 3}, "ana") == "set_chain"
    assert send({**value, "previous": "0" * 64, "number": 1}, "ana") == "set_chain"
    assert send(value, "bo") == "not_yours"
    assert send(value, "ana", "bo") == "not_yours"
    assert send({**value, "desk": "south"}, "ana") == "not_yours"
    assert send({**value, "epoch": value["epoch"] + 3}, "ana") == "epoch_dates"
    assert room.rows("sets") == before


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


# --- Alerts -----------------------------------------------------------------------------------------------------------


def alerts(room: Room) -> list[Any]:
    with reading(room.engine) as conn:
        chains = [row[0] for row in conn.exec_driver_sql("SELECT DISTINCT chain FROM messages")]
        return [one for chain in chains for one in chain_messages(conn, chain)]


def post(who: Caller, signed: Signed, **more: Any) -> Any:
    return who.ask("POST", "/api/alerts", {"alert": signed.value(), **more})


def test_two_keys_over_the_same_bytes_reach_the_gate(room: Room, ana: Caller, bo: Caller) -> None:
    case = room.case(ana, upto="found")
    signed = room.world.attest(room.world.alert(issued=int(time.time())), "ana", "bo")

    answer = post(bo, signed, case=case)

    assert answer.status_code == 202
    (message,) = alerts(room)
    assert (message.name, message.state) == (answer.get_json()["name"], "posted")
    admit(Signed.decode(message.signed), room.world.roster, room.world.policy, int(time.time()))
    chain = answer.get_json()["chain"]
    assert ana.get(f"/api/cases/{case}")["chains"] == [chain]
    told = ana.get(f"/api/alerts/{chain}")
    assert [(one["state"], one["bundle"]) for one in told["messages"]] == [("posted", None)]
    assert post(bo, signed, case=case).status_code == 202  # The same again changes nothing.
    assert len(alerts(room)) == 1


REFUSED: Final[tuple[tuple[tuple[str, ...], dict[str, Any], str], ...]] = (
    (("bo",), {}, "quorum_short"),
    (("bo", "dee"), {}, "quorum_short"),  # Of one organisation.
    (("bo", "tim"), {}, "attestation_trainee"),
    (("bo", "lou"), {}, "attestation_lapsed"),
    (("bo", "rae"), {}, "attestation_revoked"),
    (("bo", "cy"), {"class_": "C", "template": "school"}, "quorum_lead"),
    (("ana", "bo"), {"class_": "D", "template": "residence"}, "alert_class"),
    (("ana", "bo"), {"issued": NOW - 16 * 60}, "release_late"),
    (("ana", "bo"), {"issued": NOW + 20 * 60}, "alert_times"),
    (("ana", "bo"), {"expires": NOW + 300 * 60}, "alert_times"),
    (("ana", "bo"), {"network": "ab" * 32}, "alert_network"),
    (("ana", "bo"), {"mode": "actual"}, "alert_network"),
    (("ana", "bo"), {"template": "school"}, "alert_vocabulary"),
    (("ana", "bo"), {"free": {"en": "Call 415 555 0142."}}, "privacy"),
    (("ana", "bo"), {"revision": 2, "supersedes": ["ab" * 32]}, "alert_chain"),
    (("ana", "cy"), {}, "not_yours"),  # bo hands in what others signed.
)


def test_what_the_gate_would_refuse_is_refused_at_once_and_not_stored(room: Room, bo: Caller) -> None:
    for signers, changes, kind in REFUSED:
        payload = room.world.alert(**{"issued": int(time.time()), **changes})
        answer = post(bo, room.world.attest(payload, *signers))
        assert (signers, changes, refusal(answer)) == (signers, changes, kind)
    assert alerts(room) == []


def test_a_stayed_key_does_not_count(room: Room, bo: Caller) -> None:
    with writing(room.engine) as conn:
        put_stay(conn, room.world.sign_stay("cy", "ana", issued=NOW - 60, until=NOW + limits.HOUR).encode())

    signed = room.world.attest(room.world.alert(issued=int(time.time())), "bo", "cy")
    assert refusal(post(bo, signed)) == "attestation_stayed"
    assert alerts(room) == []


def test_one_bad_signature_spoils_the_whole(room: Room, bo: Caller) -> None:
    world = room.world
    payload = world.alert(issued=int(time.time()))
    value = world.attest(payload, "ana", "bo").value()
    value["signatures"][0]["sig"], value["signatures"][1]["sig"] = (
        value["signatures"][1]["sig"],
        value["signatures"][0]["sig"],
    )

    assert refusal(bo.ask("POST", "/api/alerts", {"alert": value})) == "signature"
    assert alerts(room) == []


def test_a_stop_answers_something(room: Room, bo: Caller) -> None:
    first = room.world.send(room.world.attest(room.world.alert(issued=int(time.time())), "ana", "bo"))
    stop = room.world.attest(room.world.stop("suspended", first, issued=int(time.time())), "bo")

    assert refusal(post(bo, stop)) == "alert_chain"
    assert refusal(bo.ask("GET", f"/api/alerts/{'0' * 32}")) == "not_found"
    assert alerts(room) == []


def test_an_alert_names_a_case_of_ones_own_desk(room: Room, ana: Caller) -> None:
    case = room.case(ana)
    sol = room.enter("sol")
    signed = room.world.attest(room.world.alert(issued=int(time.time())), "sol", "ana")

    assert refusal(post(sol, signed, case=case)) == "not_found"
    assert alerts(room) == []


# --- Requests ---------------------------------------------------------------------------------------------------------


def test_every_answer_carries_the_headers_and_no_cookie(room: Room) -> None:
    for path in ("/", "/en", "/es", "/desk-worker.js", "/health", "/face.json", "/api/challenge"):
        answer = room.client().get(path)
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] in ("no-store", "no-cache")


def test_the_page_carries_the_policy_that_it_is_served_under(room: Room) -> None:
    answer = room.client().get("/es")
    csp = answer.headers["Content-Security-Policy"]

    assert csp.endswith("frame-ancestors 'none'")
    assert csp.removesuffix("; frame-ancestors 'none'").replace("'", "&#39;") in answer.get_data(as_text=True)
    for part in (
        "require-trusted-types-for 'script'",
        "trusted-types sereno",
        "connect-src 'self';",
        "form-action 'none'",
    ):
        assert part in csp
    assert "unsafe" not in csp
    assert refusal(room.client().get("/tlh")) == "not_found"


def test_only_listed_origins_may_read_across(room: Room) -> None:
    for origin, allowed in ((OWN, True), (ORIGIN, False), ("https://evil.example", False), ("null", False)):
        for method in ("GET", "OPTIONS"):
            answer = room.client().open("/api/challenge", method=method, headers={"Origin": origin})
            assert answer.headers.get("Access-Control-Allow-Origin") == (origin if allowed else None)
            assert "Access-Control-Allow-Credentials" not in answer.headers


def test_somebody_who_serves_the_page_themselves_signs_their_own_origin(room: Room) -> None:
    answer = room.client().post("/api/session", json=room.answered("ana", room.challenge(), origin=OWN))

    assert answer.status_code == 201


BODIES: Final = (
    (b"{", "application/json", "not_json"),
    (b"{}", "application/json", "shape"),
    (b"{}", "text/plain", "media_type"),
    (b"{}", "application/x-www-form-urlencoded", "media_type"),
    (b'{"alert":' + b" " * 70_000 + b"1}", "application/json", "too_large"),
)


def test_a_body_that_is_none_is_refused(room: Room, bo: Caller) -> None:
    headers = {"Authorization": f"Bearer {bo.token}"}
    for body, type_, kind in BODIES:
        answer = bo.client.post("/api/alerts", data=body, content_type=type_, headers=headers)
        assert (type_, refusal(answer)) == (type_, kind)
