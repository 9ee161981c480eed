"""Policies: what a checker holds before any byte arrives."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protocol.policy import Policy, Roots
from tests.refusals import refused
from tests.world import World


def test_a_policy_file_is_read_as_it_was_written(world: World) -> None:
    assert Policy.decode(world.policy.encode()) == world.policy


def test_a_policy_names_no_more_roots_to_sign_than_it_has(world: World) -> None:
    with refused("policy", "4 roots must sign"):
        Policy.decode(replace(world.policy, roots=Roots(4, world.policy.roots.keys)).encode())


@pytest.mark.parametrize("change", [{"keys": 1}, {"keys": 0}, {"organisations": 0}])
def test_a_policy_can_not_ask_for_less_than_two_people(world: World, change: dict[str, int]) -> None:
    with refused("shape", "policy.quorum"):
        Policy.decode(replace(world.policy, **change).encode())  # type: ignore[arg-type]


def test_a_policy_with_one_root_or_a_root_twice_is_refused(world: World) -> None:
    one = world.policy.roots.keys[0]
    for keys in ((one,), (one, one), tuple(reversed(world.policy.roots.keys))):
        with refused("shape", "policy.roots.keys"):
            Policy.decode(replace(world.policy, roots=Roots(2, keys)).encode())
