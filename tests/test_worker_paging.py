"""Paging: somebody is asked to look at once, after two minutes and after five, always in the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from protocol.limits import MINUTE
from store import pages
from store.engine import reading, writing
from store.envelopes import Arrival, mark_opened, put_envelope
from tests.inbox import Inbox
from tests.outpost import Outpost
from tests.world import World
from worker.channels.webhook import PAGE
from worker.paging import TIME_OUT, TRIES, send
from worker.sweep import JOB_TIMEOUT
from worker.watch import GAP, Watch


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as one:
        yield one


@pytest.fixture
def post(engine: Engine, tmp_path: Path) -> Outpost:
    return Outpost(engine, World(), tmp_path)


def leave(post: Outpost, number: int) -> str:
    """Leave an envelope at the door now."""
    body = number.to_bytes(8, "big")
    arrival = Arrival("north", 65_536, "ab" * 32, 1, post.world.epoch(), 4, body, post.world.now)
    with writing(post.engine) as conn:
        return put_envelope(conn, arrival)


def test_people_are_paged_at_once_after_two_minutes_and_after_five(post: Outpost) -> None:
    post.world.now -= post.world.now % MINUTE
    first = leave(post, 1)
    paged, watch = [], Watch(post.station)
    for minute in range(9):
        if watch.plan_pages(post.world.now) + watch.plan_pages(post.world.now + 30):
            paged.append(minute)
        post.world.pass_minutes(1)
    assert paged == [0, 2, 5]

    leave(post, 2)  # The first still lies there, for whatever reason.
    assert watch.plan_pages(post.world.now) == 1
    with writing(post.engine) as conn:
        mark_opened(conn, first)
    assert watch.plan_pages(post.world.now + 2 * MINUTE) == 1
    assert watch.plan_pages(post.world.now + 3 * MINUTE) == 0


def asked(post: Outpost) -> list[int]:
    """Return the minutes of all pages, counted from the world's now."""
    with reading(post.engine) as conn:
        rows = conn.execute(pages.pages.select().order_by(pages.pages.c.minute)).all()
    return [row.minute - post.world.now // MINUTE for row in rows]


def be_asked(post: Outpost) -> None:
    """Take all pages for sent."""
    with writing(post.engine) as conn:
        conn.execute(pages.pages.update().values(due_at=None))


def test_what_came_while_nobody_looked_is_paged_for_at_the_next_start_and_once(post: Outpost) -> None:
    leave(post, 1)
    post.world.pass_minutes(30)
    assert Watch(post.station).plan_pages(post.world.now) == 1
    be_asked(post)

    post.world.pass_minutes(1)  # A process that keeps ending asks for nothing that was asked for.
    assert Watch(post.station).plan_pages(post.world.now) == 0
    leave(post, 2)
    assert Watch(post.station).plan_pages(post.world.now) == 1
    assert asked(post) == [-1, 0]


def test_no_gap_between_looks_keeps_a_tip_quiet(post: Outpost) -> None:
    for gap in (-60, -1, 1, GAP, GAP + 1, 60):
        watch = Watch(post.station)
        watch.plan_pages(post.world.now)
        id = leave(post, gap + 100)
        post.world.pass_minutes(gap)
        watch.plan_pages(post.world.now)

        # One by one, each under the minute in which it was due, or one for all.
        made_up = [at - gap for at in (0, 2, 5) if at <= gap]
        assert asked(post) == (made_up if 0 < gap <= GAP else [0]), gap
        with writing(post.engine) as conn:
            mark_opened(conn, id)
            conn.execute(pages.pages.delete())


def test_a_tip_that_is_there_only_after_the_last_look_of_its_minute_is_paged_for_in_the_next(post: Outpost) -> None:
    watch = Watch(post.station)
    post.world.now += MINUTE - 1 - post.world.now % MINUTE
    watch.plan_pages(post.world.now)
    came = post.world.now
    for late in (1, 2):  # Also where others looked in that minute before it was there.
        watch.plan_pages(came + late)
    post.world.now = came
    leave(post, 1)

    assert watch.plan_pages(came + 3) == 1
    assert asked(post) == [0]


def test_every_page_has_the_same_bytes_and_says_nothing(post: Outpost, inbox: Inbox) -> None:
    for name in ("ana", "bo"):
        post.subscribe(inbox.url(name), channel="pager")
    post.subscribe(inbox.url("other"), channel="pager", zone="south")
    inbox.behave("bo", [503, 204])
    watch = Watch(post.station)
    for number in range(3):
        leave(post, number)
        watch.plan_pages(post.world.now)
        with writing(post.engine) as conn:
            for row in pages.claim_pages(conn, owner="test", now=post.world.now, limit=9):
                claimed = row
        send(post.station, claimed.id, claimed.claim, post.world.now)
        send(post.station, claimed.id, claimed.claim, post.world.now)
        post.world.pass_minutes(1)

    assert [len(inbox.got[name]) for name in ("ana", "bo", "other")] == [3, 4, 0]
    every = [one for name in ("ana", "bo") for one in inbox.got[name]]
    assert {one.body for one in every} == {PAGE} == {b'{"data":{},"type":"page"}'}
    assert len({one.headers["content-length"] for one in every}) == 1
    assert len(inbox.ids("bo")) == 3


def test_a_job_is_over_within_its_time_also_where_a_pager_hangs() -> None:
    assert sum(TRIES) + len(TRIES) * TIME_OUT + 2 <= JOB_TIMEOUT  # What came of it is written down in the rest.


def test_a_page_that_reaches_nobody_is_tried_again_in_a_minute(post: Outpost) -> None:
    post.subscribe("http://127.0.0.1:9/", channel="pager")
    leave(post, 1)
    Watch(post.station).plan_pages(post.world.now)
    with writing(post.engine) as conn:
        (row,) = pages.claim_pages(conn, owner="test", now=post.world.now, limit=9)
    send(post.station, row.id, row.claim, post.world.now)

    with reading(post.engine) as conn:
        again = pages.get_page(conn, row.id).due_at
    assert again is not None
    assert again % MINUTE == 0
    assert post.world.now < again <= post.world.now + MINUTE
