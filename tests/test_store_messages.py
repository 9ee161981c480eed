"""Messages, releases and deliveries in the store: let out once, to everyone they are for, tried until they are over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from protocol.errors import Refused
from protocol.limits import HOUR
from protocol.release import Bundle, Release, Stop
from store import claims, deliveries, messages, releases, subscribers
from store.deliveries import Delivery
from store.engine import reading, writing
from store.messages import Message
from tests.world import NOW, World


def post(conn: Connection, message: Release | Stop, now: int = NOW) -> str:
    """Hand a message of the world to the gate."""
    return messages.post_message(conn, Bundle.decode(message.bundle).alert.encode(), message.alert, now)


def claimed(conn: Connection, now: int = NOW) -> Message:
    """Claim the one message that is next."""
    (one,) = messages.claim_messages(conn, owner="gate", now=now, limit=1)
    return one


def let_out(conn: Connection, message: Release | Stop, now: int = NOW) -> Message:
    """Post a message and release it at once."""
    post(conn, message, now)
    one = claimed(conn, now)
    assert releases.set_released(conn, one.id, one.claim, bundle=message.bundle, now=now, until=now + HOUR)
    return messages.get_message(conn, one.name)


def subscribe(conn: Connection, name: str, **choice: Any) -> str:
    """Store an active subscriber."""
    values = {"channel": "webhook", "url": f"https://{name}.example", "secret": name.encode(), "active": True, **choice}
    return subscribers.put_subscriber(conn, **values)


def to_whom(conn: Connection, lot: Sequence[Delivery]) -> set[str]:
    """Return the secrets of a lot's subscribers, which are their names here."""
    return {one.secret.decode() for one in subscribers.subscribers_by_id(conn, [d.subscriber for d in lot]).values()}


def test_a_message_is_posted_once_claimed_logged_and_let_out(engine: Engine) -> None:
    world = World()
    release = world.release()
    with writing(engine) as conn:
        id = post(conn, release)
        assert post(conn, release, NOW + 1) == id
        one = claimed(conn)
        assert (one.id, one.name, one.state, one.claim, one.due_at) == (id, release.alert.name, "posted", 1, NOW + 15)
        assert (one.chain, one.kind, one.class_, one.zone) == (release.alert.id, "confirmed", "A", "north-1")
        assert messages.claim_messages(conn, owner="other", now=NOW + 14, limit=9) == []
    with writing(engine) as conn:
        messages.set_logged(conn, one.name, 7)
        assert messages.get_message(conn, one.name).state == "logged"
        assert releases.set_released(conn, id, 1, bundle=release.bundle, now=NOW, until=NOW + HOUR)
        assert not releases.set_released(conn, id, 1, bundle=release.bundle, now=NOW, until=NOW + HOUR)
        found = messages.get_message(conn, one.name)

        assert (found.state, found.bundle, found.log_index) == ("released", release.bundle, 7)
        assert messages.message_by_id(conn, id) == found
        assert messages.chain_messages(conn, release.alert.id, released=True) == [found]
        assert messages.claim_messages(conn, owner="gate", now=NOW + 99, limit=9) == []
        messages.set_bundle(conn, one.name, b"cosigned")
        assert messages.get_message(conn, one.name).bundle == b"cosigned"
        with pytest.raises(Refused, match="no message"):
            messages.get_message(conn, "00" * 32)


def test_a_refused_message_says_why_and_may_come_again_with_other_signatures(engine: Engine) -> None:
    world = World()
    payload = world.alert()
    alone, both = world.attest(payload, "ana"), world.attest(payload, "ana", "bo")
    alert = world.admit(both)
    with writing(engine) as conn:
        messages.post_message(conn, alone.encode(), alert, NOW)
        one = claimed(conn)
        assert messages.set_refused(conn, one.id, one.claim, Refused("quorum_short", "1 of 2 keys."))
        assert not messages.set_refused(conn, one.id, one.claim, Refused("policy", "x"))
        found = messages.get_message(conn, alert.name)
        assert (found.state, found.refused_kind, found.refused) == ("refused", "quorum_short", "1 of 2 keys.")
        messages.post_message(conn, alone.encode(), alert, NOW)
        assert messages.get_message(conn, alert.name).state == "refused"
        assert messages.post_message(conn, both.encode(), alert, NOW) == one.id
        again = claimed(conn)
        assert (again.signed, again.refused, again.claim) == (both.encode(), None, 2)
        with pytest.raises(Refused, match="not those of message"):
            messages.post_message(conn, world.attest(world.alert(), "ana").encode(), alert, NOW)


def test_what_was_published_is_not_published_again_whatever_the_rows_say(engine: Engine) -> None:
    world = World()
    release = world.release()
    with writing(engine) as conn:
        let_out(conn, release)
        conn.execute(sa.delete(messages.messages))
        post(conn, release)
        one = claimed(conn)
        assert not releases.set_released(conn, one.id, one.claim, bundle=release.bundle, now=NOW, until=NOW + HOUR)
        found = messages.get_message(conn, one.name)
    assert (found.state, found.refused_kind) == ("refused", "release_state")


