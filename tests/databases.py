"""Real PostgreSQL for tests: one server for all workers of a run, a fresh database for each test.

The server comes from the hashed lock.  A guard process starts it and ends it, with its folder, as soon as the run that
asked for it is over, however that run ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg

ROOT: Final = Path(__file__).resolve().parent.parent
RUN: Final = "SERENO_TEST_RUN"  # Set by the process that was started by hand; its workers inherit it.
PATIENCE: Final = 60.0  # Seconds for initdb and a start on a machine that is busy with other things.


def open_run() -> None:
    """Name this run's folder for services, for this process and for the workers it will start."""
    if RUN not in os.environ:
        os.environ[RUN] = f"{os.getpid()}:{tempfile.mkdtemp(prefix='sereno-')}"


def close_run() -> None:
    """Remove the folder if no service was started in it; else its guard does so once this process has ended."""
    owner, folder = _run()
    if owner == os.getpid() and not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)


def _run() -> tuple[int, Path]:
    owner, _, folder = os.environ[RUN].partition(":")
    return int(owner), Path(folder)


def postgres() -> Path:
    """Return the socket folder of this run's PostgreSQL, started by whoever asks first."""
    owner, folder = _run()
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "ready").exists():
            _start_guard(owner, folder)
    return folder


def _start_guard(owner: int, folder: Path) -> None:
    with (folder / "log").open("wb") as log:
        guard = subprocess.Popen(
            [sys.executable, "-m", "tests.postgres", str(owner), str(folder)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # A Ctrl-C is for the tests; the guard then sees them go.
        )
    deadline = time.monotonic() + PATIENCE
    while not (folder / "ready").exists():
        if guard.poll() is not None or time.monotonic() > deadline:
            guard.kill()
            raise RuntimeError("PostgreSQL did not start:\n" + (folder / "log").read_text())
        time.sleep(0.05)


@contextlib.contextmanager
def fresh_database() -> Iterator[str]:
    """Give the SQLAlchemy URL of a new, empty database, and drop it afterwards with whatever still holds it."""
    folder = postgres()
    name = f"t{uuid.uuid4().hex}"
    with psycopg.connect(f"host={folder} user=postgres dbname=postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0".encode())
        try:
            yield f"postgresql+psycopg://postgres@/{name}?host={folder}"
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
