"""A worker's outpost for tests: a store, a log writer, a sweeper and jobs, with a world's people and clock.

Everything is real; what a test may do by hand is to move the clock and to leave a process out.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest
import redis
import sqlalchemy as sa
from sqlalchemy import Engine

from look.face import Face
from protocol.alert import read_alert
from protocol.release import Release, check
from protocol.signed import Signed
from sereno import demonet
from store import deliveries, logbook, messages, subscribers
from store.deliveries import Delivery
from store.engine import reading, writing
from store.messages import Message
from store.rosters import put_roster
from tests.world import World
from worker import delivery, gate, rqworker
from worker import station as stations
from worker.loghead import LogHead
from worker.logwriter import LogWriter
from worker.settings import Settings
from worker.station import Station
from worker.sweep import Sweeper

ADDRESSES: Final = ("intake", "desk", "alerts")


class Outpost:
    """What a worker stands on, and what its processes do, one call each."""

    def __init__(self, engine: Engine, world: World, folder: Path, redis_url: str = "") -> None:
        self.engine = engine
        self.world = world
        (folder / "policy.json").write_bytes(world.policy.encode())
        (folder / "face.json").write_text(json.dumps(demonet.face(dict.fromkeys(ADDRESSES, "http://x"))))
        url = engine.url.render_as_string(hide_password=False)
        settings = Settings(url, redis_url, folder / "policy.json", folder / "face.json", allow_private=True)
        self.station = Station(engine, world.policy, Face.read(settings.face), settings)
        self.head = LogHead(folder / "log.head")
        self.writer = self.new_writer()
        self.publish()

    def new_writer(self) -> LogWriter:
        """Return the log's process as it is at a start."""
        return LogWriter(self.engine, self.world.policy, self.world.log.seed, self.head)

    def publish(self) -> None:
        """Put the world's newest roster into the store."""
        signed = self.world.signed_roster
        with writing(self.engine) as conn:
            put_roster(conn, signed.encode(), [one.encode() for one in self.world.links], {})
            logbook.queue_signed(conn, "roster", signed)

    def for_jobs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have jobs in this process stand on this outpost, by their environment."""
        monkeypatch.setenv("SERENO_DATABASE", self.station.settings.database)
        monkeypatch.setenv("SERENO_REDIS", self.station.settings.redis)
        monkeypatch.setenv("SERENO_POLICY", str(self.station.settings.policy))
        monkeypatch.setenv("SERENO_FACE", str(self.station.settings.face))
        monkeypatch.setenv("SERENO_ALLOW_PRIVATE", "yes")
        stations.station.cache_clear()

    def subscribe(self, url: str, *, channel: str = "webhook", secret: bytes = b"s" * 32, zone: str = "") -> str:
        """Store an active subscriber."""
        zones = [zone] if zone else []
        with writing(self.engine) as conn:
            return subscribers.put_subscriber(
                conn, channel=channel, url=url, secret=secret, zones=zones, active=True, audience="responders"
            )

    # --- The gate -----------------------------------------------------------------------------------------------------

    def post(self, signed: Signed) -> str:
        """Hand signed bytes to the gate as a row, whatever they are worth; return the row's id."""
        with writing(self.engine) as conn:
            return messages.post_message(conn, signed.encode(), read_alert(signed), self.world.now)

    def claim(self) -> list[Message]:
        """Claim what waits for the gate."""
        with writing(self.engine) as conn:
            return messages.claim_messages(conn, owner="test", now=self.world.now, limit=32)

    def log(self) -> int:
        """Have the log's process look once."""
        return self.writer.write(self.world.now)

    def admit(self) -> None:
        """Take everything that waits through the gate, while the log writes."""
        with self.logging():
            for row in self.claim():
                gate.pass_gate(self.station, row.id, row.claim, self.world.now)

    @contextmanager
    def logging(self) -> Iterator[None]:
        """Have the log write, in a thread of its own, for as long as this lasts."""
        over = threading.Event()

        def write() -> None:
            while not over.wait(0.01):
                self.log()

        thread = threading.Thread(target=write)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    def send(self, signed: Signed) -> Message:
        """Post signed bytes, take them through the gate, and return the row as it is then."""
        id = self.post(signed)
        self.admit()
        while self.row(id).state == "posted":  # On a busy machine the gate's patience with the log may not do.
            self.world.now += 1
            self.admit()
        return self.row(id)

    def row(self, id: str) -> Message:
        """Return a message's row."""
        with reading(self.engine) as conn:
            return messages.message_by_id(conn, id)

    def prove(self) -> int:
        """Have stops that the log holds get their proof."""
        self.log()
        return gate.add_proofs(self.station, self.world.now)

    # --- Delivery -----------------------------------------------------------------------------------------------------

    def lots(self, *, slow: bool = False) -> list[list[Delivery]]:
        """Claim every lot of a lane that is due now."""
        found: list[list[Delivery]] = []
        with writing(self.engine) as conn:
            while rows := deliveries.claim_lot(conn, owner=f"lot {len(found)} {slow}", now=self.world.now, slow=slow):
                found.append(rows)
        return found

    def deliver(self, *, slow: bool = False) -> int:
        """Claim and deliver what is due in a lane now; return how many lots it was."""
        lots = self.lots(slow=slow)
        for rows in lots:
            delivery.deliver(self.station, rows[0].owner or "", self.world.now)
        return len(lots)

    def waiting(self) -> list[Delivery]:
        """Return the deliveries that are still due, whenever."""
        return [one for one in self.deliveries() if one.due_at is not None]

    def deliveries(self) -> list[Delivery]:
        """Return all deliveries."""
        with reading(self.engine) as conn:
            return [Delivery(**row._mapping) for row in conn.execute(deliveries.deliveries.select())]

    # --- Processes ----------------------------------------------------------------------------------------------------

    def sweeper(self) -> Sweeper:
        """Return a sweeper that hands on to the Redis of this outpost."""
        return Sweeper(self.station, redis.Redis.from_url(self.station.settings.redis))

    def run_jobs(self, *names: str) -> None:
        """Have RQ run all that waits in these queues, here and now."""
        for name in names or ("sereno", "sereno-slow"):
            one = rqworker.worker(name, redis.Redis.from_url(self.station.settings.redis))
            one.work(burst=True, logging_level="CRITICAL")
        self.world.now = max(self.world.now, int(time.time()))  # Jobs read the machine's clock; ours follows.


def confirm(post: Outpost, **changes: Any) -> Release:
    """Have a first alert let out, and return it as a receiver checks it."""
    row = post.send(post.world.attest(post.world.alert(**changes), "ana", "bo"))
    assert row.state == "released", row.refused
    release = check(row.bundle or b"", post.world.policy, post.world.now)
    assert isinstance(release, Release)
    return release


def planned(post: Outpost, row: Message) -> int:
    """Return how many deliveries of a message there are."""
    with reading(post.engine) as conn:
        return sum(deliveries.count_deliveries(conn, row.id).values())


def published(post: Outpost) -> int:
    """Return how many messages were let out, ever."""
    with reading(post.engine) as conn:
        return int(conn.execute(sa.select(sa.func.count()).select_from(messages.published)).scalar_one())
