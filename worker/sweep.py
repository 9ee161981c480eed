"""Sweeps: find what is due in the store, claim it, and hand it to RQ as a hint.

The store is the truth: a wiped Redis costs the length of one claim, and a job whose claim is over does nothing.
"""

from __future__ import annotations

import secrets
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import redis
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from protocol.errors import Refused
from protocol.state import state
from store import failpoint
from store.changes import Changes
from store.claims import any_due
from store.deliveries import claim_lot, deliveries
from store.engine import reading, writing
from store.knowledge import let_out_chain
from store.messages import STOP, Message, claim_messages, messages
from store.pages import claim_pages, pages
from store.releases import notices_due, set_noticed
from worker import burning, dropping, gate, heads, watch
from worker.queues import QUICK, SLOW, connect, queue
from worker.station import Station

PAUSE: Final = 0.02  # Seconds between looks whether there is anything to sweep.
AT_ONCE: Final = 32  # Messages claimed in one sweep.
LOTS: Final = 4  # Lots that wait in Redis: more would wait there while their claims run out.
JOB_TIMEOUT: Final = 15
PAGE_LIFE: Final = 60
NOTICE_LIFE: Final = 3600  # Seconds for which a notice is tried: the state is known to whoever asks anyway.
EVERY_MINUTE: Final = 60
EVERY_SECOND: Final = 1
EVERY_HOUR: Final = 3600
WAIT: Final = "wait"

Chore = Callable[[int], object]  # Takes the time.


