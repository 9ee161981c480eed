"""A fault campaign: one running network, walkers who walk tips through it, and whoever kills what runs meanwhile."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import redis
import sqlalchemy as sa

from sereno.journey import Journey, until
from sereno.receiver import Receiver
from sereno.run import database
from sereno.supervise import FORK_SERVER
from store import envelopes, failpoint, messages
from store.engine import open_engine, reading, writing
from tests.running import Running

PAIRS: Final = (("ana", "bo"), ("cruz", "dee"))
PROGRAMS: Final = (FORK_SERVER, "redis", "log", "intake", "desk", "alerts", "worker", "worker's 0", "worker's 1")
# Who reaches a fail-point.
REACHES: Final = {
    "envelope.stored-before-commit": "intake",
    "envelope.committed": "intake",
    "envelope.burnt-before-commit": "worker",
    "event.put-before-commit": "desk",
    "message.posted-before-commit": "desk",
    "log.appended-before-commit": "log",
    "checkpoint.signed-before-stored": "log",
    "release.set-before-commit": "worker",
    "release.committed": "worker",
    "attempts.recorded-before-commit": "worker",
    "delivery.sent-before-recorded": "worker",
    "claim.committed-before-enqueue": "worker",
}


@dataclass(slots=True)
class Campaign:
    """A network under attack."""

    network: Running
    receiver: Receiver
    walked: int = 0

    @classmethod
    def open(cls, network: Running) -> Campaign:
        """Return a campaign whose subscriber waits for alerts."""
        receiver = Receiver(b"c" * 32)
        Journey(network.folder, network.port, network.people, receiver=receiver).subscribe()
        return cls(network, receiver)

    def walker(self, pair: int = 0) -> Journey:
        """Return two people who will walk tips through, under one pair of hands each."""
        return Journey(
            self.network.folder,
            self.network.port,
            self.network.people,
            receiver=self.receiver,
            handles=PAIRS[pair],
        )

    def walk(self, walker: Journey) -> str:
        """Walk one tip to a checked alert, however often what runs is killed; return the alert's id."""
        self.walked += 1
        walker.words = f"Tip {self.walked} of {walker.handles[0]}: three people in vests by the landing."
        bundle, _ = walker.walk()
        id: str = json.loads(json.loads(bundle)["alert"]["payload"])["id"]
        return id

    def require_once(self, id: str) -> None:
        """Raise unless an alert came under one webhook-id with one body, and every row about it is closed."""
        came = {key: set(bodies) for key, bodies in list(self.receiver.got.items()) if id.encode() in bodies[0]}
        assert len(came) == 1, f"{len(came)} ids for one alert and one subscriber"
        (bodies,) = came.values()
        assert len(bodies) == 1, "one id with different bodies"
        until("the deliveries to be written down", lambda: not self._open(id))

    def _open(self, id: str) -> int:
        engine = open_engine(database(self.network.folder))
        with reading(engine) as conn:
            query = sa.text(
                "SELECT count(*) FROM messages LEFT JOIN deliveries ON deliveries.message = messages.id "
                "WHERE chain = :chain AND (messages.state <> 'released' OR deliveries.state <> 'done')"
            )
            found = int(conn.execute(query, {"chain": id}).scalar_one())
        engine.dispose()
        return found

    def require_nothing_left(self) -> None:
        """Raise unless every tip that was accepted was found, and every alert that was posted came out once."""
        engine = open_engine(database(self.network.folder))
        with reading(engine) as conn:
            waiting = conn.execute(sa.select(sa.func.count()).where(envelopes.envelopes.c.minute.is_not(None))).scalar()
            names = list(conn.execute(sa.select(messages.messages.c.name)).scalars())
            out = list(conn.execute(sa.select(messages.published.c.name)).scalars())
        engine.dispose()
        assert waiting == 0
        assert sorted(names) == sorted(out)
        assert len(names) == self.walked

    def arm(self, point: str) -> int:
        """Have the program that reaches a point killed there once; return how often it will then have been started."""
        name = REACHES[point]
        before = self.network.supervisor.starts(name)
        self.network.supervisor.restart(name, {failpoint.VARIABLE: point})
        until(f"{name} to be started again", lambda: self.network.supervisor.starts(name) == before + 1)
        return before + 2

    def require_killed(self, point: str, starts: int) -> None:
        """Raise unless the program was killed at the point, and started again."""
        name = REACHES[point]
        until(f"{name} to be killed at {point}", lambda: self.network.supervisor.starts(name) == starts)

    def let_one_burn(self) -> str:
        """Make an opened envelope due to be burnt; return its id."""
        engine = open_engine(database(self.network.folder))
        with writing(engine) as conn:
            id = str(conn.execute(sa.select(envelopes.envelopes.c.id).limit(1)).scalar_one())
            envelopes.keep_until(conn, [id], 1)
        engine.dispose()
        return id

    def is_burnt(self, id: str) -> bool:
        """Say whether an envelope has gone."""
        engine = open_engine(database(self.network.folder))
        with reading(engine) as conn:
            query = sa.select(sa.func.count()).where(envelopes.envelopes.c.id == id)
            found = conn.execute(query).scalar_one() == 0
        engine.dispose()
        return found

    def wipe(self) -> None:
        """Wipe Redis."""
        with redis.Redis(unix_socket_path=str(self.network.folder / "redis" / "redis.sock")) as client:
            client.flushall()

    def kill(self, name: str) -> bool:
        """Kill a program as a power cut would; say whether it was there."""
        pid = self.network.pids().get(name, 0)
        if pid:
            with contextlib.suppress(ProcessLookupError):  # A child follows its parent, or ends by itself, any time.
                os.kill(pid, signal.SIGKILL)
        return bool(pid)

    def kill_many(self, seed: int, count: int, longest: float = 1.5) -> list[str]:
        """Kill random programs at random moments while all walkers walk on; return the ids of what came through."""
        over = threading.Event()

        def walk_on(pair: int) -> list[str]:
            walker, ids = self.walker(pair), []
            while not over.is_set():
                ids.append(self.walk(walker))
            return ids

        with ThreadPoolExecutor(len(PAIRS)) as pool:
            walks: list[Future[list[str]]] = [pool.submit(walk_on, pair) for pair in range(len(PAIRS))]
            dice, done = random.Random(seed), 0
            while done < count and not any(one.done() for one in walks):
                time.sleep(dice.uniform(0.1, longest))
                done += self.kill(dice.choice(PROGRAMS))
            over.set()
            return [id for one in walks for id in one.result()]
