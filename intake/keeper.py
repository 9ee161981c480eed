"""The keeper: writes into the store what the door's threads take, together where several wait.

To commit is to wait for the disk, and a thread that waits alone holds up the others.  So whoever's turn it is writes
the envelopes of all who are waiting in one transaction, and each is answered after its own bytes are on the disk.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from protocol.errors import Refused
from store.engine import writing
from store.envelopes import Arrival, put_envelopes


@dataclass(slots=True)
class _Waiter:
    """An envelope whose thread waits until it is kept, or until it has to see to it by itself."""

    arrival: Arrival
    kept: bool = False
    new: bool = False
    woken: threading.Event = field(default_factory=threading.Event)


class Keeper:
    """Keeps envelopes for many threads at once."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._waiting: list[_Waiter] = []
        self._writes = False  # Whether some thread has the turn.

    def keep(self, arrival: Arrival) -> bool:
        """Return once a checked envelope is durably stored, and say whether it is new: what comes again takes no room.

        Raises Refused("burnt"), and what the database raises.
        """
        mine = _Waiter(arrival)
        with self._lock:
            self._waiting.append(mine)
            first = not self._writes
            self._writes = True
        if not first:
            mine.woken.wait()
        if mine in self._waiting:  # It is this thread's turn.
            self._keep_all_who_wait()
        if not mine.kept:
            self._write([mine])
        return mine.new

    def _keep_all_who_wait(self) -> None:
        with self._lock:
            together, self._waiting = self._waiting, []
        try:
            # If one of them is refused, none is written.  Then each tries again by itself, so that nobody pays for
            # another's envelope, and what is wrong is said to whoever sent it.
            with suppress(Refused, SQLAlchemyError):
                self._write(together)
        finally:
            with self._lock:
                self._writes = bool(self._waiting)
                following = self._waiting[:1]
            for one in (*following, *together):
                one.woken.set()

    def _write(self, together: Sequence[_Waiter]) -> None:
        with writing(self._engine) as conn:
            _, new = put_envelopes(conn, [one.arrival for one in together])
        for one in together:
            one.kept, one.new = True, one.arrival.digest in new
            new.discard(one.arrival.digest)  # Of those who sent the same at once, one brought it.
