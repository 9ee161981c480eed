"""Crashes: a process killed at a named point leaves the store as it was before its transaction, or as after it."""

from __future__ import annotations

import os
import re
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from store import deliveries, envelopes, events, failpoint, logbook, messages
from store.deliveries import Attempt
from store.engine import open_engine, reading, writing
from tests.databases import ROOT
from tests.test_store_casework import make
from tests.test_store_envelopes import put
from tests.test_store_messages import let_out, subscribe
from tests.world import NOW, World

SAID: Final = ("envelope", "event", "release", "log", "attempts", "burnt")
# What the story has said, at least, when it dies there; and what the store then holds beyond that.
POINTS: Final = {
    "envelope.stored-before-commit": 0,
    "envelope.committed": 1,
    "event.put-before-commit": 1,
    "message.posted-before-commit": 2,
    "release.set-before-commit": 2,
    "release.committed": 3,
    "log.appended-before-commit": 3,
    "attempts.recorded-before-commit": 4,
    "envelope.burnt-before-commit": 5,
}


def story(url: str, world: World, say: Callable[[str], object]) -> None:
    """Do everything that reaches a point, one transaction after another; what is said has been accepted."""
    engine = open_engine(url)
    with writing(engine) as conn:
        envelope = put(conn, b"sealed")
    say("envelope")
    with writing(engine) as conn:
        make(world, conn, "ana", "open", "new", envelopes=[envelope])
    say("event")
    with writing(engine) as conn:
        subscribe(conn, "one")
        let_out(conn, world.release())
    say("release")
    with writing(engine) as conn:
        logbook.queue_entry(conn, "release", bytes([1]) + bytes(32))
        logbook.append(conn, owner="writer", now=NOW)
    say("log")
    with writing(engine) as conn:
        lot = deliveries.claim_lot(conn, owner="a", now=NOW)
        tries = [Attempt(one.id, one.subscriber, one.claim, "done", 200, 9) for one in lot]
        deliveries.record_attempts(conn, tries, NOW)
    say("attempts")
    with writing(engine) as conn:
        envelopes.burn(conn, envelope)
    say("burnt")


def tell(engine: Engine, fail_at: str) -> tuple[int, list[str]]:
    """Tell the story in a process of its own; return how it ended (below zero: by which signal) and what it said.

    A fork, armed as its environment would have armed a program: to import everything anew takes longer than the story.
    """
    url, world = engine.url.render_as_string(hide_password=False), World()
    heard, told = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            failpoint._ARMED.update(failpoint.armed_by(fail_at))
            story(url, world, lambda word: os.write(told, f"{word}\n".encode("ascii")))
            os._exit(0)
        finally:  # Only what went wrong comes here.
            traceback.print_exc()
            os._exit(1)
    os.close(told)
    with os.fdopen(heard, encoding="ascii") as said:
        words = said.read().split()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), words


def held(engine: Engine) -> int:
    """Return how many of the story's transactions the store holds, which must be its first ones."""
    with reading(engine) as conn:

        def count(table: sa.Table, *where: sa.ColumnElement[bool]) -> bool:
            return bool(conn.execute(sa.select(sa.func.count()).select_from(table).where(*where)).scalar())

        burnt = count(envelopes.burnt)
        found = [
            burnt or (count(envelopes.envelopes) and count(envelopes.bodies)),
            count(events.events) and count(events.actor_heads),
            count(messages.messages, messages.messages.c.state == "released")
            and count(messages.published)
            and count(deliveries.deliveries),
            count(logbook.log_nodes) and logbook.log_size(conn) == 1,
            count(deliveries.attempts) and count(deliveries.deliveries, deliveries.deliveries.c.state == "done"),
            burnt and not count(envelopes.bodies) and not count(envelopes.envelopes),
        ]
        halves = [count(envelopes.bodies), count(events.events), count(messages.messages), count(logbook.log_nodes)]
    number = found.index(False) if False in found else len(found)
    assert not any(found[number:])
    assert halves == [1 <= number < 6, number >= 2, number >= 3, number >= 4]
    return number


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_a_named_point_leaves_all_of_a_transaction_or_nothing(engine: Engine, point: str) -> None:
    code, said = tell(engine, point)

    assert code == -signal.SIGKILL
    assert held(engine) == POINTS[point]
    assert len(SAID) > POINTS[point] >= len(said)  # What was said to be accepted is there.
    assert said == list(SAID[: len(said)])
    with writing(engine) as conn:  # And nobody is locked out.
        logbook.append(conn, owner="next", now=2**31)


def test_without_a_fail_point_the_story_is_told_to_its_end(engine: Engine) -> None:
    assert tell(engine, "") == (0, list(SAID))
    assert held(engine) == len(SAID)


def test_a_count_lets_the_first_reaches_pass(engine: Engine) -> None:
    assert tell(engine, "envelope.committed:2") == (0, list(SAID))


def test_every_named_point_stands_once_in_the_code_and_no_other_does() -> None:
    calls = re.compile(r"failpoint\.reach(?:_once_committed)?\((?:conn, )?\"([a-z.-]+)\"\)")
    files = [*Path(ROOT, "store").glob("*.py"), *Path(ROOT, "worker").rglob("*.py")]
    found = [name for file in files for name in calls.findall(file.read_text())]

    assert sorted(found) == sorted(failpoint.NAMES)
    assert len(failpoint.NAMES) == 12
    assert set(POINTS) <= set(failpoint.NAMES)
