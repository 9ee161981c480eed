"""The log's process: leaves first, then the checkpoint; two of them never fork; the key is nowhere else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine

from protocol.encoding import b64
from protocol.errors import Refused
from protocol.logkey import LogKey
from protocol.merkle import check_consistency, consistency
from protocol.note import Checkpoint, Note, check_log
from sereno import demonet
from sereno.run import prepare, programs
from store import logbook
from store.engine import reading, writing
from tests.databases import ROOT
from tests.outpost import Outpost
from tests.refusals import refused
from tests.stores import new_store
from tests.world import NOW, World
from worker.loghead import LogHead
from worker.logwriter import LogWriter


@pytest.fixture
def post(engine: Engine, tmp_path: Path) -> Outpost:
    return Outpost(engine, World(), tmp_path)


def queue(engine: Engine, *numbers: int) -> None:
    with writing(engine) as conn:
        for number in numbers:
            logbook.queue_entry(conn, "release", b"\x01" + number.to_bytes(32, "big"))


def opened(post: Outpost) -> Checkpoint:
    """Return the newest checkpoint as a stranger reads it: signed by the log's key, over all leaves."""
    with reading(post.engine) as conn:
        latest = logbook.latest_checkpoint(conn)
        size = logbook.log_size(conn)
    assert latest is not None
    found = check_log(Note.decode(latest.note), post.world.log.origin, post.world.roster.log_key)
    assert found.size == latest.size == size
    return found


def test_what_waits_is_appended_in_its_order_and_signed_over(post: Outpost) -> None:
    queue(post.engine, 3, 1, 2)
    assert post.log() == 4  # The roster came first.
    assert post.log() == 0

    assert opened(post).size == 4
    with reading(post.engine) as conn:
        entries = logbook.read_entries(conn, 0, 9)
    assert [int.from_bytes(one[1:], "big") for one in entries[1:]] == [3, 1, 2]


def test_each_checkpoint_grows_from_the_one_before(post: Outpost) -> None:
    post.log()
    before = opened(post)
    for number in range(1, 40):
        queue(post.engine, number)
        post.log()
        now = opened(post)
        with reading(post.engine) as conn:
            proof = consistency(before.size, now.size, logbook.node_reader(conn))
        check_consistency(before.size, now.size, before.root, now.root, proof)
        before = now


def test_a_crash_between_leaves_and_checkpoint_costs_a_new_start_only(post: Outpost) -> None:
    queue(post.engine, 1, 2)
    with writing(post.engine) as conn:
        logbook.append(conn, owner="who dies now", now=post.world.now)
    with reading(post.engine) as conn:
        assert logbook.latest_checkpoint(conn) is None
    post.log()  # Not yet: the dead one's lease holds.
    with reading(post.engine) as conn:
        assert logbook.latest_checkpoint(conn) is None
    post.world.now += logbook.LEASE
    post.log()

    assert opened(post).size == 3


def test_two_writers_at_once_never_fork(post: Outpost) -> None:
    writers = [post.new_writer() for _ in range(3)]
    over = threading.Event()
    failures: list[Refused] = []

    def write(one: LogWriter) -> None:
        now = NOW
        while not over.is_set():
            now += 16  # Each finds the others' leases over: as bad as clocks and pauses can make it.
            try:
                one.write(now)
            except Refused as error:
                failures.append(error)

    threads = [threading.Thread(target=write, args=(one,)) for one in writers]
    for thread in threads:
        thread.start()
    for number in range(60):
        queue(post.engine, number)
    waits = True
    while waits:
        with reading(post.engine) as conn:
            waits = bool(logbook.unsequenced(conn))
    over.set()
    for thread in threads:
        thread.join()
    post.world.now += 10**9
    post.log()

    assert failures == []
    assert opened(post).size == 61
    with reading(post.engine) as conn:
        notes = [row.note for row in conn.execute(logbook.checkpoints.select().order_by(logbook.checkpoints.c.size))]
        before = None
        for note in notes:  # Everything that was ever signed and kept is a piece of one tree.
            one = check_log(Note.decode(note), post.world.log.origin, post.world.roster.log_key)
            if before is not None:
                proof = consistency(before.size, one.size, logbook.node_reader(conn))
                check_consistency(before.size, one.size, before.root, one.root, proof)
            before = one


