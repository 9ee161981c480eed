"""Receivers: a thousand webhooks in a process of their own, which answers at once and remembers when what came.

Run as `python -m bench.receivers`; its first line on the standard output is its port.  `/hang…` is never answered;
`/arrivals` gives the times (monotonic, of this machine) since it was asked last.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import Final

ANSWER: Final = b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"


class Webhook(asyncio.Protocol):
    """One connection, of one request."""

    def __init__(self, arrivals: list[float]) -> None:
        self._arrivals = arrivals
        self._got = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer once the whole body is there."""
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if end and len(body) >= _length(bytes(head)):
            self._answer(bytes(head.split(b" ", 2)[1]))

    def _answer(self, path: bytes) -> None:
        assert self._transport is not None
        if path.startswith(b"/hang"):
            return
        if path == b"/arrivals":
            said = json.dumps(self._arrivals).encode()
            self._arrivals.clear()
            head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(said)
            self._transport.write(head + said)
        else:
            self._arrivals.append(time.monotonic())
            self._transport.write(ANSWER)
        self._transport.close()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.split(b":")[1])
    return 0


async def main() -> None:
    """Serve until the process is ended."""
    arrivals: list[float] = []
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Webhook(arrivals), "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
