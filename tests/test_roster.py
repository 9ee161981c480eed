"""Rosters: who signs them, whose and when they are, and how one follows another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from protocol.encoding import canonical
from protocol.limits import DAY, MINUTE, ROSTER_LIFE
from protocol.policy import network_id
from protocol.roster import Roster, open_roster
from protocol.signed import Signed, key_id, public_key, sign
from tests.refusals import refused
from tests.world import World


def opened(world: World, *custodians: str, **changes: Any) -> Roster:
    """Open the roster that these custodians sign with changes of whole fields."""
    return world.open_roster(world.sign_roster(world.roster_value(**changes), *custodians), *world.next_links)


# --- Who signs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pair", [("uma", "val"), ("uma", "wim"), ("val", "wim"), ("uma", "val", "wim")])
def test_any_two_of_three_custodians_publish(world: World, pair: tuple[str, ...]) -> None:
    assert opened(world, *pair).number == 2


def test_one_custodian_is_not_enough(world: World) -> None:
    with refused("roster_signers", "1 of the pinned roots"):
        opened(world, "uma")


def test_a_custodian_who_signs_with_two_names_is_one(world: World) -> None:
    once = world.sign_roster(world.roster_value(), "uma")
    seed = world.secret("root", "uma")
    twice = once.joined(sign("roster", once.payload, world.id("ana"), seed))

    with refused("roster_signers", "1 of the pinned roots"):
        world.open_roster(twice)


def test_a_stranger_among_the_signers_refuses_the_roster(world: World) -> None:
    signed = world.sign_roster(world.roster_value(), "uma", "val", "xia")

    with refused("signer"):
        world.open_roster(signed)


def test_verifiers_can_not_sign_a_roster(world: World) -> None:
    payload = canonical(world.roster_value())

    with refused("roster_signers", "0 of the pinned roots"):
        world.open_roster(world.sign("roster", payload, "ana", "bo", "cy"))


def test_a_signature_of_a_custodian_over_other_bytes_refuses_the_roster(world: World) -> None:
    signed = world.sign_roster(world.roster_value())
    other = canonical(world.roster_value(expires=world.now + DAY))

    with refused("signature"):
        world.open_roster(replace(signed, payload=other))


def test_a_roster_signed_as_something_else_is_none(world: World) -> None:
    payload = canonical(world.roster_value())
    seeds = [world.secret("root", name) for name in ("uma", "val")]
    first, second = (sign("manifest", payload, key_id(public_key(seed)), seed) for seed in seeds)

    with refused("payload_type"):
        world.open_roster(first.joined(second))


# --- Whose it is, and when --------------------------------------------------------------------------------------------


def test_another_network_s_roster_is_refused(world: World) -> None:
    other = World(name="birch")

    with refused("roster_signers", "0 of the pinned roots"):
        world.open_roster(other.signed_roster)
    with refused("roster_network", "network"):
        opened(world, network=other.network)


def test_an_exercise_can_not_become_actual(world: World) -> None:
    with refused("roster_network", "mode"):
        opened(world, mode="actual", quorum={"keys": 2, "organisations": 2})
    assert network_id(world.roots(), "actual") != world.network


def test_a_roster_lives_for_thirty_days_at_most(world: World) -> None:
    assert opened(world, expires=world.now + ROSTER_LIFE).expires == world.now + ROSTER_LIFE
    for expires in (world.now + ROSTER_LIFE + 1, world.now, world.now - 1):
        with refused("roster_dates"):
            opened(world, expires=expires)


def test_a_roster_is_current_between_its_dates_and_a_slow_clock_before(world: World) -> None:
    roster = world.roster
    roster.require_current(roster.issued - 5 * MINUTE)
    roster.require_current(roster.expires - 1)

    for at in (roster.issued - 5 * MINUTE - 1, roster.expires):
        with refused("roster_dates", "publish the next roster"):
            roster.require_current(at)


# --- Chains -----------------------------------------------------------------------------------------------------------


def test_a_root_change_needs_two_of_the_old_and_two_of_the_new(world: World) -> None:
    roots = world.roots("wim", "xia", "yves").value()

    assert opened(world, "uma", "val", "xia", "yves", roots=roots).roots == world.roots("wim", "xia", "yves")
    assert opened(world, "uma", "wim", "xia", roots=roots).number == 2  # wim is both.
    with refused("roster_signers", "1 of the roots that roster 2 names"):
        opened(world, "uma", "val", "xia", roots=roots)
    with refused("roster_signers", "1 of the pinned roots"):
        opened(world, "uma", "xia", "yves", roots=roots)


def test_the_new_custodians_alone_can_not_take_over(world: World) -> None:
    with refused("roster_signers", "0 of the pinned roots"):
        opened(world, "xia", "yves", roots=world.roots("xia", "yves", "zoe").value())


def test_a_raised_threshold_counts_for_the_roster_that_raises_it(world: World) -> None:
    roots = world.roots(threshold=3).value()

    with refused("roster_signers", "2 of the roots"):
        opened(world, "uma", "val", roots=roots)
    assert opened(world, "uma", "val", "wim", roots=roots).roots.threshold == 3


def test_an_old_policy_reaches_the_roster_of_today_over_the_root_changes(world: World) -> None:
    world.hand_over("wim", "xia", "yves")
    world.hand_over("yves", "zoe", "abe")
    world.publish()

    assert len(world.links) == 2
    assert world.open_roster(world.signed_roster, *world.links).number == 4
    with refused("roster_signers"):
        world.open_roster(world.signed_roster)
    with refused("roster_signers"):
        world.open_roster(world.signed_roster, world.links[1])
    with refused("roster_signers"):
        world.open_roster(world.signed_roster, *reversed(world.links))


def test_custodians_who_left_sign_nothing_more(world: World) -> None:
    world.hand_over("wim", "xia", "yves")

    with refused("roster_signers"):
        opened(world, "uma", "val")


def test_at_most_four_root_changes_are_followed(world: World) -> None:
    names = ["uma", "val", "wim", "xia", "yves", "zoe", "abe", "bea"]
    for start in range(1, 5):
        world.hand_over(*names[start : start + 3])
    world.publish()
    assert len(world.links) == 4
    world.hand_over(*names[5:8])

    with refused("roster_chain", "5 root changes"):
        opened(world)


def test_a_link_that_changes_no_root_is_refused(world: World) -> None:
    first = world.signed_roster
    world.publish()

    with refused("roster_chain", "changes no root"):
        world.open_roster(world.signed_roster, first)


def test_numbers_rise_along_the_chain(world: World) -> None:
    world.publish()
    world.hand_over("val", "wim", "xia")

    with refused("roster_chain", "Roster 3 follows roster 3"):
        opened(world, number=3)
    assert opened(world, number=9).number == 9  # Rosters between, that changed no root, need not travel.


def test_a_roster_that_does_not_name_the_one_right_before_it_is_a_fork(world: World) -> None:
    world.hand_over("val", "wim", "xia")

    with refused("roster_chain", "names ffffffffffffffff"):
        opened(world, previous="f" * 64)


def test_only_the_first_roster_names_nothing_before_it(world: World) -> None:
    with refused("roster_chain", "only the first"):
        opened(world, previous="0" * 64)
    with refused("roster_chain", "only the first"):
        opened(world, number=1)


def test_a_holder_takes_only_a_roster_that_follows_its_own(world: World) -> None:
    first = world.roster
    second, fork = opened(world), opened(world, expires=world.now + DAY)
    far = opened(world, number=7)

    second.require_follows(first)
    second.require_follows(second)
    far.require_follows(second)
    with refused("roster_chain", "Roster 2 follows roster 2"):
        fork.require_follows(second)
    with refused("roster_chain", "numbers must rise"):
        first.require_follows(second)
    with refused("roster_chain", "names"):
        opened(world, number=3, previous=first.name).require_follows(second)


def test_every_change_of_a_signature_on_a_roster_refuses_it(world: World) -> None:
    signed = world.signed_roster
    for at in range(64):
        first = signed.signatures[0]
        bad = replace(first, sig=first.sig[:at] + bytes([first.sig[at] ^ 1]) + first.sig[at + 1 :])
        with refused("signature"):
            open_roster(Signed("roster", signed.payload, (bad, *signed.signatures[1:])), (), world.policy)
