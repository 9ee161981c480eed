"""Signed public things in the store: rosters, epoch keys, sets, stays, and what the open door shows of them."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from protocol.encoding import canonical
from protocol.epoch import epoch_grace_end, epoch_start
from protocol.errors import Refused
from protocol.recipients import SET, open_set
from protocol.roster import open_roster
from protocol.signed import Signed
from store import epochkeys, recipients, rosters, sets, stays
from store.engine import reading, writing
from tests.world import World
from tests.world_network import recipient


def offices(world: World) -> dict[str, str]:
    """Return the organisations' age recipients that travel beside the roster."""
    return {name: recipient(world.name, "office", name) for name in world.offices}


def test_a_roster_comes_back_as_it_came_and_opens(engine: Engine) -> None:
    world = World()
    world.hand_over("uma", "val", "xia")
    world.publish()
    signed, links = world.signed_roster.encode(), [link.encode() for link in world.links]
    with writing(engine) as conn:
        assert rosters.current_roster(conn, world.now) is None
        rosters.put_roster(conn, signed, links, offices(world))
        rosters.put_roster(conn, signed, links, offices(world))
    with reading(engine) as conn:
        found = rosters.current_roster(conn, world.now)

        assert found == rosters.roster_by_name(conn, world.roster.name)
        assert rosters.roster_numbers(conn) == [3]
    assert found is not None
    assert (found.signed, list(found.chain)) == (signed, links)
    assert found.recipients == offices(world)
    chain = [Signed.decode(link) for link in found.chain]
    assert open_roster(Signed.decode(found.signed), chain, world.policy).name == found.name == world.roster.name
    assert len(found.chain) == 1


