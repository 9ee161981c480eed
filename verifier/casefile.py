"""Case files: signed events in, the case's state out.  The rules are `protocol.casework`'s; here they meet the store.

What timers and evidence rules need is kept beside, unsigned, in the case's working row, until the case is closed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint
from sqlalchemy import Connection

from protocol import limits
from protocol.alert import AUDIENCE
from protocol.case import Case, Context
from protocol.casework import next_state
from protocol.encoding import b64, unb64
from protocol.errors import Refused
from protocol.event import Event, open_event
from protocol.evidence import BASIS, CLASSES, Finding, Told, missing
from protocol.moves import URGENCIES
from protocol.part import MAX_PART, require_digest
from protocol.shape import ID, boolean, integer, one_of, record, refuse, sorted_set_of
from protocol.signed import SIGNED, Signed
from protocol.state import state
from store.cases import StoredCase, get_case, hold_case, set_working
from store.engine import reading, writing
from store.envelopes import get_envelope, mark_opened
from store.events import actor_head, list_events, put_event
from store.knowledge import let_out_chain
from store.messages import chain_messages
from store.shifts import on_shift
from verifier.desk import Caller, asked, caller, desk
from verifier.queue import case_row, chains_of, envelope_row

casefile = Blueprint("casefile", __name__)
MAX_REQUEST: Final = 2 * MAX_PART

_FINDING: Final = record(
    {"code": one_of(*BASIS), "minute": integer(0), "against": boolean, "site": boolean, "over": boolean},
    {"checker": ID},
)
_WORKING: Final = record(
    {},
    {
        "urgency": one_of(*URGENCIES),
        "class": one_of(*CLASSES),
        "audience": AUDIENCE,
        "finding": _FINDING,
        "conflicted": sorted_set_of(ID, 16),
        "site_told": boolean,
        "emergency_called": boolean,
    },
)


def _sealed(value: Any, path: str) -> None:
    if not isinstance(value, str):
        raise refuse(path, "a sealed part in base64, or nothing", value)
    unb64(value)


MOVE: Final = record({"event": SIGNED, "sealed": _sealed, "working": _WORKING})


@casefile.post("/api/cases/<id>/events")
def take_event(id: str) -> tuple[dict[str, Any], int]:
    """Take one signed move; the first one, `open`, makes the case."""
    value = asked(MOVE, MAX_REQUEST)
    signed, sealed = Signed.of(value["event"]), unb64(value["sealed"])
    with writing(desk().engine) as conn:
        who = caller(conn)
        event = open_event(signed, who.roster)
        if event.actor != who.verifier.id or event.case != id:
            raise Refused("not_yours", f"The event is {event.actor}'s on {event.case[:16]}; you are {who.verifier.id}.")
        hold_case(conn, id)
        before = _case(conn, who, event)
        codes = dict(before.working.codes) if before and before.working else {}
        _note(codes, event, value["working"], who.now)
        if sealed:
            require_digest(sealed, event)
        context = _context(conn, who, before, event, codes, value["working"].get("class"))
        after = next_state(before.case if before else None, event, context)
        put_event(conn, signed.encode(), sealed, event, after, who.verifier.desk)
        for envelope in event.envelopes:
            mark_opened(conn, envelope)
        found = get_case(conn, id)
        if found.closed_day is None:
            # To share a case or add a tip is not to work on it: no clock of it begins anew, a hold's least of all.
            same = before.working if before and event.move in ("share", "link") else None
            minute = same.minute if same else who.now // limits.MINUTE
            _keep_working(conn, found, value["working"], codes, minute)
        return case_row(get_case(conn, id)), 201


def _case(conn: Connection, who: Caller, event: Event) -> StoredCase | None:
    """Return the case an event moves, None for one it opens.  Raises Refused("not_found") for another desk's."""
    for envelope in event.envelopes:
        if get_envelope(conn, envelope).desk != who.verifier.desk:
            raise Refused("not_found", f"There is no envelope {envelope[:16]}; it may have been burnt.")
    if event.move == "open":
        return None
    return _of_desk(conn, who, event.case)


def _of_desk(conn: Connection, who: Caller, id: str) -> StoredCase:
    found = get_case(conn, id)
    if found.desk != who.verifier.desk:
        raise Refused("not_found", f"There is no case {id[:16]}.")
    return found


