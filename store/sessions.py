"""Sessions: who is signed in at the desk.  Hashes only: a copy of the store signs nobody in."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Index, Table, delete, select, update
from sqlalchemy.exc import IntegrityError

from protocol.encoding import sha256
from protocol.errors import Refused
from store.columns import KEY, big, data, metadata, text

challenges: Final = Table("challenges", metadata, data("nonce", key=True), big("expires"), Index(None, "expires"))

sessions: Final = Table(
    "sessions",
    metadata,
    data("token", key=True),
    text("verifier", KEY),
    big("expires"),
    Index(None, "verifier"),
    Index(None, "expires"),
)


def use_challenge(conn: Connection, nonce: bytes, expires: int) -> None:
    """Use a challenge up, and remember so until `expires` (Unix seconds).  Raises Refused("sign_in") if it was used."""
    # Nothing is written when one is handed out: whoever asks a million times fills nothing and locks nobody out.
    try:
        with conn.begin_nested():
            conn.execute(challenges.insert().values(nonce=sha256(nonce), expires=expires))
    except IntegrityError as error:
        raise Refused("sign_in", "This challenge was used already. Ask for a new one.") from error


def open_session(conn: Connection, token: bytes, verifier: str, expires: int) -> None:
    """Sign a verifier in until `expires` (Unix seconds) for whoever shows `token`."""
    conn.execute(sessions.insert().values(token=sha256(token), verifier=verifier, expires=expires))


def session_verifier(conn: Connection, token: bytes, now: int) -> str:
    """Return the id of the verifier whom `token` signs in.  Raises Refused("sign_in")."""
    query = select(sessions.c.verifier).where(sessions.c.token == sha256(token), sessions.c.expires > now)
    found: str | None = conn.execute(query).scalar()
    if found is None:
        raise Refused("sign_in", "You are not signed in, or no longer. Unlock your vault again.")
    return found


def revoke_session(conn: Connection, token: bytes) -> None:
    """Sign out whoever shows `token`."""
    conn.execute(delete(sessions).where(sessions.c.token == sha256(token)))


def revoke_verifier(conn: Connection, verifier: str) -> int:
    """Sign a verifier out everywhere; return from how many places.

    `holder` knows their tokens until they are swept, so that their desk can be told why.
    """
    return conn.execute(update(sessions).where(sessions.c.verifier == verifier).values(expires=0)).rowcount


def holder(conn: Connection, token: bytes) -> str | None:
    """Return whom `token` signs in or signed in lately; None where nobody knows it any more."""
    found: str | None = conn.execute(select(sessions.c.verifier).where(sessions.c.token == sha256(token))).scalar()
    return found


def forget_over(conn: Connection, now: int) -> int:
    """Delete challenges and sessions that are over; return how many."""
    gone = conn.execute(delete(challenges).where(challenges.c.expires <= now)).rowcount
    return gone + conn.execute(delete(sessions).where(sessions.c.expires <= now)).rowcount
