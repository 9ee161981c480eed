"""The process in which RQ runs our jobs, one after another.  What runs beside it is another such process."""

from __future__ import annotations

import logging
import time
from typing import Final

import redis
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from worker import jobs
from worker.station import station
from worker.sweep import QUEUE

PAUSE: Final = 0.5  # Seconds before Redis is asked again after it was away.

__all__ = ["jobs", "serve"]


def serve() -> None:
    """Run jobs until the process is ended; wait for Redis whenever it is away."""
    here = station()
    # RQ logs each job's arrival to the microsecond; that is nobody's business.
    logging.getLogger("rq").setLevel(logging.CRITICAL)
    while True:
        connection = redis.Redis.from_url(here.settings.redis)
        try:
            queue = Queue(QUEUE, connection=connection, serializer=JSONSerializer)
            worker = SimpleWorker([queue], connection=connection, serializer=JSONSerializer)
            if not worker.work(logging_level="CRITICAL", with_scheduler=False):
                time.sleep(PAUSE)
            if worker._stop_requested:
                return
        except redis.RedisError:
            time.sleep(PAUSE)
