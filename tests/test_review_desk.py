"""Faults found by reading against the desk, each mended: what one verifier could do to all the others."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from protocol.encoding import b64, canonical, parse
from protocol.errors import Refused
from protocol.event import sign_event
from protocol.limits import DAY, HOUR
from protocol.signed import Signed
from sereno import demonet
from store.engine import reading, writing
from store.envelopes import Arrival, put_envelope
from store.epochkeys import list_epoch_keys, put_epoch_key
from store.messages import chain_messages, claim_messages, released_public, set_refused
from store.releases import set_released
from store.rosters import put_roster
from store.sessions import open_session
from store.sets import list_sets, mark_complete, put_signature
from store.shifts import begin_shift
from tests.stores import new_store
from tests.world import World
from tests.world_network import recipient
from verifier.app import create_app
from verifier.settings import Settings


@dataclass(frozen=True)
class Office:
    """A desk's interface over a new store, and a network in which everybody is signed in."""

    world: World
    client: FlaskClient
    engine: Engine
    tokens: dict[str, bytes]

    def post(self, who: str, path: str, value: Any) -> TestResponse:
        headers = {"Authorization": f"Bearer {b64(self.tokens[who])}"}
        return self.client.post(path, json=value, headers=headers)

    def get(self, who: str, path: str) -> TestResponse:
        return self.client.get(path, headers={"Authorization": f"Bearer {b64(self.tokens[who])}"})

    def publish(self) -> None:
        offices = {name: recipient(self.world.name, "office", name) for name in self.world.offices}
        with writing(self.engine) as conn:
            put_roster(conn, self.world.signed_roster.encode(), [], offices)

    def let_out(self, signed: Signed, bundle: bytes) -> None:
        """Do as the gate does with a message that was posted last."""
        with writing(self.engine) as conn:
            (row,) = claim_messages(conn, owner="gate", now=self.world.now + HOUR, limit=1)
            assert row.signed == signed.encode()
            assert set_released(conn, row.id, row.claim, bundle=bundle, now=self.world.now, until=self.world.now + HOUR)


@pytest.fixture
def office(sqlite_url: str, tmp_path: Path) -> Iterator[Office]:
    """Give a desk at which everybody of the cast who may is signed in and on shift."""
    world = World(now=int(time.time()))
    engine = new_store(sqlite_url)
    (tmp_path / "policy.json").write_bytes(world.policy.encode())
    face = demonet.face(dict.fromkeys(("intake", "desk", "alerts"), "http://desk.localhost"))
    (tmp_path / "face.json").write_text(json.dumps(face), "utf-8")
    settings = Settings(sqlite_url, tmp_path / "policy.json", tmp_path / "face.json", "", ("http://desk.localhost",), 8)
    client = create_app(settings).test_client()
    tokens = {name: os.urandom(32) for name in world.cast}
    one = Office(world, client, engine, tokens)
    one.publish()
    with writing(engine) as conn:
        for name, token in tokens.items():
            open_session(conn, token, world.id(name), world.now + HOUR)
            begin_shift(conn, world.id(name), "north", world.now + HOUR)
    yield one
    engine.dispose()


def kind(answer: TestResponse) -> str:
    return str((answer.get_json() or {}).get("kind", ""))


def sets_of(office: Office) -> list[Any]:
    with reading(office.engine) as conn:
        return list_sets(conn, "north", office.world.epoch(), office.world.epoch())


# --- Sets and keys ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["tim", "len"])
def test_a_trainee_or_lent_verifier_can_not_spoil_a_set_by_signing_it(office: Office, who: str) -> None:
    world = office.world
    keys = world.epoch_keys()
    with writing(office.engine) as conn:
        for key in keys:
            put_epoch_key(conn, key.encode())
    payload = world.propose(keys)

    assert kind(office.post(who, "/api/sets", world.sign("set", payload, who).value())) == "set_signers"
    assert office.post("ana", "/api/sets", world.sign("set", payload, "ana").value()).get_json() == {"complete": False}
    assert office.post("bo", "/api/sets", world.sign("set", payload, "bo").value()).get_json() == {"complete": True}


