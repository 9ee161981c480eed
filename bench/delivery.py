"""Delivery: alerts on loopback to webhooks in another process, beside a bare client that posts the same bodies."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

import sqlalchemy as sa

from bench.figure import Figure, at_least, beside, by_turns, percentile, seconds
from bench.stage import ROOT, database
from protocol.limits import HOUR
from sereno.demo import free_ports
from store.deliveries import LOT, deliveries
from store.engine import open_engine, writing
from store.migrating import migrate
from store.subscribers import subscribers
from tests.outpost import Outpost, confirm
from tests.world import World
from worker.channels.webhook import RELEASE, webhook_body, webhook_headers, webhook_id

SECRET: Final = b"s" * 32
BAD: Final = LOT // 20  # Five of a hundred are dead, and five hang.


@dataclass(slots=True)
class Trial:
    """An alert that was let out, its subscribers, and the body they get."""

    post: Outpost
    port: int
    message: str
    body: bytes

    def deliver(self) -> None:
        """Deliver to everybody, as the worker's job does."""
        self.post.deliver()

    def restore(self, *, dead: int = 0, hanging: int = 0) -> None:
        """Make every delivery due again; let this many of the subscribers be dead or hang, the others be well."""
        nobody, now = free_ports(1), self.post.world.now
        with writing(self.post.engine) as conn:
            conn.execute(sa.update(subscribers).values(active=True, slow=False))
            ids = list(conn.execute(sa.select(subscribers.c.id)).scalars())
            for place, id in enumerate(ids):
                url = self.url(f"hang/{place}" if dead <= place < dead + hanging else f"well/{place}")
                url = f"http://127.0.0.1:{nobody}/{place}" if place < dead else url
                conn.execute(sa.update(subscribers).where(subscribers.c.id == id).values(url=url))
            due = {"state": "due", "due_at": now, "owner": None, "attempts": 0, "slow": False, "expires": now + HOUR}
            conn.execute(sa.update(deliveries).values(**due))

    def url(self, path: str) -> str:
        """Return the address of a webhook."""
        return f"http://127.0.0.1:{self.port}/{path}"

    def arrivals(self) -> list[float]:
        """Return when what came since the last call, in seconds of this machine's monotonic clock."""
        with urllib.request.urlopen(self.url("arrivals")) as answer:
            times: list[float] = json.load(answer)
        return times


def measure(quick: bool) -> Iterator[Figure]:
    """Give the figures of delivery."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-delivery-")))
        trial = _trial(stack, folder, LOT)
        rounds = 3 if quick else 9
        trial.deliver()
        ours, bare = by_turns(lambda: _rate(trial), lambda: LOT / seconds(lambda: asyncio.run(_bare(trial))), rounds)
        yield beside("delivery", "to webhooks, a connection each", ours, "/s", bare, least=0.3)
        yield at_least("delivery", "to webhooks, a connection each", ours, "/s", 500)
        tails = [(_tail(trial, BAD), _tail(trial, 0)) for _ in range(rounds)]
        late, well = median(one[0] for one in tails) * 1000, median(one[1] for one in tails) * 1000
        what = "99 of 100 have it, with 5 % dead and 5 % hanging"
        yield beside("delivery", what, late, "ms", well, most=1.5)


def _trial(stack: ExitStack, folder: Path, count: int) -> Trial:
    engine = open_engine(database(folder))
    stack.callback(engine.dispose)
    migrate(engine)
    command = [sys.executable, "-m", "bench.receivers"]
    process = stack.enter_context(subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True))
    stack.callback(process.terminate)
    assert process.stdout is not None
    port = int(process.stdout.readline())
    post = Outpost(engine, World(now=int(time.time())), folder)
    for place in range(count):
        post.subscribe(f"http://127.0.0.1:{port}/well/{place}", secret=SECRET)
    release = confirm(post)
    return Trial(post, port, release.alert.name, webhook_body(release, RELEASE, post.world.now))


def _rate(trial: Trial) -> float:
    """Return how many a second are delivered: claimed, checked, sent, answered and written down."""
    trial.restore()
    trial.arrivals()
    took = seconds(trial.deliver)
    return len(trial.arrivals()) / took


def _tail(trial: Trial, bad: int) -> float:
    """Return within how many seconds 99 of 100 of those who are well have the alert, `bad` dead and `bad` hanging."""
    trial.restore(dead=bad, hanging=bad)
    trial.arrivals()
    began = time.monotonic()
    trial.deliver()
    times = [at - began for at in trial.arrivals()]
    # Who has nothing when the lot is over has it later than that.
    times += [time.monotonic() - began] * (LOT - 2 * bad - len(times))
    return percentile(times, 0.99)


async def _bare(trial: Trial) -> None:
    """Post the same bodies with the same headers, all at once, with nothing before, between or after."""
    await asyncio.gather(*(_post(trial, place) for place in range(LOT)))


async def _post(trial: Trial, place: int) -> None:
    id = webhook_id(trial.message, RELEASE, str(place))
    headers = webhook_headers(id, int(time.time()), trial.body, [SECRET])
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"POST /well/{place} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: {len(trial.body)}\r\n{lines}\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", trial.port)
    writer.write(head.encode("ascii") + trial.body)
    if not (await reader.readline()).startswith(b"HTTP/1.1 204"):
        raise RuntimeError("A receiver did not answer 204.")
    await reader.read()
    writer.close()
