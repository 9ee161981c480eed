"""Uploads: envelopes with photos on their way in, part by part, until they are whole or given up.  SPEC 13.3.

Sealed bytes under a random id that the page drew for this upload alone; nothing tells which tip or whose they are.
An hour after its first part an upload is forgotten, whole or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Index, Table, delete, func, select

from protocol import limits
from protocol.errors import Refused
from store.columns import ID, NAME, data, metadata, number, part_of, text
from store.envelopes import envelopes
from store.upsert import insert_once

LIFE: Final = 60  # Minutes: a slow phone with a link that drops sends 16 MiB within this.

uploads: Final = Table(
    "uploads",
    metadata,
    text("id", ID, key=True),
    text("set_name", NAME),
    number("bucket"),
    number("minute"),
    Index(None, "minute"),
)

parts: Final = Table(
    "parts",
    metadata,
    part_of("upload", "uploads.id", key=True),
    number("place", key=True),
    data("part"),
)


@dataclass(frozen=True, slots=True)
class Upload:
    """What an upload said of itself with its first part: the set it is sealed to, and its bucket in bytes."""

    id: str
    set_name: str
    bucket: int


def open_upload(conn: Connection, upload: Upload, now: int) -> bool:
    """Begin an upload; say whether it is new.  Raises Refused("upload") for the id of another."""
    minute = now // limits.MINUTE
    new = insert_once(conn, uploads, id=upload.id, set_name=upload.set_name, bucket=upload.bucket, minute=minute)
    if not new and get_upload(conn, upload.id) != upload:
        raise Refused("upload", "Another upload has this id already. Begin again with a new one.")
    return new


def get_upload(conn: Connection, id: str) -> Upload:
    """Return an upload.  Raises Refused("upload")."""
    row = conn.execute(select(uploads.c.id, uploads.c.set_name, uploads.c.bucket).where(uploads.c.id == id)).first()
    if row is None:
        raise _forgotten()
    return Upload(**row._mapping)


def _forgotten() -> Refused:
    return Refused("upload", f"No such upload is under way; it is forgotten after {LIFE} minutes. Begin again.")


def put_part(conn: Connection, id: str, place: int, part: bytes) -> bool:
    """Keep a part; say whether it is new.

    Raises Refused: upload, for one that was forgotten meanwhile; part, for other bytes in its place.
    """
    # Held until the transaction ends, where a database has several writers: nobody forgets it under the part.
    held = select(uploads.c.id).where(uploads.c.id == id).with_for_update(read=True, key_share=True)
    if conn.execute(held).first() is None:
        raise _forgotten()
    if insert_once(conn, parts, upload=id, place=place, part=part):
        return True
    query = select(parts.c.part).where(parts.c.upload == id, parts.c.place == place)
    if bytes(conn.execute(query).scalar_one()) != part:
        raise Refused("part", f"Part {place} was here with other bytes. Begin again with a new upload.")
    return False


def bytes_there(conn: Connection, id: str) -> int:
    """Return how many bytes of an upload came, without reading them."""
    query = select(func.sum(func.length(parts.c.part))).where(parts.c.upload == id)
    return int(conn.execute(query).scalar() or 0)


def read_parts(conn: Connection, id: str) -> list[bytes]:
    """Return the parts that came, in order; some may be missing."""
    query = select(parts.c.part).where(parts.c.upload == id).order_by(parts.c.place)
    return [bytes(part) for part in conn.execute(query).scalars()]


def is_kept(conn: Connection, digest: bytes) -> bool:
    """Say whether an envelope with this digest is kept: whoever never heard so may ask again."""
    return conn.execute(select(envelopes.c.id).where(envelopes.c.digest == digest)).first() is not None


def forget_upload(conn: Connection, id: str) -> None:
    """Delete an upload and its parts."""
    conn.execute(delete(uploads).where(uploads.c.id == id))


def forget_uploads(conn: Connection, now: int) -> int:
    """Delete the uploads that are over; return how many."""
    return conn.execute(delete(uploads).where(uploads.c.minute <= now // limits.MINUTE - LIFE)).rowcount
