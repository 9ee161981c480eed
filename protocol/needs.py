"""Needs: what a move takes besides a state it starts from and a person who may make it.  SPEC 9.3.

Each is a function (case, event, context) that returns nothing or raises the refusal.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from protocol.case import Case, Context
from protocol.errors import Refused
from protocol.event import NOTHING, Event
from protocol.evidence import require_met
from protocol.moves import OPEN


def _unlinked(case: Case, event: Event, context: Context) -> None:
    twice = sorted(set(case.envelopes) & set(event.envelopes))
    if twice:
        raise Refused("move", f"Envelope {twice[0]} belongs to this case already.")


def _part(case: Case, event: Event, context: Context) -> None:
    if event.digest == NOTHING:
        raise Refused("move", f"{event.move} has to say why: its sealed part is needed, and the event names none.")


def _new_evidence(case: Case, event: Event, context: Context) -> None:
    if case.stale:
        raise Refused(
            "evidence", "A refusal or a suspension stands until there is new evidence; record a new finding first."
        )


def _evidence(case: Case, event: Event, context: Context) -> None:
    require_met(context.missing)


def _free(case: Case, event: Event, context: Context) -> None:
    if event.actor in context.conflicted:
        raise Refused("conflict", f"{event.actor} has a conflict of interest here; somebody without one signs.")


def _proposal(case: Case, event: Event, context: Context) -> None:
    if case.proposal is None:
        raise Refused("move", f"{event.move} answers a proposal; this case has none. Load it again.")


def _no_proposal(case: Case, event: Event, context: Context) -> None:
    if case.proposal is not None:
        raise Refused("move", f"{case.proposal} by {case.proposer} waits for an answer; attest or refuse it first.")


def _not_retracting(case: Case, event: Event, context: Context) -> None:
    if case.proposal == "retract" and "lead" not in context.roster.verifiers[event.actor].roles:
        raise Refused("move", f"{case.proposer} has proposed to retract; attest that instead.")


def _suspended(case: Case, event: Event, context: Context) -> None:
    if not case.suspenders:
        raise Refused("move", "restore answers a suspension; none is open.")


def _not_suspended(case: Case, event: Event, context: Context) -> None:
    if case.suspenders:
        raise Refused("move", f"{', '.join(case.suspenders)} suspended the alert; restore answers that, not update.")


def _not_suspender(case: Case, event: Event, context: Context) -> None:
    # A retraction agrees with a suspension; whoever suspended may well be its second key.
    if event.actor in case.suspenders and "restore" in (event.move, case.proposal):
        raise Refused("conflict", f"{event.actor} suspended the alert; two others restore it.")


def _once(case: Case, event: Event, context: Context) -> None:
    if event.actor in case.suspenders:
        raise Refused("conflict", f"{event.actor} has suspended this alert already; another has to agree.")
    lead = context.lead_joins or "lead" in context.roster.verifiers[event.actor].roles
    if event.actor in context.suspended_lately and not lead:
        raise Refused(
            "conflict", f"{event.actor} suspended an alert within the last 24 hours; a lead joins in a second one."
        )


def _sent(case: Case, event: Event, context: Context) -> None:
    if not context.sent:
        raise Refused("move", "released marks what the gate has sent; it has not sent this proposal. More keys sign.")


def _found_over(case: Case, event: Event, context: Context) -> None:
    if not context.found_over:
        raise Refused("evidence", "over needs a finding that it is over; there is none.")


def _nothing_stands(case: Case, event: Event, context: Context) -> None:
    if context.stands:
        raise Refused("move", "Readers are still told that the alert stands; report it over or retract it first.")


def _target(case: Case, event: Event, context: Context) -> None:
    target = context.target
    if target is None or target.id != event.into or target.id == case.id:
        raise Refused("move", f"merge names the case that takes this one in; {event.into} is no other case here.")
    if target.state not in OPEN:
        raise Refused("move", f"Case {target.id} is {target.state}; only an open case takes another in.")


# What a move needs, by the names in MOVES.
NEEDS: Final[dict[str, Callable[[Case, Event, Context], None]]] = {
    "unlinked": _unlinked,
    "part": _part,
    "new_evidence": _new_evidence,
    "evidence": _evidence,
    "free": _free,
    "proposal": _proposal,
    "no_proposal": _no_proposal,
    "not_retracting": _not_retracting,
    "suspended": _suspended,
    "not_suspended": _not_suspended,
    "not_suspender": _not_suspender,
    "once": _once,
    "sent": _sent,
    "found_over": _found_over,
    "nothing_stands": _nothing_stands,
    "target": _target,
}
