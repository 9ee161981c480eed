"""Watch: when an envelope waits unopened, somebody is asked to look: at once, after two minutes, after five.

What is planned is found by minutes, so each minute is looked at, also one that passed while nobody looked.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from protocol import limits
from protocol.errors import Refused
from store.engine import reading, writing
from store.knowledge import roster_now
from store.pages import put_page, waits_since, was_asked
from worker.station import Station

AFTER: Final = (0, 2, 5)  # Minutes: the desk, another verifier, the lead.
LATE: Final = 1  # Minutes: an envelope says when it came, and may be there only after the last look of that minute.
GAP: Final = max(AFTER)  # Minutes without a look that are made up for one by one; after more, one page says it all.


class Watch:
    """Asks for the people of each desk where any envelope waits; remembers the last minute it looked at.

    Any, not the oldest: one that nobody can open must not keep those that come after it quiet.
    """

    def __init__(self, station: Station) -> None:
        self._station = station
        self._last: int | None = None

    def plan_pages(self, now: int) -> int:
        """Ask for whoever is to be asked for since the last look; return how many pages those are.

        A page has the minute in which it was due, so that two who plan, or one who plans twice, ask once.
        """
        minute, asked = now // limits.MINUTE, 0
        with reading(self._station.engine) as conn:
            try:
                desks = list(roster_now(conn, self._station.policy, now).desks)
            except Refused:
                return 0  # Before the first roster there is no desk, and so nothing waits.
            due = [(desk, at) for desk in desks for at in self._due(conn, desk, minute)]
        for desk, at in due:
            with writing(self._station.engine) as conn:
                asked += put_page(conn, desk, at * limits.MINUTE)
        self._last = minute
        return asked

    def _due(self, conn: Connection, desk: str, minute: int) -> list[int]:
        """Return the minutes for which a desk's people are to be asked for."""
        last = self._last
        if last is None or not 0 <= minute - last <= GAP:
            # Nobody looked for too long, or the clock was set back: what waits, waited unseen.  Where somebody was
            # asked since the last of it came, a process that keeps ending must not ask again at every start.
            return [] if was_asked(conn, desk) else [minute]
        looks = range(last - LATE, minute + 1)
        return [at for at in looks if waits_since(conn, desk, [at - after for after in AFTER])]
