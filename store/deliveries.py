"""Deliveries: one message to one subscriber for one cause, and every attempt at it.

A delivery is due until it is done or given up: when its message's time is over, when its subscriber has gone, or when
somebody decides so.  The rows are the truth; a queue elsewhere is a hint.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    CheckConstraint,
    Connection,
    Index,
    Table,
    UniqueConstraint,
    bindparam,
    func,
    select,
    update,
)

from store import claims, failpoint
from store.columns import CODE, ID, WORD, big, claimable, flag, metadata, number, one_of, part_of, text, waiting
from store.messages import RELEASE, STOP, Message, messages
from store.subscribers import WEBHOOK, Subscriber, active_subscribers, subscribers
from store.upsert import insert

LOT: Final = 500  # Deliveries one job takes: enough to fill its sockets, few enough to be over within a claim.
WITNESSED: Final = "witnessed"  # The cause of a delivery that brings the same message with the witnesses' lines.
SLOW: Final = 2000  # Milliseconds from which a subscriber counts as slow.

deliveries: Final = Table(
    "deliveries",
    metadata,
    text("id", ID, key=True),
    part_of("message", "messages.id"),
    part_of("subscriber", "subscribers.id"),
    text("cause", CODE),
    number("rank"),
    flag("slow"),
    text("state", WORD),
    number("attempts"),
    big("expires"),
    *claimable(),
    UniqueConstraint("message", "subscriber", "cause"),
    one_of("state", "due", "done", "gave-up"),
    CheckConstraint("(due_at IS NOT NULL) = (state = 'due')", name="open"),
    waiting("ix_deliveries_due", "slow", "rank", "due_at", by="due_at"),
    waiting("ix_deliveries_lot", "message", "cause", "slow", "due_at", by="due_at"),
    waiting("ix_deliveries_over", "expires", by="due_at"),
    Index(None, "subscriber"),
    waiting("ix_deliveries_owner", "owner", by="due_at"),
    info={claims.LANES: {"slow": (False, True), "rank": (STOP, RELEASE)}},
)

attempts: Final = Table(
    "attempts",
    metadata,
    part_of("delivery", "deliveries.id", key=True),
    number("claim", key=True),
    big("at"),
    text("outcome", WORD),
    number("status"),
    number("milliseconds"),
    one_of("outcome", "done", "again", "gave-up", "gone"),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed delivery.  `attempts` are those made before."""

    id: str
    message: str
    subscriber: str
    cause: str
    rank: int
    slow: bool
    state: str
    attempts: int
    expires: int
    due_at: int | None
    owner: str | None
    claim: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try and what follows: done; again, at `due_at`; gave-up; gone (the subscriber has left: HTTP 410).

    `status` is the HTTP status, 0 where no answer came.
    """

    delivery: str
    subscriber: str
    claim: int
    outcome: str
    status: int
    milliseconds: int
    due_at: int | None = None


def plan(conn: Connection, message: Message, cause: str, now: int, until: int) -> int:
    """Write a delivery of `message` for everyone it is for; return how many are new.

    An update, a stop and a notice go to whoever got anything of its chain, too, and a stop to whoever chose what the
    chain is about: nobody who saw an alert misses its correction, not even where that moves it to another zone.
    """
    about = _about(conn, message)
    reached = _reached(conn, message.chain) if message.revision > 1 or cause != "release" else set()
    to = [
        one
        for one in active_subscribers(conn, WEBHOOK)
        if one.id in reached or one.takes(message.kind, about.class_, about.zone, about.audience)
    ]
    rank = RELEASE if message.rank == RELEASE and cause in ("release", WITNESSED) else STOP
    rows = [_row(message, one, cause, rank, now, until) for one in to]
    made = 0
    for start in range(0, len(rows), LOT):
        statement = insert(conn, deliveries).values(rows[start : start + LOT]).on_conflict_do_nothing()
        made += len(conn.execute(statement.returning(deliveries.c.id)).all())
    return made


def _row(message: Message, to: Subscriber, cause: str, rank: int, now: int, until: int) -> dict[str, Any]:
    return {
        "id": secrets.token_hex(16),
        "message": message.id,
        "subscriber": to.id,
        "cause": cause,
        "rank": rank,
        "slow": to.slow,
        "state": "due",
        "attempts": 0,
        "expires": until,
        "due_at": now,
        "claim": 0,
    }


def _about(conn: Connection, message: Message) -> Message:
    """Return the message that says what the chain is about: its first release; of a stop without one, itself."""
    if message.rank == RELEASE:
        return message
    first = select(messages).where(messages.c.chain == message.chain, messages.c.rank == RELEASE)
    row = conn.execute(first.order_by(messages.c.revision).limit(1)).first()
    return message if row is None else Message.of(row)


def _reached(conn: Connection, chain: str) -> set[str]:
    both = deliveries.join(messages, messages.c.id == deliveries.c.message)
    query = select(deliveries.c.subscriber).select_from(both).where(messages.c.chain == chain).distinct()
    return set(conn.execute(query).scalars())


def claim_lot(conn: Connection, *, owner: str, now: int, slow: bool = False, limit: int = LOT) -> list[Delivery]:
    """Claim up to `limit` due deliveries of one message and cause, of slow subscribers or of the others.

    Stops and notices come before releases; else the longest due first.
    """
    for rank in (STOP, RELEASE):
        lane = deliveries.c.slow.is_(slow), deliveries.c.rank == rank, deliveries.c.due_at <= now
        first = select(deliveries.c.message, deliveries.c.cause).where(*lane).order_by(deliveries.c.due_at).limit(1)
        found = conn.execute(first.with_for_update(skip_locked=True)).first()
        if found is not None:
            of_it = [deliveries.c.message == found.message, deliveries.c.cause == found.cause]
            where = [*of_it, deliveries.c.slow.is_(slow)]
            rows = claims.claim(conn, deliveries, owner=owner, now=now, limit=limit, where=where)
            return [Delivery(**row._mapping) for row in rows]
    return []


def lot(conn: Connection, owner: str) -> list[Delivery]:
    """Return what was claimed for `owner` in one lot: deliveries of one message and cause."""
    query = select(deliveries).where(deliveries.c.owner == owner, deliveries.c.due_at.is_not(None))
    return [Delivery(**row._mapping) for row in conn.execute(query.order_by(deliveries.c.id))]


def held_deliveries(conn: Connection, lot: Iterable[Delivery]) -> list[Delivery]:
    """Return those of a lot whose claim still holds and whose subscriber is still active."""
    wanted = {one.id: one for one in lot}
    both = deliveries.join(subscribers, subscribers.c.id == deliveries.c.subscriber)
    query = select(deliveries.c.id, deliveries.c.claim).select_from(both)
    query = query.where(deliveries.c.id.in_(wanted), deliveries.c.due_at.is_not(None), subscribers.c.active.is_(True))
    return [wanted[row.id] for row in conn.execute(query) if wanted[row.id].claim == row.claim]


def record_attempts(conn: Connection, tries: Sequence[Attempt], now: int) -> None:
    """Write down a batch of attempts and what follows from each; the same batch again changes nothing.

    Where a claim is not the row's any more, the attempt is kept and the delivery left to who has it.
    """
    if not tries:
        return
    columns = ("delivery", "claim", "outcome", "status", "milliseconds")
    rows = [{name: getattr(one, name) for name in columns} | {"at": now} for one in tries]
    conn.execute(insert(conn, attempts).on_conflict_do_nothing(), rows)
    state = {"done": "done", "again": "due", "gave-up": "gave-up", "gone": "gave-up"}
    mine = update(deliveries).where(
        deliveries.c.id == bindparam("of"), deliveries.c.claim == bindparam("by"), deliveries.c.owner.is_not(None)
    )
    follows = mine.values(
        state=bindparam("then"), due_at=bindparam("at"), attempts=deliveries.c.attempts + 1, owner=None
    )
    conn.execute(
        follows,
        [{"of": one.delivery, "by": one.claim, "then": state[one.outcome], "at": one.due_at} for one in tries],
    )
    _heed_subscribers(conn, tries)
    failpoint.reach("attempts.recorded-before-commit")


def _heed_subscribers(conn: Connection, tries: Sequence[Attempt]) -> None:
    """End the subscriptions of those who have gone, and move the slow to their lane or back."""
    gone = {one.subscriber for one in tries if one.outcome == "gone"}
    slow = {one.subscriber for one in tries if one.milliseconds > SLOW}
    quick = {one.subscriber for one in tries if one.status} - slow  # Who does not answer shows nothing by it.
    for ids, values in ((gone, {"active": False}), (slow, {"slow": True}), (quick, {"slow": False})):
        changed = [column != value for column, value in ((subscribers.c[name], values[name]) for name in values)]
        if ids:
            conn.execute(update(subscribers).where(subscribers.c.id.in_(ids), *changed).values(**values))
    for ids, lane in ((slow, True), (quick, False)):
        if ids:
            waits = deliveries.c.subscriber.in_(ids), deliveries.c.due_at.is_not(None), deliveries.c.slow.is_(not lane)
            conn.execute(update(deliveries).where(*waits).values(slow=lane))
    give_up(conn, gone)


def give_up(conn: Connection, subscriber_ids: Collection[str]) -> int:
    """Give up what is due to subscribers; return how many."""
    mine = update(deliveries).where(deliveries.c.subscriber.in_(subscriber_ids), deliveries.c.due_at.is_not(None))
    return conn.execute(mine.values(state="gave-up", due_at=None, owner=None)).rowcount if subscriber_ids else 0


def give_up_expired(conn: Connection, now: int) -> int:
    """Give up deliveries whose message's time is over; return how many."""
    over = update(deliveries).where(deliveries.c.due_at.is_not(None), deliveries.c.expires <= now)
    return conn.execute(over.values(state="gave-up", due_at=None, owner=None)).rowcount


