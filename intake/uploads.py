"""Uploads: the doors for envelopes with photos, which come in equal parts.  SPEC 13.3.

Work, room and shape are asked for with the first part, so that nothing is kept for whoever brings none of them.
"""

from __future__ import annotations

import re
import time
from typing import Final

from flask import Blueprint, current_app, request

from intake.doors import Intake
from protocol import limits
from protocol.encoding import sha256
from protocol.envelope import check_envelope, check_start, envelope_size
from protocol.errors import Refused
from store.engine import reading, writing
from store.envelopes import Arrival
from store.recipients import StoredSet
from store.uploads import (
    Upload,
    bytes_there,
    forget_upload,
    get_upload,
    is_kept,
    open_upload,
    put_part,
    read_parts,
)

ID: Final = re.compile(r"[0-9a-f]{32}\Z")
DIGEST: Final = 32

uploads: Final = Blueprint("uploads", __name__)


def _intake() -> Intake:
    found: Intake = current_app.extensions["sereno"]
    return found


@uploads.post("/parts")
def take_part() -> tuple[dict[str, bool], int]:
    """Take one part; the first opens the upload."""
    intake, now = _intake(), int(time.time())
    id, place = _id(), _number("place")
    body = _body(limits.PART)
    if place == 0:
        _open(intake, id, body, now)
        return {"kept": True}, 201
    with reading(intake.engine) as conn:
        upload = get_upload(conn, id)
    to = intake.accepted(upload.set_name, now)
    size = envelope_size(to.members, upload.bucket)
    _check_length(body, place, size)
    intake.load.require_room(size, now, id)
    with writing(intake.engine) as conn:
        new = put_part(conn, id, place, body)
    if new:
        _count(intake, id, place, size, now)
    return {"kept": True}, 201


@uploads.post("/parts/close")
def close_parts() -> tuple[dict[str, bool], int]:
    """Keep the envelope that an upload's parts make, if they are all there and have the hash that is the body."""
    intake, now = _intake(), int(time.time())
    id, digest = _id(), _body(DIGEST)
    with reading(intake.engine) as conn:
        kept = is_kept(conn, digest)  # It was closed before, and the answer got lost.
        upload = None if kept else get_upload(conn, id)
    if upload is not None:
        _keep(intake, upload, digest, now)
    _forget(intake, id)
    return {"kept": True}, 201


def _open(intake: Intake, id: str, body: bytes, now: int) -> None:
    token = intake.work.require(request.headers.get("Sereno-Work", ""), now)
    to = intake.accepted(request.args.get("set", ""), now)
    if to.desk != request.args.get("desk"):
        raise Refused("desk_unknown", f"The set belongs to desk {to.desk}, not to the one that was named.")
    bucket = _number("bucket")
    if bucket not in limits.BUCKETS[1:]:
        raise Refused("bucket", f"In parts come buckets of {', '.join(map(str, limits.BUCKETS[1:]))}, not {bucket}.")
    size = envelope_size(to.members, bucket)
    intake.load.require_room(size, now, id)
    _check_length(body, 0, size)
    check_start(body, (to.members,))
    unspent = intake.work.spend(token, sha256(id.encode()), now)
    with writing(intake.engine) as conn:
        new = open_upload(conn, Upload(id, to.name, bucket), now)
        if new and not unspent:  # Else one solution would begin and end uploads, and fill the hour, for ten minutes.
            raise Refused("work", "This work began an upload that is over; the page has to do it again.")
        put_part(conn, id, 0, body)
    if new:
        _count(intake, id, 0, size, now)


def _count(intake: Intake, id: str, place: int, size: int, now: int) -> None:
    """Count a new part against the hour, and hold room for those behind it: they come in order."""
    end = min((place + 1) * limits.PART, size)
    intake.load.add(end - place * limits.PART, now)
    intake.load.hold(id, size - end, now)


def _keep(intake: Intake, upload: Upload, digest: bytes, now: int) -> None:
    """Keep what an upload's parts make.  It is forgotten with the verdict: the next would cost the door as much."""
    to = intake.accepted(upload.set_name, now)
    size = envelope_size(to.members, upload.bucket)
    with reading(intake.engine) as conn:
        there = bytes_there(conn, upload.id)
        if there != size:
            raise Refused("upload", f"The upload has {there} bytes of {size}. Send what is missing, or begin again.")
        body = b"".join(read_parts(conn, upload.id))
    try:
        intake.keeper.keep(_whole(to, body, digest, now))
    except Refused:
        _forget(intake, upload.id)
        raise


def _forget(intake: Intake, id: str) -> None:
    with writing(intake.engine) as conn:
        forget_upload(conn, id)
    intake.load.release(id)


def _whole(to: StoredSet, body: bytes, digest: bytes, now: int) -> Arrival:
    if sha256(body) != digest:
        raise Refused("digest", "The parts do not make the envelope that was announced. Begin again.")
    outline = check_envelope(body, (to.members,))
    return Arrival(to.desk, outline.bucket, to.name, to.number, to.epoch, outline.stanzas, body, now)


def _check_length(body: bytes, place: int, size: int) -> None:
    """Raise Refused("part") unless a part has the length that its place in an envelope of `size` bytes gives it."""
    expected = min(limits.PART, size - place * limits.PART)
    if len(body) != expected:
        last = (size - 1) // limits.PART
        raise Refused("part", f"Part {place} of 0 to {last} has {len(body)} bytes; {max(expected, 0)} were expected.")


def _id() -> str:
    id = request.args.get("upload", "")
    if not ID.match(id):
        raise Refused("upload", "An upload is named by 16 random bytes in hexadecimal.")
    return id


def _number(name: str) -> int:
    text = request.args.get(name, "")
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", text):
        raise Refused("part", f"A part says its {name} as a whole number.")
    return int(text)


def _body(largest: int) -> bytes:
    if request.mimetype != "application/octet-stream":
        found = request.mimetype[:60] or "nothing"
        raise Refused("media_type", f"A part comes as application/octet-stream, not {found}.")
    if (request.content_length or 0) > largest:
        raise Refused("too_large", f"The body has {request.content_length} bytes; at most {largest} are taken here.")
    return request.get_data(cache=False)
