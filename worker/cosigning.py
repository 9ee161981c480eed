"""Cosigning: ask the partners' witnesses to countersign each new checkpoint, and keep asking those who don't answer.

It runs beside the sweep and not in the log's process: whoever holds the log key talks to nobody.  The witnesses' lines
go into the store; the gate waits a moment for them, and `gate.add_witnesses` puts those that come later into bundles.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import aiohttp
from sqlalchemy.exc import SQLAlchemyError

from protocol.errors import Refused
from protocol.merkle import consistency
from protocol.note import COSIGNER, Checkpoint, Line, Note, key_hash
from protocol.roster import Roster
from protocol.witness import MAX_ANSWER, SIZE_TYPE, AddCheckpoint, read_cosignature, read_size
from store.changes import Changes
from store.engine import reading, writing
from store.knowledge import roster_now
from store.logbook import ASKER, hold_writer, join_checkpoint, latest_checkpoint, node_reader
from worker.outbound import ask, open_session
from worker.station import Station

SECONDS: Final = 3.0  # For one try, the one that learns the witness' size included.
PAUSE: Final = 0.05  # Seconds between looks for a new checkpoint: an alert waits for this at most once.
LONGEST_WAIT: Final = 30  # Seconds until a witness that fails is asked again.
AWAY: Final = 1.0  # Seconds until the store is asked again after it failed.


@dataclass(slots=True)
class Partner:
    """A witness as we know it: its name, address and key, what it last held, and when it is asked again."""

    name: str
    url: str
    size: int = 0
    failures: int = 0
    due: int = 0


@dataclass(slots=True)
class Asker:
    """Asks, while no other process does."""

    station: Station
    owner: str = field(default_factory=lambda: secrets.token_hex(8))
    partners: dict[str, Partner] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Take the witnesses from the settings."""
        self.partners = {name: Partner(name, url) for name, url in self.station.settings.witnesses.items()}

    def ask(self, now: int) -> int:
        """Ask every witness whose line the newest checkpoint lacks, and return how many lines came."""
        with reading(self.station.engine) as conn:
            latest = latest_checkpoint(conn)
            if latest is None:
                return 0
            roster = roster_now(conn, self.station.policy, now)
        note = Note.decode(latest.note)
        # A clock that was set back must not keep anybody waiting until it has caught up.
        wanted = [one for one in self._lacking(note, roster) if not 0 < one.due - now <= LONGEST_WAIT]
        if not wanted:
            return 0
        with writing(self.station.engine) as conn:
            if not hold_writer(conn, self.owner, now, ASKER):
                return 0
        return asyncio.run(self._ask_all(wanted, replace(note, lines=note.lines[:1]), roster, now))

    def _lacking(self, note: Note, roster: Roster) -> Sequence[Partner]:
        have = {line.name: line.key_hash for line in note.lines[1:]}
        keys = roster.cosigners
        return [
            one
            for name, one in self.partners.items()
            if name in keys and have.get(name) != key_hash(name, COSIGNER, keys[name])
        ]

    async def _ask_all(self, wanted: Sequence[Partner], note: Note, roster: Roster, now: int) -> int:
        """Ask side by side, and keep each line as it comes: who is slow delays nobody's alert."""
        private, count = self.station.settings.allow_private, 0
        async with open_session(allow_private=private, sockets=len(wanted), seconds=SECONDS) as session:
            asked = [self._ask_one(session, one, note, roster.cosigners, now) for one in wanted]
            for answer in asyncio.as_completed(asked):
                line = await answer
                if line is not None:
                    await asyncio.to_thread(self._keep, note, line)
                    count += 1
        return count

    def _keep(self, note: Note, line: Line) -> None:
        with writing(self.station.engine) as conn:
            join_checkpoint(conn, Checkpoint.decode(note.text).size, [line])

    async def _ask_one(
        self, session: aiohttp.ClientSession, one: Partner, note: Note, keys: Mapping[str, bytes], now: int
    ) -> Line | None:
        try:
            data = await asyncio.wait_for(self._try(session, one, note), SECONDS)
            line = read_cosignature(data, note.text, one.name, keys[one.name], now)
        except (Refused, TimeoutError, OSError, aiohttp.ClientError) as error:
            one.failures += 1
            one.due = now + min(LONGEST_WAIT, 1 << min(one.failures - 1, 8))
            told = error.sentence if isinstance(error, Refused) else "no answer"
            print(f"The witness {one.name} has not signed: {told}", file=sys.stderr, flush=True)
            return None
        one.failures, one.due, one.size = 0, 0, Checkpoint.decode(note.text).size
        return line

    async def _try(self, session: aiohttp.ClientSession, one: Partner, note: Note) -> bytes:
        """Return what a witness answers; where it holds another size than we knew, ask once more from that.

        Raises Refused("log_witness") for an answer that is no success, and as `read_size`.
        """
        size = Checkpoint.decode(note.text).size
        for _ in range(2):
            body = await asyncio.to_thread(self._request, min(one.size, size), note, size)
            url = f"{one.url}/add-checkpoint"
            private = self.station.settings.allow_private
            status, kind, data = await ask(session, url, body, most=MAX_ANSWER, private=private)
            if status == 200:
                return data
            if status != 409 or kind != SIZE_TYPE:
                raise Refused("log_witness", _meaning(status))
            one.size = read_size(data)
            if one.size > size:
                raise Refused(
                    "log_witness",
                    f"It has signed {one.size} leaves and our log has {size}. If it stays so, the log was rolled back.",
                )
        raise Refused("log_witness", f"It says twice that it holds another size, now {one.size}.")

    def _request(self, old: int, note: Note, size: int) -> bytes:
        hashes: list[bytes] = []
        if 0 < old < size:
            with reading(self.station.engine) as conn:
                hashes = consistency(old, size, node_reader(conn))
        return AddCheckpoint(old, tuple(hashes), note).encode()


def _meaning(status: int) -> str:
    """Return what an answer other than a signature means to an operator, in our words and not in the witness'."""
    return {
        400: "It does not read our request.",
        403: "It knows another key of our log. Send its operator the key that the roster names.",
        404: "It does not know our log, or its address is wrong. Ask its operator.",
        409: "It has signed a DIFFERENT log of the same length. Find out which is ours before anything is sent.",
        422: "It has signed a log that ours does NOT grow from. Find out which is ours before anything is sent.",
        0: "no answer",
    }.get(status, f"It answers {status}.")


def serve(station: Station) -> None:
    """Ask until the process is ended."""
    asker, changes = Asker(station), Changes(station.engine)
    while True:
        now = int(time.time())
        try:
            if changes.is_due(now):
                asker.ask(now)
        except Refused as refusal:  # Before the first roster, or with one that does not check: the doctor says so.
            print(f"No witness can be asked: {refusal.sentence}", file=sys.stderr, flush=True)
            time.sleep(LONGEST_WAIT)
        except (SQLAlchemyError, OSError) as error:  # Nobody would begin this thread again.
            print(f"No witness can be asked: {type(error).__name__}", file=sys.stderr, flush=True)
            time.sleep(AWAY)
        time.sleep(PAUSE)
