"""A server's clock set back: the door neither goes on with what it read of a time to come, nor stays closed."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from intake.load import LATE, MINUTES, Load
from intake.work import COSTS, LIFE, LONGEST, Work
from protocol.encoding import canonical, sha256
from protocol.limits import HOUR, MINUTE
from protocol.signed import sign
from sereno import demonet
from store.engine import writing
from store.stays import put_stay
from tests.door import NOW, Door, opened, solved
from tests.refusals import refused

BACK = 2 * HOUR


@pytest.fixture(scope="module")
def network() -> demonet.DemoNetwork:
    """Give one demo network for all doors of this file."""
    return demonet.found_demo(NOW)


def suspend(door: Door) -> None:
    """Have the demo's lead suspend a member now: nothing that is sealed to them is taken."""
    lead, member = door.network.members[:2]
    value = {"v": 1, "network": door.network.policy.network, "verifier": member.id, "issued": NOW, "until": NOW + BACK}
    with writing(door.engine) as conn:
        put_stay(conn, sign("stay", canonical(value), lead.id, lead.seed).encode())


def test_whoever_is_suspended_after_the_clock_was_set_back_receives_nothing_more(
    tmp_path: Path, network: demonet.DemoNetwork
) -> None:
    with opened(tmp_path, network) as door:
        intake = door.app.extensions["sereno"]
        assert intake.accepted(door.to.name, NOW + BACK).name == door.to.name
        assert intake.published(NOW + BACK).body
        suspend(door)

        with refused("set_old"):
            intake.accepted(door.to.name, NOW)
        with refused("set_unknown"):
            intake.published(NOW)


def test_what_can_not_be_shown_is_found_out_once_a_second(tmp_path: Path, network: demonet.DemoNetwork) -> None:
    """Anybody may ask for it, and it costs the door as much as what can be shown."""
    with opened(tmp_path, network) as door:
        intake, asked = door.app.extensions["sereno"], list[str]()
        suspend(door)
        sa.event.listen(intake.engine, "before_cursor_execute", lambda *sent: asked.append(sent[2]))
        counts = []
        for now in (NOW, NOW, NOW, NOW + 1):
            with refused("set_unknown", "for this week"):
                intake.published(now)
            counts.append(len(asked))

        assert counts[0] == counts[1] == counts[2] < counts[3]


def test_the_hour_begins_anew_where_its_minutes_are_to_come() -> None:
    load = Load(100)
    load.add(100, NOW + BACK)
    load.require_room(1, NOW)
    for minute in range(MINUTES + 1):
        load.add(2, NOW + minute * MINUTE)

    assert load.share(NOW + MINUTES * MINUTE) == 2 * MINUTES / 100  # They empty one by one, as ever.


def test_a_request_that_waited_empties_no_hour() -> None:
    load = Load(100)
    load.add(60, NOW)
    load.add(40, NOW - (LATE - 1) * MINUTE)

    with refused("under_load"):
        load.require_room(1, NOW)


def test_work_of_a_time_to_come_is_done_again() -> None:
    work = Work(bytes(32))
    with refused("work", "do it again"):
        work.require(solved(work.challenge(COSTS[0], NOW + BACK)), NOW)
    assert work.require(solved(work.challenge(COSTS[0], NOW + LONGEST - LIFE)), NOW)  # Another door's clock is ahead.


def test_spent_work_is_forgotten_in_its_time_though_the_clock_was_set_back() -> None:
    work, token = Work(bytes(32)), bytes(16)
    one, other = sha256(b"one"), sha256(b"other")
    assert work.spend(token, one, NOW + BACK)
    for later in (0, LONGEST - 1):
        with refused("work"):
            work.spend(token, other, NOW + later)

    assert work.spend(bytes([1] * 16), one, NOW + LONGEST + 1)
    assert work.spend(token, other, NOW + LONGEST + 2)