def test_whoever_signs_another_set_takes_the_last_one_back(office: Office) -> None:
    world = office.world
    value = parse(world.propose(world.epoch_keys()), 10_000)
    for made_up in range(20):
        members = [{**one, "key": f"{made_up:064x}"} for one in value["members"]]
        answer = office.post(
            "cy", "/api/sets", world.sign("set", canonical({**value, "members": members}), "cy").value()
        )
        assert answer.status_code == 201

    assert len(sets_of(office)) == 1


def test_a_set_that_somebody_else_signed_too_stays_when_one_of_them_signs_another(office: Office) -> None:
    world = office.world
    world.quorum = (3, 2)
    world.publish()
    office.publish()
    keys = world.epoch_keys()
    with writing(office.engine) as conn:
        for key in keys:
            put_epoch_key(conn, key.encode())
    shared, other = world.propose(keys), world.propose(keys[:4])
    for who, payload in (("ana", shared), ("bo", shared), ("bo", other)):
        assert office.post(who, "/api/sets", world.sign("set", payload, who).value()).status_code == 201

    assert len(sets_of(office)) == 2


def test_nobody_fills_the_desk_with_epoch_keys_of_their_own(office: Office) -> None:
    world = office.world
    usual = world.epoch_key("cy")
    others = [world.epoch_key("cy", age_name=name) for name in ("ana", "bo", "dee")]
    kinds = [kind(office.post("cy", "/api/epoch-keys", one.value())) for one in (usual, *others, usual)]

    assert kinds == ["", "", "epoch_key", "epoch_key", ""]
    with reading(office.engine) as conn:
        assert len(list_epoch_keys(conn, "north", world.epoch(), world.epoch())) == 2


# --- Stays ------------------------------------------------------------------------------------------------------------


def test_a_stay_signs_out_at_once_and_takes_every_set_with_the_person_out_of_force(office: Office) -> None:
    world = office.world
    keys = world.epoch_keys()
    signed = world.sign("set", world.propose(keys), "ana", "bo")
    with writing(office.engine) as conn:
        put_signature(conn, signed)
        mark_complete(conn, signed.message())
    assert office.get("cy", "/api/network").status_code == 200

    assert office.post("ana", "/api/stays", world.sign_stay("cy", "ana").value()).status_code == 201
    assert kind(office.get("cy", "/api/network")) == "stay"
    assert [one.retired for one in sets_of(office)] == [True]


def test_a_stay_of_somebody_who_is_no_verifier_is_refused_and_breaks_nothing(office: Office) -> None:
    world = office.world
    value = {"v": 1, "network": world.network, "verifier": "qqqqqqqq", "issued": world.now, "until": world.now + HOUR}

    assert kind(office.post("ana", "/api/stays", world.sign("stay", canonical(value), "ana").value())) == "stay"


# --- Alerts -----------------------------------------------------------------------------------------------------------


def test_an_alert_dated_back_to_before_a_signers_stay_is_refused(office: Office) -> None:
    world = office.world
    signed = world.attest(world.alert(issued=world.now - 60), "ana", "bo")
    assert office.post("ana", "/api/stays", world.sign_stay("bo", "ana").value()).status_code == 201

    assert kind(office.post("ana", "/api/alerts", {"alert": signed.value()})) == "attestation_stayed"


def test_what_was_refused_can_not_be_posted_again_with_made_up_signatures(office: Office) -> None:
    world = office.world
    signed = world.attest(world.alert(), "ana", "bo")
    assert office.post("ana", "/api/alerts", {"alert": signed.value()}).status_code == 202
    with writing(office.engine) as conn:
        (row,) = claim_messages(conn, owner="gate", now=world.now + HOUR, limit=1)
        set_refused(conn, row.id, row.claim, Refused("release_state", "For the test."))
    value = signed.value()
    forged = {**value, "signatures": [{"keyid": world.id("cy"), "sig": b64(bytes(64))}]}

    assert kind(office.post("cy", "/api/alerts", {"alert": forged})) == "signature"
    alone = world.attest(signed.payload, "cy").value()
    assert kind(office.post("cy", "/api/alerts", {"alert": alone})) == "quorum_short"
    with reading(office.engine) as conn:
        assert [one.state for one in chain_messages(conn, row.chain)] == ["refused"]


