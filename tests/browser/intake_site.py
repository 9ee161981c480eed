"""A demo network's intake, served as it is shipped: `python -m intake` on a free port, over a real SQLite file."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, func, select

from protocol.encoding import canonical
from protocol.envelope import open_envelope
from protocol.limits import HOUR, QUARTER
from protocol.notice import NOTICE
from protocol.recipients import open_set
from protocol.signed import Signed, sign
from protocol.tip import Tip
from sereno import demonet
from store.engine import reading, writing
from store.envelopes import bodies, envelopes, read_body
from store.notices import last_notice, put_notice
from tests.stores import new_store
from worker.dropping import build_drop

ROOT: Final = Path(__file__).resolve().parents[2]
HOST: Final = "intake.localhost"
PATIENCE: Final = 30.0  # Seconds that a start may take on a machine that is busy with other things.


@dataclass(frozen=True, slots=True)
class IntakeSite:
    """A running intake: its address, its network with every secret, and its store."""

    url: str
    network: demonet.DemoNetwork
    engine: Engine

    def count(self) -> int:
        """Return how many envelopes the store holds."""
        with reading(self.engine) as conn:
            return int(conn.execute(select(func.count()).select_from(bodies)).scalar_one())

    def latest(self) -> Tip:
        """Return what the newest envelope tells, opened by the first verifier of the set it was sealed to."""
        with reading(self.engine) as conn:
            row = conn.execute(select(envelopes).order_by(envelopes.c.minute.desc()).limit(1)).one()
            body = read_body(conn, row.id)
        return self.open(body, row.set_name)

    def open(self, body: bytes, set_name: str) -> Tip:
        """Return what an envelope tells."""
        sets = [open_set(one, self.network.epoch_keys, self.network.roster) for one in self.network.sets]
        to = next(one for one in sets if one.name == set_name)
        member = self.network.members[0]
        return open_envelope(body, member.epochs[to.epoch], to, member.id)

    def put_notice(self, handle: str) -> None:
        """Tell witnesses, as somebody of the network, that nobody of their desk can check for two hours."""
        who = next(one for one in self.network.members if one.person.handle == handle)
        begins = int(time.time()) // QUARTER * QUARTER
        desk = self.network.roster.verifiers[who.id].desk
        with writing(self.engine) as conn:
            last = last_notice(conn, desk)
            number = 1 if last is None else Signed.decode(last).read(NOTICE)["number"] + 1
            value = {"v": 1, "network": self.network.policy.network, "desk": desk, "number": number, "from": begins}
            value |= {"until": begins + 2 * HOUR, "reason": "nobody-on-shift"}
            put_notice(conn, sign("notice", canonical(value), who.id, who.seed).encode())


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def serve(folder: Path, network: demonet.DemoNetwork | None = None, **environment: str) -> Iterator[IntakeSite]:
    """Serve a demo network until the block ends; `environment` adds to the intake's settings."""
    folder.mkdir(parents=True, exist_ok=True)
    network = network or demonet.found_demo(int(time.time()))
    port = free_port()
    url = f"http://{HOST}:{port}"
    demonet.write_files(folder, network, {"intake": url, "desk": url, "alerts": url})
    database = f"sqlite:///{folder / 'store.db'}"
    engine = new_store(database)
    demonet.install(engine, network)
    build_drop(engine, int(time.time()))
    settings = {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SERENO_DATABASE": database,
        "SERENO_POLICY": str(folder / "policy.json"),
        "SERENO_FACE": str(folder / "face.json"),
        "SERENO_WORK_KEY": (folder / "work.key").read_text("ascii"),
        "SERENO_INTAKE_LISTEN": f"127.0.0.1:{port}",
        **environment,
    }
    program = subprocess.Popen([sys.executable, "-m", "intake"], cwd=folder, env=settings)
    try:
        _await(program, port)
        yield IntakeSite(url, network, engine)
    finally:
        program.terminate()
        program.wait()
        engine.dispose()


def _await(program: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if program.poll() is not None:
            raise RuntimeError(f"The intake ended with {program.returncode} before it served anything.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The intake did not answer on port {port} within {PATIENCE:g} seconds.")
