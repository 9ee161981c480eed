"""Sealing: a text tip to twelve, in Python and in JavaScript, beside a bare call of the age library for browsers.

A tip holds a second, smaller age file for attorneys, used or not; the bare call seals the same 64 KiB without one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from bench.figure import Figure, beside
from bench.script import as_json, ask
from bench.stage import twelve
from protocol.envelope import seal_envelope
from tests.world import NOW


def measure(quick: bool) -> Iterator[Figure]:
    """Give the milliseconds of a core that sealing takes."""
    world = twelve(NOW)
    to, attorneys, header = world.recipient_set(), world.attorneys(), world.tip(words="Three vans by the market.")
    rounds = 3 if quick else 15
    question = {"header": header, "to": as_json(to), "attorneys": attorneys, "rounds": rounds}
    found = ask("seal", question)
    yield beside("seal", "JavaScript: a text tip to 12", found["tip"], "ms", found["bare"], most=1.5)
    yield beside("seal", "JavaScript: the same bytes, one file", found["file"], "ms", found["bare"], most=1.5)
    times = []
    for _ in range(rounds):
        began = time.thread_time()
        seal_envelope(header, to, attorneys)
        times.append(time.thread_time() - began)
    yield beside("seal", "Python: a text tip to 12", median(times) * 1000, "ms", found["bare"])
