"""Cases: what the desk knows of one thing that may have happened.  SPEC 9.3.

A case is only what its events make of it (`casework`); the context is what the desk knows besides.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from dataclasses import dataclass

from protocol.event import NOTHING
from protocol.evidence import Missing
from protocol.roster import Roster


@dataclass(frozen=True, slots=True)
class Case:
    """A case after some events.  `head` names the last of them.

    `before` is the state that a hold interrupts.  `proposal` is the move that waits for second keys (propose, update,
    restore or retract), `proposer` who made it, `attested` who has agreed since.  `stale`: a refusal or a suspension
    stands that only a new finding answers.  `suspenders` are those whose suspensions no restore has answered.
    """

    id: str
    state: str
    head: str
    envelopes: tuple[str, ...]
    before: str | None = None
    proposal: str | None = None
    proposer: str | None = None
    attested: tuple[str, ...] = ()
    stale: bool = False
    suspenders: tuple[str, ...] = ()
    into: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """What the desk knows besides the events; ids are verifiers'.

    `since`: since when the case is in its state (Unix seconds).  `actor_head` names the actor's event before this one.
    `stayed`: whom a lead has suspended at `now`.  `drawn`: the second keys that were drawn; if nobody, then whoever is
    on shift.  `conflicted`: who declared a conflict of interest, or was the checker on site.  `suspended_lately`: who
    suspended an alert within 24 hours; `lead_joins`: a lead agrees to this suspension.  `missing`: what
    `evidence.missing` says.  `sent`: the gate has sent what was proposed.  `stands`: readers are still told that an
    alert of this case stands or is under review.  `found_over`: a finding says it is over.  `target`: the case that a
    merge names.
    """

    roster: Roster
    desk: str
    now: int
    since: int = 0
    on_shift: frozenset[str] = frozenset()
    stayed: frozenset[str] = frozenset()
    actor_head: str = NOTHING
    drawn: frozenset[str] = frozenset()
    conflicted: frozenset[str] = frozenset()
    suspended_lately: frozenset[str] = frozenset()
    lead_joins: bool = False
    missing: tuple[Missing, ...] = ()
    sent: bool = False
    stands: bool = False
    found_over: bool = False
    target: Case | None = None
