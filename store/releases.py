"""Releases: letting a message out, once, together with a delivery for everyone it is for.  SPEC 7.4."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from protocol import limits
from protocol.errors import Refused
from store import claims, failpoint
from store.deliveries import plan
from store.messages import Message, message_by_id, messages, published, set_refused
from store.upsert import insert_once


def set_released(conn: Connection, id: str, claim: int, *, bundle: bytes, now: int, until: int) -> bool:
    """Let a claimed message out with the bundle that the gate has checked; say whether this call did.

    False where the claim is no longer the row's, and where the message was published before, whatever the row says.
    Deliveries are tried until `until`.
    """
    if not claims.held(conn, messages, id, claim):
        return False
    message = message_by_id(conn, id)
    if not insert_once(conn, published, name=message.name, day=now // limits.DAY):
        refusal = Refused("release_state", "This message was released before; it is not released twice.")
        set_refused(conn, id, claim, refusal)
        return False
    notice_at = message.lapses if message.kind == "suspended" else message.expires
    values = {"state": "released", "bundle": bundle, "released_at": now, "notice_at": notice_at}
    if not claims.finish(conn, messages, id, claim, **values):
        raise Refused("release_state", "Another process took this message over while it was being released.")
    plan(conn, message, "release", now, until)
    failpoint.reach("release.set-before-commit")
    failpoint.reach_once_committed(conn, "release.committed")
    return True


def notices_due(conn: Connection, now: int, limit: int = 100) -> list[Message]:
    """Return the messages whose time is over or whose suspension lapsed, and of which nobody was told so yet."""
    query = select(messages).where(messages.c.notice_at <= now).order_by(messages.c.notice_at).limit(limit)
    return [Message.of(row) for row in conn.execute(query)]


def set_noticed(conn: Connection, message: Message, cause: str | None, *, now: int, until: int) -> bool:
    """Send everyone the last bundle again in its new state, for a `cause` such as time or lapsed; None: no need to.

    Say whether this call did: a message is noticed once.
    """
    mine = update(messages).where(messages.c.id == message.id, messages.c.notice_at.is_not(None))
    if conn.execute(mine.values(notice_at=None)).rowcount == 0:
        return False
    if cause is not None:
        plan(conn, message, cause, now, until)
    return True
