"""Rosters: what they may say of keys, people, desks and quorums."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.encoding import b64
from protocol.limits import CERTIFICATION, DAY, LENT_LIFE
from protocol.roster import Roster
from protocol.signed import public_key
from tests.refusals import refused
from tests.world import CAST, Person, World


def opened(world: World, *custodians: str, **changes: Any) -> Roster:
    """Open the roster that these custodians sign with changes of whole fields."""
    return world.open_roster(world.sign_roster(world.roster_value(**changes), *custodians), *world.next_links)


def entries(world: World, change: dict[str, Any], of: str = "bo") -> list[dict[str, Any]]:
    """Return the roster's verifiers with one entry changed."""
    found: list[dict[str, Any]] = world.roster_value()["verifiers"]
    next(one for one in found if one["id"] == world.id(of)).update(change)
    return found


def test_one_key_has_one_role(world: World) -> None:
    for role in (("verifier", "cy"), ("office", "luz"), ("root", "uma"), ("log",), ("cosigner", "wit")):
        key = b64(public_key(world.secret(*role)))
        cosigners = [{"name": "wit", "key": key}] if role[0] == "cosigner" else []

        with refused("roster_content", "twice"):
            opened(world, verifiers=entries(world, {"ed25519": key}), cosigners=cosigners)


@pytest.mark.parametrize(
    "point",
    [
        bytes(32),  # Order 4.
        (1).to_bytes(32, "little"),  # The neutral element.
        (2**255 - 20).to_bytes(32, "little"),  # y = -1, order 2.
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),  # Order 8.
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),  # Order 8.
        (2**255 - 18).to_bytes(32, "little"),  # 1, not canonical.
        b"\2" + bytes(31),  # On no point.
    ],
    ids=["order-4", "neutral", "order-2", "order-8", "order-8b", "not-canonical", "no-point"],
)
@pytest.mark.parametrize("place", ["verifier", "organisation", "log", "cosigner", "root"])
def test_a_key_off_the_prime_order_group_is_refused_wherever_it_stands(world: World, point: bytes, place: str) -> None:
    key = b64(point)
    changes: dict[str, dict[str, Any]] = {
        "verifier": {"verifiers": entries(world, {"ed25519": key})},
        "organisation": {"organisations": [{**world.office("alba"), "ed25519": key}, world.office("faro")]},
        "log": {"log": {"origin": "log.example/sereno", "key": key}},
        "cosigner": {"cosigners": [{"name": "wit", "key": key}]},
        "root": {"roots": {"threshold": 2, "keys": sorted([key, *world.roots().keys])}},
    }

    with refused("public_key"):
        opened(world, "uma", "val", **changes[place])


def test_lists_ascend_by_id_with_no_id_twice(world: World) -> None:
    value = world.roster_value()
    for name in ("verifiers", "organisations"):
        with refused("roster_content", name):
            opened(world, **{name: value[name][::-1]})
        with refused("roster_content", name):
            opened(world, **{name: sorted([*value[name], value[name][0]], key=lambda one: str(one["id"]))})
    desk = value["desks"][0]
    with refused("roster_content", "desks"):
        opened(world, desks=[desk, desk])
    wits = [{"name": f"wit{one}", "key": world.root_key(str(one))} for one in (2, 1)]
    with refused("roster_content", "cosigners"):
        opened(world, cosigners=wits)


@pytest.mark.parametrize("quorum", [{"keys": 1, "organisations": 1}, {"keys": 0, "organisations": 2}])
def test_no_roster_lets_one_person_publish(world: World, quorum: dict[str, int]) -> None:
    with refused("shape", "roster.quorum.keys"):
        opened(world, quorum=quorum)


def test_one_organisation_is_not_enough_where_there_are_two(world: World) -> None:
    with refused("roster_content", "from 3 organisations"):
        opened(world, quorum={"keys": 2, "organisations": 1})


def test_one_organisation_is_enough_where_there_is_one() -> None:
    alone = [Person("ana", "alba", ("lead",)), Person("cy", "alba")]
    revoked = Person("rae", "faro", revoked_at=3)
    trainee = Person("tim", "faro", ("trainee",))

    assert World(verifiers=alone, quorum=(2, 1)).roster.organisations_needed == 1
    # Who is revoked or a trainee can't attest, so their organisation is none that could help.
    assert World(verifiers=[*alone, revoked, trainee], quorum=(2, 1)).roster.organisations_needed == 1
    with refused("roster_content", "2 organisations"):
        World(verifiers=[*alone, Person("bo", "faro")], quorum=(2, 1))


def test_trainees_are_on_exercise_networks_only_and_never_lead() -> None:
    assert "trainee" in World().roster.verifiers[World().id("tim")].roles
    with refused("roster_content", "trainee"):
        World(mode="actual")
    with refused("roster_content", "trainee"):
        World(verifiers=[*CAST, Person("una", "alba", ("lead", "trainee"))])


def test_a_lent_verifier_stays_for_thirty_days_and_brings_their_own_organisation(world: World) -> None:
    assert world.roster.verifiers[world.id("len")].org == "vela"
    with refused("roster_content", "longer than 30 days"):
        opened(world, verifiers=entries(world, {"certified_until": world.now + LENT_LIFE + 1}, "len"))
    with refused("roster_content", "vela"):
        opened(world, verifiers=entries(world, {"roles": []}, "len"))


def test_a_certification_lasts_for_a_year_at_most(world: World) -> None:
    limit = world.now + CERTIFICATION
    assert opened(world, verifiers=entries(world, {"certified_until": limit})).number == 2
    with refused("roster_content", "longer than 366 days"):
        opened(world, verifiers=entries(world, {"certified_until": limit + 1}))


@pytest.mark.parametrize("field", ["desk", "org"])
def test_a_verifier_is_of_a_desk_and_an_organisation_that_the_roster_has(world: World, field: str) -> None:
    with refused("roster_content", "lacks one"):
        opened(world, verifiers=entries(world, {field: "nowhere"}))


def test_a_desk_has_no_more_verifiers_than_a_set_holds() -> None:
    crowd = [Person(f"v{number}", "alba" if number % 2 else "faro") for number in range(32)]
    more = (Person("rae", "alba", revoked_at=0), Person("len", "vela", ("lent",), certified_for=DAY))

    assert len(World(verifiers=[*crowd, *more]).roster.verifiers) == 34
    with refused("roster_content", "Desk north has 33 verifiers"):
        World(verifiers=[*crowd, Person("v32", "alba")])


def test_an_unknown_or_missing_field_refuses_a_roster(world: World) -> None:
    value = world.roster_value()
    for name in value:
        with refused("shape", name):
            world.open_roster(world.sign_roster({key: one for key, one in value.items() if key != name}))
    with refused("shape", "override"):
        opened(world, override=True)
    with refused("shape", "trusted"):
        opened(world, verifiers=entries(world, {"trusted": True}))
