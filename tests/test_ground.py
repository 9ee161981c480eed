"""The ground that other tests stand on: real services and browsers, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import redis
import sqlalchemy

import sereno.redis
from tests.databases import ROOT


def test_redis_answers_on_a_socket_of_its_own_and_keeps_nothing_on_disk(redis_socket: Path, redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        client.set("word", "still here")
        settings = client.config_get("*")

        assert client.get("word") == b"still here"
        assert (settings["port"], settings["save"], settings["appendonly"]) == ("0", "", "no")
        assert settings["maxmemory-policy"] == "noeviction"
    assert [path.name for path in redis_socket.parent.iterdir()] == ["redis.sock"]
    assert redis_socket.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("turn", ["first", "second"])
def test_redis_is_empty_for_each_test(redis_url: str, turn: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left", turn)


def test_a_second_redis_in_the_same_folder_is_refused(redis_socket: Path) -> None:
    with pytest.raises(RuntimeError, match="another `sereno run` is using this folder"):
        sereno.redis.start(redis_socket.parent)


def test_redis_says_why_it_did_not_start(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="give a shorter folder"):
        sereno.redis.start(tmp_path / ("long" * 30))


def test_redis_is_gone_when_its_starter_is_killed() -> None:
    starter = """
import pathlib, sys, time, sereno.redis
sereno.redis.start(pathlib.Path(sys.argv[1]))
print(flush=True)
time.sleep(60)
"""
    with tempfile.TemporaryDirectory(prefix="sereno-redis-") as folder:
        process = subprocess.Popen([sys.executable, "-c", starter, folder], cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n"
        client = redis.Redis(unix_socket_path=f"{folder}/redis.sock")
        assert client.ping()

        process.send_signal(signal.SIGKILL)
        process.communicate()
        client.close()

        again = sereno.redis.start(Path(folder))  # Refused if the first one stayed.
        again.stop()


def test_a_database_is_real_and_empty(database_url: str) -> None:
    engine = sqlalchemy.create_engine(database_url)
    assert sqlalchemy.inspect(engine).get_table_names() == []
    with engine.begin() as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE kept (word TEXT)"))
        connection.execute(sqlalchemy.text("INSERT INTO kept VALUES ('still here')"))
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("SELECT word FROM kept")).scalar_one() == "still here"
    engine.dispose()


def test_postgresql_ends_with_the_run_that_was_killed() -> None:
    run = """
import time
from tests import databases
databases.open_run()
print(databases.postgres(), flush=True)
time.sleep(60)
"""
    process = subprocess.Popen(
        [sys.executable, "-c", run],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "SERENO_TEST_RUN"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    folder = Path(process.stdout.readline().strip())
    assert (folder / "ready").exists()
    server = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    process.kill()
    process.communicate()

    deadline = time.monotonic() + 60
    while folder.exists() and time.monotonic() < deadline:  # The guard removes it last of all.
        time.sleep(0.05)
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(server, 0)


def test_the_browsers_are_programs_that_run(chromium_path: str, firefox_path: str) -> None:
    for program in (chromium_path, firefox_path):
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
        assert any(character.isdigit() for character in said)
