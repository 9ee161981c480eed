"""The entrance: a signed challenge for a bearer token, and the shift that begins with it.  SPEC 12, 14."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, Final

from flask import Blueprint

from protocol import limits
from protocol.encoding import b64, unb64
from protocol.errors import Refused
from protocol.roster import Roster
from protocol.shape import base64, record
from protocol.signed import SIGNED, Signed
from protocol.signin import NONCE, open_attorney_sign_in, open_sign_in
from store.engine import reading, writing
from store.knowledge import open_stays, roster_now
from store.sessions import open_session, revoke_session, use_challenge
from store.shifts import begin_shift, end_shift
from verifier.desk import TOKEN, asked, caller, clock, desk, require_at_work

SHIFT: Final = 2 * limits.HOUR  # Longer without a break and people miss things; signing in again is a moment's work.
SESSION: Final = 4 * limits.HOUR
ATTORNEYS: Final = limits.HOUR // 4  # Enough to fetch a week's parts over a slow line.
Opens = Callable[[Signed, Roster, str, bytes, int], str]

entrance = Blueprint("entrance", __name__)
_ANSWER: Final = record({"nonce": base64(NONCE), "signed": SIGNED})


@entrance.get("/api/challenge")
def give_challenge() -> dict[str, str]:
    """Hand out a nonce to be signed within a minute."""
    return {"nonce": b64(desk().challenges.make(clock()))}


@entrance.post("/api/session")
def sign_in() -> tuple[dict[str, Any], int]:
    """Sign a verifier in and begin their shift."""
    value, now = asked(_ANSWER, 16 * 1024), clock()
    nonce = unb64(value["nonce"], NONCE)
    expires = desk().challenges.end(nonce, now)
    with reading(desk().engine) as conn:
        roster = roster_now(conn, desk().policy, now)
        stays = open_stays(conn, roster)
    signed = Signed.of(value["signed"])
    verifier = _signer(open_sign_in, signed, roster, nonce, now)
    require_at_work(verifier, stays, now)
    token = os.urandom(TOKEN)
    with writing(desk().engine) as conn:
        use_challenge(conn, nonce, expires)
        open_session(conn, token, verifier, now + SESSION)
        begin_shift(conn, verifier, roster.verifiers[verifier].desk, now + SHIFT)
    return {"token": b64(token), "verifier": verifier, "expires": now + SESSION, "shift_until": now + SHIFT}, 201


@entrance.post("/api/legal/session")
def sign_attorney_in() -> tuple[dict[str, Any], int]:
    """Sign an attorneys' organisation in: it fetches legal parts, and works no shift."""
    value, now = asked(_ANSWER, 16 * 1024), clock()
    nonce = unb64(value["nonce"], NONCE)
    expires = desk().challenges.end(nonce, now)
    with reading(desk().engine) as conn:
        roster = roster_now(conn, desk().policy, now)
    organisation = _signer(open_attorney_sign_in, Signed.of(value["signed"]), roster, nonce, now)
    token = os.urandom(TOKEN)
    with writing(desk().engine) as conn:
        use_challenge(conn, nonce, expires)
        open_session(conn, token, organisation, now + ATTORNEYS)
    return {"token": b64(token), "organisation": organisation, "expires": now + ATTORNEYS}, 201


def _signer(opened: Opens, signed: Signed, roster: Roster, nonce: bytes, now: int) -> str:
    """Return who signed, for whichever of our origins they saw.  Raises Refused("sign_in") and signature kinds."""
    refusal: Refused | None = None
    for origin in desk().origins:
        try:
            return opened(signed, roster, origin, nonce, now)
        except Refused as error:
            refusal = refusal or error
    raise refusal or Refused("sign_in", "This desk has no origin of its own.")


@entrance.delete("/api/session")
def sign_out() -> tuple[str, int]:
    """End the session and the shift."""
    with writing(desk().engine) as conn:
        who = caller(conn)
        revoke_session(conn, who.token)
        end_shift(conn, who.verifier.id)
    return "", 204
