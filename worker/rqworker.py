"""The processes in which RQ runs our jobs, one after another.  What runs beside one is another such process."""

from __future__ import annotations

import logging
import resource
import time
from typing import Final

import redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from store.deliveries import LOT
from worker import jobs
from worker.queues import connect, queue
from worker.station import station

PAUSE: Final = 0.5  # Seconds before Redis is asked again after it was away.
FILES: Final = 2 * LOT + 64  # A lot has all its sockets open at once, and names are looked up over others.

__all__ = ["jobs", "serve", "worker"]


def worker(name: str, connection: redis.Redis) -> SimpleWorker:
    """Return what takes jobs from a queue, in this process, without a log of them."""
    # RQ logs each job's arrival to the microsecond; that is nobody's business.
    logging.getLogger("rq").setLevel(logging.CRITICAL)
    return SimpleWorker([queue(name, connection)], connection=connection, serializer=JSONSerializer)


def serve(name: str) -> None:
    """Run a queue's jobs until the process is ended; wait for Redis whenever it is away."""
    here = station()
    allow_files(FILES)
    while True:
        try:
            one = worker(name, connect(here.settings.redis))
            if not one.work(logging_level="CRITICAL", with_scheduler=False):
                time.sleep(PAUSE)
            if one._stop_requested:
                return
        except redis.RedisError:
            time.sleep(PAUSE)


def allow_files(wanted: int) -> None:
    """Have this process open up to `wanted` files and sockets, as far as the machine lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
