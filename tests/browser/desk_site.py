"""A demo network's desk, served as it is shipped: `python -m verifier` on a free port, over a real store."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from protocol import limits
from protocol.codename import Thread
from protocol.envelope import seal_envelope
from protocol.question import thread_name
from protocol.recipients import RecipientSet
from protocol.reply import sign_reply
from protocol.tip import Attachment
from sereno import clock, demonet
from store.engine import writing
from store.envelopes import Arrival, put_envelope
from store.tables import all_tables
from tests.browser.intake_site import ROOT, free_port
from tests.stores import new_store

HOST: Final = "desk.localhost"
PATIENCE: Final = 30.0  # Seconds that a start may take on a machine that is busy with other things.
TOLD: Final[dict[str, Any]] = {
    "what": "taking",
    "where": {"zone": "harbor", "words": "Ferry landing"},
    "when": {"choice": "now"},
    "seen": "now",
    "officers": "3-5",
    "vehicles": "2",
    "words": "Three people in vests by the ferry landing, one car.",
}


@dataclass(frozen=True, slots=True)
class DeskSite:
    """A running desk: its address, its network with every secret, its store, and the folder of its people's files."""

    url: str
    network: demonet.DemoNetwork
    engine: Engine
    people: Path
    api: str

    def renew(self, network: demonet.DemoNetwork | None = None) -> DeskSite:
        """Empty the store and publish the network in it again, or one that has the same people and other keys and sets.

        A desk keeps nothing but its store, so nobody has ever come to it.
        """
        renewed = replace(self, network=network or self.network)
        with writing(self.engine) as conn:
            for table in reversed(all_tables().sorted_tables):
                conn.execute(table.delete())
        demonet.install(self.engine, renewed.network)
        return renewed

    def member(self, handle: str) -> demonet.Member:
        """Return a demo person's secrets."""
        return next(one for one in self.network.members if one.person.handle == handle)

    def set(self) -> RecipientSet:
        """Return this week's set."""
        return self.network.set_at(clock.now())

    def seal(
        self,
        files: Sequence[Attachment] = (),
        *,
        day: int = 0,
        thread: dict[str, str] | None = None,
        legal: str = "",
        **told: Any,
    ) -> str:
        """Leave a sealed tip at the desk's door and return the envelope's id.

        `day` is how far its own day is off; `thread` is that of a witness who took a code; `legal` is for attorneys.
        """
        more = {"thread": thread} if thread else {}
        return self._put({**self._header("tip", day), "tip": {**TOLD, **told}, **more}, files, legal)

    def withdraw(self, thread: Thread) -> str:
        """Leave a witness's sealed withdrawal at the desk's door and return the envelope's id."""
        value = {"v": 1, "network": self.network.policy.network, "thread": thread_name(thread.value())}
        said = sign_reply("withdrawal", value, thread.seed).value()
        return self._put({**self._header("withdrawal"), "thread": thread.value(), "said": said})

    def _header(self, kind: str, day: int = 0) -> dict[str, Any]:
        network, form = self.network.policy.network, "0" * 64
        today = clock.now() // limits.DAY
        id = secrets.token_hex(16)
        return {"v": 1, "kind": kind, "id": id, "day": today + day, "network": network, "form": form}

    def _put(self, header: dict[str, Any], files: Sequence[Attachment] = (), legal: str = "") -> str:
        to = self.set()
        body = seal_envelope(header, to, [self.network.recipients["luz"]], files, legal)
        bucket = limits.CHUNK if not files else next(one for one in limits.BUCKETS[1:] if one < len(body) <= 2 * one)
        sealed_to: dict[str, Any] = {
            "set_name": to.name,
            "set_number": to.number,
            "epoch": to.epoch,
            "stanzas": len(to.members),
        }
        arrival = Arrival(desk=to.desk, bucket=bucket, body=body, now=clock.now(), **sealed_to)
        with writing(self.engine) as conn:
            return put_envelope(conn, arrival)


@contextmanager
def serve(
    folder: Path, network: demonet.DemoNetwork | None = None, own_origins: Sequence[str] = ()
) -> Iterator[DeskSite]:
    """Serve a demo network's desk until the block ends; `own_origins` are of pages on verifiers' own machines."""
    folder.mkdir(parents=True, exist_ok=True)
    network = network or demonet.found_demo(int(time.time()))
    port = free_port()
    url = f"http://{HOST}:{port}"
    demonet.write_files(folder, network, {"intake": url, "desk": url, "alerts": "http://alerts.localhost:8003"})
    demonet.write_secrets(folder / "people", network)
    database = f"sqlite:///{folder / 'store.db'}"
    engine = new_store(database)
    demonet.install(engine, network)
    settings = {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SERENO_DATABASE": database,
        "SERENO_POLICY": str(folder / "policy.json"),
        "SERENO_FACE": str(folder / "face.json"),
        "SERENO_DESK_LISTEN": f"127.0.0.1:{port}",
        "SERENO_DESK_ORIGINS": " ".join((url, *own_origins)),
    }
    program = subprocess.Popen([sys.executable, "-m", "verifier"], cwd=folder, env=settings)
    try:
        await_health(program, port)
        yield DeskSite(url, network, engine, folder / "people", f"http://127.0.0.1:{port}")
    finally:
        program.terminate()
        program.wait()
        engine.dispose()


def await_health(program: subprocess.Popen[bytes], port: int, path: str = "/health") -> None:
    """Wait until a desk answers.  Raises RuntimeError where it ends or stays silent."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if program.poll() is not None:
            raise RuntimeError(f"The desk ended with {program.returncode} before it served anything.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=1) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"The desk did not answer on port {port} within {PATIENCE:g} seconds.")