def test_after_a_restore_nothing_that_waited_goes_out(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        subscribe(conn, "all")
        let_out(conn, world.release())
        post(conn, world.release())
        assert messages.refuse_all_open(conn) == 1
        assert messages.claim_messages(conn, owner="gate", now=NOW + HOUR, limit=9) == []


def test_stops_overtake_releases_at_the_gate_and_on_their_way_out(engine: Engine) -> None:
    world = World()
    first = world.release()
    with writing(engine) as conn:
        subscribe(conn, "all")
        let_out(conn, first)
        post(conn, world.release(), NOW)
        post(conn, world.retract(first), NOW + 5)
        stop, release = messages.claim_messages(conn, owner="gate", now=NOW + 5, limit=2)
        assert (stop.kind, release.kind) == ("retracted", "confirmed")
        releases.set_released(conn, stop.id, stop.claim, bundle=b"stop", now=NOW + 5, until=NOW + HOUR)
        lots = [deliveries.claim_lot(conn, owner="loop", now=NOW + 5) for _ in range(3)]
        assert [[messages.message_by_id(conn, one.message).kind for one in lot] for lot in lots] == [
            ["retracted"],
            ["confirmed"],
            [],
        ]
        messages.set_logged(conn, stop.name, 3)
        assert messages.get_message(conn, stop.name).state == "released"


def test_a_release_goes_to_those_who_chose_it_and_to_no_one_else(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        subscribe(conn, "all")
        subscribe(conn, "zone", zones=["north-1", "north-9"], classes=["A"], kinds=["confirmed"])
        subscribe(conn, "responder", audience="responders")
        subscribe(conn, "elsewhere", zones=["north-2"])
        subscribe(conn, "others", classes=["R"])
        subscribe(conn, "rumours", kinds=["checked"])
        subscribe(conn, "unconfirmed", active=False)
        let_out(conn, world.release())
        assert to_whom(conn, deliveries.claim_lot(conn, owner="a", now=NOW)) == {"all", "zone", "responder"}
        let_out(conn, world.release(audience="responders"))
        assert to_whom(conn, deliveries.claim_lot(conn, owner="a", now=NOW)) == {"responder"}


def test_a_correction_reaches_everyone_the_alert_reached_and_only_those_who_may_know(engine: Engine) -> None:
    world = World()
    first = world.release(audience="responders")
    with writing(engine) as conn:
        changed = subscribe(conn, "changed", audience="responders", kinds=["confirmed"])
        subscribe(conn, "public")
        let_out(conn, first)
        subscribers.choose(conn, changed, zones=["north-2"], classes=["R"], kinds=["checked"], language="es")
        subscribe(conn, "new", audience="responders")
        for slow in (False, True):
            deliveries.claim_lot(conn, owner="a", now=NOW, slow=slow)
        # A stop may name a wider audience than its chain: the chain's holds.
        let_out(conn, world.retract(first, audience="public"))
        assert to_whom(conn, deliveries.claim_lot(conn, owner="a", now=NOW)) == {"changed", "new"}
        assert messages.released_public(conn, 0) == []


def test_pages_list_what_is_public_newest_first(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        first, second = let_out(conn, world.release()), let_out(conn, world.release(), NOW + 9)
        let_out(conn, world.release(audience="responders"))
        post(conn, world.release())
        assert messages.released_public(conn, NOW) == [second, first]
        assert messages.released_public(conn, NOW + 1) == messages.released_public(conn, 0, limit=1) == [second]


def test_when_time_is_over_everyone_is_noticed_once(engine: Engine) -> None:
    world = World()
    release = world.release()
    doubt = world.suspend(release)
    with writing(engine) as conn:
        subscribe(conn, "all")
        one, two = let_out(conn, release), let_out(conn, doubt)
        assert releases.notices_due(conn, (two.lapses or 0) - 1) == []
        assert releases.notices_due(conn, two.lapses or 0) == [two]
        assert releases.notices_due(conn, one.expires or 0) == [two, one]
        assert releases.set_noticed(conn, two, "lapsed", now=NOW + 600, until=NOW + HOUR)
        assert not releases.set_noticed(conn, two, "lapsed", now=NOW + 600, until=NOW + HOUR)
        assert releases.set_noticed(conn, one, None, now=NOW + 600, until=NOW + HOUR)
        assert releases.notices_due(conn, NOW + 99 * HOUR) == []
        causes = sorted((row.cause, row.rank) for row in conn.execute(sa.select(deliveries.deliveries)))
        assert causes == [("lapsed", 0), ("release", 0), ("release", 1)]


def test_a_release_and_its_deliveries_are_there_together_or_not_at_all(engine: Engine) -> None:
    world = World()
    release = world.release()
    with writing(engine) as conn:
        subscribe(conn, "all")
        post(conn, release)
        one = claimed(conn)

    def break_off() -> None:
        with writing(engine) as conn:
            assert releases.set_released(conn, one.id, 1, bundle=b"b", now=NOW, until=NOW + HOUR)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    with reading(engine) as conn:
        assert messages.get_message(conn, one.name).state == "posted"
        assert conn.execute(sa.select(deliveries.deliveries)).all() == []
        assert claims.held(conn, messages.messages, one.id, 1)
