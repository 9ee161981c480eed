"""The doors: what a witness's browser asks for, and where it leaves an envelope.  SPEC 13.

No cookie, no log line, nothing of the sender: what a request says of its maker is not read here.
"""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Final

from flask import Blueprint, Response, current_app, request
from sqlalchemy import Engine

from intake.dropped import Dropped
from intake.encoded import Encoded
from intake.form import Page
from intake.keeper import Keeper
from intake.load import Load
from intake.recipients import publication, taken
from intake.work import Work, cost_for
from look.face import Face
from protocol import limits
from protocol.envelope import check_envelope, envelope_size
from protocol.errors import Refused
from protocol.policy import Policy
from store.engine import reading, require_answer
from store.envelopes import Arrival
from store.recipients import StoredSet, get_set

LARGEST: Final = envelope_size(limits.MAX_MEMBERS, limits.BUCKETS[-1])
NAME: Final = re.compile(r"[0-9a-f]{64}")
FRESH: Final = 1  # Seconds for which what was read of the store is taken as read.

doors = Blueprint("doors", __name__)


@dataclass(slots=True)
class Intake:
    """What the doors share: the engine, the policy, work, the pages, and what was read a moment ago."""

    engine: Engine
    policy: Policy
    face: Face
    work: Work
    pages: dict[str, Page]
    load: Load
    byhand: Load
    keeper: Keeper
    drop: Dropped
    onion: str
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _read: int = 0
    _accepted: dict[str, StoredSet] = field(default_factory=dict)
    _published_at: int = 0
    _published: Encoded | Refused | None = None

    def accepted(self, name: str, now: int) -> StoredSet:
        """Return the accepted set of that name.  Raises Refused("set_old" | "set_unknown")."""
        with self._lock:
            if not 0 <= now - self._read < FRESH:  # Below, the clock was set back: what was read is of a time to come.
                with reading(self.engine) as conn:
                    self._accepted = taken(conn, self.policy, now)
                self._read = now
            found = self._accepted.get(name)
        if found is not None:
            return found
        with reading(self.engine) as conn:
            old = get_set(conn, name) if NAME.fullmatch(name) else None  # Not every text can be asked of PostgreSQL.
        if old is None or not old.complete:
            raise Refused("set_unknown", f"The set {name[:16]} is not one of this network. Load the recipients again.")
        raise Refused("set_old", f"Set {old.number} of desk {old.desk} is no longer taken. Seal the tip again.")

    def published(self, now: int) -> Encoded:
        """Return the publication; compressed again only when it has changed.  Raises Refused("set_unknown")."""
        with self._lock:
            if self._published is None or not 0 <= now - self._published_at < FRESH:
                self._published = self._publish(now)
                self._published_at = now
            found = self._published
        if isinstance(found, Refused):
            raise Refused(found.kind, found.sentence)
        return found

    def _publish(self, now: int) -> Encoded | Refused:
        """Return the publication, or why there is none: to find that out costs as much, and anybody may ask."""
        try:
            with reading(self.engine) as conn:
                body = publication(conn, self.policy, now)
        except Refused as refusal:
            return refusal
        held = self._published
        return held if isinstance(held, Encoded) and held.body == body else Encoded(body)


def _intake() -> Intake:
    found: Intake = current_app.extensions["sereno"]
    return found


@doors.get("/recipients")
def show_recipients() -> Response:
    """Answer with the publication; the same for everyone, so it may be kept for a minute."""
    response = _intake().published(int(time.time())).answer("application/json")
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


@doors.get("/work")
def show_work() -> dict[str, Any]:
    """Answer with a challenge whose cost follows the load."""
    intake, now = _intake(), int(time.time())
    return intake.work.challenge(cost_for(intake.load.share(now)), now)


@doors.get("/drop")
def show_drop() -> Response:
    """Answer with the whole drop: every form fetches it, so nobody learns who reads what."""
    return _intake().drop.answer(int(time.time()))


@doors.post("/envelopes")
def take_envelope() -> tuple[dict[str, bool], int]:
    """Take one envelope; its shape is checked without a key, and nothing else is ever stored."""
    intake, now = _intake(), int(time.time())
    if request.mimetype != "application/octet-stream":
        found = request.mimetype[:60] or "nothing"
        raise Refused("media_type", f"An envelope comes as application/octet-stream, not {found}.")
    if (request.content_length or 0) > LARGEST:
        raise Refused("too_large", f"The envelope has {request.content_length} bytes; the largest has {LARGEST}.")
    token = intake.work.require(request.headers.get("Sereno-Work", ""), now)
    intake.load.require_room(request.content_length or 0, now)
    to = intake.accepted(request.args.get("set", ""), now)
    if to.desk != request.args.get("desk"):
        raise Refused("desk_unknown", f"The set belongs to desk {to.desk}, not to the one that was named.")
    body = request.get_data(cache=False)
    outline = check_envelope(body, (to.members,))
    arrival = Arrival(to.desk, outline.bucket, to.name, to.number, to.epoch, outline.stanzas, body, now)
    intake.work.spend(token, arrival.digest, now)
    if intake.keeper.keep(arrival):  # The same work may bring it again and again: that takes no room.
        intake.load.add(len(body), now)
    return {"kept": True}, 201


@doors.get("/health")
def show_health() -> dict[str, bool]:
    """Say that the door is open and the store answers; nothing else."""
    require_answer(_intake().engine)
    return {"ready": True}
