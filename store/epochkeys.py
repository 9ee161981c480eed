"""Epoch keys: verifiers' weekly encryption keys, signed, as they came.  SPEC 5.3."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection, Index, Table, select

from protocol.epoch import EPOCH_KEY
from protocol.signed import Signed
from store.columns import CODE, KEY, NAME, data, metadata, number, text
from store.upsert import insert_once

epoch_keys: Final = Table(
    "epoch_keys",
    metadata,
    text("name", NAME, key=True),
    text("desk", CODE),
    text("verifier", KEY),
    number("epoch"),
    data("signed"),
    Index(None, "desk", "epoch", "verifier"),
)


def put_epoch_key(conn: Connection, signed: bytes) -> bool:
    """Store an epoch key that the caller has opened; say whether it is new.

    Two different keys of one verifier for one epoch are both kept: a checker that sees both takes neither.
    """
    key = Signed.decode(signed)
    value = key.read(EPOCH_KEY)
    return insert_once(
        conn,
        epoch_keys,
        name=key.message(),
        desk=value["desk"],
        verifier=value["verifier"],
        epoch=value["epoch"],
        signed=signed,
    )


def list_epoch_keys(conn: Connection, desk: str, first: int, last: int) -> list[bytes]:
    """Return a desk's signed epoch keys of epochs `first` to `last`, both included."""
    chosen = epoch_keys.c.desk == desk, epoch_keys.c.epoch.between(first, last)
    query = select(epoch_keys.c.signed).where(*chosen)
    rows = conn.execute(query.order_by(epoch_keys.c.epoch, epoch_keys.c.verifier, epoch_keys.c.name))
    return [bytes(signed) for signed in rows.scalars()]


def epoch_keys_of(conn: Connection, verifier: str, epoch: int) -> list[str]:
    """Return the names of a verifier's keys for an epoch: more than one means that none is taken."""
    query = select(epoch_keys.c.name).where(epoch_keys.c.verifier == verifier, epoch_keys.c.epoch == epoch)
    return list(conn.execute(query.order_by(epoch_keys.c.name)).scalars())


def epoch_keys_by_name(conn: Connection, names: Collection[str]) -> dict[str, bytes]:
    """Return the signed epoch keys that are here of those a set names by the SHA-256 of their payloads."""
    query = select(epoch_keys.c.name, epoch_keys.c.signed).where(epoch_keys.c.name.in_(names))
    return {row.name: bytes(row.signed) for row in conn.execute(query)}
