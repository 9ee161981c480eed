"""Epochs and epoch keys: one week, one key for each verifier."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from protocol.age import Identity
from protocol.encoding import bech32, canonical, unbech32
from protocol.epoch import EpochKey, epoch_grace_end, epoch_of, epoch_start, open_epoch_key, without_doubles
from protocol.errors import Refused
from protocol.limits import DAY
from protocol.recipients import propose_set
from tests.refusals import refused
from tests.world import World

AGE = Identity(bytes(range(32))).recipient


def test_a_week_begins_on_monday_and_its_keys_live_for_one_more() -> None:
    monday = 1_795_392_000  # 2026-11-23 00:00 UTC.
    epoch = epoch_of(monday)

    assert epoch_of(monday - 1) == epoch - 1
    assert epoch_of(monday + 7 * DAY - 1) == epoch
    assert epoch_start(epoch) == monday
    assert epoch_grace_end(epoch) == monday + 14 * DAY


def test_a_verifier_signs_their_own_epoch_key_and_nobody_else_does(world: World) -> None:
    key = world.epoch_key("cy")
    forged = world.sign("epoch-key", key.payload, "bo")

    assert open_epoch_key(key, world.roster).verifier == world.id("cy")
    for bad in (forged, key.joined(forged)):
        with refused("epoch_key", "signed by"):
            open_epoch_key(bad, world.roster)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"network": "a" * 64}, "epoch_key"),
        ({"desk": "south"}, "epoch_key"),
        ({"epoch": 0}, "shape"),
        ({"age": "age1" + "q" * 58}, "shape"),
        ({"spare": True}, "shape"),
    ],
)
def test_an_epoch_key_names_its_network_desk_week_and_a_hybrid_recipient(
    world: World, change: dict[str, Any], kind: str
) -> None:
    payload = canonical({**json.loads(world.epoch_key("cy").payload), **change})

    with refused(kind):
        open_epoch_key(world.sign("epoch-key", payload, "cy"), world.roster)


@pytest.mark.parametrize("unsound", [b"\xff" * 1216, unbech32("age1pq", AGE)[:-32] + bytes(32)])
def test_a_key_that_nothing_can_be_sealed_to_is_left_out_of_the_set_and_its_owner_named(
    world: World, unsound: bytes
) -> None:
    payload = {**json.loads(world.epoch_key("cy").payload), "age": bech32("age1pq", unsound)}
    bad = world.sign("epoch-key", canonical(payload), "cy")
    opened: list[EpochKey] = []
    for key in (bad, *world.epoch_keys("ana", "bo", "dee")):
        with suppress(Refused):
            opened.append(open_epoch_key(key, world.roster))

    with refused("epoch_key", f"Nothing can be sealed to {world.id('cy')}: The recipient's"):
        open_epoch_key(bad, world.roster)
    proposed = json.loads(propose_set(world.roster, "north", world.epoch(), opened, None))
    assert {one["verifier"] for one in proposed["members"]} == world.ids("ana", "bo", "dee")


def test_an_epoch_key_of_someone_who_is_not_rostered_is_refused(world: World) -> None:
    with refused("signer"):
        open_epoch_key(World(name="birch").epoch_key("cy"), world.roster)


def test_two_different_keys_of_one_verifier_and_week_refuse_both(world: World) -> None:
    keys = [*world.epoch_keys("ana", "bo", "cy"), world.epoch_key("cy", age_name="cy's thief")]
    known = without_doubles(open_epoch_key(key, world.roster) for key in keys)

    assert {verifier for verifier, _ in known} == world.ids("ana", "bo")


def test_the_same_key_twice_is_one_key(world: World) -> None:
    keys = [*world.epoch_keys("ana"), *world.epoch_keys("ana")]

    assert len(without_doubles(open_epoch_key(key, world.roster) for key in keys)) == 1
