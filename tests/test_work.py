"""Work: what the door asks instead of a name, and what is no answer to it.  SPEC 13."""

from __future__ import annotations

import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.work import COSTS, LONGEST, Work, cost_for
from protocol.encoding import b64, sha256, unb64
from sereno import demonet
from tests.door import NOW, Door, kind_of, opened, solved
from tests.refusals import refused


@pytest.fixture(scope="module")
def network() -> demonet.DemoNetwork:
    """Give one demo network for all doors of this file."""
    return demonet.found_demo(NOW)


@pytest.fixture
def door(tmp_path: Path, network: demonet.DemoNetwork) -> Iterator[Door]:
    """Give an open door over a new store."""
    with opened(tmp_path, network) as one:
        yield one


def spoilt(door: Door, change: Callable[[dict[str, Any]], None]) -> str:
    payload = json.loads(unb64(door.work()))
    change(payload)
    return b64(json.dumps(payload).encode())


WORKS: Final[dict[str, Callable[[Door], str]]] = {
    "none": lambda door: "",
    "no base64": lambda door: "%%%",
    "no JSON": lambda door: b64(b"work"),
    "another JSON": lambda door: b64(b"[1]"),
    "nothing in it": lambda door: b64(b"{}"),
    "a number for a challenge": lambda door: b64(b'{"challenge": 1, "solution": 2}'),
    "very long": lambda door: b64(b"{" + b" " * 5000 + b"}"),
    "not done": lambda door: spoilt(door, lambda one: one["solution"].update(counter=one["solution"]["counter"] + 1)),
    "made easy": lambda door: spoilt(door, lambda one: one["challenge"]["parameters"].update(cost=1)),
    "made to last": lambda door: spoilt(door, lambda one: one["challenge"]["parameters"].update(expiresAt=NOW + 9**9)),
    "unsigned": lambda door: spoilt(door, lambda one: one["challenge"].pop("signature")),
    "over": lambda door: solved(Work(door.settings.work_key).challenge(COSTS[0], NOW - 601)),
    "another door's": lambda door: solved(Work(bytes(32)).challenge(COSTS[0], NOW)),
}


@pytest.mark.parametrize("what", WORKS)
def test_without_good_work_nothing_is_stored(door: Door, what: str) -> None:
    assert kind_of(door.post(door.seal(), WORKS[what](door))) == "work"
    assert door.count() == 0


def test_work_is_good_for_one_envelope_only(door: Door) -> None:
    work = door.work()
    assert door.post(door.seal("One."), work).status_code == 201

    assert kind_of(door.post(door.seal("Another."), work)) == "work"
    assert door.count() == 1


def test_a_refused_envelope_does_not_use_its_work_up(door: Door) -> None:
    work = door.work()
    assert kind_of(door.post(b"plain", work)) == "envelope_plain"

    assert door.post(door.seal(), work).status_code == 201


def test_the_more_has_come_the_harder_the_work() -> None:
    costs = [cost_for(share) for share in (0, 0.24, 0.25, 0.5, 0.75, 1, 30)]

    assert costs == [COSTS[0], COSTS[0], COSTS[1], COSTS[2], COSTS[3], COSTS[3], COSTS[3]]
    assert tuple(sorted(COSTS)) == COSTS


USES: Final = st.lists(
    st.tuples(st.sampled_from([0, 1, 2**63, 2**64 - 1]) | st.integers(0, 2**64 - 1), st.integers(0, 2)), max_size=60
)


@given(USES, st.integers(0, 60))
def test_every_spent_solution_is_known_again_and_no_other(uses: list[tuple[int, int]], turn: int) -> None:
    work, first = Work(bytes(32)), dict[int, int]()
    for place, (solution, envelope) in enumerate(uses):
        # A turn of the generations in between: what is forgotten only at the second one is still known.
        now = LONGEST + (0 if place < turn else LONGEST + 1)
        spend = partial(work.spend, solution.to_bytes(8) + bytes(8), envelope.to_bytes(8) + bytes(24), now)
        if first.get(solution, envelope) != envelope:
            with refused("work"):
                spend()
            continue
        assert spend() == (solution not in first)
        first[solution] = envelope


def test_a_spent_solution_takes_little_room() -> None:
    work = Work(bytes(32))
    gc.collect()
    tracemalloc.start()
    for number in range(10_000):
        work.spend(sha256(number.to_bytes(8)), bytes(32), 1)
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 10_000 * 24
