"""What the desk's views share: engine, policy, and who is asking."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from flask import current_app, g, request
from sqlalchemy import Connection, Engine

from look.face import Face
from protocol.encoding import unb64
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.roster import Roster, Verifier
from protocol.shape import Shape
from protocol.signed import Signed
from protocol.stay import Stay, stayed_at
from store.knowledge import open_stays, roster_now
from store.sessions import holder, session_verifier
from verifier.challenge import Challenges

if TYPE_CHECKING:
    from verifier.pages import Pages

TOKEN: Final = 32  # Bytes of a bearer token.


@dataclass(frozen=True, slots=True)
class Desk:
    """What the desk stands on."""

    engine: Engine
    policy: Policy
    face: Face
    origins: tuple[str, ...]
    pages: Pages
    challenges: Challenges


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a certified verifier by the newest roster, not revoked and not stayed; `token` is the session's."""

    verifier: Verifier
    roster: Roster
    stayed: frozenset[str]
    now: int
    token: bytes


def desk() -> Desk:
    """Return the running desk."""
    found: Desk = current_app.extensions["sereno"]
    return found


def clock() -> int:
    """Return the request's time, the same all through it (Unix seconds)."""
    if "now" not in g:
        g.now = int(time.time())
    now: int = g.now
    return now


def caller(conn: Connection) -> Caller:
    """Return who asks, looked up afresh: a stay or a new roster holds from the next request on.

    Raises Refused: sign_in, and stay (a lead has suspended them: their desk says so, not "you are not signed in").
    """
    token = token_asked()
    now = clock()
    roster = roster_now(conn, desk().policy, now)
    stays = open_stays(conn, roster)
    require_at_work(holder(conn, token), stays, now)
    id = session_verifier(conn, token, now)
    one = roster.verifiers.get(id)
    if one is None or one.revoked_at is not None or now >= one.certified_until:
        raise Refused("sign_in", f"{id} may not work here now: revoked, or no longer certified. Ask a lead.")
    return Caller(one, roster, stayed_at(stays, now), now, token)


def require_at_work(id: str | None, stays: Iterable[Stay], now: int) -> None:
    """Raise Refused("stay") for somebody whom a lead has suspended."""
    held = [one for one in stays if one.verifier == id and one.issued <= now < one.until]
    if held:
        last = max(held, key=lambda one: one.until)
        until = time.strftime("%Y-%m-%d %H:%M", time.gmtime(last.until))
        raise Refused(
            "stay",
            f"{last.by} suspended {id} until {until} UTC, and nothing that {id} signs until then counts. "
            "It ends by itself; a lead or a custodian knows more.",
        )


def token_asked() -> bytes:
    """Return the request's bearer token.  Raises Refused("sign_in")."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer":
        raise Refused("sign_in", "This needs a bearer token. Unlock your vault to get one.")
    try:
        return unb64(text, TOKEN)
    except Refused as error:
        raise Refused("sign_in", "This is no token of the desk. Unlock your vault again.") from error


def asked(shape: Shape, limit: int) -> Any:
    """Return the request's JSON body once it has `shape`.  Raises Refused: media_type, too_large, not_json, shape."""
    if request.mimetype != "application/json":
        raise Refused("media_type", f"The desk takes application/json, not {request.mimetype[:60] or 'nothing'}.")
    if (request.content_length or 0) > limit:
        raise Refused("too_large", f"The request has {request.content_length} bytes; at most {limit} are taken.")
    try:
        value = request.get_json(silent=True)
    except RecursionError:  # Thousands of brackets; nothing of ours nests like that.
        value = None
    if value is None:
        raise Refused("not_json", "The request's body is not JSON.")
    shape(value, "request")
    return value


def signed_asked(limit: int = 64 * 1024) -> Signed:
    """Return the signed object in the request's body.  Raises as `asked`."""
    return Signed.of(asked(lambda value, path: None, limit), "request")
