"""Stays: a lead suspends a person now."""

from __future__ import annotations

import pytest

from protocol.errors import Refused
from protocol.limits import DAY, HOUR
from tests.refusals import refused
from tests.world import World


def test_a_lead_suspends_a_person_for_a_week_at_most(world: World) -> None:
    stay = world.stay("bo", until=world.now + 7 * DAY)

    assert (stay.verifier, stay.by) == (world.id("bo"), world.id("ana"))
    for until in (world.now + 7 * DAY + 1, world.now, world.now - 1):
        with refused("stay", "7 days"):
            world.stay("bo", until=until)


@pytest.mark.parametrize("by", ["bo", "tim", "len"])
def test_who_does_not_lead_suspends_nobody(world: World, by: str) -> None:
    with refused("signer"):
        world.stay("cy", by=by)


def test_nobody_suspends_themselves_and_two_leads_are_not_needed(world: World) -> None:
    world.change("dee", roles=("lead",))
    world.publish()

    with refused("stay", "never by the person it suspends"):
        world.stay("ana", by="ana")
    assert world.stay("ana", by="dee").by == world.id("dee")


@pytest.mark.parametrize("change", [{"certified_for": -HOUR}, {"revoked_at": 0}])
def test_a_lead_who_lapsed_or_was_revoked_suspends_nobody(world: World, change: dict[str, int]) -> None:
    world.change("ana", **change)
    world.publish()

    with pytest.raises(Refused) as caught:
        world.stay("bo")
    assert caught.value.kind in ("stay", "signer")


def test_another_network_s_stay_is_refused(world: World) -> None:
    with refused("stay", "network"):
        world.stay("bo", network="a" * 64)
