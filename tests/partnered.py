"""A network whose log partners witness: real witnesses over HTTP, any of which a test may have lie or be silent."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from protocol.logkey import WitnessKey
from protocol.note import LOG, Key, Note
from protocol.release import check
from protocol.signed import public_key
from sereno.breakglass import write_new
from sereno.witness import application
from sereno.witnessing import Witness
from store import logbook
from store.engine import reading
from store.messages import Message
from tests.outpost import Outpost
from tests.served import Liar, served
from tests.world import World
from worker.cosigning import Asker

ONE, TWO = "wit.example/one", "wit.example/two"


@dataclass(slots=True)
class Partnered:
    """An outpost whose log partners witness."""

    post: Outpost
    liars: dict[str, Liar]
    asker: Asker

    @property
    def world(self) -> World:
        return self.post.world

    def ask(self) -> int:
        """Have the log write and the witnesses asked."""
        self.post.log()
        return self.asker.ask(self.world.now)

    def post_alert(self, **changes: Any) -> str:
        return self.post.post(self.world.attest(self.world.alert(**changes), "ana", "bo"))

    def lines(self) -> list[str]:
        """Return who has signed the newest checkpoint."""
        with reading(self.post.engine) as conn:
            latest = logbook.latest_checkpoint(conn)
        assert latest is not None
        return [line.name for line in Note.decode(latest.note).lines[1:]]

    def seen(self, row: Message, at: int = 0, **policy: Any) -> tuple[str, ...]:
        """Return the witnesses of a released bundle as a receiver with this policy finds them."""
        out = check(row.bundle or b"", replace(self.world.policy, **policy), at or self.world.now)
        return tuple(name for name, _ in out.logged.witnessed) if out.logged else ()


@contextmanager
def partnered(engine: Engine, folder: Path, *names: str, strict: bool = False) -> Iterator[Partnered]:
    """Give an outpost with a real witness over HTTP for each name."""
    world = World(cosigners=names, strict=strict, now=int(time.time()))
    post = Outpost(engine, world, folder)
    log = Key(world.log.origin, LOG, public_key(world.log.seed)).encode()
    liars, opened, servers = {}, [], []
    for place, name in enumerate(names):
        home = folder / str(place)
        home.mkdir()
        write_new(home / "witness.key", WitnessKey(name, world.log.cosigners[name]).encode())
        witness = Witness.open(home)
        witness.add_log(log)
        liars[name] = Liar(application(witness, lambda: world.now))
        opened.append(witness)
        servers.append(served(liars[name]))
    addresses = {name: server.__enter__() for name, server in zip(names, servers, strict=True)}
    station = replace(post.station, settings=replace(post.station.settings, witnesses=addresses))
    post.station = station
    try:
        yield Partnered(post, liars, Asker(station))
    finally:
        for server in servers:
            server.__exit__(None, None, None)
        for witness in opened:
            witness.close()
