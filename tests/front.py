"""The public face in front of a world: what a story releases is put into a real store and shown by the real app."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from alerts.app import create_app
from alerts.settings import Settings
from protocol.limits import HOUR, MINUTE
from protocol.release import Bundle, Release, Stop
from sereno import demonet
from store.engine import writing
from store.messages import claim_messages, post_message
from store.releases import set_released
from store.rosters import put_roster
from tests.stores import new_store
from tests.world import CAST, World

HARBOR: Final = {"zone": "harbor", "cell": "3,-4"}
FREE: Final = {"en": "By the ferry landing.", "es": "Junto al muelle del ferry."}
RESPONDERS: Final = {"audience": "responders", "class_": "B", "template": "presence", "free": {"en": "Only for you."}}


@dataclass(slots=True)
class Front:
    """A world whose first moment was two hours ago, its store, and the files that the public face reads."""

    world: World
    engine: Engine
    settings: Settings

    @property
    def app(self) -> Any:
        """The application, made as it is shipped."""
        return create_app(self.settings)

    def put(self, *messages: Release | Stop) -> None:
        """Let checked messages out as the gate's last step does."""
        for one in messages:
            signed = Bundle.decode(one.bundle).alert.encode()
            with writing(self.engine) as conn:
                id = post_message(conn, signed, one.alert, one.alert.issued)
                claims = {row.id: row.claim for row in claim_messages(conn, owner="t", now=self.world.now, limit=64)}
                until = one.alert.expires or one.alert.issued + MINUTE
                assert set_released(conn, id, claims[id], bundle=one.bundle, now=one.alert.issued, until=until)

    def release(self, *names: str, ago: int = 0, **changes: Any) -> Release:
        """Release an alert of the harbor so many minutes ago."""
        self.world.now = int(time.time()) - ago * MINUTE
        given = {"place": HARBOR, "free": FREE, **changes}
        released = self.world.release(*names, **given)
        self.put(released)
        return released

    def at(self, ago: int) -> World:
        """Return the world as of so many minutes ago, for what happens next in a story."""
        self.world.now = int(time.time()) - ago * MINUTE
        return self.world

    # --- The stories that the pages tell ------------------------------------------------------------------------------

    def confirmed(self) -> Release:
        """An alert that stands."""
        return self.release(ago=12)

    def checked(self) -> Release:
        """A rumour that was checked."""
        return self.release(ago=25, kind="checked", class_="R", template="rumour", instruction="avoid-rumours")

    def updated(self) -> Release:
        """An alert that was confirmed again."""
        first = self.release(ago=40)
        second = self.at(20).update(first, officers="6-10")
        self.put(second)
        return first

    def under_review(self) -> Release:
        """An alert that somebody doubts."""
        first = self.release(ago=20)
        self.put(self.at(3).suspend(first))
        return first

    def withdrawn(self) -> Release:
        """An alert that nobody could check again in time."""
        first = self.release(ago=45)
        self.put(self.at(25).suspend(first))
        return first

    def restored(self) -> Release:
        """An alert that two others confirmed again after somebody's doubt."""
        first = self.release(ago=30)
        doubt = self.at(20).suspend(first)
        self.put(doubt, self.at(15).restore(first, doubt))
        return first

    def retracted(self) -> Release:
        """An alert that was wrong."""
        first = self.release(ago=50)
        self.put(self.at(30).retract(first))
        return first

    def over(self) -> Release:
        """An alert that somebody reported over."""
        first = self.release(ago=70)
        self.put(self.at(10).over(first))
        return first

    def ran_out(self) -> Release:
        """An alert whose time ran out."""
        issued = int(time.time()) - 90 * MINUTE
        return self.release(ago=90, expires=issued + 60 * MINUTE)


def face(addresses: dict[str, str], **changes: Any) -> dict[str, Any]:
    """Return an invented county's face."""
    return {**demonet.face(addresses), **changes}


@contextmanager
def front(folder: Path, database: str, url: str = "http://alerts.localhost", mode: str = "exercise") -> Iterator[Front]:
    """Give a front over a new store at `database`."""
    cast = [one for one in CAST if mode == "exercise" or "trainee" not in one.roles]
    world = World(now=int(time.time()) - 2 * HOUR, mode=mode, name=f"front {mode}", verifiers=cast)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "policy.json").write_bytes(world.policy.encode())
    addresses = {"intake": "http://intake.localhost", "desk": "http://desk.localhost", "alerts": url}
    (folder / "face.json").write_text(json.dumps(face(addresses, demo=mode == "exercise")), "utf-8")
    engine = new_store(database)
    with writing(engine) as conn:
        put_roster(conn, world.signed_roster.encode(), [], {})
    settings = Settings(database, folder / "policy.json", folder / "face.json", "127.0.0.1:0", 4)
    yield Front(world, engine, settings)
    engine.dispose()
