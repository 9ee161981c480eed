"""Queues: the names under which sweeps hand work to the processes that do it, and how a process reaches Redis."""

from __future__ import annotations

from typing import Final

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.serializers import JSONSerializer

QUICK: Final = "sereno"  # The gate, and who answers at once.
SLOW: Final = "sereno-slow"  # Pages, and who does not: each of these may hold its process up for ten seconds.


def connect(url: str) -> redis.Redis:
    """Return a client that says at once when Redis is away: the store is the truth, and the next sweep comes soon."""
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=2)


def queue(name: str, connection: redis.Redis) -> Queue:
    """Return a queue of jobs written as JSON: nothing that is unpickled ever comes from Redis."""
    return Queue(name, connection=connection, serializer=JSONSerializer)
