"""Dates: how people write and read the Unix seconds that rosters hold.  Always UTC.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from protocol.errors import Refused

_EXACT: Final = "%Y-%m-%dT%H:%M:%SZ"


def end_of_day(text: str) -> int:
    """Return the second at which the day `YYYY-MM-DD` is over: "until" includes the day.  Raises Refused("shape")."""
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise Refused("shape", f'A date is written YYYY-MM-DD; this one is "{text}".') from error
    if day.strftime("%Y-%m-%d") != text:
        raise Refused("shape", f'A date is written YYYY-MM-DD with all its zeros; this one is "{text}".')
    return int((day + timedelta(days=1)).timestamp())


def spell(time: int) -> str:
    """Return Unix seconds as `2026-10-01T00:00:00Z`: the one spelling in drafts."""
    return datetime.fromtimestamp(time, UTC).strftime(_EXACT)


def read(text: str, path: str) -> int:
    """Return the Unix seconds that `spell` wrote.  Raises Refused("shape")."""
    try:
        time = int(datetime.strptime(text, _EXACT).replace(tzinfo=UTC).timestamp())
    except ValueError as error:
        raise Refused("shape", f'{path} must be a time such as 2026-10-01T00:00:00Z; it is "{text}".') from error
    if spell(time) != text:
        raise Refused("shape", f'{path} must be a time such as 2026-10-01T00:00:00Z; it is "{text}".')
    return time


def clock_sentence(now: int) -> str:
    """Return what this machine believes the time to be, for a person to compare with a watch and a calendar."""
    return f"This machine's clock says: {datetime.fromtimestamp(now, UTC):%A %-d %B %Y, %H:%M} UTC."


def say(time: int) -> str:
    """Return Unix seconds for a person: a day's end as that day, else the minute."""
    moment = datetime.fromtimestamp(time, UTC)
    if time % 86_400 == 0:
        return f"the end of {moment - timedelta(days=1):%Y-%m-%d} (UTC)"
    return f"{moment:%Y-%m-%d %H:%M} UTC"
