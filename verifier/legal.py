"""Legal parts: desks pass them on unopened; attorneys sign in by their organisation's key and fetch them.  SPEC 6.2.

Every tip has one, of one size, so what comes here says that a tip was opened and not that somebody asked for a lawyer.
Nothing is kept of who passed one on, from which envelope, or of which were fetched.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from protocol.errors import Refused
from protocol.legal import check_legal
from protocol.limits import LEGAL_BYTES
from protocol.signin import attorney_keys
from store.engine import reading, writing
from store.knowledge import roster_now
from store.legal import list_legal, put_legal, read_legal
from store.sessions import session_verifier
from store.shifts import on_shift
from verifier.desk import caller, clock, desk, token_asked

legal = Blueprint("legal", __name__)
BYTES: Final = "application/octet-stream"


@legal.post("/api/legal")
def take_part() -> tuple[dict[str, bool], int]:
    """Keep the legal part of a tip that somebody on shift opened; the same again is kept once, and looks the same."""
    with writing(desk().engine) as conn:
        who = caller(conn)
        home = who.verifier.desk
        if who.verifier.id not in on_shift(conn, home, who.now):
            raise Refused("not_yours", f"Legal parts are passed on by those on shift; {who.verifier.id} is not.")
        put_legal(conn, _asked_part(), home, who.now)
    return {"kept": True}, 201


def _asked_part() -> bytes:
    """Return the request's body once it looks like a legal part.  Raises Refused("media_type" | "legal")."""
    if request.mimetype != BYTES:
        raise Refused("media_type", f"A legal part comes as {BYTES}, not {request.mimetype[:60] or 'nothing'}.")
    if (request.content_length or 0) > LEGAL_BYTES:
        raise Refused("legal", f"A legal part has {LEGAL_BYTES} bytes; this one has {request.content_length}.")
    part = request.get_data(cache=False)
    check_legal(part)
    return part


@legal.get("/api/legal")
def show_parts() -> dict[str, Any]:
    """Answer with the names of all that stand, in no order that tells, and each one's desk and day."""
    with reading(desk().engine) as conn:
        _require_attorney(conn)
        parts = list_legal(conn, clock())
    return {"parts": [{"name": one.name, "desk": one.desk, "day": one.day} for one in parts]}


@legal.get("/api/legal/<name>")
def show_part(name: str) -> Response:
    """Answer with a legal part's bytes."""
    with reading(desk().engine) as conn:
        _require_attorney(conn)
        return Response(read_legal(conn, name, clock()), mimetype=BYTES)


def _require_attorney(conn: Connection) -> None:
    """Raise Refused("sign_in") unless an organisation asks that the newest roster names among its attorneys."""
    now = clock()
    id = session_verifier(conn, token_asked(), now)
    if id not in attorney_keys(roster_now(conn, desk().policy, now)):
        raise Refused("sign_in", f"{id} is no attorneys' organisation of the roster in force; ask a custodian.")
