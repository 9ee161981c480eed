"""Watch: when an envelope waits unopened, somebody is asked to look: at once, after two minutes, after five."""

from __future__ import annotations

from typing import Final

from protocol import limits
from protocol.errors import Refused
from store.engine import reading, writing
from store.knowledge import roster_now
from store.pages import put_page, waits_since
from worker.station import Station

AFTER: Final = (0, 2, 5)  # Minutes: the desk, another verifier, the lead.


def plan_pages(station: Station, now: int) -> int:
    """Ask for the people of each desk where any envelope waits for one of those minutes; return how many were asked.

    Any, not the oldest: one that nobody can open must not keep those that come after it quiet.
    """
    minute, asked = now // limits.MINUTE, 0
    with reading(station.engine) as conn:
        try:
            desks = list(roster_now(conn, station.policy, now).desks)
        except Refused:
            return 0  # Before the first roster there is no desk, and so nothing waits.
        due = [desk for desk in desks if waits_since(conn, desk, [minute - after for after in AFTER])]
    for desk in due:
        with writing(station.engine) as conn:
            asked += put_page(conn, desk, now)
    return asked
