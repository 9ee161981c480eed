"""Delivery: everybody gets what stands, once by its id, and nobody waits for somebody who hangs."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine
from standardwebhooks import Webhook

from protocol.encoding import b64
from protocol.release import check
from sereno.journey import until
from store import deliveries, subscribers
from store.engine import reading, writing
from tests.inbox import ELSEWHERE, ENDLESS, HANGS, Inbox
from tests.outpost import Outpost, confirm
from tests.world import World
from worker import delivery
from worker.delivery import LONGEST_WAIT, outcome


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as one:
        yield one


@pytest.fixture
def post(engine: Engine, tmp_path: Path) -> Outpost:
    return Outpost(engine, World(now=int(time.time())), tmp_path)


def types(inbox: Inbox, name: str) -> list[str]:
    return [json.loads(one.body)["type"].removeprefix("exercise.alert.") for one in inbox.got[name]]


def test_an_alert_comes_with_its_proof_and_a_stranger_accepts_our_signature(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"), secret=b"k" * 32)
    release = confirm(post)
    post.deliver()

    (came,) = inbox.got["bo"]
    Webhook("whsec_" + b64(b"k" * 32)).verify(came.body, came.headers)
    data = json.loads(came.body)["data"]
    assert check(data["bundle"].encode(), post.world.policy, post.world.now).alert.name == release.alert.name
    assert (data["word"], data["revision"], data["alert_id"]) == ("confirmed", 1, release.alert.id)
    assert [one.state for one in post.deliveries()] == ["done"]
    assert post.deliver() == 0


def test_every_try_has_the_same_id_and_the_same_bytes(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    inbox.behave("bo", [500, 301, 404, 204])
    confirm(post)
    for _ in range(4):
        post.deliver()
        post.world.now += 30

    assert len(inbox.got["bo"]) == 4
    assert len(inbox.ids("bo")) == 1
    assert len({one.body for one in inbox.got["bo"]}) == 1
    assert len({one.headers["webhook-timestamp"] for one in inbox.got["bo"]}) == 4
    (row,) = post.deliveries()
    assert (row.state, row.attempts) == ("done", 4)
    with reading(post.engine) as conn:
        tries = deliveries.list_attempts(conn, row.id)
    assert [one["status"] for one in tries] == [500, 301, 404, 204]


def test_during_a_rotation_both_secrets_sign(post: Outpost, inbox: Inbox) -> None:
    id = post.subscribe(inbox.url("bo"), secret=b"1" * 32)
    with writing(post.engine) as conn:
        subscribers.rotate_secret(conn, id, b"2" * 32)
    confirm(post)
    post.deliver()
    with writing(post.engine) as conn:
        subscribers.drop_old_secret(conn, id)
    post.world.pass_minutes(1)
    confirm(post)
    post.deliver()

    during, after = inbox.got["bo"]
    for secret in (b"1" * 32, b"2" * 32):
        Webhook("whsec_" + b64(secret)).verify(during.body, during.headers)
    assert len(after.headers["webhook-signature"].split()) == 1
    assert after.headers["webhook-signature"] != during.headers["webhook-signature"]


def test_an_update_keeps_the_alert_that_still_waits_from_going_out(post: Outpost, inbox: Inbox) -> None:
    for name in ("bo", "cy"):
        post.subscribe(inbox.url(name))
    inbox.behave("bo", 503)
    first = confirm(post)
    post.deliver()
    post.world.now += 5
    inbox.behave("bo", 204)
    post.send(post.world.attest(post.world.following(first), "ana", "bo"))
    post.world.now += 5
    post.deliver()

    assert types(inbox, "cy") == ["confirmed", "updated"]
    assert types(inbox, "bo") == ["confirmed", "updated"]  # The first of them was answered with 503.
    assert not post.waiting()


def test_a_retraction_overtakes_what_it_takes_back(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    first = confirm(post)
    post.send(post.world.attest(post.world.stop("retracted", first), "ana"))
    post.deliver()

    assert types(inbox, "bo") == ["retracted"]
    assert sorted(one.state for one in post.deliveries()) == ["done", "gave-up"]


def test_a_suspension_that_was_answered_is_not_told_after_its_answer(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    first = confirm(post)
    doubt = post.send(post.world.attest(post.world.stop("suspended", first), "cy"))
    stop = check(doubt.bundle or b"", post.world.policy, post.world.now)
    post.send(post.world.attest(post.world.following(first, [stop]), "ana", "bo"))
    post.deliver()

    assert types(inbox, "bo") == ["updated"]
    bundle = json.loads(inbox.got["bo"][0].body)["data"]["bundle"].encode()
    assert check(bundle, post.world.policy, post.world.now).answers == {stop.alert.name}


def test_who_saw_an_alert_hears_of_its_update_in_another_zone(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"), zone="north-1")
    post.subscribe(inbox.url("cy"), zone="north-2")
    first = confirm(post)
    post.deliver()
    place = {"zone": "north-2", "cell": "3,-4"}
    post.send(post.world.attest(post.world.following(first, place=place), "ana", "bo"))
    post.deliver()

    assert types(inbox, "bo") == ["confirmed", "updated"]
    assert types(inbox, "cy") == ["updated"]


def test_who_says_410_has_left(post: Outpost, inbox: Inbox) -> None:
    id = post.subscribe(inbox.url("bo"))
    inbox.behave("bo", 410)
    confirm(post)
    post.deliver()
    confirm(post)
    post.deliver()

    assert len(inbox.got["bo"]) == 1
    with reading(post.engine) as conn:
        assert not subscribers.get_subscriber(conn, id).active
    assert not post.waiting()


def test_who_left_while_an_alert_waited_gets_nothing_and_nothing_waits(post: Outpost, inbox: Inbox) -> None:
    id = post.subscribe(inbox.url("bo"))
    confirm(post)
    with writing(post.engine) as conn:
        subscribers.set_active(conn, id, False)
    post.deliver()

    assert inbox.got["bo"] == []
    assert [one.state for one in post.deliveries()] == ["gave-up"]


def test_waits_grow_with_jitter_and_end_where_the_alert_does(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    confirm(post)
    ((row,),) = post.lots()
    waits = []
    for tried in range(40):
        one = deliveries.Delivery(**{name: getattr(row, name) for name in row.__slots__} | {"attempts": tried})
        due = outcome(one, 500, 9, 0).due_at
        assert due is not None
        waits.append(due)

    assert all(1 + min(2 << n, LONGEST_WAIT) // 2 <= wait <= 1 + LONGEST_WAIT for n, wait in enumerate(waits))
    assert len({outcome(one, 500, 9, 0).due_at for _ in range(64)}) > 20
    assert outcome(row, 500, 9, row.expires - 1).outcome == "gave-up"
    post.world.now = row.expires
    post.deliver()
    assert inbox.got["bo"] == []
    assert [one.state for one in post.deliveries()] == ["gave-up"]


def test_what_was_given_up_can_be_sent_again_by_hand(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    release = confirm(post)
    ((row,),) = post.lots()
    now = post.world.now
    with writing(post.engine) as conn:
        deliveries.record_attempts(conn, [outcome(row, 500, 9, row.expires)], now)
        assert [one.id for one in deliveries.list_gave_up(conn, row.message)] == [row.id]
        assert deliveries.send_again(conn, row.id, now, release.alert.expires or 0)
    post.deliver()

    assert types(inbox, "bo") == ["confirmed"]


def test_redirects_stay_unfollowed_and_endless_answers_unread(post: Outpost, inbox: Inbox) -> None:
    inbox.behave("turn", ELSEWHERE)
    inbox.behave("flood", ENDLESS)
    inbox.elsewhere = inbox.url("inside")
    for name in ("turn", "flood"):
        post.subscribe(inbox.url(name))
    confirm(post)
    post.deliver()

    assert inbox.got["inside"] == []
    assert inbox.sent < 32 * 1024 * 1024  # What buffers on both sides hold; nobody reads on.
    assert sorted((one.state, one.attempts) for one in post.deliveries()) == [("done", 1), ("due", 1)]


def test_who_hangs_holds_up_one_lot_once_and_is_apart_from_then_on(post: Outpost, inbox: Inbox) -> None:
    inbox.behave("sleeper", HANGS)
    for number in range(20):
        post.subscribe(inbox.url(f"quick/{number}"))
    post.subscribe(inbox.url("sleeper"))
    confirm(post)
    post.deliver()

    assert sum(len(came) for name, came in inbox.got.items() if name.startswith("quick")) == 20
    (waits,) = post.waiting()
    assert waits.slow
    confirm(post)
    assert all(len(rows) == 20 for rows in post.lots())
    assert [len(rows) for rows in post.lots(slow=True)] == [1]


def test_a_lot_is_over_within_its_claim_however_many_hang(post: Outpost, inbox: Inbox) -> None:
    for number in range(60):
        inbox.behave(f"sleeper{number}", HANGS)
        post.subscribe(inbox.url(f"sleeper{number}"))
    with writing(post.engine) as conn:
        conn.execute(subscribers.subscribers.update().values(slow=True))
    confirm(post)
    (rows,) = post.lots(slow=True)
    post.world.now += 11  # It waited for somebody to take it.
    delivery.deliver(post.station, rows[0].owner or "", post.world.now)

    assert {(one.state, one.attempts, one.owner) for one in post.deliveries()} == {("due", 1, None)}
    with reading(post.engine) as conn:
        tries = [one for row in rows for one in deliveries.list_attempts(conn, row.id)]
    assert len(tries) == 60
    assert max(one["at"] for one in tries) <= (rows[0].due_at or 0)


def test_a_lot_that_came_too_late_is_left_to_the_next_sweep(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    confirm(post)
    ((row,),) = post.lots()
    delivery.deliver(post.station, row.owner or "", post.world.now + 14)

    assert inbox.got["bo"] == []
    post.world.now += 15
    post.deliver()
    assert types(inbox, "bo") == ["confirmed"]
    delivery.deliver(post.station, row.owner or "", post.world.now)
    assert len(inbox.got["bo"]) == 1


def test_the_word_of_someone_revoked_since_is_not_carried_on_but_can_be_taken_back(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    first = confirm(post)
    post.world.change("bo", revoked_at=0)
    post.world.publish()
    post.publish()
    post.deliver()
    assert inbox.got["bo"] == []

    row = post.send(post.world.attest(post.world.stop("retracted", first), "ana"))
    assert row.state == "released", row.refused
    post.deliver()
    assert types(inbox, "bo") == ["retracted"]


def test_a_retraction_reaches_a_lot_that_is_under_way(
    post: Outpost, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "AT_ONCE", 1)
    for name in ("bo", "cy", "dee"):
        inbox.behave(name, HANGS)
        post.subscribe(inbox.url(name))
    first = confirm(post)
    ((row, *_),) = post.lots()
    with ThreadPoolExecutor(1) as pool:
        under_way = pool.submit(delivery.deliver, post.station, row.owner or "", post.world.now)
        until("the first try", lambda: sum(map(len, inbox.got.values())))
        post.send(post.world.attest(post.world.stop("retracted", first), "ana"))
        under_way.result()

    assert sum(map(len, inbox.got.values())) == 1
    left = sorted(one.state for one in post.deliveries() if one.message == row.message)
    assert left == ["due", "gave-up", "gave-up"]
