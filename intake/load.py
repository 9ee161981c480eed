"""Load: how full the door's hour is.  It counts bytes, knows nobody, and forgets at a restart.

An upload under way holds room for what it has yet to bring, so that what began can end; but only while it moves.  Else
a few first parts would close the door to photos for as long as if all of them had come.
"""

from __future__ import annotations

import threading
from typing import Final

from protocol import limits
from protocol.envelope import envelope_size
from protocol.errors import Refused

MINUTES: Final = 60
LATE: Final = limits.CLOCK_SKEW // limits.MINUTE  # Minutes that a request may have waited for the store, and more.
WORDS: Final = envelope_size(limits.MAX_MEMBERS, limits.CHUNK)  # The largest envelope that holds words alone.
PHOTOS: Final = 0.5  # The part of an hour's bytes up to which photos are taken: else thirty of them close the door.
STILL: Final = 180  # Seconds without a new part after which room is given back: two tries of a page fail within that.


class Load:
    """The bytes taken in each of the last sixty minutes, and those under way, against what an hour may take."""

    def __init__(self, hourly_bytes: int) -> None:
        self._hourly_bytes = hourly_bytes
        self._lock = threading.Lock()
        self._taken = [0] * MINUTES
        self._minute = 0
        self._due: dict[str, tuple[int, int]] = {}  # By upload: the bytes it has yet to bring, and when it last moved.

    def add(self, size: int, now: int) -> None:
        """Count `size` bytes that were taken at `now`."""
        with self._lock:
            self._turn(now)
            self._taken[self._minute % MINUTES] += size

    def hold(self, upload: str, size: int, now: int) -> None:
        """Hold room for the `size` bytes that an upload has yet to bring, for as long as it moves."""
        with self._lock:
            self._turn(now)
            self._due[upload] = size, now

    def release(self, upload: str) -> None:
        """Give back the room that an upload holds: it is over."""
        with self._lock:
            self._due.pop(upload, None)

    def share(self, now: int) -> float:
        """Return the part of an hour's bytes that the last sixty minutes took and uploads hold, from 0 on."""
        with self._lock:
            self._turn(now)
            return (sum(self._taken) + sum(size for size, _ in self._due.values())) / self._hourly_bytes

    def require_room(self, size: int, now: int, upload: str = "") -> None:
        """Raise Refused("under_load") where the hour is full; for photos where half of it is, so that words get in.

        An `upload` that holds room has it.
        """
        share = self.share(now)
        if upload in self._due:
            return
        if share >= 1:
            raise Refused("under_load", "So many tips came in this hour that we take no more. Please call the hotline.")
        if size > WORDS and share >= PHOTOS:
            raise Refused("under_load", "So many tips came in this hour that we take no photos. Send it without them.")

    def _turn(self, now: int) -> None:
        minute = now // limits.MINUTE
        if minute < self._minute - LATE:  # The clock was set back: what is counted is of a time to come.
            self._taken, self._minute = [0] * MINUTES, minute
        for passed in range(max(self._minute + 1, minute - MINUTES + 1), minute + 1):
            self._taken[passed % MINUTES] = 0
        self._minute = max(self._minute, minute)
        # Requests that wait for the store are a little late: a second's difference says nothing.
        self._due = {id: due for id, due in self._due.items() if abs(now - due[1]) < STILL}
