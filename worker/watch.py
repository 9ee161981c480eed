"""Watch: when an envelope waits unopened, somebody is asked to look: at once, after two minutes, after five."""

from __future__ import annotations

from typing import Final

from protocol import limits
from store.engine import reading, writing
from store.envelopes import oldest_minute
from store.knowledge import newest_roster
from store.pages import put_page
from worker.station import Station

AFTER: Final = (0, 2, 5)  # Minutes: the desk, another verifier, the lead.


def plan_pages(station: Station, now: int) -> int:
    """Ask for the people of each desk whose oldest envelope waits for one of those minutes; return how many."""
    minute, asked = now // limits.MINUTE, 0
    with reading(station.engine) as conn:
        desks = list(newest_roster(conn, station.policy).desks)
        waits = {desk: oldest_minute(conn, desk) for desk in desks}
    for desk, since in waits.items():
        if since is not None and minute - since in AFTER:
            with writing(station.engine) as conn:
                asked += put_page(conn, desk, now)
    return asked
