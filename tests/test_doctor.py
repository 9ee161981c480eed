"""The doctor: a network that is well, and each thing that operators get wrong, found and named with its mend."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import redis
import sqlalchemy as sa

import sereno.redis
from keys.draft import next_draft
from keys.publish import prepare as prepare_roster
from protocol.epoch import epoch_of
from protocol.limits import DAY
from protocol.logkey import LogKey
from protocol.policy import Policy
from protocol.signed import Signed, key_id, public_key, sign
from sereno import clock, demonet
from sereno.__main__ import main
from sereno.doctor import look
from sereno.run import prepare
from store import deliveries, logbook, messages, rosters, sets, subscribers
from store.deliveries import Attempt
from store.engine import open_engine, writing
from worker.loghead import LogHead
from worker.logwriter import LogWriter

PORT: Final = 20_300


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a network that is well, to be copied."""
    folder: Path = tmp_path_factory.mktemp("doctor") / "network"
    prepare(folder, PORT)
    engine = opened(folder)
    policy = Policy.decode((folder / "policy.json").read_bytes())
    seed, head = LogKey.decode((folder / "log.key").read_bytes()).seed, LogHead(folder / "log.head")
    LogWriter(engine, policy, seed, head).write(int(time.time()))
    engine.dispose()
    (folder / "processes.json").write_text(json.dumps({"log": {"pid": os.getpid(), "starts": 1}}))
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SERENO_REDIS", redis_url)
    return Path(shutil.copytree(template, tmp_path / "network"))


def opened(folder: Path) -> sa.Engine:
    return open_engine(f"sqlite:///{folder / 'sereno.db'}")


def wrong(folder: Path, now: int | None = None) -> list[str]:
    """Return what the doctor would have mended."""
    return [f"{one.says} {one.mend}" for one in look(folder, now or int(time.time())) if not one.is_well]


def change(folder: Path, statement: sa.Executable) -> None:
    engine = opened(folder)
    with writing(engine) as conn:
        conn.execute(statement)
    engine.dispose()


def edit(folder: Path, **changes: object) -> None:
    value = json.loads((folder / "face.json").read_text())
    (folder / "face.json").write_text(json.dumps({**value, **changes}))


def addresses(**changes: str) -> dict[str, str]:
    return {"intake": "https://a.example", "desk": "https://b.example", "alerts": "https://c.example", **changes}


def another_policy(folder: Path) -> None:
    (folder / "policy.json").write_bytes(demonet.found_demo(int(time.time())).policy.encode())


def three_keys(folder: Path) -> None:
    policy = Policy.decode((folder / "policy.json").read_bytes())
    (folder / "policy.json").write_bytes(replace(policy, keys=3).encode())


def another_log_key(folder: Path) -> None:
    (folder / "log.key").write_bytes(LogKey("log.vega.example/sereno", bytes(32)).encode())


def no_wal(folder: Path) -> None:
    with sqlite3.connect(folder / "sereno.db") as plain:
        plain.execute("PRAGMA journal_mode=delete")
    plain.close()


def old_tables(folder: Path) -> None:
    change(folder, sa.text("UPDATE alembic_version SET version_num = '0000'"))


def unsigned_leaf(folder: Path) -> None:
    engine = opened(folder)
    with writing(engine) as conn:
        logbook.queue_entry(conn, "release", bytes([1]) + bytes(32))
    engine.dispose()


def stuck_message(folder: Path) -> None:
    columns = {"name": "ab" * 32, "chain": "cd" * 16, "revision": 1, "kind": "ended", "audience": "public"}
    times = {"issued": 1, "rank": 0, "state": "posted", "due_at": 1, "claim": 0, "id": "ef" * 16, "signed": b"{}"}
    change(folder, messages.messages.insert().values(**columns, **times))


