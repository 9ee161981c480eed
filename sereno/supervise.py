"""The supervisor: starts programs, starts again what dies, and stops all of them in order."""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from sereno.become import become
from sereno.forked import HERE, Forked, ForkServer, ForkServerGone

FIRST_PAUSE: Final = 0.1  # Seconds before what died is started again; doubled each time, up to the longest.
LONGEST_PAUSE: Final = 5.0
STEADY: Final = 10.0  # Seconds alive after which a program has recovered and its pause is the first one again.
PATIENCE: Final = 8.0  # Seconds that a program gets to finish what it is doing when it is asked to stop.
TICK: Final = 0.05
FORK_SERVER: Final = "fork server"


@dataclass(frozen=True, slots=True)
class Program:
    """A program: its name, command, and whole environment; it inherits nothing, so it sees no other's secrets.

    What a `quiet` one says is thrown away.  Where `fork` has a module and its arguments, the fork server begins it.
    """

    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    quiet: bool = False
    fork: Sequence[str] = ()


@dataclass(slots=True)
class _Child:
    program: Program
    process: subprocess.Popen[bytes] | Forked | None = None
    started: float = 0.0
    due: float = 0.0
    pause: float = FIRST_PAUSE
    starts: int = 0
    once: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Supervisor:
    """Keeps programs running.  Call `start`, then `watch` until something says stop, then `stop`.

    `server` begins those that are forks.  `record` names a JSON file that always tells each program's process id and
    how often it was started.  `held` keeps others from running the same, and is let go in the end.
    A full disk, and a system that has no more processes or files to give, cost a start, which is tried again.
    """

    programs: Sequence[Program]
    record: Path | None = None
    server: ForkServer = field(default_factory=ForkServer)
    held: IO[bytes] | None = None
    _children: list[_Child] = field(default_factory=list)
    _rewrite: float = math.inf  # When a record that could not be written is tried again.
    _stopping: bool = False

    def start(self) -> None:
        """Start every program, in order."""
        self._children = [_Child(program) for program in self.programs]
        for child in self._children:
            self._launch(child)

    def tick(self) -> None:
        """Start again what has died and has waited its pause, and write down what could not be."""
        now = time.monotonic()
        for child in self._children:
            if child.process is not None and child.process.poll() is not None:
                self._note_death(child, now)
            if child.process is None and now >= child.due and not self._stopping:
                self._launch(child)
        if now >= self._rewrite:
            self._write_record()

    def watch(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Keep everything running until SIGTERM or SIGINT arrives, or `until` holds; say whether it is that."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask_to_stop)
        while not self._stopping:
            self.tick()
            if until():
                return True
            time.sleep(TICK)
        return False

    def stop(self) -> None:
        """Ask every program to end, the last started first, and end those that don't."""
        self._stopping = True
        for child in reversed(self._children):
            process = child.process
            if process is None or process.poll() is not None:
                continue
            process.terminate()
            try:
                process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                with contextlib.suppress(subprocess.TimeoutExpired):  # A fork server that hangs passes nothing on.
                    process.wait(PATIENCE)
        self.server.stop()
        if self.held is not None:
            self.held.close()

    def pid(self, name: str) -> int:
        """Return the process id of a program, or of the fork server; 0 while it is down."""
        if name == FORK_SERVER:
            return self.server.pid
        child = next(child for child in self._children if child.program.name == name)
        return child.process.pid if child.process is not None and child.process.poll() is None else 0

    def starts(self, name: str) -> int:
        """Return how often a program was started."""
        return next(child for child in self._children if child.program.name == name).starts

    def restart(self, name: str, once: Mapping[str, str] | None = None) -> None:
        """Kill a program; its next start, and no other, has `once` in its environment too.  For crash tests."""
        child = next(child for child in self._children if child.program.name == name)
        child.once = dict(once or {})
        if child.process is not None:
            child.process.kill()

    @contextmanager
    def keeping(self) -> Iterator[Supervisor]:
        """Keep everything running beside what the caller does, and stop it in the end."""
        over = threading.Event()

        def keep() -> None:
            while not over.wait(TICK):
                self.tick()

        self.start()
        keeper = threading.Thread(target=keep)
        keeper.start()
        try:
            yield self
        finally:
            self.stop()
            over.set()  # Only now: what the keeper has started again ends with its thread.
            keeper.join()

    def _ask_to_stop(self, number: int, frame: object) -> None:
        self._stopping = True

    def _launch(self, child: _Child) -> None:
        child.started = time.monotonic()
        try:
            child.process = self._begin(child)
        except ForkServerGone as error:
            self._pause(child, time.monotonic(), str(error))
            return
        except OSError as error:
            self._pause(child, time.monotonic(), f"{child.program.name} could not be started: {error}")
            return
        child.once = {}
        child.starts += 1
        self._write_record()

    def _begin(self, child: _Child) -> subprocess.Popen[bytes] | Forked:
        program = child.program
        if program.fork and not child.once and HERE:
            return self.server.begin(program.name, program.fork, program.environment)
        return subprocess.Popen(  # noqa: S603 - our own programs
            become(program.command),
            env={**program.environment, **child.once},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if program.quiet else None,
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the others in order.
        )

    def _note_death(self, child: _Child, now: float) -> None:
        assert child.process is not None  # noqa: S101 - the caller looked
        self._pause(child, now, f"{child.program.name} ended with {child.process.returncode}; it is started again.")
        child.process = None

    def _pause(self, child: _Child, now: float, why: str) -> None:
        """Have a program started again after a while."""
        child.pause = FIRST_PAUSE if now - child.started > STEADY else min(child.pause * 2, LONGEST_PAUSE)
        child.due = now + child.pause
        if not self._stopping:
            _say(why)

    def _write_record(self) -> None:
        if self.record is None:
            return
        value = {
            child.program.name: {"pid": child.process.pid if child.process else 0, "starts": child.starts}
            for child in self._children
        }
        if self.server.starts:
            value[FORK_SERVER] = {"pid": self.server.pid, "starts": self.server.starts}
        temporary = self.record.with_suffix(".new")
        try:
            temporary.write_text(json.dumps(value, indent=1) + "\n", "utf-8")
            os.replace(temporary, self.record)
        except OSError as error:
            if self._rewrite == math.inf:
                _say(f"{self.record} can't be written, and may tell what is not so any more: {error}")
            self._rewrite = time.monotonic() + LONGEST_PAUSE
        else:
            self._rewrite = math.inf


def _say(text: str) -> None:
    with contextlib.suppress(OSError):  # Where it goes may be a file on the disk that is full.
        print(text, file=sys.stderr, flush=True)
