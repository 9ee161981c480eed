"""The crew: three processes that begin as one, work each on their own, and end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import redis
from rq.exceptions import StopRequested
from sqlalchemy import Engine

from sereno.journey import until
from tests.databases import ROOT
from tests.inbox import Inbox
from tests.outpost import Outpost
from tests.running import children_of
from tests.world import World
from worker import rqworker
from worker.queues import connect

# How processes begin and end is the same whatever they work on: on the other kind of database in `make soak`.
BEGIN_AND_END: Final = pytest.mark.parametrize(
    "engine", ["sqlite", pytest.param("postgresql", marks=pytest.mark.soak)], indirect=True
)


@pytest.fixture
def post(engine: Engine, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Outpost:
    outpost = Outpost(engine, World(now=int(time.time())), tmp_path, redis_url)
    outpost.for_jobs(monkeypatch)
    return outpost


@pytest.fixture
def crew(post: Outpost) -> Iterator[subprocess.Popen[bytes]]:
    """Give a crew at work: it has begun its two others, and they are known to Redis."""
    process = subprocess.Popen([sys.executable, "-m", "worker", "crew"], cwd=ROOT)
    client = redis.Redis.from_url(post.station.settings.redis)
    until("both queues to have a worker", lambda: client.scard("rq:workers") == 2)
    yield process
    process.kill()
    process.wait()


def alive(pids: list[int]) -> list[int]:
    """Return those of these processes that run."""
    return [pid for pid in pids if Path(f"/proc/{pid}").exists() and "Z" not in state_of(pid)]


def state_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_a_crew_takes_an_alert_from_the_desk_to_a_subscriber(post: Outpost, crew: subprocess.Popen[bytes]) -> None:
    with Inbox() as inbox, post.logging():
        post.subscribe(inbox.url("bo"))
        post.post(post.world.attest(post.world.alert(), "ana", "bo"))

        until("the alert to come", lambda: inbox.got["bo"])


@BEGIN_AND_END
@pytest.mark.parametrize("place", [0, 1])
def test_when_one_of_a_crew_is_killed_the_others_end(post: Outpost, crew: subprocess.Popen[bytes], place: int) -> None:
    others = children_of(crew.pid)
    os.kill(others[place], signal.SIGKILL)

    crew.wait(60)
    assert len(others) == 2
    assert alive(others) == []


@BEGIN_AND_END
def test_when_the_first_of_a_crew_is_killed_nobody_is_left(post: Outpost, crew: subprocess.Popen[bytes]) -> None:
    others = children_of(crew.pid)
    crew.kill()
    crew.wait()

    until("the others to end", lambda: not alive(others))


@BEGIN_AND_END
def test_a_crew_ends_when_it_is_asked_to(post: Outpost, crew: subprocess.Popen[bytes]) -> None:
    others = children_of(crew.pid)
    crew.terminate()

    assert crew.wait(60) == 0
    assert alive(others) == []


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_process_asks_for_redis_again_within_a_moment_of_its_return(
    post: Outpost, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, waits = rqworker.worker("sereno", connect(post.station.settings.redis)), list[float]()

    def lose(*_: object) -> None:
        raise redis.ConnectionError

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 4:
            raise StopRequested

    monkeypatch.setattr(one, "heartbeat", lose)
    monkeypatch.setattr(time, "sleep", wait)
    with pytest.raises(StopRequested):
        one.dequeue_job_and_maintain_ttl(timeout=1)
    assert waits[1:] == [rqworker.PAUSE] * 3
