"""Heads: once a day the log gets the hash of where every case stood, so that no case's past can be rewritten unseen."""

from __future__ import annotations

from typing import Final

from protocol import limits
from protocol.heads import heads_entry
from store.engine import reading, writing
from store.events import heads_of_day
from store.logbook import queue_entry
from worker.station import Station

AFTER: Final = 2 * limits.CLOCK_SKEW  # Events of a day are taken until five minutes after it.


def log_heads(station: Station, now: int) -> bool:
    """Have yesterday's heads logged; say whether they were not yet.  Without any case there is nothing to say.

    Told twice, it is the same entry and changes nothing, unless a case's past was changed meanwhile.
    """
    day = (now - AFTER) // limits.DAY - 1
    with reading(station.engine) as conn:
        heads = heads_of_day(conn, day)
    if not heads:
        return False
    with writing(station.engine) as conn:
        return queue_entry(conn, "heads", heads_entry(station.policy.network, day, heads))
