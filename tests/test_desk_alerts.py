"""Alerts handed in at the desk, on both kinds of database: what the gate would refuse is refused at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Engine

from protocol import limits
from protocol.release import admit
from protocol.signed import Signed
from store.cases import working
from store.engine import reading, writing
from store.messages import chain_messages
from store.rosters import put_roster
from store.stays import put_stay
from tests.desk_room import Caller, Room, refusal
from tests.stores import until_waiting


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
    (("ana", "bo"), {"issued": -16 * 60}, "release_late"),  # Times are from when it is posted.
    (("ana", "bo"), {"issued": 20 * 60}, "alert_times"),
    (("ana", "bo"), {"expires": 300 * 60}, "alert_times"),
    (("ana", "bo"), {"network": "ab" * 32}, "alert_network"),
    (("ana", "bo"), {"mode": "actual"}, "alert_network"),
    (("ana", "bo"), {"template": "school"}, "alert_vocabulary"),
    (("ana", "bo"), {"free": {"en": "Call 415 555 0142."}}, "privacy"),
    (("ana", "bo"), {"revision": 2, "supersedes": ["ab" * 32]}, "alert_chain"),
    (("ana", "cy"), {}, "not_yours"),  # bo hands in what others signed.
)


def test_what_the_gate_would_refuse_is_refused_at_once_and_not_stored(room: Room, bo: Caller) -> None:
    for signers, changes, kind in REFUSED:
        times = {name: int(time.time()) + changes.get(name, 0) for name in ("issued", *({"expires"} & changes.keys()))}
        payload = room.world.alert(**{**changes, **times})
        answer = post(bo, room.world.attest(payload, *signers))
        assert (signers, changes, refusal(answer)) == (signers, changes, kind)
    assert alerts(room) == []


def test_a_stayed_key_does_not_count(room: Room, bo: Caller) -> None:
    with writing(room.engine) as conn:
        now = room.world.now
        put_stay(conn, room.world.sign_stay("cy", "ana", issued=now - 60, until=now + limits.HOUR).encode())

    signed = room.world.attest(room.world.alert(issued=int(time.time())), "bo", "cy")
    assert refusal(post(bo, signed)) == "attestation_stayed"
    assert alerts(room) == []


def test_who_leads_no_more_retracts_nothing_under_the_roster_in_which_they_did(room: Room, ana: Caller) -> None:
    world, now = room.world, int(time.time())
    first = world.send(world.attest(world.alert(issued=now - 60), "ana", "bo"))
    world.change("ana", roles=())
    stop = world.attest(world.stop("retracted", first, issued=now), "ana")
    assert refusal(post(ana, stop)) == "alert_chain"  # All but the chain, which is not here, is in order.

    world.publish(issued=now - 30)
    with writing(room.engine) as conn:
        put_roster(conn, world.signed_roster.encode(), [], {})

    answer = post(ana, stop)
    assert refusal(answer) == "roster_dates"
    assert "Load the network again and sign anew." in answer.get_json()["sentence"]


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


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)  # SQLite has one writer at a time.
def test_an_alert_and_a_finding_at_once_take_nothing_from_each_other(room: Room, ana: Caller, bo: Caller) -> None:
    case = room.case(ana, upto="found")
    alert = room.world.attest(room.world.alert(issued=int(time.time())), "ana", "bo")
    both = [
        threading.Thread(target=lambda: post(bo, alert, case=case)),
        threading.Thread(target=lambda: room.find(ana, case, code="D2")),
    ]
    with writing(room.engine) as conn:  # Whatever either writes there waits until both are on their way.
        conn.execute(working.select().with_for_update())
        for number, one in enumerate(both, 1):
            one.start()
            until_waiting(room.engine.url.render_as_string(hide_password=False), number, one)
    for one in both:
        one.join()

    found = ana.get(f"/api/cases/{case}")
    assert len(found["chains"]) == 1
    assert [one["code"] for one in found["findings"]] == ["D1", "D2"]
