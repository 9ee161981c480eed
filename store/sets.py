"""Recipient sets: signed by verifiers one after another, in force once enough have.  SPEC 5.4."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Index, Row, Select, Table, delete, select, update

from protocol import limits
from protocol.epoch import epoch_of
from protocol.recipients import SET
from protocol.signed import Signed
from store.columns import CODE, NAME, big, data, flag, metadata, number, text
from store.upsert import insert_once

sets: Final = Table(
    "sets",
    metadata,
    text("name", NAME, key=True),
    text("desk", CODE),
    number("epoch"),
    big("number"),
    number("members"),
    data("signed"),
    flag("complete"),
    flag("retired"),
    Index(None, "desk", "epoch", "number"),
    Index(None, "epoch"),
)


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A set's signed bytes and what finds them.  `complete`: enough have signed; `retired`: a member was revoked."""

    name: str
    desk: str
    epoch: int
    number: int
    members: int
    signed: bytes
    complete: bool
    retired: bool


def put_signature(conn: Connection, signed: Signed) -> Signed:
    """Add a checked signed set's signatures to those over the same payload, and return the whole as it is now."""
    value = signed.read(SET)
    name = signed.message()
    insert_once(
        conn,
        sets,
        name=name,
        desk=value["desk"],
        epoch=value["epoch"],
        number=value["number"],
        members=len(value["members"]),
        signed=signed.encode(),
        complete=False,
        retired=False,
    )
    here = conn.execute(select(sets.c.signed).where(sets.c.name == name).with_for_update()).scalar_one()
    whole = Signed.decode(bytes(here)).joined(signed)
    conn.execute(update(sets).where(sets.c.name == name).values(signed=whole.encode()))
    return whole


def drop_alone(conn: Connection, desk: str, epoch: int, signer: str, keep: str) -> int:
    """Forget a signer's other sets of an epoch that nobody else has signed; return how many.

    Whoever signs anew has changed their mind: so nobody fills the desk with sets of their own.
    """
    query = select(sets).where(sets.c.desk == desk, sets.c.epoch == epoch, sets.c.complete.is_(False))
    names = [
        one.name
        for one in _read(conn, query)
        if one.name != keep and [each.keyid for each in Signed.decode(one.signed).signatures] == [signer]
    ]
    return conn.execute(delete(sets).where(sets.c.name.in_(names))).rowcount if names else 0


def mark_complete(conn: Connection, name: str) -> None:
    """Put a set in force: whoever calls has opened it (`protocol.recipients.open_set`)."""
    conn.execute(update(sets).where(sets.c.name == name).values(complete=True))


def retire_sets(conn: Connection, names: Collection[str]) -> None:
    """Take sets out of force for good: one of their members was revoked or stayed."""
    conn.execute(update(sets).where(sets.c.name.in_(names)).values(retired=True))


def get_set(conn: Connection, name: str) -> StoredSet | None:
    """Return the set that envelopes name by the SHA-256 of its payload; None if it is not here."""
    rows = _read(conn, select(sets).where(sets.c.name == name))
    return rows[0] if rows else None


def list_sets(conn: Connection, desk: str, first: int, last: int) -> list[StoredSet]:
    """Return a desk's sets of epochs `first` to `last`, complete or not, by epoch and number."""
    return _read(conn, select(sets).where(sets.c.desk == desk, sets.c.epoch.between(first, last)))


def sets_of_epochs(conn: Connection, first: int, last: int) -> list[StoredSet]:
    """Return every desk's sets of epochs `first` to `last`, complete or not."""
    return _read(conn, select(sets).where(sets.c.epoch.between(first, last)))


def current_set(conn: Connection, desk: str, epoch: int) -> StoredSet | None:
    """Return the set in force with the highest number for a desk and epoch; None if there is none."""
    rows = _read(conn, _in_force().where(sets.c.desk == desk, sets.c.epoch == epoch))
    return rows[-1] if rows else None


def accepted_sets(conn: Connection, now: int) -> list[StoredSet]:
    """Return the sets in force that the door takes: of this epoch, and of those whose grace has not ended."""
    first = epoch_of(now - limits.EPOCH_GRACE)  # The oldest epoch with `epoch_grace_end` after `now`.
    last = epoch_of(now + limits.CLOCK_SKEW)
    return _read(conn, _in_force().where(sets.c.epoch.between(first, last)))


def _in_force() -> Select[Any]:
    return select(sets).where(sets.c.complete.is_(True), sets.c.retired.is_(False))


def _read(conn: Connection, query: Select[Any]) -> list[StoredSet]:
    rows = conn.execute(query.order_by(sets.c.desk, sets.c.epoch, sets.c.number, sets.c.name))
    return [_stored(row) for row in rows]


def _stored(row: Row[Any]) -> StoredSet:
    return StoredSet(**{**row._mapping, "signed": bytes(row.signed)})
