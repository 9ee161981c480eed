"""The stage: a network of twelve verifiers at one desk, of today, and folders of settings for our processes."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from protocol.recipients import RecipientSet
from sereno.demonet import face
from store.engine import open_engine, writing
from store.epochkeys import put_epoch_key
from store.migrating import migrate
from store.rosters import put_roster
from store.sets import mark_complete, put_signature
from tests.world import World
from tests.world_network import Person, recipient

ROOT: Final = Path(__file__).resolve().parent.parent
TWELVE: Final = tuple(
    Person(name, "alba" if at % 2 else "faro", ("lead",) if at == 0 else ())
    for at, name in enumerate("ana bo cy dee eli fay gus hal ida jo kim lea".split())
)
PATIENCE: Final = 120.0  # Seconds on a machine that is busy with other things.


def twelve(now: int | None = None) -> World:
    """Return a network of twelve verifiers at one desk; of today where no time is given."""
    return World(now=int(time.time()) if now is None else now, verifiers=TWELVE)


def founded(world: World, folder: Path) -> tuple[Engine, RecipientSet]:
    """Return a SQLite store in `folder` in which the world's roster and its set of twelve are published."""
    engine = open_engine(database(folder))
    migrate(engine)
    keys = world.epoch_keys()
    signed = world.sign("set", world.propose(keys), "ana", "bo")
    offices = {name: recipient(world.name, "office", name) for name in world.offices}
    with writing(engine) as conn:
        put_roster(conn, world.signed_roster.encode(), [], offices)
        for key in keys:
            put_epoch_key(conn, key.encode())
        put_signature(conn, signed)
        mark_complete(conn, signed.message())
    (folder / "policy.json").write_bytes(world.policy.encode())
    addresses = {name: f"http://{name}.localhost" for name in ("intake", "desk", "alerts")}
    (folder / "face.json").write_text(json.dumps(face(addresses)), "utf-8")
    return engine, world.open_set(signed, keys)


def database(folder: Path) -> str:
    """Return the URL of the store in a folder."""
    return f"sqlite:///{folder / 'sereno.db'}"


def settings(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of one of our processes whose files are in `folder`."""
    shown = {"SERENO_POLICY": str(folder / "policy.json"), "SERENO_FACE": str(folder / "face.json")}
    return {"PATH": os.defpath, "SERENO_DATABASE": database(folder), **shown, **more}


@contextmanager
def serving(module: Sequence[str], environment: Mapping[str, str], port: int, path: str = "/health") -> Iterator[int]:
    """Run `python -m` with these words until the block is over; give its process id once `path` at `port` answers."""
    command = [sys.executable, "-P", "-m", *module]
    process = subprocess.Popen(command, cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)})
    try:
        await_answer(f"http://127.0.0.1:{port}{path}")
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def await_answer(url: str, patience: float = PATIENCE) -> None:
    """Return once a URL answers.  Raises TimeoutError."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError as error:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{url} did not answer within {patience:.0f} seconds") from error
            time.sleep(0.02)


def memory(pid: int, name: str = "Rss") -> int:
    """Return the bytes of memory of a process that are its own; `name` is Rss or Pss (shared pages split)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(f"/proc/{pid}/smaps_rollup has no {name}")


def work_key() -> str:
    """Return a new key for work challenges, in hexadecimal."""
    return secrets.token_hex(32)
