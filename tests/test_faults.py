"""Faults: whatever is killed, whenever, every accepted tip is found and every alert comes out once.  Seen from outside:

real processes, a receiver that counts.  The seeds are fixed; the long campaign draws more.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sereno.journey import until
from sereno.supervise import FORK_SERVER
from store import failpoint
from tests.again import again
from tests.campaign import REACHES, Campaign
from tests.running import running

SEEDS = (11, 23)
KILLS = 10  # For each seed.
BURNT = "envelope.burnt-before-commit"
# Each program at one of its points; test_store_crash.py kills at all of them, and `make soak` here too.
OFTEN = (
    "envelope.committed",
    "message.posted-before-commit",
    "log.appended-before-commit",
    "delivery.sent-before-recorded",
)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Campaign]:
    """Give one running network for all of this worker's faults."""
    folder: Path = tmp_path_factory.mktemp("f")
    with running(folder) as network:
        yield Campaign.open(network)


def test_every_fail_point_has_a_program_that_reaches_it() -> None:
    assert sorted(REACHES) == sorted(failpoint.NAMES)


@pytest.mark.parametrize("point", [*OFTEN, *again(*(one for one in REACHES if one not in (*OFTEN, BURNT)))])
def test_a_kill_at_a_named_point_loses_nothing_and_sends_nothing_twice(campaign: Campaign, point: str) -> None:
    starts = campaign.arm(point)
    id = campaign.walk(campaign.walker())

    campaign.require_killed(point, starts)
    campaign.require_once(id)


def test_a_kill_while_burning_burns_it_the_next_time(campaign: Campaign) -> None:
    campaign.walk(campaign.walker())
    id = campaign.let_one_burn()
    starts = campaign.arm(BURNT)

    campaign.require_killed(BURNT, starts)
    deadline = time.monotonic() + 60
    while not campaign.is_burnt(id) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert campaign.is_burnt(id)


def test_a_killed_fork_server_takes_along_what_it_began_and_all_of_it_comes_back(campaign: Campaign) -> None:
    supervisor = campaign.network.supervisor
    forks = [one.name for one in supervisor.programs if one.fork]
    before = {one.name: supervisor.starts(one.name) for one in supervisor.programs}
    assert campaign.kill(FORK_SERVER)

    until("them to be back", lambda: all(supervisor.starts(one) > before[one] for one in forks))
    campaign.require_once(campaign.walk(campaign.walker()))
    assert forks == ["desk", "alerts", "worker"]
    assert {name for name, starts in before.items() if supervisor.starts(name) > starts} == {*forks}


@pytest.mark.parametrize("seed", SEEDS)
def test_random_kills_lose_nothing_and_send_nothing_twice(campaign: Campaign, seed: int) -> None:
    ids = campaign.kill_many(seed, KILLS)

    assert len(ids) >= 2
    for id in ids:
        campaign.require_once(id)
    campaign.require_nothing_left()


def test_a_redis_that_is_wiped_at_a_random_moment_costs_a_sweep(campaign: Campaign) -> None:
    dice = random.Random(5)
    over = threading.Event()

    def wipe() -> None:
        while not over.wait(dice.uniform(0.05, 0.4)):
            campaign.wipe()

    wiper = threading.Thread(target=wipe)
    wiper.start()
    timer = threading.Timer(4, over.set)
    timer.start()
    try:
        id = campaign.walk(campaign.walker())
    finally:
        over.set()
        timer.cancel()
        wiper.join()
    campaign.require_once(id)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 110))
def test_hundreds_of_random_kills_lose_nothing_and_send_nothing_twice(campaign: Campaign, seed: int) -> None:
    ids = campaign.kill_many(seed, 32, longest=4.0)

    for id in ids:
        campaign.require_once(id)
    campaign.require_nothing_left()
