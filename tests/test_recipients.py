"""Recipient sets: to whom tips are sealed, and that nobody is dropped, added or revived unseen."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from protocol.encoding import canonical
from protocol.recipients import RecipientSet
from protocol.signed import Signed
from tests.refusals import refused
from tests.world import CAST, Person, World

RECEIVERS = ("ana", "bo", "cy", "dee", "tim")


def changed(payload: bytes, **changes: Any) -> bytes:
    """Return a set's payload with whole fields changed."""
    return canonical({**json.loads(payload), **changes})


def opened(world: World, payload: bytes, *signers: str, keys: list[Signed] | None = None) -> RecipientSet:
    """Open a set that these people signed; ana and bo where none is named."""
    return world.open_set(world.sign("set", payload, *(signers or ("ana", "bo"))), keys or world.epoch_keys())


def member(world: World, name: str) -> dict[str, str]:
    """Return a verifier's line in a set, with the key they use this week."""
    return {"verifier": world.id(name), "key": world.epoch_key(name).message()}


def lines(world: World, *names: str) -> list[dict[str, str]]:
    """Return these verifiers' lines in the order of a set."""
    return sorted_by_id([member(world, name) for name in names])


def sorted_by_id(members: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return members in the order a set wants."""
    return sorted(members, key=lambda line: line["verifier"])


# --- Proposals --------------------------------------------------------------------------------------------------------


def test_honest_desks_propose_the_same_bytes_in_whatever_order_they_learnt_the_keys(world: World) -> None:
    keys = world.epoch_keys()

    assert world.propose(keys) == world.propose(keys[::-1]) == world.propose(keys * 2)


def test_everyone_who_is_in_service_is_in_the_set_and_nobody_else(world: World) -> None:
    keys = world.epoch_keys("ana", "bo", "cy", "dee", "tim", "rae", "len")

    assert {line["verifier"] for line in json.loads(world.propose(keys))["members"]} == world.ids(*RECEIVERS)


def test_a_set_that_drops_someone_is_not_the_one_an_honest_desk_signs(world: World) -> None:
    keys = world.epoch_keys()

    assert world.propose(keys) != changed(world.propose(keys), members=lines(world, "ana", "bo", "cy"))


def test_who_is_stayed_is_left_out_from_then_on(world: World) -> None:
    world.stay("cy")

    assert world.id("cy") not in opened(world, world.propose(world.epoch_keys())).members


def test_who_has_two_keys_for_a_week_is_left_out(world: World) -> None:
    keys = [*world.epoch_keys(), world.epoch_key("cy", age_name="cy's thief")]

    assert world.id("cy") not in opened(world, world.propose(keys), keys=keys).members


def test_a_desk_with_fewer_than_its_minimum_makes_no_set(world: World) -> None:
    with refused("set_members", "1 verifiers of desk north"):
        world.propose(world.epoch_keys("ana"))


def test_a_set_follows_the_one_before(world: World) -> None:
    first = world.recipient_set()
    second = world.recipient_set(previous=first)

    assert (first.number, first.previous) == (1, "0" * 64)
    assert (second.number, second.previous) == (2, first.name)


def test_a_set_can_be_signed_for_a_week_to_come(world: World) -> None:
    coming = world.recipient_set(epoch=world.epoch() + 2)

    assert coming.epoch == world.epoch() + 2
    assert set(coming.recipients).isdisjoint(world.recipient_set().recipients)


# --- Signed sets ------------------------------------------------------------------------------------------------------


def test_a_set_lists_recipients_in_the_order_of_its_members(world: World) -> None:
    found = world.recipient_set()

    assert found.members == tuple(sorted(world.ids(*RECEIVERS)))
    by_id = {world.id(name): world.identity(name).recipient for name in RECEIVERS}
    assert found.recipients == tuple(by_id[one] for one in found.members)


def test_one_verifier_makes_no_set(world: World) -> None:
    with refused("set_signers", "1 of 1"):
        opened(world, world.propose(world.epoch_keys()), "ana")


def test_a_network_whose_quorum_is_three_wants_three_signers() -> None:
    world = World(quorum=(3, 2))

    with refused("set_signers", "2 of 2"):
        opened(world, world.propose(world.epoch_keys()), "ana", "bo")
    assert opened(world, world.propose(world.epoch_keys()), "ana", "bo", "cy").number == 1


@pytest.mark.parametrize("bad", ["tim", "rae", "len"])
def test_trainees_revoked_and_lent_verifiers_sign_no_set_not_even_as_a_third(world: World, bad: str) -> None:
    payload = world.propose(world.epoch_keys())

    for signers in (("ana", bad), ("ana", "bo", bad)):
        with refused("set_signers"):
            opened(world, payload, *signers)


def test_who_is_stayed_signs_no_set(world: World) -> None:
    world.stay("bo")

    with refused("set_signers"):
        opened(world, world.propose(world.epoch_keys()), "ana", "bo")


def test_another_desk_can_not_sign_this_desk_s_set() -> None:
    world = World(verifiers=[*CAST, Person("sol", "faro", desk="south"), Person("sue", "alba", desk="south")])

    with refused("set_signers"):
        opened(world, world.propose(world.epoch_keys()), "sol", "sue")
    assert world.ids("sol", "sue").isdisjoint(world.recipient_set().members)


def test_a_server_that_signs_with_a_key_of_its_own_is_refused(world: World) -> None:
    payload = world.propose(world.epoch_keys())
    server = World(name="server")

    with refused("signer"):
        world.open_set(server.sign("set", payload, "ana", "bo"), world.epoch_keys())


def test_a_set_signed_as_something_else_is_none(world: World) -> None:
    with refused("payload_type"):
        world.open_set(world.sign("event", world.propose(world.epoch_keys()), "ana", "bo"), world.epoch_keys())


@pytest.mark.parametrize("bad", ["rae", "len"])
def test_a_revived_or_lent_member_refuses_the_set_whoever_signed_it(world: World, bad: str) -> None:
    keys = world.epoch_keys("ana", "bo", bad)

    with refused("set_members", "may not receive"):
        opened(world, changed(world.propose(keys), members=lines(world, "ana", "bo", bad)), keys=keys)


def test_a_stayed_member_refuses_the_set(world: World) -> None:
    payload = world.propose(world.epoch_keys())
    world.stay("cy")

    with refused("set_members", "may not receive"):
        opened(world, payload)


def test_a_member_of_another_desk_refuses_the_set() -> None:
    world = World(verifiers=[*CAST, Person("sol", "faro", desk="south"), Person("sue", "alba", desk="south")])
    keys = world.epoch_keys()

    with refused("set_members", "may not receive tips of desk north"):
        opened(world, changed(world.propose(keys), members=lines(world, "ana", "bo", "sol")), keys=keys)


def test_a_stranger_s_key_can_not_join(world: World) -> None:
    other = World(name="birch")
    members = sorted_by_id([*lines(world, "ana", "bo"), member(other, "cy")])
    payload = changed(world.propose(world.epoch_keys()), members=members)

    with refused("signer"):
        opened(world, payload, keys=[*world.epoch_keys(), other.epoch_key("cy")])
    with refused("set_members", "is not among those sent along"):
        opened(world, payload)


def test_a_member_under_another_member_s_key_refuses_the_set(world: World) -> None:
    crossed = {"verifier": world.id("bo"), "key": world.epoch_key("cy").message()}
    members = sorted_by_id([*lines(world, "ana"), crossed])

    with refused("set_members", "is not among those sent along"):
        opened(world, changed(world.propose(world.epoch_keys()), members=members))


def test_last_week_s_key_can_not_stand_in_for_this_week_s(world: World) -> None:
    old = world.epoch_key("cy", world.epoch() - 1)
    members = sorted_by_id([*lines(world, "ana", "bo"), {"verifier": world.id("cy"), "key": old.message()}])

    with refused("set_members", "is not among those sent along"):
        opened(world, changed(world.propose(world.epoch_keys()), members=members), keys=[*world.epoch_keys(), old])


def test_a_doubled_key_refuses_a_set_that_names_either(world: World) -> None:
    payload = world.propose(world.epoch_keys())
    keys = [*world.epoch_keys(), world.epoch_key("cy", age_name="cy's thief")]

    assert opened(world, payload).number == 1
    for order in (keys, keys[::-1]):
        with refused("set_members", "has a double"):
            opened(world, payload, keys=order)


def test_members_ascend_with_no_one_twice(world: World) -> None:
    payload = world.propose(world.epoch_keys())
    members = json.loads(payload)["members"]

    for order in (members[::-1], [members[0], *members]):
        with refused("set_members", "ascend"):
            opened(world, changed(payload, members=order))


def test_a_set_below_the_desk_s_minimum_is_refused(world: World) -> None:
    world.publish(desks=[{"id": "north", "minimum": 3, "zones": ["north-1"]}])

    with refused("set_members", "2 members; the roster asks for 3"):
        opened(world, changed(world.propose(world.epoch_keys()), members=lines(world, "ana", "bo")))


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"network": "a" * 64}, "set_members"),
        ({"roster": "a" * 64}, "set_members"),
        ({"desk": "west"}, "set_members"),
        ({"number": 0}, "shape"),
        ({"members": []}, "shape"),
        ({"only_for": "this visitor"}, "shape"),
    ],
)
def test_a_set_is_of_this_network_roster_and_desk(world: World, change: dict[str, Any], kind: str) -> None:
    with refused(kind):
        opened(world, changed(world.propose(world.epoch_keys()), **change))


def test_a_set_of_an_older_roster_is_refused_under_the_newer(world: World) -> None:
    payload = world.propose(world.epoch_keys())
    world.change("cy", revoked_at=0)
    world.publish()

    with refused("set_members", "roster"):
        opened(world, payload)


def test_a_changed_set_is_refused(world: World) -> None:
    keys = world.epoch_keys()
    signed = world.sign("set", world.propose(keys), "ana", "bo")

    with refused("signature"):
        world.open_set(replace(signed, payload=changed(signed.payload, number=2)), keys)
