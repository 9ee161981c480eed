"""Fail-points: named places at which a crash test kills its own process, as a power cut would.

`SERENO_FAIL_AT=name` kills at the first reach of that point, `SERENO_FAIL_AT=name:3` at the third.  Without it a reach
is one look into an empty dictionary.
"""

from __future__ import annotations

import os
import signal
from typing import Final

from sqlalchemy import Connection

NAMES: Final = (
    # Reached by the store.
    "envelope.stored-before-commit",
    "envelope.committed",
    "envelope.burnt-before-commit",
    "event.put-before-commit",
    "message.posted-before-commit",
    "log.appended-before-commit",
    "release.set-before-commit",
    "release.committed",
    "attempts.recorded-before-commit",
    # Reached by the worker.
    "claim.committed-before-enqueue",
    "checkpoint.signed-before-stored",
    "delivery.sent-before-recorded",
)
VARIABLE: Final = "SERENO_FAIL_AT"
_COMMITTED: Final = "sereno.failpoints"


def armed_by(setting: str) -> dict[str, int]:
    """Return how many reaches are left until each armed point kills.  Raises ValueError for a name that is none."""
    if not setting:
        return {}
    name, _, count = setting.partition(":")
    if name not in NAMES:
        raise ValueError(f"{VARIABLE} names {name}; the fail-points are {', '.join(NAMES)}.")
    return {name: int(count or 1)}


_ARMED: Final = armed_by(os.environ.get(VARIABLE, ""))


def reach(name: str) -> None:
    """Kill this process with SIGKILL if the point `name` is armed and its count is up."""
    if name in _ARMED:
        _ARMED[name] -= 1
        if _ARMED[name] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def reach_once_committed(conn: Connection, name: str) -> None:
    """Reach the point `name` right after the transaction of `conn` was committed, if it is."""
    if name in _ARMED:
        conn.info.setdefault(_COMMITTED, []).append(name)


def committed(conn: Connection) -> None:
    """Reach what was left for after the commit.  Called by `engine.writing`."""
    if _ARMED:
        for name in conn.info.pop(_COMMITTED, ()):
            reach(name)


def rolled_back(conn: Connection) -> None:
    """Forget what was left for after a commit that did not come.  Called by `engine.writing`."""
    if _ARMED:
        conn.info.pop(_COMMITTED, None)
