"""Suspending: what a stay does here at once, whoever brought it.  SPEC 5.5."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

from protocol import limits
from protocol.epoch import epoch_of
from protocol.recipients import SET
from protocol.signed import Signed
from protocol.stay import STAY
from store.logbook import queue_signed
from store.sessions import revoke_verifier
from store.sets import retire_sets, sets_of_epochs
from store.shifts import end_shift
from store.stays import put_stay

BEHIND: Final = 1  # Epochs back whose grace has not ended.


def suspend(conn: Connection, stay: Signed, now: int) -> bool:
    """Store and log a stay that the caller has opened, and say whether it is new.

    The person is signed out everywhere, and sets that hold them are out of force.
    """
    verifier = stay.read(STAY)["verifier"]
    fresh = put_stay(conn, stay.encode())
    queue_signed(conn, "stay", stay)
    revoke_verifier(conn, verifier)
    end_shift(conn, verifier)
    epoch = epoch_of(now)
    # Of every desk: somebody may have changed desks since a set that still counts was signed.
    sets = sets_of_epochs(conn, epoch - BEHIND, epoch + limits.EPOCHS_AHEAD)
    retire_sets(conn, [one.name for one in sets if verifier in _members(one.signed)])
    return fresh


def _members(signed: bytes) -> set[str]:
    return {member["verifier"] for member in Signed.decode(signed).read(SET)["members"]}
