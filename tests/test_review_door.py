"""Faults found by reading against the open door, each mended: one desk's trouble closed the form for everyone."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine

from intake.load import Load
from intake.recipients import publication, taken
from protocol.envelope import envelope_size
from protocol.epoch import epoch_of, epoch_start, open_epoch_key
from protocol.limits import BUCKETS, CHUNK, DAY, HOUR, MAX_MEMBERS, MINUTE, STAY_LIFE
from protocol.publication import Publication, open_publication
from protocol.recipients import propose_set
from store.engine import reading, writing
from store.epochkeys import put_epoch_key
from store.rosters import put_roster
from store.sets import mark_complete, put_signature
from store.stays import put_stay
from tests.refusals import refused
from tests.world import World
from tests.world_network import Person, recipient

NORTH = ("ana", "bo", "cy")
SOUTH = ("sol", "tom")
PEOPLE = (
    Person("ana", "alba", ("lead",)),
    Person("bo", "faro"),
    Person("cy", "alba"),
    Person("sol", "alba", ("lead",), desk="south"),
    Person("tom", "faro", desk="south"),
)


@pytest.fixture
def county() -> World:
    """Give a network of two desks."""
    return World(verifiers=PEOPLE)


def publish(conn: Connection, world: World) -> None:
    offices = {name: recipient(world.name, "office", name) for name in world.offices}
    put_roster(conn, world.signed_roster.encode(), [], offices)


def open_desk(conn: Connection, world: World, names: tuple[str, ...], epoch: int | None = None) -> str:
    """Have a desk's people sign the set of a week, and put it in force; return its name."""
    epoch = epoch or world.epoch()
    keys = [world.epoch_key(name, epoch) for name in names]
    home = world.cast[names[0]].desk
    payload = propose_set(world.roster, home, epoch, [open_epoch_key(one, world.roster) for one in keys], None)
    for key in keys:
        put_epoch_key(conn, key.encode())
    signed = put_signature(conn, world.sign("set", payload, *names[:2]))
    mark_complete(conn, signed.message())
    return signed.message()


def seen(engine: Engine, world: World, now: int) -> Publication:
    """Return the publication as a sealing page opens it."""
    with reading(engine) as conn:
        return open_publication(publication(conn, world.policy, now), world.policy, now)


def names_taken(engine: Engine, world: World, now: int) -> set[str]:
    with reading(engine) as conn:
        return set(taken(conn, world.policy, now))


def test_next_weeks_set_that_was_signed_ahead_does_not_close_the_form_before_the_week_turns(
    engine: Engine, county: World
) -> None:
    turn = epoch_start(county.epoch() + 1)
    with writing(engine) as conn:
        publish(conn, county)
        this = open_desk(conn, county, NORTH)
        following = open_desk(conn, county, NORTH, county.epoch() + 1)

    assert seen(engine, county, turn - 4 * MINUTE).sets["north"].name == this
    assert seen(engine, county, turn).sets["north"].name == following
    assert names_taken(engine, county, turn - 4 * MINUTE) == {this, following}


def test_a_stay_whose_lead_is_revoked_does_not_close_the_form(engine: Engine, county: World) -> None:
    with writing(engine) as conn:
        publish(conn, county)
        open_desk(conn, county, NORTH)
        put_stay(conn, county.sign_stay("cy", "sol", until=county.now + STAY_LIFE).encode())
    county.pass_minutes(1)
    county.change("sol", revoked_at=0)
    county.publish()
    with writing(engine) as conn:
        publish(conn, county)
        name = open_desk(conn, county, NORTH)

    assert seen(engine, county, county.now).sets["north"].name == name


def test_a_new_leads_stay_does_not_close_the_form_while_the_last_roster_is_shown(engine: Engine, county: World) -> None:
    with writing(engine) as conn:
        publish(conn, county)
        name = open_desk(conn, county, NORTH)
    county.pass_minutes(1)
    county.change("tom", roles=("lead",))
    county.publish()
    with writing(engine) as conn:
        publish(conn, county)
        put_stay(conn, county.sign_stay("sol", "tom").encode())

    assert seen(engine, county, county.now).sets["north"].name == name


