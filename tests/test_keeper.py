"""The keeper: many threads at once, one wait for the disk, and nobody pays for another's envelope."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import sqlalchemy as sa
from sqlalchemy import Engine

from intake.keeper import Keeper
from protocol.errors import Refused
from store.engine import reading, writing
from store.envelopes import Arrival, bodies, burn, envelopes
from tests.test_store_envelopes import arrival, put

MANY = 24


def all_at_once(act: Callable[[Arrival], object], arrivals: Sequence[Arrival]) -> list[Exception | None]:
    """Do it with each arrival in a thread of its own, and return what each raised."""
    raised: list[Exception | None] = [None] * len(arrivals)
    gate = threading.Barrier(len(arrivals))

    def one(place: int) -> None:
        gate.wait()
        try:
            act(arrivals[place])
        except (Refused, sa.exc.SQLAlchemyError) as error:
            raised[place] = error

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(arrivals))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()
    return raised


def stored(engine: Engine) -> list[bytes]:
    """Return the bodies that are in the store."""
    with reading(engine) as conn:
        return sorted(bytes(body) for body in conn.execute(sa.select(bodies.c.body)).scalars())


def commits(engine: Engine) -> list[object]:
    """Return a list that grows with every transaction that is committed."""
    seen: list[object] = []
    sa.event.listen(engine, "commit", seen.append)
    return seen


def test_whoever_is_answered_is_in_the_store(engine: Engine) -> None:
    keeper = Keeper(engine)

    def keep_and_look(one: Arrival) -> None:
        keeper.keep(one)
        with reading(engine) as conn:
            found = sa.select(bodies.c.body).join(envelopes).where(envelopes.c.digest == one.digest)
            assert bytes(conn.execute(found).scalar_one()) == one.body

    bodies_ = [b"sealed %d" % n for n in range(MANY)]

    assert all_at_once(keep_and_look, [arrival(body) for body in bodies_]) == [None] * MANY
    assert stored(engine) == sorted(bodies_)


def test_those_who_wait_together_are_written_in_one_transaction(engine: Engine) -> None:
    keeper, seen = Keeper(engine), commits(engine)
    threads = [threading.Thread(target=keeper.keep, args=(arrival(b"%d" % n),)) for n in range(MANY)]
    with writing(engine) as conn:  # The store is busy, so that all of them are in line before the first is written.
        conn.execute(sa.text("SELECT 1"))
        if engine.dialect.name == "postgresql":
            conn.execute(sa.text("LOCK TABLE envelopes IN EXCLUSIVE MODE"))
        for thread in threads:
            thread.start()
        while len(keeper._waiting) < MANY - 1:
            threading.Event().wait(0.01)
    for thread in threads:
        thread.join(60)

    assert len(stored(engine)) == MANY
    assert len(seen) - 1 <= 3  # Ours; the first in line; all the others; what `stored` read.


def test_a_burnt_envelope_is_refused_to_its_sender_alone(engine: Engine) -> None:
    keeper = Keeper(engine)
    with writing(engine) as conn:
        burn(conn, put(conn, b"burnt"))
    sent = [arrival(b"burnt" if n % 6 == 0 else b"sealed %d" % n) for n in range(MANY)]

    raised = all_at_once(keeper.keep, sent)

    assert [n for n, error in enumerate(raised) if error is not None] == [n for n in range(MANY) if n % 6 == 0]
    assert all(isinstance(error, Refused) and error.kind == "burnt" for error in raised if error is not None)
    assert len(stored(engine)) == MANY - MANY // 6


def test_one_envelope_from_many_senders_is_stored_once(engine: Engine) -> None:
    keeper, new = Keeper(engine), list[bool]()

    def keep(one: Arrival) -> None:
        new.append(keeper.keep(one))

    assert all_at_once(keep, [arrival(b"pressed twice")] * MANY) == [None] * MANY
    assert stored(engine) == [b"pressed twice"]
    assert sorted(new) == [False] * (MANY - 1) + [True]


def test_after_the_store_failed_everybody_was_told_and_the_next_is_kept(engine: Engine) -> None:
    keeper = Keeper(engine)
    with writing(engine) as conn:
        conn.execute(sa.text("ALTER TABLE bodies RENAME TO away"))

    raised = all_at_once(keeper.keep, [arrival(b"lost %d" % n) for n in range(MANY)])
    with writing(engine) as conn:
        conn.execute(sa.text("ALTER TABLE away RENAME TO bodies"))
    keeper.keep(arrival(b"kept"))

    assert all(isinstance(error, sa.exc.SQLAlchemyError) for error in raised)
    assert stored(engine) == [b"kept"]