def test_another_key_than_the_roster_s_signs_nothing(post: Outpost) -> None:
    writer = LogWriter(post.engine, post.world.policy, post.world.secret("another"), post.head)
    with pytest.raises(Refused, match="not the one that the roster names"):
        writer.write(NOW)
    with reading(post.engine) as conn:
        assert logbook.latest_checkpoint(conn) is None


def test_before_the_first_roster_the_log_waits(engine: Engine, tmp_path: Path) -> None:
    world = World()
    queue(engine, 1)
    writer = LogWriter(engine, world.policy, world.log.seed, LogHead(tmp_path / "log.head"))

    assert writer.write(NOW) == 0


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_over_an_older_copy_of_the_store_nothing_is_signed_and_no_leaf_gets_a_place(post: Outpost) -> None:
    queue(post.engine, 1)
    assert post.log() == 2
    file = Path(str(post.engine.url.database))
    post.engine.dispose()  # Its last connection leaves everything in the one file.
    copy = file.read_bytes()
    queue(post.engine, 2, 3)
    assert post.log() == 2

    post.engine.dispose()
    file.write_bytes(copy)
    for _ in range(2):  # It is told at a start already, and with something to log as well.
        with refused("log_fork", "the store has 2"):
            post.new_writer().write(NOW)
        queue(post.engine, 4, 5, 6)
    assert opened(post).size == 2

    with writing(post.engine) as conn:  # A copy that has grown again has other leaves in the same places.
        logbook.append(conn, owner="another program", now=NOW + logbook.LEASE)
    with refused("log_fork", "has others there"):
        post.new_writer().write(NOW + 2 * logbook.LEASE)
    with reading(post.engine) as conn:
        assert not logbook.has_checkpoint(conn, 5)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_new_log_begins_with_nothing_signed_and_the_old_one_is_not_forgotten(post: Outpost) -> None:
    old = Checkpoint("log.example/old", 9, bytes(32))
    post.head.keep(old)
    post.log()

    assert post.head.read("log.example/old") == old
    assert post.head.read(post.world.log.origin) == opened(post)


def test_what_a_kill_right_after_signing_leaves_is_signed_by_the_next_start(tmp_path: Path, sqlite_url: str) -> None:
    engine = new_store(sqlite_url)
    network = demonet.found_demo(NOW)
    demonet.install(engine, network)
    demonet.write_files(tmp_path, network, {})
    settings = {
        "SERENO_DATABASE": sqlite_url,
        "SERENO_POLICY": str(tmp_path / "policy.json"),
        "SERENO_LOG_KEY": str(tmp_path / "log.key"),
    }

    def start(**more: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "worker", "log"], cwd=ROOT, env={**os.environ, **settings, **more}
        )

    assert start(SERENO_FAIL_AT="checkpoint.signed-before-stored").wait(30) == -signal.SIGKILL
    with reading(engine) as conn:
        assert logbook.log_size(conn) == 4
        assert logbook.latest_checkpoint(conn) is None
    signed = LogHead(tmp_path / "log.head").read(network.log_key.origin)
    assert signed is not None  # It was on the disk before anybody could have seen it.
    assert signed.size == 4
    with writing(engine) as conn:  # As if its lease were over.
        conn.execute(logbook.log_writer.delete())
    again = start()
    try:
        found = None
        while found is None and again.poll() is None:
            with reading(engine) as conn:
                found = logbook.latest_checkpoint(conn)
    finally:
        again.terminate()
        again.wait()
    assert found is not None
    assert found.size == 4


def test_the_log_s_key_is_in_its_own_file_and_process_and_nowhere_else(tmp_path: Path) -> None:
    prepare(tmp_path, 20_000)
    seed = LogKey.decode((tmp_path / "log.key").read_bytes()).seed
    spellings = (seed, seed.hex().encode(), b64(seed).encode(), (tmp_path / "log.key").read_bytes().strip())
    files = [one for one in tmp_path.rglob("*") if one.is_file()]

    assert len(files) > 10
    assert [one.name for one in files if any(text in one.read_bytes() for text in spellings)] == ["log.key"]
    assert (tmp_path / "log.key").stat().st_mode & 0o777 == 0o600
    for program in programs(tmp_path, 20_000):
        says = [value for value in program.environment.values() if value.endswith("log.key")]
        assert bool(says) == (program.name == "log"), program.name
