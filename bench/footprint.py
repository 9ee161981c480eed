"""What `sereno run` takes: the memory of all its processes while nothing happens, and the seconds of a second start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from bench.figure import Figure, at_most
from bench.stage import ROOT, await_answer, memory
from sereno.demo import free_ports

FACES: Final = 3
IDLE: Final = 5.0  # Seconds after which whatever a start needed has been let go.


def measure(quick: bool) -> Iterator[Figure]:
    """Give the figures of a whole network on this machine."""
    with tempfile.TemporaryDirectory(prefix="bench-run-") as folder:
        starts, work = [], []
        for turn in range(2 if quick else 4):
            with _running(Path(folder)) as (pid, took):
                if turn > 0:  # The first start makes the network.
                    starts.append(took)
                    work.append(sum(map(_core_seconds, _pids(pid, Path(folder)).values())))
                if turn == 1:
                    time.sleep(IDLE)
                    shares = _shares(pid, Path(folder))
        yield at_most("run", "a second start, until three faces answer", median(starts), "s", 3)
        yield Figure("run", "a second start, seconds of a core by then, of all processes", median(work), "s")
        yield at_most("run", "memory of all processes, idle", sum(shares.values()) / 1e6, "MB", 300)
        for name, share in shares.items():
            yield Figure("run", f"  of it: {name}", share / 1e6, "MB")


@contextmanager
def _running(folder: Path) -> Iterator[tuple[int, float]]:
    """Run `sereno run` until the block is over; give its process id and the seconds until its faces answered."""
    port = free_ports(FACES)
    command = [sys.executable, "-P", "-m", "sereno", "run", "--folder", str(folder / "network"), "--port", str(port)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    try:
        for place in range(FACES):
            await_answer(f"http://127.0.0.1:{port + place}/health")
        yield process.pid, time.monotonic() - began
    finally:
        process.terminate()
        process.wait()


def _pids(pid: int, folder: Path) -> dict[str, int]:
    record = json.loads((folder / "network" / "processes.json").read_text("utf-8"))
    return {"supervisor": pid, **{name: int(one["pid"]) for name, one in record.items()}}


def _shares(pid: int, folder: Path) -> dict[str, int]:
    """Return the bytes of each program with its own children, pages that several share split among them (PSS)."""
    pids = _pids(pid, folder)
    shares = {}
    for name, one in pids.items():
        children = map(int, Path(f"/proc/{one}/task/{one}/children").read_text("ascii").split())
        shares[name] = sum(memory(each, "Pss") for each in (one, *(set(children) - set(pids.values()))))
    return shares


def _core_seconds(pid: int) -> float:
    """Return the seconds that a process and those it has waited for have had of a core."""
    ticks = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[11:15]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
