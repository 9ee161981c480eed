"""Subscribers' webhooks on this machine: a real server that keeps what it gets and answers as it is told to.

with Inbox() as inbox:
    inbox.behave("bo", 503)
    url = inbox.url("bo")
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from dataclasses import dataclass
from types import TracebackType
from typing import Final

from aiohttp import web

HANGS: Final = "hangs"
ENDLESS: Final = "endless"
ELSEWHERE: Final = "elsewhere"


@dataclass(frozen=True, slots=True)
class Came:
    """One delivery as it came."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """Return its webhook-id."""
        return self.headers["webhook-id"]


class Inbox:
    """A server of many subscribers, told apart by the path of their webhooks."""

    def __init__(self) -> None:
        self.got: dict[str, list[Came]] = defaultdict(list)
        self.sent = 0  # Bytes of an endless answer that were taken.
        self.elsewhere = ""
        self.port = 0
        self._behaviour: dict[str, int | str | list[int]] = {}
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._runner: web.AppRunner | None = None

    def behave(self, name: str, answer: int | str | list[int]) -> None:
        """Have a subscriber answer with a status from now on, with one after another, or in a way of its own."""
        self._behaviour[name] = answer

    def url(self, name: str) -> str:
        """Return a subscriber's address."""
        return f"http://127.0.0.1:{self.port}/{name}"

    def ids(self, name: str) -> set[str]:
        """Return the ids of what a subscriber got."""
        return {one.id for one in self.got[name]}

    def __enter__(self) -> Inbox:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{name:.*}", self._take)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        headers = {key.lower(): value for key, value in request.headers.items()}
        self.got[name].append(Came(headers, await request.read()))
        answer = self._behaviour.get(name.partition("/")[0], 204)
        if isinstance(answer, list):
            answer = answer.pop(0) if len(answer) > 1 else answer[0]
        if answer == HANGS:
            await asyncio.sleep(3600)
        if answer == ENDLESS:
            return await self._endless(request)
        if answer == ELSEWHERE:
            return web.Response(status=307, headers={"location": self.elsewhere})
        assert isinstance(answer, int)
        return web.Response(status=answer)

    async def _endless(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:  # Until whoever asked has gone: then writing fails.
            await response.write(bytes(65_536))
            self.sent += 65_536
