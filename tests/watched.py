"""A network whose log an auditor watches over HTTP, and whose public face can be made to lie."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from alerts.app import create_app
from alerts.settings import Settings
from protocol.note import Checkpoint, Note
from protocol.signed import Signed
from sereno.auditing import Report, audit
from sereno.logsite import LogSite
from sereno.visit import Visit
from store import logbook
from store.engine import reading, writing
from store.stays import put_stay
from tests.outpost import Outpost
from tests.served import Liar, served
from tests.stores import new_store
from tests.world import World


@dataclass(slots=True)
class Watched:
    """A network whose log an auditor watches: its outpost, its public face, and where that can be made to lie."""

    post: Outpost
    liar: Liar
    url: str

    @property
    def world(self) -> World:
        return self.post.world

    def audit(self, last: Visit | None = None) -> Report:
        return audit(LogSite(self.url), self.world.policy, last, self.world.now)

    def entries(self) -> list[bytes]:
        with reading(self.post.engine) as conn:
            return logbook.read_entries(conn, 0, 999)

    def stay(self, name: str) -> Signed:
        signed = self.world.sign_stay(name, "ana")
        with writing(self.post.engine) as conn:
            put_stay(conn, signed.encode())
            logbook.queue_signed(conn, "stay", signed)
        self.post.log()
        return signed

    def renew(self) -> None:
        """Publish and log the next roster."""
        self.world.publish()
        self.post.publish()
        self.post.log()

    def swap_note(self, note: Note) -> None:
        self.liar.lies["/log/checkpoint"] = note.encode().encode()

    def checkpoint(self) -> Checkpoint:
        return self.audit().visit.checkpoint


@contextmanager
def watched(folder: Path, world: World) -> Iterator[Watched]:
    """Give a network on SQLite, its log begun."""
    folder.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{folder / 'store.db'}"
    engine = new_store(url)
    post = Outpost(engine, world, folder)
    post.log()
    liar = Liar(create_app(Settings(url, folder / "policy.json", folder / "face.json", "127.0.0.1:0", 4)))
    with served(liar) as address:
        yield Watched(post, liar, address)
    engine.dispose()
