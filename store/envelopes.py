"""Envelopes: tips as they came, sealed, until they are burnt.  SPEC 6.3.

What a row holds is what the product promises: no address, no agent, no time but the day, and the minute only while it
waits unopened, because people must be paged.  The same envelope twice is one envelope, and a burnt one stays out while
a key that opens it may exist.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Connection,
    Index,
    LargeBinary,
    Table,
    UniqueConstraint,
    bindparam,
    cast,
    delete,
    func,
    select,
    tuple_,
    update,
)

from protocol import limits
from protocol.encoding import sha256
from protocol.epoch import epoch_grace_end, epoch_of
from protocol.errors import Refused
from store import failpoint
from store.columns import CODE, ID, NAME, data, metadata, number, part_of, text, waiting, without
from store.columns import big as large
from store.upsert import insert_all, insert_once

UNREAD_DAYS: Final = 7  # An envelope that nobody takes up is burnt after a week; its epoch's keys go a week later.

envelopes: Final = Table(
    "envelopes",
    metadata,
    text("id", ID, key=True),
    text("desk", CODE),
    number("bucket"),
    text("set_name", NAME),
    large("set_number"),
    number("epoch"),
    number("stanzas"),
    number("size"),
    number("day"),
    number("minute", null=True),
    number("burn_day"),
    data("digest"),
    UniqueConstraint("digest"),
    # All that a queue shows, in its order: looking at a queue reads no row.
    waiting(
        "ix_envelopes_waiting",
        *("desk", "minute", "id", "bucket", "set_number", "epoch", "stanzas", "size"),
        by="minute",
    ),
    Index(None, "burn_day"),
    # What was opened and may be part of no case yet is found among the opened, not among a million that wait.
    without("ix_envelopes_opened", *("desk", "day", "id"), what="minute"),
)

# A row as `Envelope` holds it.
ROW: Final = tuple(one for one in envelopes.c if one.name != "digest")

# Bodies lie apart, so that a row is found without reading past megabytes.
bodies: Final = Table("bodies", metadata, part_of("envelope", "envelopes.id", key=True), data("body"))

burnt: Final = Table("burnt", metadata, data("digest", key=True), number("epoch"), Index(None, "epoch"))

# The door's statements, made once: it has no time to make them for each envelope.
_BURNT: Final = select(burnt.c.epoch).where(burnt.c.digest.in_(bindparam("digests", expanding=True))).limit(1)
_HERE: Final = select(envelopes.c.digest, envelopes.c.id).where(
    envelopes.c.digest.in_(bindparam("digests", expanding=True))
)
_KEEP: Final = bodies.insert()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A checked envelope as it came.  `now` is in Unix seconds, of which no more than day and minute are kept."""

    desk: str
    bucket: int
    set_name: str
    set_number: int
    epoch: int
    stanzas: int
    body: bytes
    now: int
    digest: bytes = field(init=False)

    def __post_init__(self) -> None:
        # Before anybody waits for the store: who writes, writes for others too.
        object.__setattr__(self, "digest", sha256(self.body))


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope's row.  `size` is in bytes; `minute` is None once opened."""

    id: str
    desk: str
    bucket: int
    set_name: str
    set_number: int
    epoch: int
    stanzas: int
    size: int
    day: int
    minute: int | None
    burn_day: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a queue shows of an unopened envelope."""

    id: str
    minute: int
    bucket: int
    set_number: int
    epoch: int
    stanzas: int
    size: int


def put_envelope(conn: Connection, arrival: Arrival) -> str:
    """Store a checked envelope and return its random id; the id it has if these bytes are here already.

    Raises Refused("burnt"), which must end the transaction: the row is undone with it.
    """
    return put_envelopes(conn, [arrival])[0][0]


def put_envelopes(conn: Connection, arrivals: Sequence[Arrival]) -> tuple[list[str], set[bytes]]:
    """Store several as `put_envelope` does one: what waits together costs the disk one wait.

    Returns their ids, and the digests of those that were not here yet.
    Raises Refused("burnt") if any of them was burnt before; none is stored then.
    """
    # In the order of their digests, so that two processes with the same ones wait for each other and don't lock up.
    fresh = {one.digest: one for one in sorted(arrivals, key=attrgetter("digest"))}
    ids = {digest: secrets.token_hex(16) for digest in fresh}
    new = insert_all(conn, envelopes, [_row(ids[digest], one) for digest, one in fresh.items()], envelopes.c.digest)
    # After the insert, not before: it waits for a burning of the same bytes that is not committed yet.
    if conn.execute(_BURNT, {"digests": list(fresh)}).first() is not None:
        raise Refused("burnt", "This envelope was here before, was read and burnt; it can't be sent again.")
    if new:
        rows = [{"envelope": ids[digest], "body": fresh[digest].body} for digest in new]
        conn.execute(_KEEP, rows)
        failpoint.reach("envelope.stored-before-commit")
        failpoint.reach_once_committed(conn, "envelope.committed")
    if len(new) < len(ids):
        ids.update((bytes(row.digest), row.id) for row in conn.execute(_HERE, {"digests": list(ids.keys() - set(new))}))
    return [ids[one.digest] for one in arrivals], set(new)


def _row(id: str, one: Arrival) -> dict[str, Any]:
    day = one.now // limits.DAY
    return {
        "id": id,
        "desk": one.desk,
        "bucket": one.bucket,
        "set_name": one.set_name,
        "set_number": one.set_number,
        "epoch": one.epoch,
        "stanzas": one.stanzas,
        "size": len(one.body),
        "day": day,
        "minute": one.now // limits.MINUTE,
        "burn_day": min(day + UNREAD_DAYS, _last_day(one.epoch)),
        "digest": one.digest,
    }


def _last_day(epoch: int) -> int:
    """Return the day on which an epoch's keys are erased: nobody can open the envelope any more."""
    return epoch_grace_end(epoch) // limits.DAY


