"""`sereno run`: everything on this machine: store, Redis, three faces, worker, log; started again when it dies.

The first start founds a demo network in the folder.  A folder that holds an actual network's policy and face is served
as it is.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from look.face import ORIGIN, Face
from protocol.policy import Policy
from sereno import latch
from sereno.forked import ForkServer
from sereno.redis import find_redis, options, require_short
from sereno.supervise import Program, Supervisor

HOSTS: Final = (
    ("intake", "intake.localhost", 8001),
    ("desk", "desk.localhost", 8002),
    ("alerts", "alerts.localhost", 8003),
)
LAST_PORT: Final = 65_535
PATIENCE: Final = 30.0  # Seconds that a face may take to answer before people are told where it would be.


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--folder", type=Path, default=Path("run"), help="where everything is kept (default: run)")
    parser.add_argument(
        "--port", type=read_port, default=HOSTS[0][2], help="the intake's port; desk and alerts take the next two"
    )


def read_port(text: str) -> int:
    """Return a port of which the next two are ports too.  Raises argparse.ArgumentTypeError."""
    if not text.isdecimal() or not 0 < int(text) <= LAST_PORT - 2:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to {LAST_PORT - 2}; this is {text}")
    return int(text)


def addresses(port: int) -> dict[str, str]:
    """Return the three origins."""
    return {name: f"http://{host}:{port + place}" for place, (name, host, _) in enumerate(HOSTS)}


def prepare(folder: Path, port: int) -> bool:
    """Do what `founding.prepare` does in a process of its own; say whether a network was founded.

    Raises RuntimeError where it failed; that process has said why.
    """
    founded = not (folder / "policy.json").exists()
    command = [sys.executable, "-P", "-m", "sereno.founding", str(folder), str(port)]
    if subprocess.run(command, check=False).returncode != 0:  # noqa: S603 - our own program
        raise RuntimeError(f"{folder} could not be prepared.")
    return founded


def desk_origins(folder: Path, port: int) -> str:
    """Return where the desk takes sign-ins from: where SERENO_DESK_ORIGINS says, its own first.

    Where that says nothing: from where face.json has the desk, and from this machine.
    Raises Refused("shape"), OSError.
    """
    given = os.environ.get("SERENO_DESK_ORIGINS", "").split()
    for one in given:
        ORIGIN(one, "SERENO_DESK_ORIGINS")
    face = Face.read(folder / "face.json")
    return " ".join(given or dict.fromkeys((face.addresses["desk"], addresses(port)["desk"])))


def work_key(folder: Path) -> str:
    """Return the key that signs work challenges: 32 bytes in hexadecimal.  Raises OSError for a file without one."""
    text = (folder / "work.key").read_bytes().strip().decode("ascii", "replace")
    if re.fullmatch("[0-9a-fA-F]{64}", text) is None:
        raise OSError(
            f"{folder / 'work.key'} does not hold 32 bytes in hexadecimal; `openssl rand -hex 32` gives some."
        )
    return text


def database(folder: Path) -> str:
    """Return the store's URL: SQLite in the folder, unless SERENO_DATABASE names another."""
    return os.environ.get("SERENO_DATABASE") or f"sqlite:///{(folder / 'sereno.db').resolve()}"


# What the C library frees it overwrites, and Python frees through it: who sent a request leaves the door's memory with
# the request, instead of lying in free blocks until something else needs them.  What it frees into the small cache of
# each thread it does not overwrite, so there is none.
WIPING: Final = {
    "PYTHONMALLOC": "malloc",
    "MALLOC_PERTURB_": "165",
    "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0",
}

