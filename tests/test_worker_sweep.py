"""Sweeps with a real Redis and real jobs: Redis is a hint, and nothing stands in it but row ids."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import Engine

from protocol.limits import CELL, DAY, HOUR, MINUTE
from protocol.release import check
from sereno.journey import until
from store import claims, deliveries, drop, messages, pages
from store.engine import reading, writing
from tests.databases import ROOT
from tests.inbox import Inbox
from tests.outpost import Outpost, confirm, planned
from tests.world import World


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with Inbox() as one:
        yield one


@pytest.fixture
def post(engine: Engine, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Outpost:
    outpost = Outpost(engine, World(now=int(time.time())), tmp_path, redis_url)
    outpost.for_jobs(monkeypatch)
    return outpost


def posted(post: Outpost) -> str:
    return post.post(post.world.attest(post.world.alert(), "ana", "bo"))


def types(inbox: Inbox, name: str) -> list[str]:
    return [json.loads(one.body)["type"].removeprefix("exercise.alert.") for one in inbox.got[name]]


def kept(client: Any) -> dict[str, Any]:
    """Return everything that stands in a Redis."""
    found: dict[str, Any] = {}
    for key in client.keys("*"):
        kind = client.type(key)
        if kind == b"hash":
            found[key.decode()] = client.hgetall(key)
        elif kind == b"list":
            found[key.decode()] = client.lrange(key, 0, -1)
        elif kind == b"zset":
            found[key.decode()] = client.zrange(key, 0, -1, withscores=True)
        else:
            found[key.decode()] = client.smembers(key) if kind == b"set" else client.get(key)
    return found


def test_a_posted_alert_is_swept_passed_swept_and_delivered_by_real_jobs(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    id = posted(post)
    sweeper = post.sweeper()
    assert sweeper.sweep(post.world.now) == 1
    with post.logging():
        post.run_jobs()
    assert post.row(id).state == "released"
    sweeper.sweep(post.world.now)
    post.run_jobs()

    assert types(inbox, "bo") == ["confirmed"]
    assert sweeper.sweep(post.world.now) == 0


def test_redis_holds_row_ids_and_the_jobs_names_and_nothing_once_they_are_done(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    post.subscribe(inbox.url("pager"), channel="pager")
    with writing(post.engine) as conn:
        pages.put_page(conn, "north", post.world.now)
    id = posted(post)
    client = redis.Redis.from_url(post.station.settings.redis)
    post.sweeper().sweep(post.world.now)

    said = {"pass_gate": "a message for the gate", "page": "a page"}
    jobs = [value for key, value in kept(client).items() if key.startswith("rq:job:")]
    assert len(jobs) == 2
    for job in jobs:
        # JSON, in zlib's envelope: nothing that would be unpickled.
        name, _, (argument,), keywords = json.loads(zlib.decompress(job[b"data"]))
        row, _, claim = argument.partition(".")
        assert len(bytes.fromhex(row)) == 16
        assert (claim, keywords, job[b"description"].decode()) == ("1", {}, said[name.removeprefix("worker.jobs.")])
        held = b" ".join(value for field, value in job.items() if field not in (b"data", b"description"))
        assert b"north" not in held
        assert id.encode() not in held
    with post.logging():
        post.run_jobs()

    left = [key for key in kept(client) if key.startswith(("rq:job:", "rq:queue:"))]
    assert left == []
    assert client.config_get("save")["save"] == ""
    assert client.config_get("appendonly")["appendonly"] == "no"
    assert not [one for one in Path(str(client.config_get("dir")["dir"])).iterdir() if one.suffix in (".rdb", ".aof")]


def test_a_wiped_redis_costs_the_length_of_a_claim_and_loses_nothing(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    id = posted(post)
    client, sweeper = redis.Redis.from_url(post.station.settings.redis), post.sweeper()

    def lose() -> None:
        """Have what was handed on wiped, and swept again once its claim is over."""
        now = post.world.now
        assert sweeper.sweep(now) == 1
        client.flushall()
        post.run_jobs()
        assert inbox.got["bo"] == []
        assert sweeper.sweep(now + claims.LEASE - 1) == 0
        post.world.now = now + claims.LEASE
        assert sweeper.sweep(post.world.now) == 1

    lose()
    with post.logging():
        post.run_jobs()
    assert post.row(id).state == "released"
    lose()
    post.run_jobs()
    assert types(inbox, "bo") == ["confirmed"]


def test_what_a_dead_process_had_claimed_is_done_by_another_and_its_own_job_does_nothing(
    post: Outpost, inbox: Inbox
) -> None:
    post.subscribe(inbox.url("bo"))
    id = posted(post)
    post.sweeper().sweep(post.world.now)  # Handed on; the job waits in Redis.
    post.world.now += claims.LEASE
    other = post.sweeper()
    other.sweep(post.world.now)  # The claim is over: handed on again.
    with post.logging():
        post.run_jobs()

    row = post.row(id)
    assert (row.state, row.claim, planned(post, row)) == ("released", 2, 1)


def test_a_retraction_goes_before_what_waits_in_redis_already(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    first = confirm(post)
    sweeper = post.sweeper()
    sweeper.sweep(post.world.now)  # The alert's lot waits in Redis.
    post.post(post.world.attest(post.world.stop("retracted", first), "ana"))
    sweeper.sweep(post.world.now)
    post.run_jobs()  # The gate first, then the lot: by then it is taken back.
    sweeper.sweep(post.world.now)
    post.run_jobs()

    assert types(inbox, "bo") == ["retracted"]


def test_without_redis_a_stop_still_passes_the_gate_and_nothing_ends(post: Outpost, tmp_path: Path) -> None:
    first = confirm(post)
    away = Outpost(post.engine, post.world, tmp_path, f"unix://{tmp_path}/nothing.sock")
    stop = post.post(post.world.attest(post.world.stop("retracted", first), "ana"))
    alert = posted(post)
    away.sweeper().sweep(post.world.now)

    assert post.row(stop).state == "released"
    assert post.row(alert).state == "posted"


def test_no_more_lots_wait_in_redis_than_can_be_done_within_their_claims(post: Outpost) -> None:
    for number in range(7):
        post.subscribe(f"http://127.0.0.1:{20_000 + number}/")
        confirm(post)
        post.world.now += 1
    sweeper = post.sweeper()
    for _ in range(3):
        sweeper.sweep(post.world.now)

    with reading(post.engine) as conn:
        owners = [row.owner for row in conn.execute(deliveries.deliveries.select())]
    assert len(owners) == 28
    assert len(set(owners) - {None}) == 4


def test_who_is_told_when_time_runs_out_and_when_a_doubt_lapses(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    left, doubted = confirm(post), confirm(post)
    row = post.send(post.world.attest(post.world.stop("suspended", doubted), "cy"))
    sweeper = post.sweeper()
    post.deliver()
    post.world.pass_minutes(10)
    sweeper._notices(post.world.now)
    assert not post.waiting()  # The log does not hold the doubt yet: it has not lapsed.
    assert post.prove() == 1
    sweeper._notices(post.world.now)
    post.deliver()

    assert sorted(types(inbox, "bo")) == ["confirmed", "suspended", "withdrawn"]  # Of the doubted one, the doubt only.
    last = json.loads(inbox.got["bo"][-1].body)
    assert (last["data"]["word"], last["data"]["cause"]) == ("withdrawn", "lapsed")
    assert check(last["data"]["bundle"].encode(), post.world.policy, post.world.now).alert.name == row.name
    post.world.now = left.alert.expires or 0
    sweeper._notices(post.world.now)
    post.deliver()
    last = json.loads(inbox.got["bo"][-1].body)
    assert (last["data"]["word"], last["data"]["cause"], last["data"]["alert_id"]) == ("ended", "time", left.alert.id)
    sweeper._notices(post.world.now + DAY)
    assert not post.waiting()  # Each of them once.
    assert len(inbox.ids("bo")) == len(inbox.got["bo"]) == 4


def test_a_chain_that_does_not_check_keeps_no_other_from_its_notice(post: Outpost, inbox: Inbox) -> None:
    post.subscribe(inbox.url("bo"))
    broken, whole = confirm(post), confirm(post)
    post.deliver()
    with writing(post.engine) as conn:
        mine = messages.messages.c.name == broken.alert.name
        conn.execute(messages.messages.update().where(mine).values(bundle=b"{}"))
    post.world.now = whole.alert.expires or 0
    post.sweeper().sweep(post.world.now)
    with reading(post.engine) as conn:
        causes = {row.cause for row in conn.execute(deliveries.deliveries.select()) if row.due_at is not None}

    assert causes == {"time"}


def test_a_sweep_before_the_first_roster_finds_nothing_to_do(engine: Engine, tmp_path: Path, redis_url: str) -> None:
    post = Outpost(engine, World(), tmp_path, redis_url)
    with writing(engine) as conn:
        conn.exec_driver_sql("DELETE FROM rosters")

    assert post.sweeper().sweep(post.world.now) == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_chore_that_fails_is_named_and_keeps_nothing_else_from_being_done(
    post: Outpost, capfd: pytest.CaptureFixture[str]
) -> None:
    with writing(post.engine) as conn:
        broken = {"id": "ab" * 16, "digest": bytes(32), "hour": post.world.now // HOUR, "cell": bytes(CELL)}
        conn.execute(drop.cells.insert().values(broken))
        conn.exec_driver_sql("DROP TABLE parts")
        conn.exec_driver_sql("DROP TABLE uploads")
    id, sweeper = posted(post), post.sweeper()

    assert sweeper.sweep(post.world.now) == 1
    assert post.row(id).claim == 1
    sweeper.sweep(post.world.now + MINUTE)
    with writing(post.engine) as conn:
        conn.execute(drop.cells.delete())
    sweeper.sweep(post.world.now + 2 * MINUTE)
    assert capfd.readouterr().err.splitlines() == [
        "tidy fails: OperationalError; the sweep goes on",
        "build_drop fails: cell (DRO-2); the sweep goes on",
        "build_drop is done again",
    ]


def test_a_clock_that_is_set_back_keeps_nothing_waiting(post: Outpost) -> None:
    sweeper, now = post.sweeper(), post.world.now
    sweeper.sweep(now)
    with writing(post.engine) as conn:
        pages.put_page(conn, "north", now - 3 * DAY)
        conn.execute(pages.pages.update().values(due_at=None))
    sweeper.sweep(now - DAY)

    with reading(post.engine) as conn:
        assert conn.execute(pages.pages.select()).all() == []


def test_a_process_with_nothing_to_do_ends_when_it_is_asked_to(post: Outpost) -> None:
    process = subprocess.Popen([sys.executable, "-m", "worker", "jobs"], cwd=ROOT)
    try:
        client = redis.Redis.from_url(post.station.settings.redis)
        until("the worker to be there", lambda: client.scard("rq:workers"))
        process.terminate()
        assert process.wait(60) in (0, -signal.SIGTERM)  # By its handler, or before it had one; but it ends.
    finally:
        process.kill()
