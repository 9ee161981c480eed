"""What a desk remembers of rosters: an older one and a fork are refused, also by a page that was opened again."""

from __future__ import annotations

from typing import Any

from protocol.signed import Signed
from tests import javascript
from tests.world import World


def visits(world: World, *rosters: Signed, kept: bytes | None = None) -> Any:
    return javascript.call("./memory", "visits", [one.encode() for one in rosters], world.policy.encode(), kept)


def test_an_older_roster_is_refused_and_the_next_one_taken(world: World) -> None:
    one = world.signed_roster
    world.publish()
    two = world.signed_roster

    assert visits(world, one, one, two, one, two) == ["taken", "taken", "taken", "roster_chain", "taken"]


def test_of_two_rosters_of_one_number_the_first_is_kept_and_what_follows_the_other_refused(world: World) -> None:
    one = world.signed_roster
    fork = world.sign_roster(world.roster_value(expires=world.now + 10))
    world.publish()
    two = world.signed_roster
    world.publish()
    three = world.signed_roster
    world.publish()

    assert visits(world, one, fork, two) == ["taken", "taken", "roster_chain"]
    assert visits(world, one, two, fork, three) == ["taken", "taken", "roster_chain", "taken"]
    # Custodians mend a fork by a roster two numbers on, which both sides take.
    assert visits(world, one, fork, three, world.signed_roster) == ["taken", "taken", "roster_chain", "taken"]


def test_a_memory_that_can_not_be_read_locks_nobody_out(world: World) -> None:
    assert visits(world, world.signed_roster, kept=b"{}") == ["taken"]
    assert visits(world, world.signed_roster, kept=b"\xff") == ["taken"]
