"""The queue: what waits at the caller's desk, and the sealed bytes to open.  SPEC 14."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from protocol.envelope import preview_size
from protocol.errors import Refused
from protocol.moves import OPEN
from protocol.recipients import SET
from protocol.signed import Signed
from protocol.state import state
from store.cases import StoredCase, desk_cases, unlinked_envelopes
from store.engine import reading, writing
from store.envelopes import Envelope, get_envelope, mark_opened, read_body, waiting_envelopes
from store.epochkeys import epoch_keys_by_name
from store.knowledge import let_out_chain, named_roster
from store.messages import chain_messages
from store.sets import get_set, list_sets
from verifier.desk import Caller, caller, desk
from verifier.network import network_mark

queue = Blueprint("queue", __name__)
SHOWN: Final = (*OPEN, "held")
BYTES: Final = "application/octet-stream"


@queue.get("/api/queue")
def show_queue() -> dict[str, Any]:
    """Answer with what waits: envelopes without a case, open cases, and how their alerts stand."""
    with reading(desk().engine) as conn:
        who = caller(conn)
        cases = desk_cases(conn, who.verifier.desk, SHOWN)
        chains = sorted({chain for one in cases for chain in chains_of(one)})
        return {
            "envelopes": _without_case(conn, who.verifier.desk),
            "cases": [case_row(one) for one in cases],
            "chains": [{"id": chain, "word": word(conn, chain, who.now)} for chain in chains],
            "network": network_mark(conn, who),
            "now": who.now,
        }


def _without_case(conn: Connection, home: str) -> list[dict[str, Any]]:
    """Return unopened envelopes, then those that somebody opened and put into no case: nothing drops out of sight."""
    rows = waiting_envelopes(conn, home)
    epochs = {one.epoch for one in rows}
    sets = list_sets(conn, home, min(epochs), max(epochs)) if epochs else []
    names = {one.number: one.name for one in sets if one.complete}
    shown = ("id", "minute", "bucket", "epoch", "stanzas", "size")
    unopened = [{name: getattr(one, name) for name in shown} | {"set": names.get(one.set_number)} for one in rows]
    return unopened + [envelope_row(one) | {"minute": None} for one in unlinked_envelopes(conn, home)]


def envelope_row(one: Envelope) -> dict[str, Any]:
    """Return what a desk is told of an envelope."""
    return {
        "id": one.id,
        "bucket": one.bucket,
        "set": one.set_name,
        "epoch": one.epoch,
        "stanzas": one.stanzas,
        "size": one.size,
        "day": one.day,
    }


def case_row(one: StoredCase) -> dict[str, Any]:
    """Return what a desk is told of a case without opening anything."""
    now = one.working
    return {
        "id": one.case.id,
        "state": one.case.state,
        "head": one.case.head,
        "length": one.length,
        "envelopes": list(one.case.envelopes),
        "proposal": one.case.proposal,
        "proposer": one.case.proposer,
        "attested": list(one.case.attested),
        "stale": one.case.stale,
        "before": one.case.before,
        "suspenders": list(one.case.suspenders),
        "urgency": now.urgency if now else None,
        "class": now.class_ if now else None,
        "minute": now.minute if now else None,
        "chains": chains_of(one),
    }


def chains_of(one: StoredCase) -> list[str]:
    """Return the ids of the alert chains that a case has sent or is sending."""
    return list(one.working.codes.get("chains", ())) if one.working else []


def word(conn: Connection, chain: str, now: int) -> str:
    """Return a chain's public word now, or where its first message is: posted, logged, refused."""
    messages = let_out_chain(conn, chain, desk().policy)
    if messages:
        return state(messages, now).word
    rows = chain_messages(conn, chain)
    return rows[-1].state if rows else "none"


@queue.get("/api/envelopes/<id>")
def show_envelope(id: str) -> Response:
    """Answer with an envelope's bytes: its preview only, or all."""
    with reading(desk().engine) as conn:
        who = caller(conn)
        one = _of_desk(conn, who, id)
        part = request.args.get("part", "all")
        if part not in ("all", "preview"):
            raise Refused("shape", f"The part is all or preview, not {part[:20]}.")
        body = read_body(conn, id, 0, preview_size(one.stanzas) if part == "preview" else None)
    return Response(body, mimetype=BYTES)


@queue.post("/api/envelopes/<id>/opened")
def open_envelope(id: str) -> dict[str, bool]:
    """Write down that somebody opened an envelope: its minute is forgotten, and nobody is paged for it any more."""
    with writing(desk().engine) as conn:
        _of_desk(conn, caller(conn), id)
        return {"first": mark_opened(conn, id)}


@queue.get("/api/sets/<name>")
def show_set(name: str) -> dict[str, Any]:
    """Answer with a set that an envelope was sealed to, to open it by."""
    with reading(desk().engine) as conn:
        who = caller(conn)
        found = get_set(conn, name)
        if found is None or found.desk != who.verifier.desk:
            raise Refused("not_found", f"Your desk has no set {name[:16]}.")
        signed = Signed.decode(found.signed)
        value = signed.read(SET)
        stored, _ = named_roster(conn, value["roster"], desk().policy)
        keys = epoch_keys_by_name(conn, {member["key"] for member in value["members"]})
        return {
            "set": signed.value(),
            "keys": [Signed.decode(one).value() for one in keys.values()],
            "roster": Signed.decode(stored.signed).value(),
            "chain": [Signed.decode(link).value() for link in stored.chain],
        }


def _of_desk(conn: Connection, who: Caller, id: str) -> Envelope:
    """Return an envelope of the caller's desk; another desk's looks like one that does not exist."""
    one = get_envelope(conn, id)
    if one.desk != who.verifier.desk:
        raise Refused("not_found", f"There is no envelope {id[:16]}; it may have been burnt.")
    return one