def dead_subscriber(folder: Path) -> None:
    stuck_message(folder)
    engine = opened(folder)
    with writing(engine) as conn:
        mine = {
            "channel": "webhook",
            "url": "https://x.example",
            "secret": b"s",
            "audience": "public",
            "language": "en",
        }
        lists = {"zones": [], "classes": [], "kinds": [], "active": True, "slow": False}
        conn.execute(sa.text("UPDATE messages SET state='refused', due_at=NULL"))
        conn.execute(sa.insert(subscribers.subscribers).values(id="aa" * 16, **mine, **lists))
        row = {"id": "bb" * 16, "message": "ef" * 16, "subscriber": "aa" * 16, "cause": "release", "rank": 1}
        state = {"slow": False, "state": "due", "attempts": 4, "expires": 2**40, "due_at": 1, "claim": 5, "owner": "w"}
        conn.execute(deliveries.deliveries.insert().values(**row, **state))
        tried = Attempt("bb" * 16, "aa" * 16, 5, "gave-up", 500, 12)
        deliveries.record_attempts(conn, [tried], int(time.time()))
    engine.dispose()


def impatient_subscriber(folder: Path) -> None:
    dead_subscriber(folder)
    change(folder, sa.text("DELETE FROM attempts"))
    change(folder, sa.text("UPDATE deliveries SET state='due', due_at=1, attempts=7"))


def no_set_next_week(folder: Path) -> None:
    change(folder, sets.sets.delete().where(sets.sets.c.epoch == epoch_of(clock.now()) + 1))


def written_tomorrow(folder: Path) -> None:
    os.utime(folder / "face.json", (time.time() + DAY, time.time() + DAY))


def nothing_runs(folder: Path) -> None:
    (folder / "processes.json").write_text('{"log": {"pid": 0, "starts": 1}, "sweep": {"pid": 0, "starts": 1}}')


def one_is_down(folder: Path) -> None:
    found = {"log": {"pid": os.getpid(), "starts": 1}, "sweep": {"pid": 0, "starts": 1}}
    (folder / "processes.json").write_text(json.dumps(found))


def one_dies_often(folder: Path) -> None:
    (folder / "processes.json").write_text(json.dumps({"log": {"pid": os.getpid(), "starts": 99}}))


BROKEN: Final[dict[str, tuple[Callable[[Path], object], str]]] = {
    "no policy": (lambda folder: (folder / "policy.json").unlink(), "policy.json can't be read"),
    "half a policy": (lambda folder: (folder / "policy.json").write_text("{"), "Put back the policy"),
    "another network's policy": (another_policy, "Policy and store are of different networks"),
    "a policy that asks for three keys": (three_keys, "asks for 3 verifiers; a desk joins 2"),
    "no face": (lambda folder: (folder / "face.json").unlink(), "face.json can't be read"),
    "a face that is no JSON": (lambda folder: (folder / "face.json").write_text("{"), "is not JSON"),
    "a face without a hotline": (lambda folder: edit(folder, hotline=""), "hotline"),
    "an open folder": (lambda folder: folder.chmod(0o755), "chmod 700"),
    "an open log key": (lambda folder: (folder / "log.key").chmod(0o644), "chmod 600"),
    "an open work key": (lambda folder: (folder / "work.key").chmod(0o640), "chmod 600"),
    "no work key": (lambda folder: (folder / "work.key").unlink(), "work.key is missing"),
    "another log key": (another_log_key, "Put the right log.key here"),
    "half a log key": (lambda folder: (folder / "log.key").write_text("PRIVATE"), "log's key can't be read"),
    "a clock that is behind": (written_tomorrow, "timedatectl"),
    "one address for two": (
        lambda folder: edit(folder, addresses=addresses(desk="https://a.example")),
        "a name of its",
    ),
    "plain http": (lambda folder: edit(folder, addresses=addresses(desk="http://b.example")), "https://b.example"),
    "a zone that no desk has": (
        lambda folder: edit(
            folder, zones=[*json.loads((folder / "face.json").read_text())["zones"], {**zone(folder), "id": "moon"}]
        ),
        "Take moon out",
    ),
    "a zone that no page has": (lambda folder: edit(folder, zones=[zone(folder)]), "to the zones in face.json"),
    "no database": (lambda folder: (folder / "sereno.db").unlink(), "There is no database"),
    "old tables": (old_tables, "older than this program"),
    "no write-ahead log": (no_wal, "was in mode delete"),
    "no roster": (lambda folder: change(folder, sa.text("DELETE FROM rosters")), "sereno roster add"),
    "no set for next week": (no_set_next_week, "no set for next week"),
    "no epoch keys": (lambda folder: change(folder, sa.text("DELETE FROM epoch_keys")), "no key for this week"),
    "what waits for the log": (unsigned_leaf, "1 entries wait for the log"),
    "what waits for the gate": (stuck_message, "An alert waits for the gate"),
    "given up": (dead_subscriber, f"1 deliveries to subscriber {'aa' * 16} were given up"),
    "tried in vain": (impatient_subscriber, "does not take an alert"),
    "nothing runs": (nothing_runs, "Nothing is running"),
    "one is down": (one_is_down, "sweep is down"),
    "one dies often": (one_dies_often, "started 99 times"),
    "never started": (lambda folder: (folder / "processes.json").unlink(), "never started here"),
}


