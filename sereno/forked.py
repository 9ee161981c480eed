"""Programs that the fork server begins, as the supervisor sees them: as much of `subprocess.Popen` as it needs."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sereno.become import become

READY: Final = 60.0  # Seconds in which the fork server has loaded everything, on a machine that is busy.
LONGEST: Final = 1 << 16  # Bytes of a message.
KILLED: Final = -int(signal.SIGKILL)
HERE: Final = sys.platform == "linux"  # Elsewhere there are no such sockets, and nothing ends with its parent.


class ForkServerGone(RuntimeError):
    """A fork server that ended, or does not answer."""


@dataclass(slots=True, eq=False)
class Forked:
    """One program: `pid`, and how it ended once it has."""

    server: ForkServer
    pid: int
    returncode: int | None = None

    def poll(self) -> int | None:
        """Return how it ended; None while it runs."""
        self.server.hear(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Return how it ended.  Raises subprocess.TimeoutExpired where it has not, after `timeout` seconds."""
        while self.returncode is None:
            if not self.server.hear(timeout):
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self.returncode

    def terminate(self) -> None:
        """Ask it to end."""
        self.server.ask({"signal": int(signal.SIGTERM), "pid": self.pid})

    def kill(self) -> None:
        """End it as a power cut would."""
        self.server.ask({"signal": int(signal.SIGKILL), "pid": self.pid})


@dataclass(slots=True)
class ForkServer:
    """The process that forks them.  It is started with the first program, and again where it has died."""

    starts: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _socket: socket.socket | None = None
    _running: dict[int, Forked] = field(default_factory=dict)
    _began: list[Forked] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def pid(self) -> int:
        """Its process id; 0 where it does not run."""
        return self._process.pid if self._process is not None and self._process.poll() is None else 0

    def load(self, environment: Mapping[str, str]) -> None:
        """Start it where it does not run, so that it loads meanwhile; it gets no `SERENO_` setting of these."""
        with self._lock:
            self.hear(0)
            if self._socket is None and HERE:
                self._start({name: value for name, value in environment.items() if not name.startswith("SERENO_")})

    def begin(self, name: str, program: Sequence[str], environment: Mapping[str, str]) -> Forked:
        """Begin a program: its module and arguments, and its whole environment.  Raises ForkServerGone, OSError."""
        with self._lock:
            self.load(environment)
            settings, written = os.pipe()
            os.write(written, json.dumps(dict(environment)).encode("utf-8"))
            os.close(written)
            self.ask({"name": name, "start": list(program)}, settings)
            os.close(settings)
            while not self._began:
                heard = self.hear(READY)
                if self._socket is None:
                    raise ForkServerGone(f"The fork server ended before it started {name}.")
                if not heard:
                    self._bury()
                    raise ForkServerGone(f"The fork server did not start {name} within {READY:g} seconds.")
            return self._began.pop()

    def ask(self, value: dict[str, Any], *files: int) -> None:
        """Send it a message and open files; where it has died there is nobody left to be asked about."""
        with self._lock:
            if self._socket is not None:
                try:
                    socket.send_fds(self._socket, [json.dumps(value).encode()], files)
                except OSError:
                    self._bury()

    def hear(self, timeout: float | None) -> bool:
        """Take in what it says, waiting `timeout` seconds for a first message; say whether there was any."""
        with self._lock:
            heard = False
            while self._socket is not None:
                self._socket.settimeout(0 if heard else timeout)
                try:
                    message = self._socket.recv(LONGEST)
                except (BlockingIOError, TimeoutError):
                    break
                except OSError:
                    message = b""
                heard = True
                if message:
                    self._note(json.loads(message))
                else:
                    self._bury()
            return heard

    def stop(self) -> None:
        """Let it end; what it began and still runs is ended with it."""
        with self._lock:
            self._bury()

    def _start(self, environment: dict[str, str]) -> None:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = become([sys.executable, "-P", "-m", "sereno.forkserver"])
        try:
            self._process = subprocess.Popen(command, env=environment, stdin=its.fileno(), start_new_session=True)  # noqa: S603 - ours
        except OSError:
            ours.close()
            raise
        finally:
            its.close()
        self._socket = ours
        self.starts += 1

    def _note(self, value: dict[str, int]) -> None:
        if "began" in value:
            one = self._running[value["began"]] = Forked(self, value["began"])
            self._began.append(one)
        elif value["ended"] in self._running:
            self._running.pop(value["ended"]).returncode = value["code"]

    def _bury(self) -> None:
        """Close what is left of a fork server that has gone or is to go; the kernel kills what it began."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        for one in self._running.values():
            one.returncode = KILLED
        self._running.clear()
        self._began.clear()
