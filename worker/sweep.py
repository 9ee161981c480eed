"""Sweeps: find what is due in the store, claim it, and hand it to RQ as a hint.

The store is the truth: a wiped Redis costs the length of one claim, and a job whose claim is over does nothing.
"""

from __future__ import annotations

import secrets
import time
from typing import Any, Final

import redis
from rq import Queue
from rq.serializers import JSONSerializer

from protocol.state import state
from store import failpoint
from store.claims import any_due
from store.deliveries import claim_lot, deliveries
from store.engine import reading, writing
from store.knowledge import knowledge, released_chain
from store.messages import Message, claim_messages, messages
from store.pages import claim_pages, pages
from store.releases import notices_due, set_noticed
from worker import burning, gate, watch
from worker.station import Station

QUEUE: Final = "sereno"
PAUSE: Final = 0.05  # Seconds between sweeps.
AT_ONCE: Final = 32  # Messages claimed in one sweep.
LOTS: Final = 4  # Lots claimed in one sweep: more would wait in Redis while their claims run out.
JOB_TIMEOUT: Final = 15
NOTICE_LIFE: Final = 3600  # Seconds for which a notice is tried: the state is known to whoever asks anyway.
EVERY_MINUTE: Final = 60
EVERY_SECOND: Final = 1


class Sweeper:
    """Sweeps until it is ended; each kind of work in its own rhythm."""

    def __init__(self, station: Station, connection: redis.Redis) -> None:
        self._station = station
        self._queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
        self._owner = secrets.token_hex(8)
        self._last: dict[str, int] = {}

    def sweep(self, now: int) -> int:
        """Find and hand on what is due at `now`; return how much it was."""
        with reading(self._station.engine) as conn:
            due = [table for table in (messages, deliveries, pages) if any_due(conn, table, now)]
        found = self._messages(now) if messages in due else 0
        found += self._lots(now) if deliveries in due else 0
        found += self._pages(now) if pages in due else 0
        if self._is_time("second", EVERY_SECOND, now):
            found += gate.add_proofs(self._station, now) + self._notices(now)
            watch.plan_pages(self._station, now)
        if self._is_time("minute", EVERY_MINUTE, now):
            burning.burn_due(self._station.engine, now)
            burning.tidy(self._station.engine, now)
        return found

    def _is_time(self, name: str, every: int, now: int) -> bool:
        if now - self._last.get(name, 0) < every:
            return False
        self._last[name] = now
        return True

    def _messages(self, now: int) -> int:
        with writing(self._station.engine) as conn:
            rows = claim_messages(conn, owner=self._owner, now=now, limit=AT_ONCE)
        for row in rows:
            self._enqueue("pass_gate", f"{row.id}.{row.claim}", "a message for the gate")
        return len(rows)

    def _lots(self, now: int) -> int:
        found = 0
        for slow in (False, True):
            for _ in range(LOTS):
                owner = secrets.token_hex(16)
                with writing(self._station.engine) as conn:
                    rows = claim_lot(conn, owner=owner, now=now, slow=slow)
                if not rows:
                    break
                self._enqueue("deliver", owner, "a lot to deliver")
                found += len(rows)
        return found

    def _pages(self, now: int) -> int:
        with writing(self._station.engine) as conn:
            rows = claim_pages(conn, owner=self._owner, now=now, limit=AT_ONCE)
        for row in rows:
            self._enqueue("page", f"{row.id}.{row.claim}", "a page")
        return len(rows)

    def _notices(self, now: int) -> int:
        """Plan a notice for each message whose time ran out or whose suspension lapsed."""
        with reading(self._station.engine) as conn:
            due = notices_due(conn, now)
            known = knowledge(conn, self._station.policy) if due else None
            causes = [(one, self._cause(conn, one, known, now)) for one in due]
        for message, cause in causes:
            with writing(self._station.engine) as conn:
                set_noticed(conn, message, cause, now=now, until=now + NOTICE_LIFE)
        return len(causes)

    def _cause(self, conn: Any, message: Message, known: Any, now: int) -> str | None:
        found = state(released_chain(conn, message.chain, self._station.policy, known, now), now)
        if message.kind == "suspended":
            return "lapsed" if found.cause == "lapsed" else None
        is_head = found.head.alert.name == message.name
        return "time" if is_head and found.cause == "time" else None

    def _enqueue(self, job: str, argument: str, description: str) -> None:
        failpoint.reach("claim.committed-before-enqueue")
        try:
            self._queue.enqueue_call(
                f"worker.jobs.{job}",  # By name: this process never loads what sends.
                args=(argument,),
                timeout=JOB_TIMEOUT,
                result_ttl=0,
                failure_ttl=60,
                description=description,
                job_id=argument.replace(".", "-"),
            )
        except redis.RedisError:
            return  # The claim runs out in 15 seconds and the row is swept again.


def serve(station: Station, url: str) -> None:
    """Sweep until the process is ended."""
    sweeper = Sweeper(station, redis.Redis.from_url(url))
    while True:
        if not sweeper.sweep(int(time.time())):
            time.sleep(PAUSE)
