"""Casework: what signed moves make of a case.  SPEC 9.3.

A case exists only as what its events make of it; `next_state` takes it one event further or says why not.  These are
the desk's rules, which the server enforces and anyone can audit; an alert's proof does not rest on them.

Pure: `now` is in the context.
"""

from __future__ import annotations

from dataclasses import replace

from protocol import limits
from protocol.case import Case, Context
from protocol.errors import Refused
from protocol.event import NOTHING, Event
from protocol.moves import BEFORE, HOLD, MOVES, NONE, Move
from protocol.needs import NEEDS
from protocol.roster import Verifier


def next_state(case: Case | None, event: Event, context: Context) -> Case:
    """Return the case after `event`; `case` is None for the first.

    Raises Refused: event_chain (stale, or of another case or day), not_yours (who may), conflict, evidence, move (from
    this state, or what else it needs).
    """
    _require_chain(case, event, context)
    move = MOVES[event.move]
    state = state_at(case, context) if case else NONE
    if state not in move.to:
        raise Refused(
            "move",
            f"{event.move} is a move from {', '.join(move.to)}; this case is {state}. "
            f"From there one may {', '.join(moves_from(state)) or 'do nothing more'}.",
        )
    _require_actor(case, event, context, move)
    for need in move.needs:
        NEEDS[need](case or Case(event.case, NONE, NOTHING, ()), event, context)
    if case is None:
        return Case(event.case, "new", event.name, event.envelopes)
    after = move.to[state]
    before = (case.before if state == "held" else state) if after == "held" else None
    moved = replace(case, state=(case.before or after) if after == BEFORE else after, head=event.name, before=before)
    return _effect(moved, case, event, context)


def state_at(case: Case, context: Context) -> str:
    """Return the case's state at the context's time: a hold is over by itself after 30 minutes."""
    if case.state == "held" and case.before is not None and context.now - context.since >= HOLD:
        return case.before
    return case.state


def moves_from(state: str) -> tuple[str, ...]:
    """Return the names of the moves that start in `state`."""
    return tuple(name for name, move in MOVES.items() if state in move.to)


def _effect(moved: Case, case: Case, event: Event, context: Context) -> Case:
    """Return the moved case with what the move changes besides its state."""
    match event.move:
        case "link":
            return replace(moved, envelopes=tuple(sorted((*case.envelopes, *event.envelopes))))
        case "finding":
            return replace(moved, stale=False)
        case "retract" if "lead" in context.roster.verifiers[event.actor].roles:
            return replace(moved, proposal=None, proposer=None, attested=())
        case "propose" | "update" | "restore" | "retract":
            return replace(moved, proposal=event.move, proposer=event.actor, attested=())
        case "attest":
            return replace(moved, attested=(*case.attested, event.actor))
        case "refuse":
            return replace(moved, proposal=None, proposer=None, attested=(), stale=True)
        case "released":
            left = () if case.proposal == "restore" else case.suspenders
            return replace(moved, proposal=None, proposer=None, attested=(), suspenders=left)
        case "suspend":
            # What was drafted before the suspension can't answer it.
            kept = moved if case.proposal == "retract" else replace(moved, proposal=None, proposer=None, attested=())
            return replace(kept, stale=True, suspenders=(*case.suspenders, event.actor))
        case "merge":
            return replace(moved, into=event.into)
    return moved


def _require_chain(case: Case | None, event: Event, context: Context) -> None:
    head = case.head if case else NOTHING
    if case is not None and event.case != case.id:
        raise Refused("event_chain", f"The event is of case {event.case}; this is case {case.id}.")
    if event.case_prev != head:
        raise Refused(
            "event_chain",
            f"The event follows {event.case_prev[:16]}; the case's last event is {head[:16]}. "
            "Somebody moved the case since: load it again and look before moving it.",
        )
    if event.actor_prev != context.actor_head:
        raise Refused(
            "event_chain",
            f"The event follows {event.actor_prev[:16]} of {event.actor}; their last event here is "
            f"{context.actor_head[:16]}. If you signed another, tell a lead: an event of yours was lost or made up.",
        )
    days = ((context.now - limits.CLOCK_SKEW) // limits.DAY, (context.now + limits.CLOCK_SKEW) // limits.DAY)
    if not days[0] <= event.day <= days[1]:
        raise Refused("event_chain", f"The event is of day {event.day}; today is {days[1]}. Set the device's clock.")


def _require_actor(case: Case | None, event: Event, context: Context, move: Move) -> None:
    one = context.roster.verifiers.get(event.actor)
    if one is None or one.revoked_at is not None:
        raise Refused("not_yours", f"{event.actor} is no verifier of this roster; the custodians enrol people.")
    if context.now >= one.certified_until:
        raise Refused(
            "not_yours", f"The certification of {one.id} ended at {one.certified_until}; the time is {context.now}."
        )
    if one.id in context.stayed:
        raise Refused("not_yours", f"A lead has suspended {one.id} for now; the lead says until when.")
    if "trainee" in one.roles and move.binds:
        raise Refused("not_yours", f"{one.id} is a trainee, and {event.move} binds; a certified verifier makes it.")
    if move.who == "lead" and "lead" not in one.roles:
        raise Refused("not_yours", f"{event.move} is for a lead; {one.id} is none. Page one.")
    if move.who in ("verifier", "second"):
        _require_here(one, event, context, move)
    if move.who == "second" and case is not None:
        _require_second(one, case, event, context)


def _require_here(one: Verifier, event: Event, context: Context, move: Move) -> None:
    # A lead may step in from home; a lent verifier who was drawn is on nobody's shift here.
    if "lead" in one.roles or (move.who == "second" and one.id in context.drawn):
        return
    if one.desk != context.desk:
        raise Refused("not_yours", f"The case is of desk {context.desk}; {one.id} is of desk {one.desk}.")
    if one.id not in context.on_shift:
        raise Refused("not_yours", f"{event.move} is for those on shift; {one.id} is not. Start your shift first.")


def _require_second(one: Verifier, case: Case, event: Event, context: Context) -> None:
    if one.id == case.proposer:
        raise Refused("conflict", f"{one.id} made the proposal; a second person has to judge it.")
    # Whoever agreed may still refuse: what two keys signed too late nobody gets, and there may be no third person.
    if one.id in case.attested and event.move != "refuse":
        raise Refused("conflict", f"{one.id} has attested already; one person is one voice.")
    # What is out is corrected where readers see it: a case that forgot it could neither suspend nor retract it.
    if one.id in case.attested and case.state == "proposed" and context.sent:
        raise Refused("conflict", f"{one.id} agreed, and the gate has sent it; write that down, then stop it.")
    if context.drawn and one.id not in context.drawn:
        raise Refused("not_yours", f"{', '.join(sorted(context.drawn))} were drawn to judge this; {one.id} was not.")