class Sweeper:
    """Sweeps until it is ended; each kind of work in its own rhythm."""

    def __init__(self, station: Station, connection: redis.Redis) -> None:
        self._station = station
        self._queues = {name: queue(name, connection) for name in (QUICK, SLOW)}
        self._owner = secrets.token_hex(8)
        self._watch = watch.Watch(station)
        self._last: dict[str, int] = {}
        self._failing: dict[str, str | None] = {}

    def sweep(self, now: int) -> int:
        """Find and hand on what is due at `now`; return how much it was."""
        with reading(self._station.engine) as conn:
            due = [table for table in (messages, deliveries, pages) if any_due(conn, table, now)]
        found = self._messages(now) if messages in due else 0
        found += self._lots(now) if deliveries in due else 0
        found += self._pages(now) if pages in due else 0
        for chore in self._chores(now):
            self._try(chore, now)
        return found

    def _chores(self, now: int) -> list[Chore]:
        """Return what is to be done besides, each in its rhythm."""
        station, chores = self._station, list[Chore]()
        if self._is_time("second", EVERY_SECOND, now):
            chores += [partial(gate.add_proofs, station), partial(gate.add_witnesses, station)]
            chores += [self._notices, self._watch.plan_pages]
        if self._is_time("minute", EVERY_MINUTE, now):
            chores += [partial(one, station.engine) for one in (burning.burn_due, burning.tidy, dropping.build_drop)]
        if self._is_time("hour", EVERY_HOUR, now):
            chores.append(partial(heads.log_heads, station))
        return chores

    def _try(self, chore: Chore, now: int) -> None:
        """Do a chore, apart from all others: one that fails keeps no stop from the gate, and comes again in its time.

        Said by kind only, and once: what a store or a disk complains of may hold what is not for a log.
        """
        name = (chore.func if isinstance(chore, partial) else chore).__name__.strip("_")
        kind = None
        try:
            chore(now)
        except (Refused, SQLAlchemyError, OSError, redis.RedisError) as error:
            kind = f"{error.kind} ({error.rule})" if isinstance(error, Refused) else type(error).__name__
        if kind != self._failing.get(name):
            self._failing[name] = kind
            told = f"fails: {kind}; the sweep goes on" if kind else "is done again"
            print(f"{name} {told}", file=sys.stderr, flush=True)

    def _is_time(self, name: str, every: int, now: int) -> bool:
        # A clock that was set back must not keep anything waiting until it has caught up.
        if 0 <= now - self._last.get(name, -every) < every:
            return False
        self._last[name] = now
        return True

    def _messages(self, now: int) -> int:
        with writing(self._station.engine) as conn:
            rows = claim_messages(conn, owner=self._owner, now=now, limit=AT_ONCE)
        for row in rows:
            is_stop = row.rank == STOP
            sent = self._enqueue(QUICK, "pass_gate", f"{row.id}.{row.claim}", "a message for the gate", first=is_stop)
            # A stop is refused two minutes after its issue; it does not wait for Redis to come back.
            if is_stop and not sent:
                gate.pass_gate(self._station, row.id, row.claim, now)
        return len(rows)

    def _lots(self, now: int) -> int:
        found = 0
        for slow, name in ((False, QUICK), (True, SLOW)):
            for _ in range(self._room(name)):
                owner = secrets.token_hex(16)
                with writing(self._station.engine) as conn:
                    rows = claim_lot(conn, owner=owner, now=now, slow=slow)
                if not rows:
                    break
                self._enqueue(name, "deliver", owner, "a lot to deliver", first=rows[0].rank == STOP)
                found += len(rows)
        return found

    def _room(self, name: str) -> int:
        try:
            return LOTS - self._queues[name].count
        except redis.RedisError:
            return 0

    def _pages(self, now: int) -> int:
        with writing(self._station.engine) as conn:
            rows = claim_pages(conn, owner=self._owner, now=now, limit=AT_ONCE)
        for row in rows:
            # Whoever hangs holds up the next page; that one waits for its turn as long as its claim may hold.
            self._enqueue(SLOW, "page", f"{row.id}.{row.claim}", "a page", first=True, life=PAGE_LIFE)
        return len(rows)

    def _notices(self, now: int) -> int:
        """Plan a notice for each message whose time ran out or whose suspension lapsed."""
        with reading(self._station.engine) as conn:
            causes = [(one, self._cause(conn, one, now)) for one in notices_due(conn, now)]
        told = [(one, cause) for one, cause in causes if cause != WAIT]
        for message, cause in told:
            with writing(self._station.engine) as conn:
                set_noticed(conn, message, cause, now=now, until=now + NOTICE_LIFE)
        return len(told)

    def _cause(self, conn: Connection, message: Message, now: int) -> str | None:
        """Return what the clock has done to a message: `time`, `lapsed`, None for nothing, or that it is to be seen."""
        try:
            found = state(let_out_chain(conn, message.chain, self._station.policy), now)
        except Refused:
            return None  # What does not check is told to nobody.
        if message.kind == "suspended":
            # It lapses once the log has it.  While that takes long, nobody is told so, and it is not forgotten either.
            if found.cause == "suspended" and message.log_index is None:
                return WAIT
            return "lapsed" if found.cause == "lapsed" else None
        is_head = found.head.alert.name == message.name
        return "time" if is_head and found.cause == "time" else None

    def _enqueue(
        self, name: str, job: str, argument: str, description: str, *, first: bool = False, life: int = JOB_TIMEOUT
    ) -> bool:
        """Hand a job on; say whether Redis took it.  If not, the claim runs out and the row is swept again."""
        failpoint.reach("claim.committed-before-enqueue")
        try:
            self._queues[name].enqueue_call(
                f"worker.jobs.{job}",  # By name: this process never loads what sends.
                args=(argument,),
                timeout=JOB_TIMEOUT,
                ttl=life,
                result_ttl=0,
                failure_ttl=60,
                description=description,
                job_id=argument.replace(".", "-"),
                at_front=first,
            )
        except redis.RedisError:
            return False
        return True


def serve(station: Station, url: str) -> None:
    """Sweep until the process is ended."""
    if station.settings.witnesses:
        from worker import cosigning  # Whoever asks nobody does not load what asks.

        threading.Thread(target=cosigning.serve, args=(station,), daemon=True).start()
    sweeper, changes = Sweeper(station, connect(url)), Changes(station.engine)
    while True:
        now = int(time.time())
        if not (changes.is_due(now) and sweeper.sweep(now)):
            time.sleep(PAUSE)
