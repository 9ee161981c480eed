"""Senders: keep-alive clients of a door in a process of their own, told by lines of JSON what to send.

Run as `python -m bench.senders FILE KEY`: FILE holds a sealed envelope, KEY is the door's work key in hexadecimal.
Every envelope and every solution is another one.  An envelope's last bytes are changed, which only an opener could
tell; solutions are made with the door's own key, because 20,000 real ones take minutes: checking them costs the same.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any, Final

import altcha

from intake.work import COSTS, LIFE

CONNECTIONS: Final = 16  # Twice as many as the server has threads.


class Senders:
    """Makes requests from one envelope and sends them over a number of connections."""

    def __init__(self, envelope: bytes, key: bytes) -> None:
        self._envelope = envelope
        self._key = key
        self._made = 0

    def requests(self, target: str, count: int) -> list[bytes]:
        """Return `count` whole requests, no two alike."""
        return [self._request(target) for _ in range(count)]

    def _request(self, target: str) -> bytes:
        self._made += 1
        body = self._envelope[:-16] + self._made.to_bytes(16, "big")
        head = (
            f"POST {target} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\n"
            f"Sereno-Work: {solved(self._key)}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode("ascii") + body

    async def send(self, port: int, target: str, count: int, connections: int) -> dict[str, Any]:
        """Send `count` requests; return the seconds it took, each answer's seconds, and how many were not 201."""
        waiting = self.requests(target, count)
        times: list[float] = []
        bad: list[str] = []
        opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
        began = time.perf_counter()
        await asyncio.gather(*(_client(reader, writer, waiting, times, bad) for reader, writer in opened))
        took = time.perf_counter() - began
        for _, writer in opened:
            writer.close()
        return {"seconds": took, "times": times, "bad": len(bad), "said": bad[:1]}


def solved(key: bytes) -> str:
    """Return a `Sereno-Work` header: a challenge at the calm setting, signed as the door does, and its solution."""
    expires = int(time.time()) + LIFE
    challenge = altcha.create_challenge("PBKDF2/SHA-256", COSTS[0], counter=0, expires_at=expires, hmac_secret=key)
    solution = altcha.solve_challenge(challenge)
    if solution is None:
        raise RuntimeError("altcha did not solve a challenge whose first try is right.")
    return str(altcha.Payload(challenge, solution).to_base64())


async def _client(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, waiting: list[bytes], times: list[float], bad: list[str]
) -> None:
    while waiting:
        request = waiting.pop()
        began = time.perf_counter()
        writer.write(request)
        status, body = await answer(reader)
        times.append(time.perf_counter() - began)
        if status != 201:
            bad.append(f"{status} {body.decode()}")


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Return an answer's status and body."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    length = next(int(line.split(":")[1]) for line in lines if line.lower().startswith("content-length:"))
    return int(lines[0].split()[1]), await reader.readexactly(length)


def main(file: str, key: str) -> None:
    """Do what each line of the standard input says, and answer with a line."""
    senders = Senders(Path(file).read_bytes(), bytes.fromhex(key))
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(asyncio.run(senders.send(**order))), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
