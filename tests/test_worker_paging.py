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
from worker.paging import send
from worker.watch import plan_pages


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
    paged = []
    for minute in range(9):
        if plan_pages(post.station, post.world.now) + plan_pages(post.station, post.world.now + 30):
            paged.append(minute)
        post.world.pass_minutes(1)
    assert paged == [0, 2, 5]

    leave(post, 2)  # The first still lies there, for whatever reason.
    assert plan_pages(post.station, post.world.now) == 1
    with writing(post.engine) as conn:
        mark_opened(conn, first)
    assert plan_pages(post.station, post.world.now + 2 * MINUTE) == 1
    assert plan_pages(post.station, post.world.now + 3 * MINUTE) == 0


def test_every_page_has_the_same_bytes_and_says_nothing(post: Outpost, inbox: Inbox) -> None:
    for name in ("ana", "bo"):
        post.subscribe(inbox.url(name), channel="pager")
    post.subscribe(inbox.url("other"), channel="pager", zone="south")
    inbox.behave("bo", [503, 204])
    for number in range(3):
        leave(post, number)
        plan_pages(post.station, post.world.now)
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


def test_a_page_that_reaches_nobody_is_tried_again_in_a_minute(post: Outpost) -> None:
    post.subscribe("http://127.0.0.1:9/", channel="pager")
    leave(post, 1)
    plan_pages(post.station, post.world.now)
    with writing(post.engine) as conn:
        (row,) = pages.claim_pages(conn, owner="test", now=post.world.now, limit=9)
    send(post.station, row.id, row.claim, post.world.now)

    with reading(post.engine) as conn:
        again = pages.get_page(conn, row.id).due_at
    assert again is not None
    assert again % MINUTE == 0
    assert post.world.now < again <= post.world.now + MINUTE
