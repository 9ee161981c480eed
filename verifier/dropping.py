"""Dropping: how a desk puts cells into the drop, and looks whether they are in it.  SPEC 6.6, 14.

Who may is looked up; nothing of who did is kept, and nothing of what it was for.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, request

from protocol.drop import check_cell
from protocol.errors import Refused
from protocol.limits import CELL
from store.drop import current_drop, put_cell
from store.engine import reading, writing
from verifier.desk import caller, clock, desk

dropping = Blueprint("dropping", __name__)
BYTES: Final = "application/octet-stream"


@dropping.post("/api/cells")
def take_cell() -> tuple[dict[str, bool], int]:
    """Keep one cell, which nobody here can open; the same again is kept once."""
    with writing(desk().engine) as conn:
        caller(conn)
        return {"kept": put_cell(conn, _asked_cell(), clock())}, 201


def _asked_cell() -> bytes:
    """Return the request's body once it looks like a cell.  Raises Refused("media_type" | "cell")."""
    if request.mimetype != BYTES:
        raise Refused("media_type", f"A cell comes as {BYTES}, not {request.mimetype[:60] or 'nothing'}.")
    if (request.content_length or 0) > CELL:
        raise Refused("cell", f"A cell of the drop has {CELL} bytes; this one has {request.content_length}.")
    cell = request.get_data(cache=False)
    check_cell(cell)
    return cell


@dropping.get("/api/drop")
def show_drop() -> Response:
    """Answer with the drop, as the door hands it out."""
    with reading(desk().engine) as conn:
        caller(conn)
        found = current_drop(conn)
    if found is None:
        raise Refused("not_found", "No drop was built yet; the worker builds it every minute.")
    return Response(found[1], mimetype=BYTES)