def test_the_roster_with_the_highest_number_holds_and_the_others_stay(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        rosters.put_roster(conn, world.signed_roster.encode(), [], {})
        first = world.roster.name
        world.publish()
        rosters.put_roster(conn, world.signed_roster.encode(), [], {})
        current = rosters.current_roster(conn, world.now)

        assert current is not None
        assert (current.number, current.name) == (2, world.roster.name)
        assert rosters.roster_by_name(conn, first).number == 1
        with pytest.raises(Refused, match="no roster"):
            rosters.roster_by_name(conn, "00" * 32)


def test_the_roster_that_holds_goes_by_the_date_and_one_that_began_is_never_followed_by_a_lower_one(
    engine: Engine,
) -> None:
    world, day = World(), 86_400
    begins = [0, 29 * day, 58 * day]
    for after in begins:
        if after:
            world.publish(issued=world.now + after, expires=world.now + after + 30 * day)
        with writing(engine) as conn:
            rosters.put_roster(conn, world.signed_roster.encode(), [], {})

    def held(at: int) -> int | None:
        with reading(engine) as conn:
            found = rosters.current_roster(conn, world.now + at)
            return None if found is None else found.number

    assert [held(at) for at in (0, 29 * day - 1, 29 * day, 58 * day)] == [1, 1, 2, 3]
    assert held(-30 * day) is None
    with reading(engine) as conn:
        assert [one.number for one in rosters.coming_rosters(conn, world.now + 29 * day)] == [3]

    world.publish(issued=world.now + 9 * day)  # Somebody is revoked: it takes the place of what has not begun.
    with writing(engine) as conn:
        rosters.put_roster(conn, world.signed_roster.encode(), [], {})
    assert [held(at) for at in (8 * day, 9 * day, 29 * day, 58 * day, 99 * day)] == [1, 4, 4, 4, 4]
    with reading(engine) as conn:
        assert rosters.coming_rosters(conn, world.now + 9 * day) == []


def test_another_roster_of_the_same_number_is_refused(engine: Engine) -> None:
    world = World()
    other = world.sign_roster(world.roster_value(number=1))
    with writing(engine) as conn:
        rosters.put_roster(conn, world.signed_roster.encode(), [], {})
    with pytest.raises(Refused, match="Another roster has number 1") as refusal, writing(engine) as conn:
        rosters.put_roster(conn, other.encode(), [], {})
    assert refusal.value.kind == "roster_chain"


def test_a_recipient_that_the_roster_does_not_name_is_refused(engine: Engine) -> None:
    world = World()
    swapped = {**offices(world), "luz": recipient(world.name, "office", "ola")}
    for wrong in (swapped, {"eve": offices(world)["luz"]}):
        with pytest.raises(Refused) as refusal, writing(engine) as conn:
            rosters.put_roster(conn, world.signed_roster.encode(), [], wrong)
        assert refusal.value.kind == "roster_content"


def test_epoch_keys_are_found_by_desk_and_week_and_doubles_are_kept_for_checkers_to_see(engine: Engine) -> None:
    world = World()
    this, after = world.epoch(), world.epoch() + 1
    keys = [world.epoch_key("ana"), world.epoch_key("bo"), world.epoch_key("bo", age_name="double")]
    later = world.epoch_key("ana", after)
    with writing(engine) as conn:
        assert [epochkeys.put_epoch_key(conn, key.encode()) for key in (*keys, later, keys[0])] == [True] * 4 + [False]
    with reading(engine) as conn:
        assert sorted(epochkeys.list_epoch_keys(conn, "north", this, this)) == sorted(key.encode() for key in keys)
        assert epochkeys.list_epoch_keys(conn, "north", after, after + 1) == [later.encode()]
        assert epochkeys.list_epoch_keys(conn, "south", this, after) == []
        named = epochkeys.epoch_keys_by_name(conn, [keys[0].message(), "00" * 32])
    assert named == {keys[0].message(): keys[0].encode()}


def test_signatures_over_one_set_are_joined_and_it_holds_once_it_is_complete(engine: Engine) -> None:
    world = World()
    keys = world.epoch_keys()
    payload = world.propose(keys)
    with writing(engine) as conn:
        first = sets.put_signature(conn, world.sign("set", payload, "ana"))
        assert [one.keyid for one in first.signatures] == [world.id("ana")]
    with writing(engine) as conn:
        whole = sets.put_signature(conn, world.sign("set", payload, "bo"))
        assert sets.put_signature(conn, world.sign("set", payload, "bo")) == whole
        assert sets.current_set(conn, "north", world.epoch()) is None
        assert open_set(whole, keys, world.roster).name == whole.message()
        sets.mark_complete(conn, whole.message())
    with reading(engine) as conn:
        found = sets.current_set(conn, "north", world.epoch())

        assert found is not None
        assert found.signed == whole.encode()
        assert found.members == len(whole.read(SET)["members"]) == 5
        assert sets.get_set(conn, found.name) == found
        assert sets.get_set(conn, "00" * 32) is None
        assert [one.name for one in sets.list_sets(conn, "north", world.epoch(), world.epoch())] == [found.name]


def test_the_door_takes_sets_until_their_weeks_grace_ends_and_never_retired_ones(engine: Engine) -> None:
    world = World()
    this = world.epoch()
    now, later = world.recipient_set(), world.recipient_set(epoch=this + 1)
    second = world.recipient_set("ana", "bo", previous=now)
    with writing(engine) as conn:
        rosters.put_roster(conn, world.signed_roster.encode(), [], {})
        for key in (*world.epoch_keys(), *world.epoch_keys(epoch=this + 1)):
            epochkeys.put_epoch_key(conn, key.encode())
        for one, epoch, previous, names in (
            (now, this, None, ()),
            (later, this + 1, None, ()),
            (second, this, now, ("ana", "bo")),
        ):
            keys = world.epoch_keys(*names, epoch=epoch)
            sets.put_signature(conn, world.sign("set", world.propose(keys, previous, epoch=epoch), "ana", "bo"))
            sets.mark_complete(conn, one.name)
    end = epoch_grace_end(this)
    with reading(engine) as conn:
        current = sets.current_set(conn, "north", this)
        assert current is not None
        assert current.name == second.name
        assert set(recipients.accepted(conn, world.now)) == {now.name, second.name}
        assert set(recipients.accepted(conn, epoch_start(this + 1))) == {now.name, second.name, later.name}
        assert set(recipients.accepted(conn, end - 1)) == {now.name, second.name, later.name}
        assert set(recipients.accepted(conn, end)) == {later.name}
        shown = recipients.recipients(conn, world.now)
    assert shown is not None
    assert shown.roster.name == world.roster.name
    keys = [Signed.decode(key) for key in shown.epoch_keys.values()]
    assert [open_set(Signed.decode(one.signed), keys, world.roster) for one in shown.sets] == [now, second]
    with writing(engine) as conn:
        sets.retire_sets(conn, [now.name])
        assert set(recipients.accepted(conn, world.now)) == {second.name}


def test_the_door_shows_nothing_before_the_first_roster(engine: Engine) -> None:
    with reading(engine) as conn:
        assert recipients.recipients(conn, World().now) is None


def test_a_stay_is_kept_for_old_alerts_and_listed_while_it_holds(engine: Engine) -> None:
    world = World()
    stay = world.sign_stay("bo", "ana")
    with writing(engine) as conn:
        assert stays.put_stay(conn, stay.encode())
        assert not stays.put_stay(conn, stay.encode())
        assert stays.list_stays(conn) == stays.list_stays(conn, world.now + 3599) == [stay.encode()]
        assert stays.list_stays(conn, world.now + 3600) == []


def test_what_is_not_the_noun_it_should_be_is_refused(engine: Engine) -> None:
    world = World()
    odd = world.sign("stay", canonical({"v": 1}), "ana").encode()
    with pytest.raises(Refused, match="lacks the field"), writing(engine) as conn:
        stays.put_stay(conn, odd)
    with pytest.raises(Refused), writing(engine) as conn:
        epochkeys.put_epoch_key(conn, odd)
