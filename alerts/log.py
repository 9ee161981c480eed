"""The log as static files: checkpoint, tiles, and the objects behind entries that are for everyone.  SPEC 8.4, 16.

Only what the newest checkpoint covers is shown: a leaf that nobody has signed for yet is no part of the log.
"""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, Response
from sqlalchemy import Connection

from alerts.ground import ground
from alerts.told import is_public
from protocol.encoding import sha256
from protocol.errors import Refused
from protocol.tiles import ENTRIES, HEIGHT, WIDTH, Tile, width_at, write_entries
from store.engine import reading
from store.logbook import MESSAGES, Checkpoint, kept_of, latest_checkpoint, read_entries, read_nodes
from store.messages import get_message

log = Blueprint("log", __name__, url_prefix="/log")

FOR_GOOD: Final = "public, max-age=31536000, immutable"
SHORTLY: Final = "public, max-age=60"  # A partial tile is soon a wider one.
NOW: Final = "public, max-age=2"
BYTES: Final = "application/octet-stream"
ENTRY: Final = re.compile("[0-9a-f]{66}")


@log.get("/checkpoint")
def show_checkpoint() -> Response:
    """Answer with the newest checkpoint."""
    with reading(ground().engine) as conn:
        latest = _latest(conn)
    return _file(latest.note.encode("utf-8"), "text/plain; charset=utf-8", NOW)


@log.get("/tile/<path:path>")
def show_tile(path: str) -> Response:
    """Answer with a tile's hashes, or with a bundle of entries."""
    tile = Tile.decode(f"tile/{path}")
    with reading(ground().engine) as conn:
        size = _latest(conn).size
        if tile.width > width_at(size, tile.level, tile.index):
            raise Refused("not_found", f"The log has {size} leaves and no tile {tile.encode()}.")
        if tile.level == ENTRIES:
            data = write_entries(read_entries(conn, tile.first, tile.width))
        else:
            data = b"".join(read_nodes(conn, HEIGHT * tile.level, tile.first, tile.width))
    return _file(data, BYTES, FOR_GOOD if tile.width == WIDTH else SHORTLY)


@log.get("/object/<entry>")
def show_object(entry: str) -> Response:
    """Answer with the signed object that an entry's hash is over, if it is for everyone."""
    if ENTRY.fullmatch(entry) is None:
        raise Refused("not_found", "An entry is 66 hexadecimal digits: its type and a SHA-256.")
    with reading(ground().engine) as conn:
        data = _object(conn, bytes.fromhex(entry))
    if data is None or sha256(data) != bytes.fromhex(entry)[1:]:
        raise Refused("not_found", f"The object of entry {entry[:18]} is not here, or not for everyone.")
    # A chain may become one for responders only, and then its messages are gone from here.
    return _file(data, "application/json", FOR_GOOD if entry[:2] not in ("01", "02") else SHORTLY)


def _latest(conn: Connection) -> Checkpoint:
    latest = latest_checkpoint(conn)
    if latest is None:
        raise Refused("not_found", "The log has no checkpoint yet.")
    return latest


def _object(conn: Connection, entry: bytes) -> bytes | None:
    kept = kept_of(conn, entry)
    if kept is None or kept.name is None:
        return None
    if kept.kind not in MESSAGES:
        return kept.signed
    message = get_message(conn, kept.name)
    return message.signed if message.state == "released" and is_public(conn, message.chain) else None


def _file(data: bytes, kind: str, cache: str) -> Response:
    response = Response(data, content_type=kind)
    response.headers["Cache-Control"] = cache
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
