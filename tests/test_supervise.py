"""The supervisor: what a full disk and a system without resources cost, and who may run in a folder."""

from __future__ import annotations

import io
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from sereno import latch, supervise
from sereno.__main__ import main
from sereno.demo import free_ports
from sereno.journey import until
from sereno.run import assemble, redis_command
from sereno.supervise import Program, Supervisor
from tests.databases import ROOT

WAITS: Final = Program("waits", [sys.executable, "-c", "import time; time.sleep(60)"], {"PATH": os.defpath})
FORKED: Final = Program("forked", [], {"PATH": os.defpath, "PYTHONPATH": str(ROOT)}, fork=("worker", "nonsense"))


@contextmanager
def keeping(*programs: Program, record: Path | None = None) -> Iterator[Supervisor]:
    """Give a supervisor of some programs, not started; nothing of it is left in the end."""
    supervisor = Supervisor(programs, record)
    try:
        yield supervisor
    finally:
        supervisor.stop()


@contextmanager
def no_more_files() -> Iterator[None]:
    """Let this process open no further file for as long as this lasts."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def tick_until(supervisor: Supervisor, holds: Callable[[], object]) -> None:
    """Have a supervisor look after its programs until something holds."""

    def look() -> object:
        supervisor.tick()
        return holds()

    until("the supervisor to have done it", look)


def test_a_record_that_can_not_be_written_ends_nothing_and_is_written_once_it_can(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "LONGEST_PAUSE", 0.2)
    record = tmp_path / "processes.json"
    record.mkdir()
    with keeping(WAITS, replace(WAITS, name="too"), record=record) as supervisor:
        supervisor.start()
        pid = supervisor.pid("waits")
        os.kill(pid, signal.SIGKILL)
        tick_until(supervisor, lambda: supervisor.pid("waits") not in (0, pid))
        assert capsys.readouterr().err.count("can't be written") == 1
        record.rmdir()
        tick_until(supervisor, record.is_file)

        assert json.loads(record.read_text())["waits"] == {"pid": supervisor.pid("waits"), "starts": 2}


def test_a_full_disk_that_takes_not_even_what_is_said_ends_nothing(tmp_path: Path) -> None:
    with (
        Path("/dev/full").open("wb", buffering=0) as disk,
        keeping(WAITS, record=tmp_path) as supervisor,
        redirect_stderr(io.TextIOWrapper(disk, write_through=True)),
    ):
        supervisor.start()
        os.kill(supervisor.pid("waits"), signal.SIGKILL)
        tick_until(supervisor, lambda: supervisor.starts("waits") == 2)


@pytest.mark.parametrize("program", [WAITS, FORKED], ids=["a program", "a fork"])
def test_a_system_without_resources_costs_a_start_and_no_more(
    program: Program, capsys: pytest.CaptureFixture[str]
) -> None:
    with keeping(program) as supervisor:
        with no_more_files():
            supervisor.start()
            supervisor.tick()
        assert f"{program.name} could not be started" in capsys.readouterr().err
        assert supervisor.starts(program.name) == 0
        if not program.fork:
            tick_until(supervisor, lambda: supervisor.starts(program.name) == 1)


def test_what_can_not_be_started_is_tried_less_and_less_often(capsys: pytest.CaptureFixture[str]) -> None:
    with keeping(WAITS) as supervisor, no_more_files():
        supervisor.start()
        over = time.monotonic() + 1.0
        while time.monotonic() < over:
            supervisor.tick()

        assert 1 < capsys.readouterr().err.count("could not be started") < 5


def test_a_second_run_in_a_folder_says_who_is_there_and_touches_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "network"
    supervisor = Supervisor([], held=latch.hold(folder))
    with pytest.raises(OSError, match=f"Another `sereno run` is using {folder}: process {os.getpid()}"):
        assemble(folder, 20_500)

    assert [one.name for one in folder.iterdir()] == [latch.NAME]
    supervisor.stop()
    latch.hold(folder).close()


def test_what_keeps_a_run_from_starting_is_said_and_the_folder_is_free_again(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "network"
    folder.mkdir()
    (folder / "policy.json").touch()
    (folder / "sereno.db").mkdir()
    assert main(["run", "--folder", str(folder), "--port", "20500"]) == 1

    said = capfd.readouterr().err
    assert "could not be prepared" in said
    assert "The store does not answer" in said
    assert "Traceback" not in said
    latch.hold(folder).close()


def test_a_folder_whose_redis_could_have_no_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="give a shorter folder"):
        redis_command(tmp_path / ("long" * 30))


def test_addresses_are_told_once_they_answer_and_a_run_that_is_asked_to_stop_stops(tmp_path: Path) -> None:
    port = free_ports(3)
    command = [sys.executable, "-P", "-m", "sereno", "run", "--folder", str(tmp_path / "network"), "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = [next(process.stdout) for _ in range(2)]
            for place in range(3):
                socket.create_connection(("127.0.0.1", port + place)).close()
            assert said[1].startswith("Sereno is running. A demo network was made")
        finally:
            process.terminate()
            process.communicate()  # Whoever tells something to nobody ends with an error.
    assert process.returncode == 0
