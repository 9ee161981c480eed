"""The door: text tips per second beside a bare web application, while others stall, and what it does to memory.

Both run as `sereno run` runs the door: every byte that is freed is overwritten, which costs both of them.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

from bench.figure import Figure, at_least, at_most, beside, percentile, seconds
from bench.senders import CONNECTIONS, solved
from bench.stage import ROOT, founded, memory, serving, settings, twelve, work_key
from intake.work import Work
from sereno.demo import free_ports
from sereno.run import WIPING

STALLED: Final = 64
THREADS: Final = "8"
HOURLY: Final = str(1 << 40)  # So that the door stays calm: what a flood makes it do is another question.


@dataclass(slots=True)
class Side:
    """One of the two servers, and what was measured of it."""

    port: int
    target: str
    rates: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)


class Door:
    """The door and its bare reference, running, and the process that sends to both."""

    def __init__(self, door: Side, bare: Side, pid: int, senders: subprocess.Popen[str]) -> None:
        self.door = door
        self.bare = bare
        self.pid = pid
        self._senders = senders

    def send(self, side: Side, count: int, connections: int = CONNECTIONS) -> dict[str, Any]:
        """Have `count` tips sent; return what the senders say.  Raises RuntimeError if one was not taken."""
        assert self._senders.stdin is not None
        assert self._senders.stdout is not None
        order = {"port": side.port, "target": side.target, "count": count, "connections": connections}
        self._senders.stdin.write(json.dumps(order) + "\n")
        self._senders.stdin.flush()
        said: dict[str, Any] = json.loads(self._senders.stdout.readline())
        if said["bad"]:
            raise RuntimeError(f"{said['bad']} of {count} tips were not taken: {said['said'][0]}")
        return said

    def round(self, side: Side, count: int) -> None:
        """Send `count` tips and keep their rate and times."""
        said = self.send(side, count)
        side.rates.append(count / said["seconds"])
        side.times += said["times"]


@contextmanager
def open_door(folder: Path) -> Iterator[Door]:
    """Give the door and the bare reference, both warm."""
    world = twelve()
    engine, to = founded(world, folder)
    engine.dispose()
    (folder / "envelope").write_bytes(world.seal(world.tip(words="Three vans by the market."), to))
    port, key = free_ports(2), work_key()
    ours = settings(
        folder,
        SERENO_INTAKE_LISTEN=f"127.0.0.1:{port}",
        SERENO_WORK_KEY=key,
        SERENO_INTAKE_HOURLY_BYTES=HOURLY,
        SERENO_INTAKE_THREADS=THREADS,
        **WIPING,
    )
    bare = ["bench.bareweb", f"127.0.0.1:{port + 1}", str(folder / "bare.db")]
    command = [sys.executable, "-m", "bench.senders", str(folder / "envelope"), key]
    with ExitStack() as stack:
        pid = stack.enter_context(serving(["intake"], ours, port))
        stack.enter_context(serving(bare, ours, port + 1))
        senders = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        stack.callback(senders.communicate)
        target = f"/envelopes?desk={to.desk}&set={to.name}"
        found = Door(Side(port, target), Side(port + 1, "/envelopes"), pid, senders)
        for side in (found.door, found.bare):
            found.send(side, 100)
        yield found


def measure(quick: bool) -> Iterator[Figure]:
    """Give the door's figures."""
    with tempfile.TemporaryDirectory(prefix="bench-door-") as folder, open_door(Path(folder)) as both:
        for turn in range(3 if quick else 7):
            order = (both.door, both.bare) if turn % 2 else (both.bare, both.door)
            for side in order:
                both.round(side, 150 if quick else 400)
        yield from _rates(both.door, both.bare)
        yield at_most("door", f"a tip while {STALLED} bodies are stalled", _stalled(both) * 1000, "ms", 1000)
        yield _memory(both, 2_000 if quick else 20_000)
    yield _work()


def _rates(door: Side, bare: Side) -> Iterator[Figure]:
    yield beside("door", "text tips, committed", median(door.rates), "/s", median(bare.rates), least=0.5)
    yield at_least("door", "text tips, committed", median(door.rates), "/s", 400)
    halves = [percentile(side.times, 0.5) * 1000 for side in (door, bare)]
    yield beside("door", "answer, half of them", halves[0], "ms", halves[1])
    tails = [percentile(side.times, 0.99) * 1000 for side in (door, bare)]
    yield beside("door", "answer, 99 of 100", tails[0], "ms", tails[1], most=2)


def _stalled(both: Door) -> float:
    """Return the longest of nine tips' seconds while other bodies have begun and don't go on."""
    head = f"POST {both.door.target} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 84000\r\n\r\n".encode("ascii")
    with ExitStack() as stack:
        for _ in range(STALLED):
            begun = stack.enter_context(socket.create_connection(("127.0.0.1", both.door.port)))
            begun.sendall(head + bytes(1000))
        time.sleep(0.2)
        return max(float(both.send(both.door, 1, 1)["times"][0]) for _ in range(9))


def _memory(both: Door, count: int) -> Figure:
    """Return by how much the door's memory grows from the first tips after it is warm to the last."""
    both.send(both.door, 500)
    before = memory(both.pid)
    for _ in range(count // 500):
        both.send(both.door, 500)
    growth = (memory(both.pid) / before - 1) * 100
    return at_most("door", f"memory over {count:,} tips, from {before / 1e6:.0f} MB", max(growth, 0.0), "%", 5)


def _work() -> Figure:
    """Return what checking a solution costs at the calm setting."""
    key = bytes.fromhex(work_key())
    work, now = Work(key), int(time.time())
    headers = [solved(key) for _ in range(200)]
    times = [seconds(lambda header=header: work.require(header, now)) for header in headers]  # type: ignore[misc]
    return at_most("door", "checking the work, calm", median(times) * 1000, "ms", 0.4)
