"""Jobs: what RQ calls.  One opaque string each; safe to run twice; nothing is done for a claim that is over."""

from __future__ import annotations

import time

from worker import delivery, gate, paging
from worker.station import station


def pass_gate(claimed: str) -> None:
    """Take the message `<row id>.<claim>` through the gate."""
    id, _, claim = claimed.partition(".")
    gate.pass_gate(station(), id, int(claim), int(time.time()))


def deliver(owner: str) -> None:
    """Deliver the lot that a sweep claimed as `owner`."""
    delivery.deliver(station(), owner, int(time.time()))


def page(claimed: str) -> None:
    """Send the page `<row id>.<claim>`."""
    id, _, claim = claimed.partition(".")
    paging.send(station(), id, int(claim), int(time.time()))
