"""Previews: how many envelopes' words a desk opens per second of one core, in Node.

Browsers differ: tests/browser measures the desk's own page, and its figures join these where they are given.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench.figure import Figure, at_least, beside
from bench.script import as_json, ask
from bench.stage import twelve
from protocol.envelope import preview_size
from tests.world import NOW

ENVELOPES: Final = 24
FROM_BROWSERS: Final = "SERENO_BROWSER_FIGURES"  # A JSON file: a list of figures as bench.json has them.


def measure(quick: bool) -> Iterator[Figure]:
    """Give the previews' figures."""
    world = twelve(NOW)
    to = world.recipient_set()
    size = preview_size(len(to.members))
    starts = [world.seal(world.tip(words=f"Van {n}."), to)[:size] for n in range(ENVELOPES)]
    mine = {"seed": world.identity("dee").seed, "to": as_json(to), "member": world.id("dee")}
    found = ask("preview", {**mine, "starts": starts, "rounds": 3 if quick else 9})
    rates = {name: 1000 / milliseconds for name, milliseconds in found.items()}
    yield beside("preview", "previews opened, a core of Node", rates["preview"], "/s", rates["bare"])
    yield at_least("preview", "previews opened, a core of Node", rates["preview"], "/s", 150)
    yield from _from_browsers()


def _from_browsers() -> Iterator[Figure]:
    """Give what the browser tests have measured, where SERENO_BROWSER_FIGURES names their file."""
    file = os.environ.get(FROM_BROWSERS)
    if file:
        for one in json.loads(Path(file).read_text("utf-8")):
            yield Figure(**{name: value for name, value in one.items() if name != "ratio"})
