"""Alerting: where signed alerts and stops are handed to the gate, and what became of them.  SPEC 7, 14.

Nothing is sent from here.  What the gate would refuse is refused at once, so that a person learns it while they can
still mend it; the gate asks everything again.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint
from sqlalchemy import Connection

from protocol.alert import Alert, read_alert
from protocol.chain import require_fits
from protocol.errors import Refused
from protocol.release import admit, require_timely
from protocol.screen import require_clean_alert
from protocol.shape import hexadecimal, record
from protocol.signed import SIGNED, Signed
from protocol.state import state
from protocol.stay import require_unstayed
from store.cases import get_case, hold_case, set_working
from store.engine import reading, writing
from store.knowledge import knowledge, let_out_chain, named_roster, require_in_force
from store.messages import chain_messages, post_message
from verifier.desk import Caller, asked, caller, desk

alerting = Blueprint("alerting", __name__)
POST: Final = record({"alert": SIGNED}, {"case": hexadecimal(16)})


@alerting.post("/api/alerts")
def take_alert() -> tuple[dict[str, str], int]:
    """Hand a signed alert or stop to the gate, if the gate would take it."""
    value = asked(POST, 64 * 1024)
    signed = Signed.of(value["alert"])
    with writing(desk().engine) as conn:
        who = caller(conn)
        alert = read_alert(signed)
        signers = [one.keyid for one in signed.signatures]
        if who.verifier.id not in signers:
            raise Refused("not_yours", f"The message is signed by {', '.join(signers)}; you are {who.verifier.id}.")
        _admit(conn, who, signed, alert, signers)
        post_message(conn, signed.encode(), alert, who.now)
        if "case" in value:
            _remember(conn, who, value["case"], alert)
    return {"name": alert.name, "chain": alert.id}, 202


def _admit(conn: Connection, who: Caller, signed: Signed, alert: Alert, signers: list[str]) -> None:
    policy = desk().policy
    known = knowledge(conn, policy, who.now)
    _, roster = named_roster(conn, alert.roster, policy)
    signed.check("alert", roster.verifier_keys())
    here = [one.state for one in chain_messages(conn, alert.id) if one.name == alert.name]
    if here and here != ["refused"]:
        return  # It is with the gate already; the same again changes nothing.
    require_timely(alert, who.now)
    require_unstayed(signers, known.stays, who.now)
    admit(signed, roster, policy, who.now, known)
    require_in_force(conn, alert, who.now)
    require_fits(alert, signers, let_out_chain(conn, alert.id, policy), who.now)
    require_clean_alert(alert)


def _remember(conn: Connection, who: Caller, id: str, alert: Alert) -> None:
    """Write into a case's working row which chain is its own and what was posted last."""
    hold_case(conn, id)
    found = get_case(conn, id)
    if found.desk != who.verifier.desk or found.working is None:
        raise Refused("not_found", f"There is no open case {id[:16]} at your desk.")
    codes = dict(found.working.codes)
    codes["chains"] = [*(one for one in codes.get("chains", ()) if one != alert.id), alert.id]
    if not alert.is_stop:
        codes["posted"] = alert.name
    now = found.working
    set_working(conn, id, urgency=now.urgency, class_=now.class_, minute=now.minute, codes=codes)


@alerting.get("/api/alerts/<chain>")
def show_chain(chain: str) -> dict[str, Any]:
    """Answer with a chain's messages, where each is, and the chain's public word."""
    with reading(desk().engine) as conn:
        who = caller(conn)
        rows = chain_messages(conn, chain)
        if not rows:
            raise Refused("not_found", f"There is no alert {chain[:16]}.")
        out = let_out_chain(conn, chain, desk().policy)
        found = state(out, who.now) if any(not one.alert.is_stop for one in out) else None
        return {
            "word": found.word if found else None,
            "cause": found.cause if found else None,
            "since": found.since if found else None,
            "messages": [
                {
                    "name": one.name,
                    "alert": Signed.decode(one.signed).value(),
                    "state": one.state,
                    "bundle": one.bundle.decode("utf-8") if one.bundle and one.state == "released" else None,
                    "kind": one.refused_kind,
                    "sentence": one.refused,
                }
                for one in rows
            ],
        }
