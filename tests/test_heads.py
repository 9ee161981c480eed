"""Heads: once a day the log pins where every case stood; the same past gives the same entry, a changed one another."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from protocol.encoding import canonical, sha256
from protocol.heads import heads_entry, heads_root
from protocol.limits import DAY
from protocol.merkle import EMPTY, leaf_hash, node_hash
from store import events, logbook
from store.cases import KEEP_DAYS, cases, forget_cases
from store.engine import reading, writing
from tests.outpost import Outpost
from tests.world import World
from worker.heads import AFTER, log_heads

A, B, C = "aa" * 16, "bb" * 16, "cc" * 16
TODAY: Final = 20_000
AFTERWARDS: Final = (TODAY + 1) * DAY + AFTER


def put(engine: Engine, case: str, *days: int) -> dict[int, str]:
    """Store a case's events of these days as a burnt case has them; return their names by number."""
    names = {number: sha256(f"{case} {number}".encode()).hex() for number in range(1, len(days) + 1)}
    with writing(engine) as conn:
        head = {"head": names[len(days)], "length": len(days), "opened_day": days[0], "closed_day": None, "stand": {}}
        conn.execute(cases.insert().values(id=case, desk="north", state="new", **head))
        for (number, name), day in zip(names.items(), days, strict=True):
            row = {"name": name, "case": case, "number": number, "move": "open", "day": day, "digest": "0" * 64}
            conn.execute(events.events.insert().values(**row))
    return names


@pytest.fixture
def post(engine: Engine, tmp_path: Path) -> Outpost:
    return Outpost(engine, World(), tmp_path)


def waiting(post: Outpost) -> list[bytes]:
    with reading(post.engine) as conn:
        return [one for one in logbook.unsequenced(conn) if one[0] == 7]


def test_the_root_is_over_cases_in_the_order_of_their_ids() -> None:
    names = {case: sha256(case.encode()).hex() for case in (C, A, B)}
    leaves = {case: leaf_hash(bytes.fromhex(case) + bytes.fromhex(name)) for case, name in names.items()}

    assert heads_root({}) == EMPTY
    assert heads_root({A: names[A]}) == leaves[A]
    assert heads_root(names) == node_hash(node_hash(leaves[A], leaves[B]), leaves[C])
    value = {"v": 1, "network": "f0" * 32, "day": TODAY, "root": heads_root(names).hex()}
    assert heads_entry("f0" * 32, TODAY, names) == b"\x07" + sha256(canonical(value))


def test_a_day_s_heads_are_the_last_events_until_its_end(post: Outpost) -> None:
    first, second = put(post.engine, A, TODAY - 3, TODAY - 3, TODAY + 1), put(post.engine, B, TODAY, TODAY)
    put(post.engine, C, TODAY + 1)
    with reading(post.engine) as conn:
        assert events.heads_of_day(conn, TODAY) == {A: first[2], B: second[2]}
        assert events.heads_of_day(conn, TODAY - 1) == {A: first[2]}
        assert events.heads_of_day(conn, TODAY - 4) == {}

    assert log_heads(post.station, AFTERWARDS)
    assert waiting(post) == [heads_entry(post.world.policy.network, TODAY, {A: first[2], B: second[2]})]


def test_it_is_told_once_a_day_however_often_it_is_asked_and_a_changed_past_shows(post: Outpost) -> None:
    put(post.engine, A, TODAY)
    assert [log_heads(post.station, AFTERWARDS + more) for more in (0, 3600, DAY - 1)] == [True, False, False]
    assert log_heads(post.station, AFTERWARDS + DAY)
    assert len(waiting(post)) == 2

    with writing(post.engine) as conn:
        conn.execute(sa.update(events.events).values(name="ee" * 32))
    assert log_heads(post.station, AFTERWARDS)
    assert len(waiting(post)) == 3


def test_without_a_case_nothing_is_said(post: Outpost) -> None:
    put(post.engine, A, TODAY + 1)

    assert not log_heads(post.station, AFTERWARDS)
    assert waiting(post) == []


def test_a_case_that_is_forgotten_at_midnight_is_no_changed_past(post: Outpost) -> None:
    put(post.engine, A, TODAY)
    put(post.engine, B, TODAY - KEEP_DAYS)
    with writing(post.engine) as conn:
        conn.execute(sa.update(cases).where(cases.c.id == B).values(closed_day=TODAY + 1 - KEEP_DAYS))
    assert log_heads(post.station, AFTERWARDS)

    midnight = (TODAY + 2) * DAY
    with writing(post.engine) as conn:
        assert forget_cases(conn, TODAY + 2) == 1
    assert not log_heads(post.station, midnight + 60)  # It is still the day before yesterday that is told.
