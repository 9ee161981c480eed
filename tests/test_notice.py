"""Notices: what a lead tells witnesses of a desk, in the store, at the desk and at the door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, update

from intake.recipients import publication
from protocol.limits import DAY, HOUR, QUARTER
from protocol.notice import Notice
from protocol.publication import open_publication
from store.engine import reading, writing
from store.notices import forget_notices, last_notice, list_notices, notices, put_notice
from store.rosters import put_roster, roster_recipients
from tests.desk_room import Room, refusal
from tests.refusals import refused
from tests.world import World


@pytest.fixture
def room(tmp_path: Path, engine: Engine) -> Iterator[Room]:
    furnished = Room.furnish(tmp_path, engine)
    world = furnished.world
    with writing(engine) as conn:
        for office, recipient in zip(world.roster.attorneys(), world.attorneys(), strict=True):
            row = {"roster": world.roster.number, "org": office.id, "recipient": recipient}
            conn.execute(roster_recipients.insert().values(**row))
    yield furnished
    furnished.app.extensions["sereno"].engine.dispose()


def told(room: Room) -> dict[str, Notice]:
    """Return the notices that a form finds in what the door hands out."""
    now = room.world.now
    with reading(room.engine) as conn:
        data = publication(conn, room.world.policy, now)
    return dict(open_publication(data, room.world.policy, now).notices)


def test_the_last_notice_of_a_desk_takes_the_place_of_the_one_before(engine: Engine) -> None:
    world = World()
    begins = world.now - world.now % QUARTER
    first, shorter = world.sign_notice(), world.sign_notice(number=2, until=begins + HOUR)
    back = world.sign_notice(number=3, until=begins).encode()
    with writing(engine) as conn:
        put_notice(conn, first.encode())
        assert list_notices(conn, world.now) == [first.encode()]
        put_notice(conn, shorter.encode())
        assert list_notices(conn, world.now) == [shorter.encode()] == [last_notice(conn, "north")]
        assert list_notices(conn, begins + HOUR) == []
        for old in (first, shorter):
            with refused("notice", "number 2"):
                put_notice(conn, old.encode())
        put_notice(conn, back)
        assert (list_notices(conn, world.now), last_notice(conn, "north")) == ([], back)


def test_a_notice_is_remembered_until_whatever_came_before_it_is_over_and_then_gone(engine: Engine) -> None:
    world = World()
    end = world.now - world.now % QUARTER + DAY
    with writing(engine) as conn:
        put_notice(conn, world.sign_notice().encode())
        assert forget_notices(conn, end - 1) == 0
        assert forget_notices(conn, end) == 1
        assert last_notice(conn, "north") is None


def test_a_lead_s_notice_reaches_desk_and_form_until_it_is_taken_back(room: Room) -> None:
    world, ana, bo = room.world, room.enter("ana"), room.enter("bo")
    begins = world.now - world.now % QUARTER
    mark = bo.get("/api/queue")["network"]
    signed = world.sign_notice()
    assert (told(room), "notice" in bo.get("/api/network")) == ({}, False)

    assert ana.ask("POST", "/api/notices", signed.value()).status_code == 201
    assert bo.get("/api/network")["notice"] == signed.value()
    assert bo.get("/api/queue")["network"] != mark  # Other desks see it soon.
    assert told(room)["north"].until == begins + 2 * HOUR
    back = world.sign_notice(number=2, until=begins)
    assert ana.ask("POST", "/api/notices", back.value()).status_code == 201
    assert told(room) == {}


def test_what_nobody_may_tell_is_not_kept(room: Room) -> None:
    world, ana, bo = room.world, room.enter("ana"), room.enter("bo")
    begins = world.now - world.now % QUARTER
    cases = (
        (bo, world.sign_notice("bo"), "signer"),
        (bo, world.sign_notice(), "not_yours"),
        (ana, world.sign_notice("sol"), "notice"),
        (ana, world.sign_notice("ana sol"), "notice"),
        (ana, world.sign_notice(desk="south"), "notice"),
        (ana, world.sign_notice(network="ab" * 32), "notice"),
        (ana, world.sign_notice(until=begins + DAY + QUARTER), "notice"),
        (ana, world.sign_notice(begins=begins - 2 * QUARTER), "notice"),
        (ana, world.sign_notice(begins=begins + 2 * QUARTER), "notice"),
    )
    for who, signed, kind in cases:
        assert refusal(who.ask("POST", "/api/notices", signed.value())) == kind
    assert room.rows("notices") == {"notices": 0}


@pytest.mark.parametrize("how", ["stayed", "revoked", "forged", "damaged"])
def test_what_does_not_check_is_not_handed_out_and_a_form_seals_without_it(room: Room, how: str) -> None:
    """A stay and a new roster hold at once; and whoever writes into the store is no lead."""
    world = room.world
    by, desk = ("bo", "north") if how == "forged" else ("sol", "south")
    with writing(room.engine) as conn:
        put_notice(conn, world.sign_notice(by, desk=desk).encode())
    assert set(told(room)) == (set() if how == "forged" else {"south"})
    if how == "stayed":
        stay = world.sign_stay("sol", "ana")
        assert room.enter("ana").ask("POST", "/api/stays", stay.value()).status_code == 201
    if how == "revoked":
        world.change("sol", revoked_at=0)
        world.publish()
        with writing(room.engine) as conn:
            put_roster(conn, world.signed_roster.encode(), [], {})
    if how == "damaged":
        with writing(room.engine) as conn:
            conn.execute(update(notices).values(signed=b"{"))

    assert told(room) == {}
