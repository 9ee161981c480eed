"""Forked programs: how they end is told, what they say is heard, and whoever is gone takes them along."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from sereno import clock, demonet
from sereno.forked import KILLED, ForkServer
from sereno.journey import until
from tests.databases import ROOT
from worker.__main__ import USAGE

PLAIN = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
WAITS = ("worker", "jobs")


@pytest.fixture(scope="module")
def waiting(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give the settings of a worker whose Redis nobody runs: it waits for it, however long."""
    folder = tmp_path_factory.mktemp("waiting")
    demonet.write_files(
        folder, demonet.found_demo(clock.now()), dict.fromkeys(("intake", "desk", "alerts"), "http://a.localhost")
    )
    files = {"SERENO_POLICY": str(folder / "policy.json"), "SERENO_FACE": str(folder / "face.json")}
    places = {"SERENO_DATABASE": f"sqlite:///{folder / 'store.db'}", "SERENO_REDIS": f"unix://{folder / 'redis.sock'}"}
    return {**PLAIN, **files, **places}


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    found = ForkServer()
    yield found
    found.stop()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_program_that_ends_by_itself_says_why_and_its_code_is_told(
    server: ForkServer, capfd: pytest.CaptureFixture[str]
) -> None:
    one = server.begin("worker", ["worker", "nonsense"], PLAIN)

    assert one.wait(60) == 1
    assert one.poll() == 1
    assert USAGE in capfd.readouterr().err


def test_what_waits_can_be_waited_for_and_ended(server: ForkServer, waiting: dict[str, str]) -> None:
    one, other = (server.begin("worker", WAITS, waiting) for _ in range(2))
    with pytest.raises(subprocess.TimeoutExpired):
        one.wait(0.2)
    one.terminate()
    assert one.wait(60) == -signal.SIGTERM
    assert other.poll() is None
    other.kill()
    assert other.wait(60) == KILLED
    one.kill()  # Its number may be another's by now: nobody is signalled.


def test_a_killed_fork_server_is_noticed_and_another_is_begun(server: ForkServer, waiting: dict[str, str]) -> None:
    one = server.begin("worker", WAITS, waiting)
    starts, killed = server.starts, server.pid
    os.kill(killed, signal.SIGKILL)

    assert one.wait(60) == KILLED
    until("the fork to end", lambda: not alive(one.pid))
    assert server.begin("worker", WAITS, waiting).poll() is None
    assert (server.starts, server.pid == killed) == (starts + 1, False)


def test_whoever_is_gone_takes_along_the_fork_server_and_its_forks(waiting: dict[str, str]) -> None:
    begin = f"""import time
from sereno import clock, demonet
from sereno.forked import ForkServer
server = ForkServer()
print(server.begin("worker", {WAITS}, {waiting}).pid, server.pid, flush=True)
time.sleep(600)"""
    command = [sys.executable, "-c", begin]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pids = list(map(int, starter.stdout.readline().split()))
        assert [alive(one) for one in pids] == [True, True]
        starter.kill()

    until("both to end", lambda: not any(map(alive, pids)))
