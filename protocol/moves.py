"""Moves: what may be done with a case, by whom, and what is overdue after how long.  SPEC 9.2.

Tables only; `casework.next_state` obeys them.

Pure: constants only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protocol import limits

NONE: Final = "none"  # Before a case is opened.
BEFORE: Final = "before"  # The state that a hold interrupted.
STATES: Final = ("new", "triaged", "checking", "proposed", "confirmed", "closed", "held", "merged")
OPEN: Final = ("new", "triaged", "checking", "proposed", "confirmed")
URGENCIES: Final = ("P1", "P2", "P3")  # Happening now; a presence; past or rumour.
OUTCOMES: Final = ("abuse", "confirmed-ended", "misidentified", "not-confirmed", "past-event", "unfounded")

HOLD: Final = 30 * limits.MINUTE  # A lead may pause a case this long; then it comes back by itself.


@dataclass(frozen=True, slots=True)
class Move:
    """One row: from which state to which, who may, and what it needs besides (names of `needs.NEEDS`).

    `who`: "verifier" (of the case's desk and on shift, or a lead), "second" (as that, drawn, and not the proposer),
    "lead", "anyone" (any certified verifier, on shift or not).  `binds`: it counts towards an alert or its end, so a
    trainee never makes it.
    """

    to: dict[str, str]
    who: str = "verifier"
    needs: tuple[str, ...] = ()
    binds: bool = False


def _stay(*states: str) -> dict[str, str]:
    return {state: state for state in states}


_SECOND: Final = _stay("proposed", "confirmed", "closed")

MOVES: Final[dict[str, Move]] = {
    "open": Move({NONE: "new"}),
    "link": Move(_stay(*OPEN, "held"), needs=("unlinked",)),
    "triage": Move({"new": "triaged", **_stay("triaged", "checking")}, needs=("part",)),
    "check": Move({"triaged": "checking", **_stay("checking")}, needs=("part",)),
    "finding": Move(_stay("checking", "proposed", "confirmed"), needs=("part",)),
    "propose": Move({"checking": "proposed"}, needs=("part", "new_evidence", "evidence", "free"), binds=True),
    "attest": Move(_SECOND, "second", ("part", "proposal", "free", "not_suspender"), binds=True),
    "refuse": Move({**_SECOND, "proposed": "checking"}, "second", ("part", "proposal"), binds=True),
    "released": Move({**_SECOND, "proposed": "confirmed"}, needs=("proposal", "sent"), binds=True),
    "update": Move(
        _stay("confirmed"),
        needs=("part", "no_proposal", "not_suspended", "new_evidence", "evidence", "free"),
        binds=True,
    ),
    "suspend": Move(_stay("confirmed"), "anyone", ("part", "once"), binds=True),
    "restore": Move(
        _stay("confirmed"),
        needs=("part", "suspended", "no_proposal", "not_suspender", "new_evidence", "evidence", "free"),
        binds=True,
    ),
    "retract": Move(_stay("confirmed", "closed"), "anyone", ("part", "not_retracting"), binds=True),
    "over": Move(_stay("confirmed"), needs=("found_over",), binds=True),
    "close": Move(
        {"triaged": "closed", "checking": "closed", "confirmed": "closed"},
        needs=("part", "no_proposal", "nothing_stands"),
    ),
    "hold": Move({"new": "held", "triaged": "held", "checking": "held", "proposed": "held"}, "lead"),
    "resume": Move({"held": BEFORE}, "lead"),
    "merge": Move({"new": "merged", "triaged": "merged", "checking": "merged"}, needs=("target",)),
    "share": Move(_stay(*OPEN, "held"), needs=("part",)),
}


@dataclass(frozen=True, slots=True)
class Due:
    """What is due once something has waited for `after` seconds: a code for the desk and the worker."""

    waiting: str
    after: int
    then: str


# `waiting` names what has not happened yet.  In ascending order of time for each.
DUES: Final = (
    Due("unopened", 2 * limits.MINUTE, "page-another"),
    Due("unopened", 5 * limits.MINUTE, "page-lead"),
    Due("unlinked", 5 * limits.MINUTE, "remind"),
    Due("field", 20 * limits.MINUTE, "remind"),
    Due("field", 45 * limits.MINUTE, "give-up"),
    Due("second", 5 * limits.MINUTE, "redraw-and-page-lead"),
    Due("second", 10 * limits.MINUTE, "ask-neighbour"),
    Due("suspended", limits.LAPSE, "withdrawn"),
    Due("P1", 45 * limits.MINUTE, "close-not-confirmed"),
    Due("P2", 4 * limits.HOUR, "close-not-confirmed"),
    Due("P3", 24 * limits.HOUR, "close-not-confirmed"),
    Due("held", HOLD, "return"),
    Due("closed", 72 * limits.HOUR, "burn"),
    Due("unread", 5 * limits.DAY, "warn"),
    Due("unread", 6 * limits.DAY, "warn-lead"),
    Due("unread", 7 * limits.DAY, "burn"),
)


def overdue(waiting: str, seconds: int) -> tuple[str, ...]:
    """Return what is due, the earliest first, once `waiting` has lasted for `seconds`."""
    return tuple(due.then for due in DUES if due.waiting == waiting and seconds >= due.after)
