"""Manifests: the root-signed lists of pages as they came.  SPEC 5.8.

The store checks no signature: whoever puts a manifest has opened it (`protocol.manifest.open_manifest`).
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, Table, UniqueConstraint, select

from protocol.errors import Refused
from protocol.manifest import read_manifest
from protocol.signed import Signed
from store.columns import NAME, big, data, metadata, text
from store.upsert import insert_once

manifests: Final = Table(
    "manifests", metadata, big("number", key=True), text("name", NAME), data("signed"), UniqueConstraint("name")
)


def put_manifest(conn: Connection, signed: Signed) -> bool:
    """Store a manifest and say whether it is new.  Raises Refused("manifest_chain") where its number is another's."""
    number, name = read_manifest(signed.payload)["number"], signed.message()
    if insert_once(conn, manifests, number=number, name=name, signed=signed.encode()):
        return True
    here = conn.execute(select(manifests.c.name).where(manifests.c.number == number)).scalar()
    if here != name:
        raise Refused("manifest_chain", f"Another manifest has number {number}; numbers must rise.")
    return False


def current_manifest(conn: Connection) -> Signed | None:
    """Return the manifest with the highest number; None before the first."""
    query = select(manifests.c.signed).order_by(manifests.c.number.desc()).limit(1)
    found = conn.execute(query).scalar()
    return None if found is None else Signed.decode(bytes(found))