def zone(folder: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads((folder / "face.json").read_text())["zones"][0]
    return found


def test_a_network_that_is_well_is_found_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert wrong(folder) == []
    assert main(["doctor", "--folder", str(folder)]) == 0
    assert "All is well" in capsys.readouterr().out


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_found_and_its_mend_is_named(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    break_it, says = BROKEN[name]
    break_it(folder)

    assert main(["doctor", "--folder", str(folder)]) == 1
    found = capsys.readouterr().out
    assert "MEND" in found
    assert says in found


def test_the_roster_s_days_are_counted_down_from_the_fifteenth(folder: Path) -> None:
    now = int(time.time())

    def says(days: int) -> list[str]:
        return [one for one in wrong(folder, now + days * DAY) if "Roster" in one]

    assert says(13) == []
    assert "for 1 more day." in says(28)[0]
    assert "for 15 more days" in says(14)[0]
    assert "ended at" in says(31)[0]
    assert "begins at" in says(-2)[0]


def test_a_roster_that_was_signed_ahead_ends_the_countdown(folder: Path) -> None:
    now, engine, policy = int(time.time()), opened(folder), Policy.decode((folder / "policy.json").read_bytes())
    seeds = [bytes.fromhex(text) for text in ("01" * 32, "02" * 32)]
    with writing(engine) as conn:
        here = rosters.current_roster(conn, now)
        assert here is not None
        # The doctor opens the roster in force; one that is coming it only counts on.
        before = Signed.decode(here.signed)
        payload = prepare_roster(next_draft(before), before, policy, now, ahead=True)
        ahead = [sign("roster", payload, key_id(public_key(seed)), seed) for seed in seeds]
        rosters.put_roster(conn, ahead[0].joined(ahead[1]).encode(), [], here.recipients)
    engine.dispose()

    assert [one for one in wrong(folder, now + 20 * DAY) if "Roster" in one] == []
    assert any("follows by itself" in one.says for one in look(folder, now + 20 * DAY))


def test_a_redis_that_is_away_or_keeps_what_it_gets_is_found(
    folder: Path, redis_server: sereno.redis.Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    with keeping(redis_server):
        assert any("Redis writes to its disk (save)" in one for one in wrong(folder))
    monkeypatch.setenv("SERENO_REDIS", f"unix://{folder}/nothing.sock")
    assert any("Redis does not answer" in one for one in wrong(folder))


@contextmanager
def keeping(running: sereno.redis.Running) -> Iterator[None]:
    """Have a Redis write to its disk for as long as this lasts."""
    with redis.Redis.from_url(running.url) as client:
        client.config_set("save", "3600 1")
        yield
        client.config_set("save", "")


def test_a_folder_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert wrong(tmp_path / "nothing")[0].startswith("There is no folder")
