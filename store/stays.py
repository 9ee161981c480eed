"""Stays: suspensions of persons by a lead, signed, as they came.  SPEC 5.5."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Index, Table, select

from protocol.signed import Signed
from protocol.stay import STAY
from store.columns import KEY, NAME, big, data, metadata, text
from store.upsert import insert_once

stays: Final = Table(
    "stays",
    metadata,
    text("name", NAME, key=True),
    text("verifier", KEY),
    big("issued"),
    big("until"),
    data("signed"),
    Index(None, "until"),
)


def put_stay(conn: Connection, signed: bytes) -> bool:
    """Store a stay that the caller has opened; say whether it is new."""
    stay = Signed.decode(signed)
    value = stay.read(STAY)
    return insert_once(
        conn,
        stays,
        name=stay.message(),
        verifier=value["verifier"],
        issued=value["issued"],
        until=value["until"],
        signed=signed,
    )


def list_stays(conn: Connection, since: int = 0) -> list[bytes]:
    """Return the signed stays that hold at `since` or later, by issue: old ones still count for old alerts."""
    query = select(stays.c.signed).where(stays.c.until > since).order_by(stays.c.issued, stays.c.name)
    return [bytes(signed) for signed in conn.execute(query).scalars()]
