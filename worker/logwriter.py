"""The log writer: its own process, the only one that holds the log key.  SPEC 8.

Leaves first, durable; then what is about to be signed, beside the key; then the checkpoint, which only the store gives
out.  A kill between the first two costs a new start.  Between the last two the file is ahead of the store's checkpoints
by one that nobody has seen, and not ahead of its leaves: the next start finds them there, and signs over the same ones.
Only a store that has lost leaves, as an older copy of itself has, is behind the file.
"""

from __future__ import annotations

import secrets
import time
from typing import Final

from sqlalchemy import Connection, Engine

from protocol.errors import Refused
from protocol.logkey import LogKey
from protocol.merkle import root
from protocol.note import Checkpoint, check_log, sign
from protocol.policy import Policy
from protocol.roster import Roster, open_roster
from protocol.signed import Signed, public_key
from store import failpoint
from store.changes import Changes
from store.engine import open_engine, reading, writing
from store.logbook import (
    append,
    has_checkpoint,
    hold_writer,
    latest_checkpoint,
    log_size,
    node_reader,
    put_checkpoint,
    unsequenced,
)
from store.rosters import current_roster
from worker.loghead import LogHead, require_grown
from worker.settings import LogSettings

PAUSE: Final = 0.02  # Seconds between looks: an alert waits for this at most once.


class LogWriter:
    """Appends what waits and signs checkpoints, while no other process does."""

    def __init__(self, engine: Engine, policy: Policy, seed: bytes, head: LogHead) -> None:
        self._engine = engine
        self._policy = policy
        self._seed = seed
        self._head = head
        self._has_looked = False
        self._owner = secrets.token_hex(8)

    def write(self, now: int) -> int:
        """Append what waits, sign over all of it, and return how many leaves are new.

        Raises Refused: log_key (another key than the roster's), log_fork (an older copy of the store), roster kinds.
        """
        with reading(self._engine) as conn:
            latest = latest_checkpoint(conn)
            signed = 0 if latest is None else latest.size
            is_new = bool(unsequenced(conn, 1)) or log_size(conn) != signed
            if self._has_looked and not is_new:  # A start looks once in any case: who restored a store is told at once.
                return 0
            roster = self._roster(conn, now)
        if roster is None:
            return 0
        head = self._head.read(roster.log_origin)
        with reading(self._engine) as conn:
            require_grown(head, conn)
        self._has_looked = True
        if not is_new:
            return 0
        with writing(self._engine) as conn:
            leaves = append(conn, owner=self._owner, now=now)
        self._checkpoint(roster, now)
        return len(leaves)

    def _checkpoint(self, roster: Roster, now: int) -> None:
        with self._head.held():
            head = self._head.read(roster.log_origin)
            with reading(self._engine) as conn:
                require_grown(head, conn)
                size = log_size(conn)
                body = Checkpoint(roster.log_origin, size, root(size, node_reader(conn)))
            note = sign(roster.log_origin, body.encode(), self._seed)
            check_log(note, roster.log_origin, roster.log_key)
            self._head.keep(body)
        failpoint.reach("checkpoint.signed-before-stored")
        with writing(self._engine) as conn:
            # Where one of this size is there, it is the same one, and may have been countersigned since.
            if hold_writer(conn, self._owner, now) and not has_checkpoint(conn, size):
                put_checkpoint(conn, size, note.encode())

    def _roster(self, conn: Connection, now: int) -> Roster | None:
        stored = current_roster(conn, now)
        if stored is None:
            return None
        roster = open_roster(Signed.decode(stored.signed), [Signed.decode(link) for link in stored.chain], self._policy)
        if roster.log_key != public_key(self._seed):
            raise Refused("log_key", "The log key in this process is not the one that the roster names.")
        return roster


def serve() -> None:
    """Write until the process is ended."""
    settings = LogSettings.read()
    seed = LogKey.decode(settings.log_key.read_bytes()).seed
    policy, head = Policy.decode(settings.policy.read_bytes()), LogHead(settings.log_key.with_suffix(".head"))
    engine = open_engine(settings.database)
    writer, changes = LogWriter(engine, policy, seed, head), Changes(engine)
    while True:
        now = int(time.time())
        if not (changes.is_due(now) and writer.write(now)):
            time.sleep(PAUSE)
