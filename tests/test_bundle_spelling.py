"""A bundle has one spelling: what it carries twice or out of order is refused, in both languages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from protocol.errors import Refused
from protocol.release import Bundle, Release
from tests.javascript import call
from tests.world import World


@pytest.mark.parametrize("spelling", ["twice", "out of order"])
def test_suspensions_that_are_carried_twice_or_out_of_order_are_refused(world: World, spelling: str) -> None:
    first = world.release()
    cy, dee = world.suspend(first), world.suspend(first, by="dee")
    restored = world.restore(first, cy, dee)
    carried = Bundle.decode(restored.bundle)
    one, other = carried.suspensions
    changed = replace(carried, suspensions=(one, one, other) if spelling == "twice" else (other, one)).encode()

    assert isinstance(world.check(restored.bundle), Release)
    with pytest.raises(Refused, match="ascend by name") as refusal:
        world.check(changed)
    assert refusal.value.kind == "release_bundle"
    with pytest.raises(Refused, match="ascend by name"):
        call("./makers", "forgeries", changed, world.policy.encode(), world.now)
