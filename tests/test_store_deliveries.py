"""Deliveries and subscribers in the store: tried until they are over, the slow apart, who has left no more."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from protocol.errors import Refused
from protocol.limits import HOUR
from store import deliveries, subscribers
from store.deliveries import Attempt, Delivery
from store.engine import writing
from tests.test_store_messages import let_out, subscribe, to_whom
from tests.world import NOW, World


def tried(one: Delivery, outcome: str, status: int = 200, took: int = 30, due_at: int | None = None) -> Attempt:
    """Return an attempt at a delivery."""
    return Attempt(one.id, one.subscriber, one.claim, outcome, status, took, due_at)


def test_each_attempt_is_a_row_and_decides_what_follows(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        for name in ("done", "again", "gave-up", "gone"):
            subscribe(conn, name)
        message = let_out(conn, world.release())
        lot = {next(iter(to_whom(conn, [one]))): one for one in deliveries.claim_lot(conn, owner="a", now=NOW)}
        other = let_out(conn, world.release(), NOW + 99)
        assert len(deliveries.held_deliveries(conn, lot.values())) == 4
        tries = [
            tried(lot["done"], "done"),
            tried(lot["again"], "again", 503, due_at=NOW + 30),
            tried(lot["gave-up"], "gave-up", 0),
            tried(lot["gone"], "gone", 410),
        ]
        for _ in range(2):
            deliveries.record_attempts(conn, tries, NOW + 1)
        assert deliveries.count_deliveries(conn, message.id) == {"done": 1, "due": 1, "gave-up": 2}
        assert not subscribers.get_subscriber(conn, lot["gone"].subscriber).active
        assert deliveries.count_deliveries(conn, other.id) == {"due": 3, "gave-up": 1}
        assert deliveries.held_deliveries(conn, lot.values()) == [lot["again"]]
        assert deliveries.claim_lot(conn, owner="b", now=NOW + 29) == []
        (again,) = deliveries.claim_lot(conn, owner="b", now=NOW + 30)
        assert (again.id, again.claim, again.attempts) == (lot["again"].id, 2, 1)
        assert [row["status"] for row in deliveries.list_attempts(conn, again.id)] == [503]
        deliveries.record_attempts(conn, [tried(lot["again"], "done")], NOW + 31)
        assert deliveries.held_deliveries(conn, [again]) == [again]
        assert {one.id for one in deliveries.list_gave_up(conn, message.id)} == {lot["gave-up"].id, lot["gone"].id}
        assert deliveries.send_again(conn, lot["gave-up"].id, NOW + 40, NOW + HOUR)
        assert not deliveries.send_again(conn, lot["done"].id, NOW + 40, NOW + HOUR)
        assert [one.id for one in deliveries.claim_lot(conn, owner="c", now=NOW + 40)] == [lot["gave-up"].id]


def test_the_slow_wait_in_a_lane_of_their_own(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        subscribe(conn, "quick")
        subscribe(conn, "slow")
        let_out(conn, world.release())
        lot = {next(iter(to_whom(conn, [one]))): one for one in deliveries.claim_lot(conn, owner="a", now=NOW)}
        tries = [tried(lot["quick"], "done"), tried(lot["slow"], "again", took=2001, due_at=NOW)]
        deliveries.record_attempts(conn, tries, NOW)
        let_out(conn, world.release())
        assert to_whom(conn, deliveries.claim_lot(conn, owner="a", now=NOW)) == {"quick"}
        first, second = (deliveries.claim_lot(conn, owner="a", now=NOW, slow=True) for _ in range(2))
        assert to_whom(conn, first) == to_whom(conn, second) == {"slow"}
        deliveries.record_attempts(conn, [tried(first[0], "done"), tried(second[0], "again", due_at=NOW)], NOW)
        assert to_whom(conn, deliveries.claim_lot(conn, owner="a", now=NOW)) == {"slow"}


def test_a_lot_is_of_one_message_and_nothing_is_tried_past_its_time(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        for at in range(5):
            subscribe(conn, f"s{at}")
        one, two = let_out(conn, world.release()), let_out(conn, world.release(), NOW + 1)
        lots = [deliveries.claim_lot(conn, owner="a", now=NOW + 1, limit=3) for _ in range(5)]
        assert [{d.message for d in lot} for lot in lots] == [{one.id}, {one.id}, {two.id}, {two.id}, set()]
        assert [len(lot) for lot in lots] == [3, 2, 3, 2, 0]
        assert deliveries.give_up_expired(conn, NOW + HOUR - 1) == 0
        assert deliveries.give_up_expired(conn, NOW + HOUR) == 5
        assert deliveries.claim_lot(conn, owner="a", now=NOW + HOUR) != []


def test_a_subscriber_chooses_rotates_its_secret_and_leaves(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        id = subscribe(conn, "one", active=False)
        assert subscribers.active_subscribers(conn, "webhook") == []
        subscribers.set_active(conn, id, True)
        let_out(conn, world.release())
        subscribers.rotate_secret(conn, id, b"new")
        found = subscribers.get_subscriber(conn, id)
        assert (found.secret, found.old_secret, found.zones) == (b"new", b"one", ())
        subscribers.drop_old_secret(conn, id)
        assert subscribers.active_subscribers(conn, "webhook")[0].old_secret is None
        assert subscribers.forget_subscriber(conn, id)
        assert not subscribers.forget_subscriber(conn, id)
        assert conn.execute(sa.select(deliveries.deliveries)).all() == []
        with pytest.raises(Refused, match="no subscriber"):
            subscribers.get_subscriber(conn, id)
