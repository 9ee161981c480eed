"""Desks that tend their weeks by themselves, over the real store: people come and go, and the server lies."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from protocol.limits import HOUR, MINUTE
from store.engine import writing
from store.rosters import put_roster
from tests.street import NETWORK, Street, a_street
from tests.world import World
from tests.world_network import Person

SHORT: Final = 2 * MINUTE  # A stay that is over in the week in which it begins (tests/street.py sees to that).


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with a_street(tmp_path) as made:
        yield made


def test_the_rest_sign_the_next_set_when_a_lead_suspends_somebody_and_the_next_when_it_is_over(street: Street) -> None:
    world, week = street.room.world, street.room.world.epoch()
    all_four = world.ids("ana", "bo", "cy", "dee")
    for name in ("ana", "bo", "dee"):
        assert street.open(name) == ""
    weeks = street.settle("dee", "ana", "bo")
    assert weeks[week] == (1, set(all_four))
    assert [members for _, members in weeks.values()][1:] == [world.ids("ana", "bo", "dee")] * 2

    now = int(time.time())
    stay = world.sign_stay("dee", "ana", issued=now, until=now + SHORT)
    lead = street.room.enter("ana")
    assert lead.ask("POST", "/api/stays", stay.value()).status_code == 201

    assert street.look("dee") == ["stay"]  # Not "you are not signed in".
    assert street.open("dee") == "stay"
    without = street.settle("ana", "bo")
    assert without[week][1] == all_four - world.ids("dee")
    assert [members for _, members in without.values()][1:] == [world.ids("ana", "bo")] * 2

    street.later(SHORT)
    assert street.open("dee") == ""
    again = street.settle("dee", "ana", "bo")
    assert again[week][1] == all_four
    assert len(again) == 3


# --- The server lies to one desk --------------------------------------------------------------------------------------


def hides_a_key(world: World, told: dict[str, Any]) -> None:
    told["keys"] = [one for one in told["keys"] if json.loads(one["payload"])["verifier"] != world.id("dee")]


def hides_a_stay(world: World, told: dict[str, Any]) -> None:
    told["stays"] = []


def forks_the_sets(world: World, told: dict[str, Any]) -> None:
    told["last_set"] = {"number": 1, "name": "ab" * 32}


@pytest.mark.parametrize("lie", [hides_a_key, hides_a_stay, forks_the_sets])
def test_what_the_server_shows_to_one_desk_alone_never_becomes_a_set(
    street: Street, lie: Callable[[World, dict[str, Any]], None]
) -> None:
    world, room, week = street.room.world, street.room, street.room.world.epoch()
    now = int(time.time())
    lead = room.enter("ana")
    stay = world.sign_stay("cy", "ana", issued=now, until=now + HOUR)
    assert lead.ask("POST", "/api/stays", stay.value()).status_code == 201
    told = lead.get(NETWORK)
    lie(world, told)
    street.liars["ana"].lies[NETWORK] = json.dumps(told).encode()
    for name in ("ana", "bo"):
        assert street.open(name) == ""

    for _ in range(3):
        street.look("ana", "bo")

    known = room.enter("bo").get(NETWORK)
    assert known["last_set"]["number"] == 1  # Two saw two networks, so no two signed the same bytes.
    street.liars["ana"].lies.clear()
    assert street.settle("ana", "bo")[week][1] == world.ids("ana", "bo", "dee")


def test_nobody_signs_a_set_that_they_are_not_in(street: Street) -> None:
    """The server hides dee's key from everybody, and counts on dee's own signature to leave dee out."""
    world, room, week = street.room.world, street.room, street.room.world.epoch()
    told = room.enter("ana").get(NETWORK)
    hides_a_key(world, told)
    for name in ("ana", "dee"):
        street.liars[name].lies[NETWORK] = json.dumps(told).encode()
        assert street.open(name) == ""

    for _ in range(3):
        assert street.look("ana", "dee") == ["", ""]

    assert room.enter("ana").get(NETWORK)["last_set"]["number"] == 1
    for name in ("ana", "dee"):
        street.liars[name].lies.clear()
    assert world.id("dee") in street.settle("ana", "dee")[week][1]


# --- A lost vault -----------------------------------------------------------------------------------------------------


def test_whoever_lost_their_vault_is_in_again_under_a_new_id_and_the_old_one_is_out(street: Street) -> None:
    """The custodians revoke the old key and enrol the new one; the rest is what open desks do by themselves."""
    world, room, week = street.room.world, street.room, street.room.world.epoch()
    lost = world.id("dee")
    world.change("dee", revoked_at=0)
    world.cast["eve"] = Person("eve", "alba")
    world.publish()
    with writing(room.engine) as conn:
        put_roster(conn, world.signed_roster.encode(), [], {})
    assert street.open("dee") == "sign_in"
    for name in ("ana", "bo", "eve"):
        assert street.open(name) == ""

    members = street.settle("eve", "ana", "bo")[week][1]

    assert members == world.ids("ana", "bo", "cy", "eve")
    assert lost not in members
    assert street.look("eve") == [""]


def test_a_desk_that_saw_the_next_roster_takes_no_older_one_from_the_server(street: Street) -> None:
    world, room = street.room.world, street.room
    old = room.enter("ana").get(NETWORK)
    world.change("dee", revoked_at=0)
    world.publish()
    with writing(room.engine) as conn:
        put_roster(conn, world.signed_roster.encode(), [], {})
    assert street.open("ana") == ""
    street.liars["ana"].lies[NETWORK] = json.dumps(old).encode()

    assert street.look("ana") == ["roster_chain"]
