"""Paging: tell a desk's people that somebody has to look, and nothing more.  Every page has the same bytes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Final

import aiohttp

from protocol import limits
from store import claims
from store.engine import reading, writing
from store.pages import get_page, pages
from store.subscribers import Subscriber, pagers
from worker.channels.webhook import PAGE, webhook_headers, webhook_id
from worker.outbound import open_session, post
from worker.station import Station
from worker.watch import AFTER

TIME_OUT: Final = 3.0  # Seconds for one try.
TRIES: Final = (0.0, 0.5, 3.0)  # Seconds to wait before each try of one job; all of them are over within its time.
SOCKETS: Final = 100


def send(station: Station, id: str, claim: int, now: int) -> None:
    """Send one claimed page to whoever is paged for its desk; whom it did not reach is tried again in a minute."""
    with reading(station.engine) as conn:
        if not claims.held(conn, pages, id, claim):
            return
        page = get_page(conn, id)
        to = pagers(conn, page.desk)
    arrived = asyncio.run(_send(station, to, id, now)) if to else True
    minute = now // limits.MINUTE
    with writing(station.engine) as conn:
        if arrived or minute - page.minute > max(AFTER):
            claims.finish(conn, pages, id, claim)
        else:
            claims.put_back(conn, pages, id, claim, (minute + 1) * limits.MINUTE)


async def _send(station: Station, to: Sequence[Subscriber], page: str, now: int) -> bool:
    began, private = time.monotonic(), station.settings.allow_private
    async with open_session(allow_private=private, sockets=SOCKETS, seconds=TIME_OUT) as session:
        for wait in TRIES:
            await asyncio.sleep(wait)
            at = now + int(time.monotonic() - began)
            statuses = await asyncio.gather(*(_send_one(session, one, page, at, private) for one in to))
            to = [one for one, status in zip(to, statuses, strict=True) if not 200 <= status < 300]
            if not to:
                return True
    return False


async def _send_one(session: aiohttp.ClientSession, to: Subscriber, page: str, now: int, private: bool) -> int:
    headers = webhook_headers(webhook_id(page, "page", to.id), now, PAGE, (to.secret, to.old_secret))
    return await post(session, to.url, PAGE, headers, private=private)