def give_up_releases(conn: Connection) -> int:
    """Give up what is due of releases; return how many.  Stops and notices stay due: what lowers goes out, even twice.

    After a backup was restored: they may have been sent since, and what followed them is not known here.
    """
    waits = update(deliveries).where(deliveries.c.due_at.is_not(None), deliveries.c.rank == RELEASE)
    return conn.execute(waits.values(state="gave-up", due_at=None, owner=None)).rowcount


def send_again(conn: Connection, id: str, now: int, until: int) -> bool:
    """Make a delivery that was given up due again, by hand; say whether it was one."""
    lost = update(deliveries).where(deliveries.c.id == id, deliveries.c.state == "gave-up")
    return conn.execute(lost.values(state="due", due_at=now, expires=until)).rowcount == 1


def list_gave_up(conn: Connection, message: str) -> list[Delivery]:
    """Return the deliveries of a message (by row id) that were given up."""
    query = select(deliveries).where(deliveries.c.message == message, deliveries.c.state == "gave-up")
    return [Delivery(**row._mapping) for row in conn.execute(query.order_by(deliveries.c.id))]


def count_deliveries(conn: Connection, message: str) -> dict[str, int]:
    """Return how many deliveries of a message (by row id) are in which state."""
    query = select(deliveries.c.state, func.count()).where(deliveries.c.message == message)
    return {state: int(count) for state, count in conn.execute(query.group_by(deliveries.c.state))}


