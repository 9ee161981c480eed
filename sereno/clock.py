"""Times at the command line: read from a person, shown to a person.  The protocol itself knows Unix seconds only."""

from __future__ import annotations

import argparse
import time
from datetime import UTC, datetime


def now() -> int:
    """Return the time in Unix seconds."""
    return int(time.time())


def shown(seconds: int) -> str:
    """Return a time as `2026-11-23 07:00:00 UTC`."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def read_time(text: str) -> int:
    """Return Unix seconds of a number or an ISO 8601 time; without a zone it is UTC.  For argparse's `type`."""
    if text.isdecimal():
        return int(text)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is neither Unix seconds nor a time like 2026-11-23T07:00") from error
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
