"""Paging: tell a desk's people that somebody has to look, and nothing more.  Every page has the same bytes."""

from __future__ import annotations

import asyncio
import time
from typing import Final

import aiohttp

from protocol import limits
from protocol.errors import Refused
from store import claims
from store.engine import reading, writing
from store.pages import get_page, pages
from store.subscribers import Subscriber, pagers
from worker.channels.webhook import PAGE, sign_webhook, webhook_id
from worker.outbound import GuardedResolver
from worker.station import Station
from worker.watch import AFTER

TIME_OUT: Final = 5.0


def send(station: Station, id: str, claim: int, now: int) -> None:
    """Send one claimed page to whoever is paged for its desk; try again in a few seconds what did not arrive."""
    with reading(station.engine) as conn:
        if not claims.held(conn, pages, id, claim):
            return
        page = get_page(conn, id)
        to = pagers(conn, page.desk)
    arrived = asyncio.run(_send(station, to, id, now)) if to else True
    over = now // limits.MINUTE - page.minute > max(AFTER)
    with writing(station.engine) as conn:
        if arrived or over:
            claims.finish(conn, pages, id, claim)
        else:
            claims.put_back(conn, pages, id, claim, now + 5)


async def _send(station: Station, to: list[Subscriber], page: str, now: int) -> bool:
    resolver = GuardedResolver(allow_private=station.settings.allow_private)
    connector = aiohttp.TCPConnector(resolver=resolver, use_dns_cache=False, force_close=True)
    timeout = aiohttp.ClientTimeout(total=TIME_OUT)
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()
    ) as session:
        return all(await asyncio.gather(*(_send_one(session, one, page) for one in to)))


async def _send_one(session: aiohttp.ClientSession, to: Subscriber, page: str) -> bool:
    now = int(time.time())
    id = webhook_id(page, "page", to.id)
    headers = {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(now),
        "webhook-signature": sign_webhook(id, now, PAGE, [to.secret]),
        "user-agent": "Sereno",
    }
    try:
        async with session.post(to.url, data=PAGE, headers=headers, allow_redirects=False) as answer:
            return 200 <= answer.status < 300
    except (aiohttp.ClientError, TimeoutError, OSError, Refused):
        return False
