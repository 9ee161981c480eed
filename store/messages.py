"""Messages: alerts and stops on their way from the desk through the gate, and what was let out.  SPEC 7.

posted → logged → released | refused.  A stop may be released before it is logged.  The signed bytes and the bundle are
the truth; the other columns only find them.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import CheckConstraint, Connection, Index, Row, Select, Table, UniqueConstraint, exists, select, update

from protocol.alert import Alert
from protocol.errors import Refused
from protocol.signed import Signed
from store import claims, failpoint
from store.columns import CODE, ID, NAME, WORD, big, claimable, data, metadata, number, one_of, text, waiting, without
from store.upsert import insert_once

STOP, RELEASE = 0, 1  # Ranks: what lowers goes first.

messages: Final = Table(
    "messages",
    metadata,
    text("id", ID, key=True),
    text("name", NAME),
    text("chain", ID),
    number("revision"),
    text("kind", WORD),
    text("audience", WORD),
    text("class_", 1, null=True),
    text("zone", CODE, null=True),
    big("issued"),
    big("expires", null=True),
    big("lapses", null=True),
    data("signed"),
    number("rank"),
    text("state", WORD),
    big("log_index", null=True),
    data("bundle", null=True),
    text("refused_kind", CODE, null=True),
    text("refused", None, null=True),
    big("released_at", null=True),
    big("notice_at", null=True),
    *claimable(),
    UniqueConstraint("name"),
    one_of("state", "posted", "logged", "released", "refused"),
    CheckConstraint("(due_at IS NULL) = (state IN ('released', 'refused'))", name="open"),
    Index(None, "chain", "revision"),
    Index(None, "audience", "released_at"),
    waiting("ix_messages_due", "rank", "due_at", by="due_at"),
    waiting("ix_messages_notice", "notice_at", by="notice_at"),
    without("ix_messages_unlogged", "released_at", what="log_index"),
    info={claims.LANES: {"rank": (STOP, RELEASE)}},
)

# Never deleted, and carried over by whoever restores a backup: what stands here is not published again.
published: Final = Table("published", metadata, text("name", NAME, key=True), number("day"))


@dataclass(frozen=True, slots=True)
class Message:
    """A message's row.  `class_` and `zone` are None for stops, `log_index` until it is in the log."""

    id: str
    name: str
    chain: str
    revision: int
    kind: str
    audience: str
    class_: str | None
    zone: str | None
    issued: int
    expires: int | None
    lapses: int | None
    signed: bytes
    rank: int
    state: str
    log_index: int | None
    bundle: bytes | None
    refused_kind: str | None
    refused: str | None
    released_at: int | None
    notice_at: int | None
    due_at: int | None
    owner: str | None
    claim: int

    @classmethod
    def of(cls, row: Row[Any]) -> Message:
        """Return the message that a row of the whole table is."""
        bundle = None if row.bundle is None else bytes(row.bundle)
        return cls(**{**row._mapping, "signed": bytes(row.signed), "bundle": bundle})


def post_message(conn: Connection, signed: bytes, alert: Alert, now: int) -> str:
    """Hand a message to the gate and return its random id; the same again changes nothing.

    A message that was refused may come again with other signatures over the same bytes: then it is looked at afresh.
    Raises Refused("alert_chain") where `alert` is not what `signed` says.
    """
    if Signed.decode(signed).message() != alert.name:
        raise Refused("alert_chain", f"The bytes are not those of message {alert.name[:16]}.")
    fresh = secrets.token_hex(16)
    state = {"state": "posted", "due_at": now, "claim": 0, "rank": STOP if alert.is_stop else RELEASE}
    inserted = insert_once(conn, messages, id=fresh, signed=signed, **_said(alert), **state)
    if not inserted:
        again = update(messages).where(
            messages.c.name == alert.name, messages.c.state == "refused", messages.c.signed != signed
        )
        conn.execute(again.values(signed=signed, state="posted", due_at=now, refused_kind=None, refused=None))
    failpoint.reach("message.posted-before-commit")
    return fresh if inserted else get_message(conn, alert.name).id


def _said(alert: Alert) -> dict[str, Any]:
    """Return the columns that an alert's own words fill."""
    same = ("name", "revision", "kind", "audience", "class_", "issued", "expires", "lapses")
    place = alert.fields.get("place")
    return {
        "chain": alert.id,
        "zone": place["zone"] if place else None,
        **{name: getattr(alert, name) for name in same},
    }


