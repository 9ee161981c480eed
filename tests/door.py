"""A door to knock at: the intake's application over a new store, and a demo network with all its secrets."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import altcha
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select
from werkzeug.test import TestResponse

from intake.app import create_app
from intake.settings import Settings
from protocol import limits
from protocol.encoding import b64
from protocol.envelope import seal_envelope
from protocol.errors import KINDS
from protocol.recipients import RecipientSet
from protocol.tip import Attachment
from sereno import clock, demonet
from store.engine import reading
from store.envelopes import bodies
from tests.stores import new_store

NOW: Final = int(time.time())
AGENT: Final = "MarkedAgent/77.7"
ADDRESS: Final = "203.0.113.77"


@dataclass(frozen=True)
class Door:
    """An open door: its application, its store, and a network with all its secrets."""

    app: Flask
    client: FlaskClient
    engine: Engine
    network: demonet.DemoNetwork
    settings: Settings
    to: RecipientSet

    def count(self) -> int:
        with reading(self.engine) as conn:
            return int(conn.execute(select(func.count()).select_from(bodies)).scalar_one())

    def seal(self, words: str = "Two vans.", to: RecipientSet | None = None, files: Sequence[Attachment] = ()) -> bytes:
        tip = {"what": "at-door", "where": {"zone": "harbor"}, "when": {"choice": "now"}, "seen": "saw", "words": words}
        where = {"network": self.network.policy.network, "day": clock.now() // limits.DAY}
        header = {"v": 1, "kind": "tip", "id": "ab" * 16, "form": "0" * 64, "tip": tip, **where}
        attorneys = [self.network.recipients[one.id] for one in self.network.roster.attorneys()]
        return seal_envelope(header, to or self.to, attorneys, files)

    def work(self) -> str:
        return solved(self.client.get("/work").get_json())

    def post(self, body: bytes, work: str | None = None, **changes: Any) -> TestResponse:
        asked: dict[str, Any] = {
            "data": body,
            "content_type": "application/octet-stream",
            "query_string": {"desk": self.to.desk, "set": self.to.name},
            "headers": {"Sereno-Work": self.work() if work is None else work, "User-Agent": AGENT},
            "environ_base": {"REMOTE_ADDR": ADDRESS},
        }
        return self.client.post("/envelopes", **{**asked, **changes})


def solved(challenge: dict[str, Any]) -> str:
    """Return the header's text for a challenge, done by the library's own solver."""
    found = altcha.solve_challenge(altcha.Challenge.from_dict(challenge))
    assert found is not None
    return b64(json.dumps({"challenge": challenge, "solution": found.to_dict()}).encode())


@contextmanager
def opened(
    folder: Path, network: demonet.DemoNetwork, hourly_bytes: int = 1 << 29, onion: str = "", week_of: int | None = None
) -> Iterator[Door]:
    """Give an open door over a new store; tips are sealed to the set of the week in which `week_of` lies, else now."""
    demonet.write_files(folder, network, dict.fromkeys(("intake", "desk", "alerts"), "http://intake.localhost"))
    database = f"sqlite:///{folder / 'store.db'}"
    engine = new_store(database)
    demonet.install(engine, network)
    work_key = bytes.fromhex((folder / "work.key").read_text("ascii"))
    settings = Settings(database, folder / "policy.json", folder / "face.json", "", work_key, hourly_bytes, 8, onion)
    app = create_app(settings)
    to = network.set_at(week_of or clock.now())
    yield Door(app, app.test_client(), engine, network, settings, to)
    engine.dispose()


def kind_of(answer: TestResponse) -> str:
    """Return the kind of a refusal, once its rule and status are those of the table."""
    value = answer.get_json()
    rule, status = KINDS[value["kind"]]
    assert (value["rule"], answer.status_code) == (rule, status)
    assert value["sentence"]
    return str(value["kind"])
