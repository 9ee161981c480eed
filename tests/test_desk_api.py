"""The desk's interface, on both kinds of database: who is let in, keys and sets, and what every answer carries."""

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
from protocol.errors import Refused
from tests.desk_room import KEPT, NOW, ORIGIN, OWN, Caller, Room, refusal
from tests.world_network import recipient
from verifier.challenge import Challenges

NEEDS_TOKEN: Final = (
    ("DELETE", "/api/session"),
    ("GET", "/api/network"),
    ("POST", "/api/epoch-keys"),
    ("POST", "/api/sets"),
    ("POST", "/api/stays"),
    ("POST", "/api/notices"),
    ("POST", "/api/cells"),
    ("GET", "/api/drop"),
    ("POST", "/api/legal"),
    ("GET", "/api/legal"),
    ("GET", f"/api/legal/{'a' * 64}"),
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


def test_asking_for_challenges_writes_nothing_and_a_wrong_answer_uses_none_up(room: Room) -> None:
    nonces = {room.challenge() for _ in range(50)}
    assert len(nonces) == 50
    wrong = room.answered("ana", min(nonces), origin="https://desk.example.com")
    assert refusal(room.client().post("/api/session", json=wrong)) == "sign_in"
    assert room.rows("challenges") == {"challenges": 0}

    assert room.client().post("/api/session", json=room.answered("ana", min(nonces))).status_code == 201
    assert room.rows("challenges") == {"challenges": 1}


def test_a_challenge_is_good_for_a_minute_at_the_desk_that_marked_it() -> None:
    ours, theirs = Challenges(b"k" * 32), Challenges(b"l" * 32)
    nonce = ours.make(NOW)

    assert ours.end(nonce, NOW + 59) == NOW + 60
    later = (NOW + 600).to_bytes(8, "big") + nonce[8:]
    for whose, one, now in ((ours, nonce, NOW + 60), (theirs, nonce, NOW), (ours, later, NOW)):
        with pytest.raises(Refused) as refused:
            whose.end(one, now)
        assert refused.value.kind == "sign_in"


def test_a_stayed_person_is_out_at_once_and_stays_out(room: Room, ana: Caller, bo: Caller) -> None:
    stay = room.world.sign_stay("bo", "ana", issued=int(time.time()), until=int(time.time()) + limits.HOUR)
    assert ana.ask("POST", "/api/stays", stay.value()).status_code == 201

    assert refusal(bo.ask("GET", "/api/queue")) == "stay"
    assert refusal(room.client().post("/api/session", json=room.answered("bo", room.challenge()))) == "stay"
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
        "/api/notices": room.world.sign_notice().value(),
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