# What the C library frees goes back to the system, where it else keeps what a start once needed for good.
LEAN: Final = {"MALLOC_TRIM_THRESHOLD_": "131072", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_ARENA_MAX": "2"}


def in_memory(folder: Path = Path("/dev/shm"), least: int = 1 << 30) -> dict[str, str]:  # noqa: S108 - not ours to name
    """Return where bodies too long for a program's buffers are kept: in memory, if this machine has a gigabyte of it.

    What is deleted from a disk may be found there for months, and a tip that was burnt is to be gone.
    """
    try:
        roomy = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free >= least
    except OSError:
        roomy = False
    return {"TMPDIR": str(folder)} if roomy else {}


def plain() -> dict[str, str]:
    """Return the environment that all programs have in common."""
    return {"PATH": os.defpath, **in_memory(), **LEAN, "PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1"}


def programs(folder: Path, port: int) -> list[Program]:
    """Return what runs, each with only the settings it needs."""
    folder = folder.resolve()
    base = plain()
    store = {"SERENO_DATABASE": database(folder), "SERENO_POLICY": str(folder / "policy.json")}
    shown = {**base, **store, "SERENO_FACE": str(folder / "face.json")}
    exercise = Policy.decode((folder / "policy.json").read_bytes()).mode == "exercise"
    worker = {
        **shown,
        "SERENO_REDIS": f"unix://{folder / 'redis' / 'redis.sock'}",
        "SERENO_ALLOW_PRIVATE": "yes" if exercise else "no",
        "SERENO_WITNESSES": os.environ.get("SERENO_WITNESSES", ""),
    }
    return [
        Program("redis", redis_command(folder / "redis"), base, quiet=True),
        _python("log", "worker", "log", **base, **store, SERENO_LOG_KEY=str(folder / "log.key")),
        _python(
            "intake",
            "intake",
            **shown,
            **WIPING,
            **_given("SERENO_INTAKE_HOURLY_BYTES"),
            SERENO_INTAKE_LISTEN=f"127.0.0.1:{port}",
            SERENO_INTAKE_ONION=os.environ.get("SERENO_INTAKE_ONION", ""),
            SERENO_WORK_KEY=work_key(folder),
        ),
        _fork(
            "desk",
            "verifier",
            **shown,
            **_given("SERENO_DESK_CHALLENGE_KEY"),
            SERENO_DESK_LISTEN=f"127.0.0.1:{port + 1}",
            SERENO_DESK_ORIGINS=desk_origins(folder, port),
        ),
        _fork("alerts", "alerts", **shown, SERENO_ALERTS_LISTEN=f"127.0.0.1:{port + 2}"),
        _fork("worker", "worker", "crew", **worker),
    ]


def _given(*names: str) -> dict[str, str]:
    """Return those of an operator's own settings that are set."""
    return {name: os.environ[name] for name in names if os.environ.get(name)}


def redis_command(folder: Path) -> list[str | Path]:
    """Return the command of the embedded Redis, its folder made and closed to others.

    Raises RuntimeError where there is none, or where its socket's path is too long.
    """
    socket = folder / "redis.sock"
    require_short(socket)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return [find_redis(), *options(folder, socket)]


def _python(name: str, module: str, *arguments: str, **environment: str) -> Program:
    # -P: nothing is imported from wherever the command was typed.
    return Program(name, [sys.executable, "-P", "-m", module, *arguments], environment)


def _fork(name: str, module: str, *arguments: str, **environment: str) -> Program:
    return replace(_python(name, module, *arguments, **environment), fork=(module, *arguments))


def assemble(folder: Path, port: int) -> tuple[Supervisor, bool]:
    """Prepare a folder; return who keeps its programs running, not started yet, and whether a network was founded.

    Raises OSError, which says what is missing, and Refused, where that can't be done.
    """
    held = latch.hold(folder)
    server = ForkServer()
    try:
        server.load(plain())  # It loads while the folder is prepared.
        founded = prepare(folder, port)
        return Supervisor(programs(folder, port), folder / "processes.json", server, held), founded
    except BaseException as error:
        server.stop()
        held.close()
        if isinstance(error, RuntimeError):
            raise OSError(str(error)) from error
        raise


def run(arguments: argparse.Namespace) -> int:
    """Start everything, say where it is, and keep it running until asked to stop."""
    folder: Path = arguments.folder
    supervisor, founded = assemble(folder, arguments.port)
    try:
        supervisor.start()
        patient = time.monotonic() + PATIENCE
        if supervisor.watch(until=lambda: not _silent(arguments.port) or time.monotonic() > patient):
            print("\n".join(_greeting(folder, arguments.port, founded)), flush=True)
            supervisor.watch()
    finally:
        supervisor.stop()
    return 0


def _silent(port: int) -> list[str]:
    """Return the names of the faces that nobody can reach yet."""
    found = []
    for place, (name, _, _) in enumerate(HOSTS):
        try:
            socket.create_connection(("127.0.0.1", port + place), 1).close()
        except OSError:
            found.append(name)
    return found


def _greeting(folder: Path, port: int, founded: bool) -> Sequence[str]:
    where = addresses(port)
    lines = [
        *(f"The {name} does not answer yet; why is said above." for name in _silent(port)),
        "",
        "Sereno is running."
        + (" A demo network was made: an EXERCISE, its keys made on this machine." if founded else ""),
        "",
        f"  Tell what you saw   {where['intake']}",
        f"  The desk            {where['desk']}",
        f"  Alerts              {where['alerts']}",
        "",
    ]
    people = sorted(one.with_suffix(".words") for one in (folder / "people").glob("*.vault"))
    if people:
        lines.append("  To sign in at the desk, choose a vault file and type its words:")
        lines += [f"    {one.with_suffix('.vault')}   {one.read_text('ascii').strip()}" for one in people]
        lines += [
            f"    and add this week's key from the same folder, e.g. {people[0].with_suffix('')}.epoch-…",
            "",
            "  Try this first: send a tip; sign in as two people in two browser profiles; open, find, propose, attest.",
            f"  Then check the alert offline: sereno check release.json --policy {folder / 'policy.json'}",
        ]
    return [*lines, "", "  Ctrl-C stops everything.", ""]