def list_attempts(conn: Connection, delivery: str) -> list[dict[str, Any]]:
    """Return every attempt at a delivery, the first first."""
    query = select(attempts).where(attempts.c.delivery == delivery).order_by(attempts.c.claim)
    return [dict(row._mapping) for row in conn.execute(query)]


def failing_since(conn: Connection, since: int) -> dict[str, int]:
    """Return how many deliveries were given up since then after being tried in vain, by subscriber."""
    both = attempts.join(deliveries, deliveries.c.id == attempts.c.delivery)
    tried = attempts.c.outcome == "gave-up", attempts.c.milliseconds > 0, attempts.c.at >= since
    query = select(deliveries.c.subscriber, func.count()).select_from(both).where(*tried)
    return {id: int(count) for id, count in conn.execute(query.group_by(deliveries.c.subscriber))}


def tried_in_vain(conn: Connection, now: int, tries: int) -> dict[str, int]:
    """Return how many deliveries still wait after at least so many tries, by subscriber."""
    stuck = deliveries.c.due_at.is_not(None), deliveries.c.attempts >= tries, deliveries.c.expires > now
    query = select(deliveries.c.subscriber, func.count()).where(*stuck).group_by(deliveries.c.subscriber)
    return {id: int(count) for id, count in conn.execute(query)}
