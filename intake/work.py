"""Work: what a browser computes before the door takes its envelope.  SPEC 13; ALTCHA v2 with PBKDF2-SHA-256.

It slows a flood down without asking who anybody is.  Calm, it costs a phone a moment; the more bytes wait, the more it
costs.  A solution is good for one envelope and ten minutes.
"""

from __future__ import annotations

import json
import threading
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


class Work:
    """Makes challenges and checks their solutions; remembers the spent ones for as long as they would be good."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._lock = threading.Lock()
        self._spent: tuple[dict[int, int], dict[int, int]] = ({}, {})
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
        # As numbers of 64 bits, which take the least room: there may be half a million.  To find two envelopes that
        # share one costs more than the work that it would save.
        solution, envelope = int.from_bytes(token[:8]), int.from_bytes(digest[:8])
        with self._lock:
            # Two generations: a solution stays remembered for longer than it is good.  Where the clock was set back,
            # the next one begins at once: else nothing would be forgotten until the clock is where it was.
            if abs(now - self._turned) > LONGEST:
                self._spent = ({}, self._spent[0])
                self._turned = now
            spent = self._spent[0].get(solution, self._spent[1].get(solution))
            if spent not in (None, envelope):
                raise Refused("work", "This work was used for another envelope; the page has to do it again.")
            self._spent[0][solution] = envelope
            return spent is None
