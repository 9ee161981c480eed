"""Delivery: one lot of one message to up to 500 subscribers, many at once, in one loop.

The gate's check runs in full right before a lot goes out, and again four times a second for those still to come: the
bundle checks, its state is the one being sent.  A lot is over within its claim.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp

from protocol.errors import Refused
from protocol.release import Release, Stop, check
from protocol.state import State, open_suspensions, state
from protocol.vocabulary import RETRACTED, WITHDRAWN
from store import failpoint
from store.deliveries import LOT, Attempt, Delivery, held_deliveries, lot, record_attempts
from store.engine import reading, writing
from store.knowledge import knowledge, let_out_chain
from store.messages import Message, message_by_id
from store.subscribers import Subscriber, subscribers_by_id
from worker.channels.webhook import MESSAGES, webhook_body, webhook_headers, webhook_id
from worker.outbound import open_session, post
from worker.station import Station

# Seconds for one try.  In the quick lane somebody who hangs holds up the next lot for this long, once: they are slow
# from then on, and the slow lane has its own process.
QUICK: Final = 3.0
SLOW: Final = 10.0
AT_ONCE: Final = 200  # Quick ones under way: enough beside some that hang; more wait for each other on a busy machine.
MARGIN: Final = 2  # Seconds of the claim that are kept for writing down what came of it.
WRITE_EVERY: Final = 0.25  # Seconds between looks at what is done: a crash costs no more than that, told again.
FIRST_WAIT: Final = 2  # Seconds before the second attempt; doubled each time, with jitter.
LONGEST_WAIT: Final = 600

Clock = Callable[[], int]


@dataclass(frozen=True, slots=True)
class Cargo:
    """What a lot carries: the message's name, what it is sent for, and the body that every subscriber gets."""

    message: str
    cause: str
    body: bytes


@dataclass(slots=True)
class Lot:
    """A lot on its way: to whom, with what, until when (Unix seconds), and how many at once."""

    station: Station
    cargo: Cargo
    rows: Sequence[Delivery]
    to: Mapping[str, Subscriber]
    seconds: float
    end: int
    clock: Clock
    slots: asyncio.Semaphore
    is_over: bool = False

    @property
    def private(self) -> bool:
        """Whether private addresses are called too."""
        return self.station.settings.allow_private


def deliver(station: Station, owner: str, now: int) -> None:
    """Deliver the lot that a sweep claimed for `owner`.  Safe to run twice: what is done is not claimed any more."""
    began = time.monotonic()

    def clock() -> int:
        return now + int(time.monotonic() - began)

    with reading(station.engine) as conn:
        claimed = lot(conn, owner)
        rows = held_deliveries(conn, claimed)
        to = subscribers_by_id(conn, {one.subscriber for one in rows})
    left = min((one.due_at or 0) for one in claimed) - now - MARGIN if claimed else 0
    if left <= 0:
        return  # Too late to be over within the claim: the next sweep finds the rows.
    kept = {one.id for one in rows if now < one.expires}
    _record(station, [_gave_up(one) for one in claimed if one.id not in kept], now)
    rows = [one for one in rows if one.id in kept]
    cargo = _load(station, rows[0], now) if rows else None
    if cargo is None:
        _record(station, [_gave_up(one) for one in rows], now)
        return
    slow = rows[0].slow
    seconds, slots = min(SLOW if slow else QUICK, left), asyncio.Semaphore(LOT if slow else AT_ONCE)
    asyncio.run(_deliver(Lot(station, cargo, rows, to, seconds, now + left, clock, slots)))


def _load(station: Station, row: Delivery, now: int) -> Cargo | None:
    """Return what a lot carries; None if it must not be told any more."""
    try:
        with reading(station.engine) as conn:
            message = message_by_id(conn, row.message)
            out = check(message.bundle or b"", station.policy, now, knowledge(conn, station.policy, now))
            chain = let_out_chain(conn, message.chain, station.policy)
        found = state(chain, now)
    except Refused:
        return None  # Signers were revoked or suspended since: nobody is told on their word.
    if not still_said(out, chain, found, row.cause):
        return None
    return Cargo(message.name, row.cause, webhook_body(out, row.cause, _since(message, row.cause)))


def still_said(out: Release | Stop, chain: Sequence[Release | Stop], found: State, cause: str) -> bool:
    """Say whether what a delivery was planned for is still so: nobody gets an alert after its correction.

    A retraction always is.  What is left out here is told by another delivery, of what took its place.
    """
    if cause not in MESSAGES:
        return found.cause == cause
    if isinstance(out, Release):
        return found.is_current and found.head.alert.name == out.alert.name
    if out.alert.kind == "suspended":
        return found.cause == "suspended" and out.alert.name in {one.alert.name for one in open_suspensions(chain)}
    return out.alert.kind == "retracted" or found.word not in (RETRACTED, WITHDRAWN)


def _since(message: Message, cause: str) -> int:
    at = {**dict.fromkeys(MESSAGES, message.released_at), "time": message.expires, "lapsed": message.lapses}[cause]
    return at or 0


async def _deliver(lot: Lot) -> None:
    """Send to everyone of a lot, write down what came of it as it comes, and look again whether to go on."""
    async with open_session(allow_private=lot.private, sockets=LOT, seconds=lot.seconds) as session:
        going = {asyncio.create_task(_attempt(session, lot, one)) for one in lot.rows}
        while going:
            done, going = await asyncio.wait(going, timeout=WRITE_EVERY)
            tries = [one for one in (task.result() for task in done) if one is not None]
            await asyncio.to_thread(_record, lot.station, tries, lot.clock())
            if going and await asyncio.to_thread(_load, lot.station, lot.rows[0], lot.clock()) is None:
                lot.is_over = True


async def _attempt(session: aiohttp.ClientSession, lot: Lot, row: Delivery) -> Attempt | None:
    """Try once and return what follows; None where there is no time left for it within the claim."""
    async with lot.slots:
        now, to, cargo = lot.clock(), lot.to[row.subscriber], lot.cargo
        if lot.is_over or now >= row.expires:
            return _gave_up(row)
        if now + lot.seconds > lot.end:
            return None
        id = webhook_id(cargo.message, cargo.cause, to.id)
        headers = webhook_headers(id, now, cargo.body, (to.secret, to.old_secret))
        began = time.monotonic()
        status = await post(session, to.url, cargo.body, headers, private=lot.private)
    failpoint.reach("delivery.sent-before-recorded")
    return outcome(row, status, int((time.monotonic() - began) * 1000), lot.clock())


def outcome(row: Delivery, status: int, milliseconds: int, now: int) -> Attempt:
    """Return what follows: 2xx is success and nothing else is; 410 ends the subscription; the rest is tried again."""
    if 200 <= status < 300:
        return Attempt(row.id, row.subscriber, row.claim, "done", status, milliseconds)
    if status == 410:
        return Attempt(row.id, row.subscriber, row.claim, "gone", status, milliseconds)
    wait = FIRST_WAIT << row.attempts if row.attempts < 16 else LONGEST_WAIT
    due_at = now + 1 + int(min(wait, LONGEST_WAIT) * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
    if due_at >= row.expires:
        return Attempt(row.id, row.subscriber, row.claim, "gave-up", status, milliseconds)
    return Attempt(row.id, row.subscriber, row.claim, "again", status, milliseconds, due_at)


def _gave_up(row: Delivery) -> Attempt:
    return Attempt(row.id, row.subscriber, row.claim, "gave-up", 0, 0)


def _record(station: Station, tries: Sequence[Attempt], now: int) -> None:
    if tries:
        with writing(station.engine) as conn:
            record_attempts(conn, tries, now)
