"""A street: a room whose desk is reached over HTTP, where each person's own desk is JavaScript without its page."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from flask import g

from protocol.epoch import epoch_of, epoch_start
from protocol.limits import MINUTE
from sereno import clock
from tests import javascript
from tests.desk_room import ORIGIN, Room
from tests.served import Liar, served
from tests.stores import new_store

NETWORK: Final = "/api/network"
ENOUGH: Final = 3 * MINUTE  # For any one story of a week, and for the two minutes that its stays last.


class Street:
    """A room whose desk is reached over HTTP; each person's own desk is JavaScript, and each has its own liar."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.liars: dict[str, Liar] = {}
        self.urls: dict[str, str] = {}
        self.ahead = 0

    def later(self, seconds: int) -> None:
        """Let all clocks, the server's and the desks', go on."""
        self.ahead = seconds
        javascript.call("./deskweek", "ahead", seconds)

    def set_clock(self) -> None:
        """Give a request the time of this street."""
        g.now = int(time.time()) + self.ahead

    def open(self, name: str, weeks: bool = False) -> str:
        """Open somebody's desk, with this week's key if they bring it; return the kind of the refusal, or ""."""
        world = self.room.world
        vault = {"network": world.network, "verifier": world.id(name), "seed": world.seed(name), "key": bytes(32)}
        files = [world.identity(name).encode()] if weeks else []
        address = (self.urls[name], ORIGIN, world.policy.encode(), vault, files)
        kind: str = javascript.call("./deskweek", "open", name, *address)
        return kind

    def look(self, *names: str) -> list[str]:
        """Let open desks do what they do by themselves, one after the other."""
        return [javascript.call("./deskweek", "look", name) for name in names]

    def settle(self, *names: str) -> dict[int, tuple[int, set[str]]]:
        """Let them go on until all is signed; return number and members by week, as the last of them sees it."""
        before: Any = None
        found: Any = []
        while found != before:
            before = found
            assert set(self.look(*names)) == {""}
            found = sorted(javascript.call("./deskweek", "sets", names[-1]), key=lambda one: int(one["number"]))
        return {one["epoch"]: (one["number"], {member["verifier"] for member in one["members"]}) for one in found}


@contextmanager
def a_street(folder: Path) -> Iterator[Street]:
    """Serve a furnished room until the block ends, in a week that does not end meanwhile."""
    left = epoch_start(epoch_of(clock.now()) + 1) - clock.now()
    if left < ENOUGH:
        time.sleep(left)
    store = new_store(f"sqlite:///{folder}/sereno.db")
    room = Room.furnish(folder, store)
    made = Street(room)
    made.liars = {name: Liar(room.app) for name in ("ana", "bo", "cy", "dee", "eve", "fay", "len")}
    room.app.before_request(made.set_clock)

    def route(environ: dict[str, Any], start: Any) -> Any:
        name, _, rest = environ["PATH_INFO"].removeprefix("/").partition("/")
        return made.liars[name]({**environ, "PATH_INFO": f"/{rest}"}, start)

    with served(route) as url:
        made.urls = {name: f"{url}/{name}" for name in made.liars}
        yield made
    made.later(0)
    store.dispose()
    room.app.extensions["sereno"].engine.dispose()
