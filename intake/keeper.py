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
    """An envelope whose thread waits until it is kept; `alone` once others have tried to take it along."""

    arrival: Arrival
    kept: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Keeper:
    """Keeps envelopes for many threads at once."""

    engine: Engine
    _turn: threading.Lock = field(default_factory=threading.Lock)
    _line: threading.Lock = field(default_factory=threading.Lock)
    _waiting: list[_Waiter] = field(default_factory=list)

    def keep(self, arrival: Arrival) -> None:
        """Return once a checked envelope is durably stored.

        Raises Refused("burnt"), and what the database raises.
        """
        mine = _Waiter(arrival)
        with self._line:
            self._waiting.append(mine)
        with self._turn:
            if not mine.kept and not mine.alone:
                self._keep_all_who_wait()
            if not mine.kept:
                self._write([mine])

    def _keep_all_who_wait(self) -> None:
        with self._line:
            together = self._waiting.copy()
            self._waiting.clear()
        for one in together:
            one.alone = True
        # If one of them is refused, none is written.  Then each is tried in its own turn, so that nobody pays for
        # another's envelope, and what is wrong is said to whoever sent it.
        with suppress(Refused, SQLAlchemyError):
            self._write(together)

    def _write(self, together: Sequence[_Waiter]) -> None:
        with writing(self.engine) as conn:
            put_envelopes(conn, [one.arrival for one in together])
        for one in together:
            one.kept = True
