"""Rotation, as a table of stories: keys come, go, are lost and are taken away, and the server lies about each.

What was sealed before somebody joined is in `test_sharing`.

The server shows a verifier's own desk a set; each story says what the desk makes of it, in Python and in JavaScript:
the name of the rule it breaks, "" where it is taken, "unlike" where it checks and is still not the bytes that an honest
desk signs.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest

from protocol.encoding import canonical, parse
from protocol.envelope import open_envelope
from protocol.epoch import epoch_grace_end
from protocol.errors import Refused
from protocol.limits import MINUTE, STAY_LIFE
from protocol.signed import Signed
from protocol.stay import stayed_at
from tests import javascript
from tests.world import World
from tests.world_network import Person

Shown = tuple[Signed, list[Signed]]  # A signed set and the epoch keys that come with it.


def without(world: World, *names: str) -> list[Signed]:
    """Return the epoch keys of all but these."""
    gone = {world.epoch_key(name).message() for name in names}
    return [one for one in world.epoch_keys() if one.message() not in gone]


def honest(world: World, keys: list[Signed]) -> Shown:
    return world.sign("set", world.propose(keys), "ana", "bo"), keys


def somebody_misses_a_week(world: World) -> Shown:
    return honest(world, without(world, "dee"))


def somebody_joins_in_mid_week(world: World) -> Shown:
    world.recipient_set("ana", "bo", "cy")
    return honest(world, world.epoch_keys())


def somebody_is_revoked(world: World) -> Shown:
    world.change("cy", revoked_at=7)
    world.publish()
    return honest(world, world.epoch_keys())


def somebody_is_stayed(world: World) -> Shown:
    world.stay("cy", "ana")
    return honest(world, world.epoch_keys())


def somebody_lost_their_vault(world: World) -> Shown:
    world.change("dee", revoked_at=0)
    world.cast["eve"] = Person("eve", "faro")
    world.publish()
    return honest(world, [*world.epoch_keys(), world.epoch_key("eve")])


def the_server_keeps_a_vault_that_was_lost(world: World) -> Shown:
    shown = honest(world, world.epoch_keys())
    somebody_lost_their_vault(world)
    value = {**parse(shown[0].payload, 10_000), "roster": world.roster.name}
    return world.sign("set", canonical(value), "ana", "bo"), shown[1]


def the_server_drops_somebody(world: World) -> Shown:
    return honest(world, without(world, "cy"))


def the_server_drops_me(world: World) -> Shown:
    return honest(world, without(world, "dee"))


def the_server_revives_somebody(world: World) -> Shown:
    shown = honest(world, world.epoch_keys())
    world.change("cy", revoked_at=7)
    world.publish()
    value = {**parse(shown[0].payload, 10_000), "roster": world.roster.name}
    return world.sign("set", canonical(value), "ana", "bo"), shown[1]


def the_server_keeps_somebody_who_is_stayed(world: World) -> Shown:
    shown = honest(world, world.epoch_keys())
    world.stay("cy", "ana")
    return shown


def the_server_adds_a_lent_verifier(world: World) -> Shown:
    keys = [*world.epoch_keys(), world.epoch_key("len")]
    value = parse(world.propose(keys), 10_000)
    members = [*value["members"], {"verifier": world.id("len"), "key": keys[-1].message()}]
    value["members"] = sorted(members, key=lambda one: str(one["verifier"]))
    return world.sign("set", canonical(value), "ana", "bo"), keys


def the_server_makes_a_set_for_one_visitor(world: World) -> Shown:
    keys = world.epoch_keys()
    return world.sign("set", world.propose(keys), "ana"), keys


def somebody_has_two_keys_for_one_week(world: World) -> Shown:
    keys = world.epoch_keys()
    return world.sign("set", world.propose(keys), "ana", "bo"), [*keys, world.epoch_key("cy", age_name="another")]


def a_set_of_a_doubled_key_that_honest_desks_sign(world: World) -> Shown:
    return honest(world, [*world.epoch_keys(), world.epoch_key("cy", age_name="another")])


def two_sets_have_one_number(world: World) -> Shown:
    keys = world.epoch_keys()
    value = parse(world.propose(keys), 10_000)
    return world.sign("set", canonical({**value, "previous": "ab" * 32}), "ana", "bo"), keys


# story, what my desk knows besides what it is shown, the verdict
STORIES: Final[tuple[tuple[Callable[[World], Shown], tuple[str, ...], str], ...]] = (
    (somebody_misses_a_week, ("dee",), ""),
    (somebody_joins_in_mid_week, (), ""),
    (somebody_is_revoked, (), ""),
    (somebody_is_stayed, (), ""),
    (somebody_lost_their_vault, (), ""),
    (a_set_of_a_doubled_key_that_honest_desks_sign, (), ""),
    (the_server_drops_somebody, (), "unlike"),
    (the_server_drops_me, (), "unlike"),
    (two_sets_have_one_number, (), "unlike"),
    (the_server_revives_somebody, (), "set_members"),
    (the_server_keeps_somebody_who_is_stayed, (), "set_members"),
    (the_server_keeps_a_vault_that_was_lost, (), "set_members"),
    (the_server_adds_a_lent_verifier, (), "set_members"),
    (the_server_makes_a_set_for_one_visitor, (), "set_signers"),
    (somebody_has_two_keys_for_one_week, (), "set_members"),
)


@pytest.mark.parametrize(("story", "unknown", "verdict"), STORIES, ids=[one[0].__name__ for one in STORIES])
def test_a_desk_tells_what_is_the_matter_with_a_set(
    story: Callable[[World], Shown], unknown: tuple[str, ...], verdict: str
) -> None:
    world = World()
    signed, keys = story(world)
    known = {one.message(): one for one in (*without(world, *unknown), *keys)}
    mine = world.propose(known.values())

    assert said(lambda: world.open_set(signed, keys).name, signed, mine) == verdict
    assert said(lambda: in_javascript(world, signed, keys)["name"], signed, mine) == verdict


def test_two_desks_that_are_shown_two_sets_of_one_number_never_sign_the_same_bytes() -> None:
    """A fork in the numbers: ana's desk sees the set with dee, bo's the one without; two who conspired signed both."""
    world = World()
    keys = world.epoch_keys()
    with_dee, without_dee = honest(world, keys), honest(world, without(world, "dee"))
    seen = [world.open_set(*shown) for shown in (with_dee, without_dee)]
    assert [one.number for one in seen] == [1, 1]

    by_ana, by_bo = (world.propose(keys, before) for before in seen)

    assert by_ana != by_bo
    for payload, name in ((by_ana, "ana"), (by_bo, "bo")):
        alone = world.sign("set", payload, name)
        assert said(partial(_name_of, world, alone, keys), alone, payload) == "set_signers"
        assert said(partial(_name_in_javascript, world, alone, keys), alone, payload) == "set_signers"


def _name_of(world: World, signed: Signed, keys: list[Signed]) -> str:
    return world.open_set(signed, keys).name


def _name_in_javascript(world: World, signed: Signed, keys: list[Signed]) -> str:
    return str(in_javascript(world, signed, keys)["name"])


def said(opening: Callable[[], str], signed: Signed, mine: bytes) -> str:
    """Return the rule that a set breaks, or whether it is the one that this desk would sign."""
    try:
        assert opening() == signed.message()
    except Refused as error:
        return error.kind
    return "" if signed.payload == mine else "unlike"


def in_javascript(world: World, signed: Signed, keys: list[Signed]) -> Any:
    stayed = stayed_at(world.stays, world.now)
    fields = {
        "policy": world.policy.encode(),
        "roster": world.signed_roster.value(),
        "links": [],
        "set": signed.value(),
        "keys": [one.value() for one in keys],
        "stays": [world.sign_stay(name, "ana").value() for name in world.cast if world.id(name) in stayed],
        "now": world.now,
    }
    return javascript.call("./twins", "answer", "set", fields)


# --- Nothing is lost, and what is over is gone ------------------------------------------------------------------------


@pytest.mark.parametrize("take_away", [somebody_is_revoked, somebody_is_stayed])
def test_a_person_who_goes_in_mid_case_takes_nothing_along(take_away: Callable[[World], Shown]) -> None:
    world = World()
    before = world.recipient_set()
    tip = world.tip()
    envelope = world.seal(tip, before)
    signed, keys = take_away(world)
    after = world.open_set(signed, keys)

    assert world.open(envelope, "bo", before).header["id"] == tip["id"]
    assert world.id("cy") not in after.members
    with pytest.raises(Refused):
        world.open(world.seal(tip, after), "cy", after)


def test_a_stay_is_over_by_itself_after_seven_days() -> None:
    world = World()
    world.stay("cy", "ana", until=world.now + STAY_LIFE)

    assert world.id("cy") not in world.recipient_set("ana", "bo", "cy", "dee").members
    world.pass_minutes(STAY_LIFE // MINUTE)
    assert world.id("cy") in world.recipient_set("ana", "bo", "cy", "dee").members


def test_last_weeks_envelope_opens_with_no_later_key_of_anybody() -> None:
    world = World()
    week = world.epoch()
    then = world.recipient_set()
    envelope = world.seal(world.tip(), then)
    world.now = epoch_grace_end(week)

    for name in world.cast:
        for later in range(week + 1, week + 4):
            with pytest.raises(Refused):
                open_envelope(envelope, world.identity(name, later), then, world.id(name))