def _note(codes: dict[str, Any], event: Event, working: Mapping[str, Any], now: int) -> None:
    """Add what an event says in the open to what timers and evidence rules know of its case."""
    if event.move == "finding":
        if "finding" not in working:
            raise Refused("shape", "A finding comes with its code, so that the evidence rules can count it.")
        finding = dict(working["finding"])
        if finding["minute"] > now // limits.MINUTE + 1:
            raise Refused("shape", "A finding is of the past; its minute lies ahead.")
        codes["findings"] = [*codes.get("findings", ()), finding]
    if "conflicted" in working:
        if list(working["conflicted"]) != [event.actor]:
            raise Refused("not_yours", "A conflict of interest is one's own to declare, and nobody else's.")
        codes["conflicted"] = sorted({*codes.get("conflicted", ()), *working["conflicted"]})
    for name in ("site_told", "emergency_called", "audience"):
        if name in working:
            codes[name] = working[name]


def _context(
    conn: Connection,
    who: Caller,
    before: StoredCase | None,
    event: Event,
    codes: Mapping[str, Any],
    class_: str | None,
) -> Context:
    working = before.working if before else None
    # A draft is judged by the class it says itself, not by the one that the case was sorted under before.
    class_ = class_ or (working.class_ if working else None)
    shift = frozenset(on_shift(conn, who.verifier.desk, who.now))
    findings = codes.get("findings", [])
    checkers = {one["checker"] for one in findings if "checker" in one}
    return Context(
        roster=who.roster,
        desk=before.desk if before else who.verifier.desk,
        now=who.now,
        since=working.minute * limits.MINUTE if working else 0,
        on_shift=shift,
        stayed=who.stayed,
        actor_head=actor_head(conn, who.verifier.id),
        conflicted=frozenset(codes.get("conflicted", ())) | checkers,
        missing=_missing(who, event, class_, codes, shift),
        sent=_sent(conn, codes),
        stands=_stands(conn, before, who.now),
        found_over=any(one["over"] for one in findings),
        target=_target(conn, who, event),
    )


def _missing(
    who: Caller, event: Event, class_: str | None, codes: Mapping[str, Any], shift: frozenset[str]
) -> tuple[Any, ...]:
    """Return what the evidence rule of a draft's class lacks; asked only of moves that need it."""
    if event.move not in ("propose", "update", "restore"):
        return ()
    if class_ is None:
        raise Refused("evidence", "The case has no class yet; the draft's class has to be said.")
    leads = {id for id in shift if "lead" in who.roster.verifiers[id].roles} | (
        {who.verifier.id} if "lead" in who.verifier.roles else set()
    )
    told = Told(
        audience=codes.get("audience", "responders"),
        lead=bool(leads),
        site=bool(codes.get("site_told")),
        emergency=bool(codes.get("emergency_called")),
    )
    found = [
        Finding(one["code"], one["minute"] * limits.MINUTE, one["against"], one["site"])
        for one in codes.get("findings", ())
        if not one["over"]
    ]
    return missing(class_, found, told, who.now)


def _sent(conn: Connection, codes: Mapping[str, Any]) -> bool:
    """Say whether the gate has let out the message that was posted last for this case."""
    chain = (codes.get("chains") or [None])[-1]
    if chain is None:
        return False
    rows = [one for one in chain_messages(conn, chain) if one.name == codes.get("posted")]
    return bool(rows) and rows[0].state == "released"


def _stands(conn: Connection, before: StoredCase | None, now: int) -> bool:
    """Say whether readers are still told that an alert of this case stands or is under review."""
    for chain in chains_of(before) if before else ():
        messages = let_out_chain(conn, chain, desk().policy)
        if messages and state(messages, now).word in ("confirmed", "checked", "under-review"):
            return True
    return False


def _target(conn: Connection, who: Caller, event: Event) -> Case | None:
    return _of_desk(conn, who, event.into).case if event.into else None


def _keep_working(
    conn: Connection, found: StoredCase, working: Mapping[str, Any], codes: dict[str, Any], minute: int
) -> None:
    held = found.working
    urgency = working.get("urgency", held.urgency if held else None)
    class_ = working.get("class", held.class_ if held else None)
    set_working(conn, found.case.id, urgency=urgency, class_=class_, minute=minute, codes=codes)


@casefile.get("/api/cases/<id>")
def show_case(id: str) -> dict[str, Any]:
    """Answer with a case of the caller's desk: where it stands, and every event with its sealed part."""
    with reading(desk().engine) as conn:
        who = caller(conn)
        found = _of_desk(conn, who, id)
        codes = found.working.codes if found.working else {}
        return case_row(found) | {
            "findings": codes.get("findings", []),
            "conflicted": codes.get("conflicted", []),
            "told": {
                "site": bool(codes.get("site_told")),
                "emergency": bool(codes.get("emergency_called")),
                "audience": codes.get("audience", "responders"),
            },
            "tips": [envelope_row(get_envelope(conn, one)) for one in found.case.envelopes],
            "events": [
                {"number": one.number, "event": Signed.decode(one.signed).value(), "sealed": b64(one.sealed or b"")}
                for one in list_events(conn, id)
                if one.signed is not None
            ],
        }