def test_hundreds_of_stays_do_not_close_the_form(engine: Engine, county: World) -> None:
    with writing(engine) as conn:
        publish(conn, county)
        name = open_desk(conn, county, NORTH)
        for more in range(300):
            put_stay(conn, county.sign_stay("tom", "ana", until=county.now + HOUR + more).encode())

    assert seen(engine, county, county.now).sets["north"].name == name


def test_a_suspended_members_desk_is_closed_and_the_other_stays_open(engine: Engine, county: World) -> None:
    with writing(engine) as conn:
        publish(conn, county)
        north, south = open_desk(conn, county, NORTH), open_desk(conn, county, SOUTH)
        put_stay(conn, county.sign_stay("cy", "ana").encode())

    assert set(seen(engine, county, county.now).sets) == {"south"}
    assert names_taken(engine, county, county.now) == {south}
    assert names_taken(engine, county, county.now - 1) == {north, south}


def test_the_door_takes_nothing_sealed_to_somebody_whom_the_newest_roster_revoked(
    engine: Engine, county: World
) -> None:
    with writing(engine) as conn:
        publish(conn, county)
        north, south = open_desk(conn, county, NORTH), open_desk(conn, county, SOUTH)
    assert names_taken(engine, county, county.now) == {north, south}
    county.pass_minutes(1)
    county.change("cy", revoked_at=0)
    county.publish()
    with writing(engine) as conn:
        publish(conn, county)

    assert names_taken(engine, county, county.now) == {south}


def test_the_first_desk_that_signs_under_a_new_roster_does_not_take_the_others_off_the_form(
    engine: Engine, county: World
) -> None:
    with writing(engine) as conn:
        publish(conn, county)
        open_desk(conn, county, NORTH)
        open_desk(conn, county, SOUTH)
    county.pass_minutes(1)
    county.publish()
    with writing(engine) as conn:
        publish(conn, county)
        open_desk(conn, county, NORTH)
    assert set(seen(engine, county, county.now).sets) == {"north", "south"}

    with writing(engine) as conn:
        open_desk(conn, county, SOUTH)
    shown = seen(engine, county, county.now)
    assert set(shown.sets) == {"north", "south"}
    assert shown.roster.number == 2


def test_photos_alone_can_not_close_the_door_for_words() -> None:
    now = 1_795_446_000
    load = Load(16 * envelope_size(MAX_MEMBERS, BUCKETS[-1]))
    words, photos = envelope_size(MAX_MEMBERS, CHUNK), envelope_size(MAX_MEMBERS, BUCKETS[-1])
    for _ in range(8):
        load.require_room(photos, now)
        load.add(photos, now)

    with refused("under_load", "no photos"):
        load.require_room(photos, now)
    load.require_room(words, now)
    load.add(8 * photos, now)
    with refused("under_load", "no more"):
        load.require_room(words, now)
    load.require_room(photos, now + HOUR + MINUTE)


def test_a_stay_is_over_for_the_door_when_it_is_over(engine: Engine, county: World) -> None:
    with writing(engine) as conn:
        publish(conn, county)
        north = open_desk(conn, county, NORTH)
        put_stay(conn, county.sign_stay("cy", "ana", until=county.now + HOUR).encode())

    assert names_taken(engine, county, county.now + HOUR - 1) == set()
    assert names_taken(engine, county, county.now + HOUR) == {north}
    assert epoch_of(county.now + DAY) == county.epoch()


def test_a_set_that_somebody_signed_who_is_gone_is_not_shown(engine: Engine, county: World) -> None:
    with writing(engine) as conn:
        publish(conn, county)
        open_desk(conn, county, SOUTH)
        keys = [county.epoch_key(name) for name in NORTH[:2]]
        opened = [open_epoch_key(one, county.roster) for one in keys]
        payload = propose_set(county.roster, "north", county.epoch(), opened, None)
        for key in keys:
            put_epoch_key(conn, key.encode())
        mark_complete(conn, put_signature(conn, county.sign("set", payload, *NORTH)).message())
        put_stay(conn, county.sign_stay("cy", "ana").encode())

    assert set(seen(engine, county, county.now).sets) == {"south"}
