"""Work: what a browser computes before the door takes its envelope.  SPEC 13; ALTCHA v2 with PBKDF2-SHA-256.

It slows a flood down without asking who anybody is.  Calm, it costs a phone a moment; the more bytes wait, the more it
costs.  A solution is good for one envelope and ten minutes.
"""

from __future__ import annotations

import json
import threading
from array import array
from bisect import bisect_left
from typing import Any, Final

import altcha

from protocol import limits
from protocol.encoding import sha256, unb64
from protocol.errors import Refused

LIFE: Final = 600  # Seconds: a slow phone on a slow link seals and sends within this.
LONGEST: Final = LIFE + limits.CLOCK_SKEW  # Another door, whose clock is ahead, may have made the challenge.
# PBKDF2 iterations for each of the 256 tries that a solution takes on average: calm, busy, pressed, flooded.
COSTS: Final = (200, 1_000, 4_000, 10_000)
MAX_TEXT: Final = 4096


def cost_for(share: float) -> int:
    """Return the iterations for a door that has taken `share` (0 to 1) of this hour's bytes."""
    return COSTS[min(int(share * len(COSTS)), len(COSTS) - 1)]


class _Spent:
    """Spent solutions and their envelopes, as numbers of 64 bits: 16 bytes for both, where a dict takes ten times that.

    There may be half a million.  In the order of solutions, so that one is found by halves.
    """

    def __init__(self) -> None:
        self._solutions, self._envelopes = array("Q"), array("Q")

    def get(self, solution: int) -> int | None:
        """Return the envelope that a solution was spent on; None for one that is unspent."""
        place = bisect_left(self._solutions, solution)
        here = self._solutions[place : place + 1]
        return self._envelopes[place] if here and here[0] == solution else None

    def put(self, solution: int, envelope: int) -> None:
        """Remember a solution that `get` did not find."""
        place = bisect_left(self._solutions, solution)
        self._solutions.insert(place, solution)
        self._envelopes.insert(place, envelope)


class Work:
    """Makes challenges and checks their solutions; remembers the spent ones for as long as they would be good."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._lock = threading.Lock()
        self._spent = (_Spent(), _Spent())
        self._turned = 0

    def challenge(self, cost: int, now: int) -> dict[str, Any]:
        """Return a new challenge's JSON value."""
        made = altcha.create_challenge("PBKDF2/SHA-256", cost, expires_at=now + LIFE, hmac_secret=self._key)
        return made.to_dict()

    def require(self, header: str, now: int) -> bytes:
        """Return what `spend` takes once a `Sereno-Work` header's solution is good.  Raises Refused("work")."""
        if len(header) > MAX_TEXT:
            raise Refused("work", "The work header is too long to be a solved challenge.")
        try:
            payload = altcha.Payload.from_dict(json.loads(unb64(header)))
            result = altcha.verify_solution(payload, hmac_secret=self._key)
        except (Refused, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Refused("work", "The work header holds no solved challenge of this door.") from error
        until = payload.challenge.parameters.expires_at or 0
        # Of a challenge that is good for longer than one made now, the clock was set back meanwhile.
        if not result.verified or not now < until <= now + LONGEST:
            why = "is over; the page has to do it again" if result.verified or result.expired else "was not done"
            raise Refused("work", f"The work {why}.")
        return sha256((payload.challenge.signature or "").encode())[:16]

    def spend(self, token: bytes, digest: bytes, now: int) -> bool:
        """Use a solution up for the envelope of this digest, which may come again with it: answers get lost.

        Says whether it was unspent.  Raises Refused("work") for one that was used for another envelope.
        """
        # Of 64 bits each: to find two envelopes that share a number costs more than the work that it would save.
        solution, envelope = int.from_bytes(token[:8]), int.from_bytes(digest[:8])
        with self._lock:
            # Two generations: a solution stays remembered for longer than it is good.  Where the clock was set back,
            # the next one begins at once: else nothing would be forgotten until the clock is where it was.
            if abs(now - self._turned) > LONGEST:
                self._spent = (_Spent(), self._spent[0])
                self._turned = now
            young, old = (one.get(solution) for one in self._spent)
            spent = old if young is None else young
            if spent not in (None, envelope):
                raise Refused("work", "This work was used for another envelope; the page has to do it again.")
            if young is None:
                self._spent[0].put(solution, envelope)
            return spent is None