def test_a_case_is_not_marked_as_sent_with_somebody_elses_alert_and_a_made_up_signature(office: Office) -> None:
    world = office.world
    signed = world.attest(world.alert(), "ana", "bo")
    assert office.post("ana", "/api/alerts", {"alert": signed.value()}).status_code == 202
    forged = {**signed.value(), "signatures": [{"keyid": world.id("cy"), "sig": b64(bytes(64))}]}

    assert kind(office.post("cy", "/api/alerts", {"alert": forged, "case": "ca" * 16})) == "signature"


def test_an_alert_can_be_retracted_after_its_signer_was_revoked(office: Office) -> None:
    world = office.world
    signed = world.attest(world.alert(), "ana", "bo")
    first = world.send(signed)
    assert office.post("ana", "/api/alerts", {"alert": signed.value()}).status_code == 202
    office.let_out(signed, first.bundle)
    world.change("bo", revoked_at=0)
    world.publish()
    office.publish()
    wrong = world.attest(world.stop("retracted", first), "ana")

    assert office.get("ana", f"/api/alerts/{first.alert.id}").get_json()["word"] == "confirmed"
    assert office.post("ana", "/api/alerts", {"alert": wrong.value()}).status_code == 202


def test_a_stop_that_was_only_posted_hides_no_public_alert(office: Office) -> None:
    world = office.world
    signed = world.attest(world.alert(), "ana", "bo")
    first = world.send(signed)
    assert office.post("ana", "/api/alerts", {"alert": signed.value()}).status_code == 202
    office.let_out(signed, first.bundle)
    closed = world.attest(world.stop("suspended", first, audience="responders"), "cy")

    assert kind(office.post("cy", "/api/alerts", {"alert": closed.value()})) == "alert_chain"
    with reading(office.engine) as conn:
        assert [one.chain for one in released_public(conn, world.now - DAY)] == [first.alert.id]


# --- Cases and requests -----------------------------------------------------------------------------------------------


def test_nobody_declares_a_conflict_of_interest_for_others(office: Office) -> None:
    world = office.world
    answer = _open_case(office, {"conflicted": [world.id("bo")]})

    assert kind(answer) == "not_yours"
    assert _open_case(office, {"conflicted": [world.id("cy")]}).status_code == 201


def _open_case(office: Office, working: dict[str, Any]) -> TestResponse:
    world = office.world
    body = os.urandom(64)
    with writing(office.engine) as conn:
        id = put_envelope(conn, Arrival("north", 65_536, "ab" * 32, 1, world.epoch(), 2, body, world.now))
    cy, day = world.id("cy"), world.now // DAY
    event = sign_event(world.network, os.urandom(16).hex(), "open", cy, world.seed("cy"), day=day, envelopes=[id])
    path = f"/api/cases/{json.loads(event.payload)['case']}/events"
    return office.post("cy", path, {"event": event.value(), "sealed": "", "working": working})


@pytest.mark.parametrize("body", ["[" * 10_000, '{"nonce":"', json.dumps({"a": 1.5}), "null"])
def test_what_is_no_request_is_refused_and_breaks_nothing(office: Office, body: str) -> None:
    answer = office.client.post("/api/session", data=body, content_type="application/json")

    assert kind(answer) in ("not_json", "shape")


def test_half_a_character_in_a_sign_in_is_refused_and_breaks_nothing(office: Office) -> None:
    nonce = office.client.get("/api/challenge").get_json()["nonce"]
    signature = {"keyid": "k7mq2x9a", "sig": b64(bytes(64))}
    signed = {"payload": "\ud800", "payloadType": "application/vnd.sereno.sign-in.v1+json", "signatures": [signature]}
    text = json.dumps({"nonce": nonce, "signed": signed})

    answer = office.client.post("/api/session", data=text, content_type="application/json")
    assert kind(answer) == "not_utf8"