def get_message(conn: Connection, name: str) -> Message:
    """Return the message whose payload has the SHA-256 `name`.  Raises Refused("not_found")."""
    return _one(conn, select(messages).where(messages.c.name == name), name)


def message_by_id(conn: Connection, id: str) -> Message:
    """Return the message with the row id that jobs carry.  Raises Refused("not_found")."""
    return _one(conn, select(messages).where(messages.c.id == id), id)


def _one(conn: Connection, query: Select[Any], name: str) -> Message:
    row = conn.execute(query).first()
    if row is None:
        raise Refused("not_found", f"There is no message {name[:16]} here.")
    return Message.of(row)


def chain_messages(conn: Connection, chain: str, *, released: bool = False) -> list[Message]:
    """Return a chain's messages by revision; only those let out where `released`."""
    query = select(messages).where(messages.c.chain == chain)
    if released:
        query = query.where(messages.c.state == "released")
    return [Message.of(row) for row in conn.execute(query.order_by(messages.c.revision, messages.c.name))]


def released_public(conn: Connection, since: int, limit: int = 1000) -> list[Message]:
    """Return the public messages let out at `since` or later, newest first, for pages and feeds.

    Not a stop of a chain whose releases are for responders only, whatever audience the stop names.
    """
    other = messages.alias()
    about = other.c.rank == RELEASE, other.c.state == "released", other.c.audience == "responders"
    closed = exists().where(other.c.chain == messages.c.chain, *about)
    query = select(messages).where(messages.c.audience == "public", messages.c.released_at >= since, ~closed)
    rows = conn.execute(query.order_by(messages.c.released_at.desc(), messages.c.name).limit(limit))
    return [Message.of(row) for row in rows]


def released_since(conn: Connection, since: int, limit: int = 100) -> list[Message]:
    """Return the releases let out at `since` or later, for whomever they are, the oldest first."""
    kinds = messages.c.rank == RELEASE, messages.c.state == "released"
    recent = messages.c.audience.in_(("public", "responders")), messages.c.released_at >= since
    query = select(messages).where(*recent, *kinds).order_by(messages.c.released_at, messages.c.name)
    return [Message.of(row) for row in conn.execute(query.limit(limit))]


def released_without_log(conn: Connection, limit: int = 100) -> list[Message]:
    """Return the stops that went out before the log had them and have no proof yet, the oldest first."""
    query = select(messages).where(messages.c.log_index.is_(None), messages.c.released_at > 0)
    return [Message.of(row) for row in conn.execute(query.order_by(messages.c.released_at).limit(limit))]


def claim_messages(conn: Connection, *, owner: str, now: int, limit: int) -> list[Message]:
    """Claim messages that wait for the gate, stops before releases."""
    found: list[Message] = []
    for rank in (STOP, RELEASE):
        if len(found) < limit:
            where = [messages.c.rank == rank]
            rows = claims.claim(conn, messages, owner=owner, now=now, limit=limit - len(found), where=where)
            found += [Message.of(row) for row in rows]
    return found


def set_logged(conn: Connection, name: str, index: int) -> None:
    """Write down where the log holds a message; one that is posted is logged from then on."""
    mine = messages.c.name == name
    conn.execute(update(messages).where(mine).values(log_index=index))
    conn.execute(update(messages).where(mine, messages.c.state == "posted").values(state="logged"))


def set_refused(conn: Connection, id: str, claim: int, refusal: Refused) -> bool:
    """Close a claimed message with the rule it breaks; say whether the claim still held."""
    values = {"state": "refused", "refused_kind": refusal.kind, "refused": refusal.sentence}
    return claims.finish(conn, messages, id, claim, **values)


def set_bundle(conn: Connection, name: str, bundle: bytes) -> None:
    """Replace the bundle of a released message by one with a proof, or with more cosignatures."""
    conn.execute(update(messages).where(messages.c.name == name, messages.c.state == "released").values(bundle=bundle))


def refuse_all_open(conn: Connection) -> int:
    """Refuse every message that waits for the gate; return how many.  The first thing after a backup was restored.

    They may have been let out in the life of the store that the backup does not know; people sign afresh.
    """
    values = {"state": "refused", "refused_kind": "release_late", "due_at": None, "owner": None}
    sentence = "A backup was restored while this message waited; it may have been sent before. Sign a new one."
    waits = update(messages).where(messages.c.due_at.is_not(None))
    return conn.execute(waits.values(refused=sentence, **values)).rowcount
