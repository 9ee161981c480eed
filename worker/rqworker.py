"""The processes in which RQ runs our jobs, one after another.  What runs beside one is another such process."""

from __future__ import annotations

import contextlib
import logging
import resource
import time
from types import FrameType
from typing import Final

import redis
from rq import SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from store.deliveries import LOT
from worker import jobs
from worker.queues import connect, queue
from worker.station import station

PAUSE: Final = 0.5  # Seconds before Redis is asked again after it was away.
FILES: Final = 2 * LOT + 64  # A lot has all its sockets open at once, and names are looked up over others.

__all__ = ["jobs", "serve", "worker"]


class Worker(SimpleWorker):
    """RQ's worker, which remembers that it was asked to end: RQ's own forgets while nothing is to do."""

    asked_to_stop = False
    max_connection_wait_time = PAUSE  # RQ's own waits up to a minute for a Redis that has long been back.

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """End after the job that is running, or at once."""
        self.asked_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def worker(name: str, connection: redis.Redis) -> Worker:
    """Return what takes jobs from a queue, in this process, without a log of them."""
    # RQ logs each job's arrival to the microsecond; that is nobody's business.
    logging.getLogger("rq").setLevel(logging.CRITICAL)
    return Worker([queue(name, connection)], connection=connection, serializer=JSONSerializer)


def serve(name: str) -> None:
    """Run a queue's jobs until the process is ended; wait for Redis whenever it is away."""
    here = station()
    allow_files(FILES)
    with contextlib.suppress(StopRequested):  # Asked to end while it waited for Redis.
        _serve(name, here.settings.redis)


def _serve(name: str, url: str) -> None:
    while True:
        one: Worker | None = None
        with contextlib.suppress(redis.RedisError):
            one = worker(name, connect(url))  # It asks Redis as soon as it is made.
            one.work(logging_level="CRITICAL", with_scheduler=False)
        if one is not None and one.asked_to_stop:
            return
        time.sleep(PAUSE)


def allow_files(wanted: int) -> None:
    """Have this process open up to `wanted` files and sockets, as far as the machine lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