def get_envelope(conn: Connection, id: str) -> Envelope:
    """Return an envelope's row.  Raises Refused("not_found")."""
    row = conn.execute(select(*ROW).where(envelopes.c.id == id)).first()
    if row is None:
        raise _missing(id)
    return Envelope(**row._mapping)


def _missing(id: str) -> Refused:
    return Refused("not_found", f"There is no envelope {id[:16]}; it may have been burnt.")


def waiting_envelopes(
    conn: Connection, desk: str, limit: int = 1000, after: tuple[int, str] | None = None
) -> list[Waiting]:
    """Return a desk's unopened envelopes, longest waiting first, from behind (minute, id) `after` on."""
    names = ("id", "minute", "bucket", "set_number", "epoch", "stanzas", "size")
    query = select(*(envelopes.c[name] for name in names)).where(envelopes.c.desk == desk)
    if after is None:
        query = query.where(envelopes.c.minute.is_not(None))
    else:  # The bound on the minute alone tells the planner that the index of waiting rows has all of them.
        place = tuple_(envelopes.c.minute, envelopes.c.id)
        query = query.where(envelopes.c.minute >= after[0], place > tuple_(*after))
    rows = conn.execute(query.order_by(envelopes.c.minute, envelopes.c.id).limit(limit))
    return [Waiting(**row._mapping) for row in rows]


def oldest_minute(conn: Connection, desk: str) -> int | None:
    """Return the minute since which a desk's longest waiting envelope waits, for paging; None if none does."""
    query = select(envelopes.c.minute).where(envelopes.c.desk == desk, envelopes.c.minute.is_not(None))
    return conn.execute(query.order_by(envelopes.c.minute).limit(1)).scalar()


def queue_bytes(conn: Connection, desk: str, since: int = 0) -> int:
    """Return the bytes of a desk's unopened envelopes that came at minute `since` or later; it reads all of them."""
    total = cast(func.coalesce(func.sum(envelopes.c.size), 0), BigInteger)
    query = select(total).where(envelopes.c.desk == desk, envelopes.c.minute >= since)
    return int(conn.execute(query).scalar_one())


def read_body(conn: Connection, id: str, start: int = 0, length: int | None = None) -> bytes:
    """Return the bytes of an envelope from `start` on, `length` of them or all: a preview needs the first chunk only.

    Raises Refused("not_found").
    """
    part = (start + 1,) if length is None else (start + 1, length)
    query = select(func.substr(bodies.c.body, *part, type_=LargeBinary)).where(bodies.c.envelope == id)
    row = conn.execute(query).first()
    if row is None:
        raise _missing(id)
    return bytes(row[0])


def mark_opened(conn: Connection, id: str) -> bool:
    """Forget the minute at which an envelope came; say whether it was unopened.  Raises Refused("not_found")."""
    first = update(envelopes).where(envelopes.c.id == id, envelopes.c.minute.is_not(None)).values(minute=None)
    if conn.execute(first).rowcount:
        return True
    get_envelope(conn, id)
    return False


def keep_until(conn: Connection, ids: Collection[str], day: int | None) -> None:
    """Have envelopes burnt on `day`, or with their epoch's keys if None or later: after that nobody can open them."""
    rows = conn.execute(select(envelopes.c.id, envelopes.c.epoch).where(envelopes.c.id.in_(ids))).all()
    for row in rows:
        last = _last_day(row.epoch)
        until = last if day is None else min(day, last)
        conn.execute(update(envelopes).where(envelopes.c.id == row.id).values(burn_day=until))


def due_for_burning(conn: Connection, now: int, limit: int = 100) -> list[str]:
    """Return the ids of envelopes whose day to be burnt has come."""
    query = select(envelopes.c.id).where(envelopes.c.burn_day <= now // limits.DAY)
    return list(conn.execute(query.order_by(envelopes.c.burn_day).limit(limit)).scalars())


def unread_until(conn: Connection, desk: str, day: int) -> int:
    """Return how many unopened envelopes of a desk are burnt by `day`: people are warned before."""
    query = select(func.count()).where(
        envelopes.c.desk == desk, envelopes.c.minute.is_not(None), envelopes.c.burn_day <= day
    )
    return int(conn.execute(query).scalar_one())


def burn(conn: Connection, id: str) -> bool:
    """Delete an envelope, body and row, and keep its digest; say whether it was still there.

    On SQLite the bytes are overwritten in the file; call `engine.truncate_wal` once the transaction is over.
    """
    row = conn.execute(delete(envelopes).where(envelopes.c.id == id).returning(envelopes.c.digest, envelopes.c.epoch))
    gone = row.first()
    if gone is None:
        return False
    insert_once(conn, burnt, digest=gone.digest, epoch=gone.epoch)
    failpoint.reach("envelope.burnt-before-commit")
    return True


def forget_burnt(conn: Connection, now: int) -> int:
    """Forget the digests of burnt envelopes whose epoch's grace has ended; return how many."""
    newest = epoch_of(now - limits.EPOCH_GRACE) - 1  # The newest epoch with `epoch_grace_end` at or before `now`.
    return conn.execute(delete(burnt).where(burnt.c.epoch <= newest)).rowcount
