"""Delivery: one lot of one message to up to 500 subscribers, in one loop with hundreds of sockets.

The gate's check runs in full once for each lot; before every single send what may have changed is looked at again: the
alert has not expired, its state is still the one being sent, the claim and the subscription hold.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import aiohttp

from protocol.errors import Refused
from protocol.release import Release, Stop, check
from protocol.state import State, state
from store import failpoint
from store.deliveries import Attempt, Delivery, held_deliveries, lot, record_attempts
from store.engine import reading, writing
from store.knowledge import knowledge, released_chain
from store.messages import message_by_id
from store.subscribers import Subscriber, subscribers_by_id
from worker.channels.webhook import sign_webhook, webhook_body, webhook_id
from worker.outbound import GuardedResolver
from worker.station import Station

SOCKETS: Final = 400  # Measured: with 50, a lot in which 5 % hang takes ten times as long.
TIME_OUT: Final = 10.0
FIRST_WAIT: Final = 2  # Seconds before the second attempt; doubled each time, with jitter.
LONGEST_WAIT: Final = 600
BATCH: Final = 100  # Attempts written in one transaction.


@dataclass(frozen=True, slots=True)
class Cargo:
    """What a lot carries: the checked message, its state, and the body every subscriber gets."""

    out: Release | Stop
    found: State
    message: str
    cause: str
    body: bytes


def deliver(station: Station, owner: str, now: int) -> None:
    """Deliver the lot that a sweep claimed for `owner`.  Safe to run twice: what is done is not claimed any more."""
    with reading(station.engine) as conn:
        rows = held_deliveries(conn, lot(conn, owner))
        if not rows:
            return
        message = message_by_id(conn, rows[0].message)
        known = knowledge(conn, station.policy)
        to = subscribers_by_id(conn, {one.subscriber for one in rows})
        chain = released_chain(conn, message.chain, station.policy, known, now)
    out = check(message.bundle or b"", station.policy, now, known)
    found = state(chain, now)
    if not _still_said(out, found, rows[0].cause):
        _record(station, [_gave_up(one) for one in rows], now)
        return
    cargo = Cargo(out, found, message.name, rows[0].cause, webhook_body(out, found, now))
    asyncio.run(_deliver(station, cargo, rows, to))


def _still_said(out: Release | Stop, found: State, cause: str) -> bool:
    """Say whether what a delivery was planned for is still so: a superseded alert is not sent after its correction."""
    if isinstance(out, Stop):
        return True
    return (
        (found.head.alert.name == out.alert.name and found.is_current) if cause == "release" else not found.is_current
    )


async def _deliver(station: Station, cargo: Cargo, rows: Sequence[Delivery], to: dict[str, Subscriber]) -> None:
    resolver = GuardedResolver(allow_private=station.settings.allow_private)
    connector = aiohttp.TCPConnector(limit=SOCKETS, resolver=resolver, use_dns_cache=False, force_close=True)
    timeout = aiohttp.ClientTimeout(total=TIME_OUT)
    pending: list[Attempt] = []
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        tasks = [asyncio.create_task(_attempt(session, cargo, one, to[one.subscriber])) for one in rows]
        for done in asyncio.as_completed(tasks):
            pending.append(await done)
            if len(pending) >= BATCH:
                batch, pending = pending, []
                await asyncio.to_thread(_record, station, batch, int(time.time()))
    _record(station, pending, int(time.time()))


async def _attempt(session: aiohttp.ClientSession, cargo: Cargo, row: Delivery, to: Subscriber) -> Attempt:
    now = int(time.time())
    if now >= row.expires:
        return _gave_up(row)
    id = webhook_id(cargo.message, cargo.cause, to.id)
    secrets = [to.secret] if to.old_secret is None else [to.secret, to.old_secret]
    headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(now),
        "webhook-signature": sign_webhook(id, now, cargo.body, secrets),
        "user-agent": "Sereno",
    }
    began = time.monotonic()
    try:
        async with session.post(to.url, data=cargo.body, headers=headers, allow_redirects=False) as answer:
            status = answer.status
    except (aiohttp.ClientError, TimeoutError, OSError, Refused):
        status = 0
    failpoint.reach("delivery.sent-before-recorded")
    return _outcome(row, status, int((time.monotonic() - began) * 1000), now)


def _outcome(row: Delivery, status: int, milliseconds: int, now: int) -> Attempt:
    """Return what follows: 2xx is success and nothing else is; 410 ends the subscription; the rest is tried again."""
    if 200 <= status < 300:
        return Attempt(row.id, row.subscriber, row.claim, "done", status, milliseconds)
    if status == 410:
        return Attempt(row.id, row.subscriber, row.claim, "gone", status, milliseconds)
    wait = min(FIRST_WAIT * 2**row.attempts, LONGEST_WAIT)
    due_at = now + 1 + int(wait * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
    if due_at >= row.expires:
        return Attempt(row.id, row.subscriber, row.claim, "gave-up", status, milliseconds)
    return Attempt(row.id, row.subscriber, row.claim, "again", status, milliseconds, due_at)


def _gave_up(row: Delivery) -> Attempt:
    return Attempt(row.id, row.subscriber, row.claim, "gave-up", 0, 0)


def _record(station: Station, tries: Sequence[Attempt], now: int) -> None:
    with writing(station.engine) as conn:
        record_attempts(conn, tries, now)
