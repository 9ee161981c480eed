"""How the worker is told of witnesses, whom it asks, and that it does so by itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from store.engine import writing
from tests.databases import ROOT
from tests.partnered import ONE, Partnered, partnered
from tests.stores import new_store
from worker import cosigning
from worker.cosigning import Asker
from worker.settings import read_witnesses


@pytest.fixture
def network(sqlite_url: str, tmp_path: Path) -> Iterator[Partnered]:
    """Give a network with one witness."""
    engine = new_store(sqlite_url)
    with partnered(engine, tmp_path, ONE) as opened:
        yield opened
    engine.dispose()


def test_addresses_of_witnesses_are_read_or_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_witnesses("") == {}
    assert read_witnesses(" a.example=https://a.example/w/ b=http://[::1]:8010 ") == {
        "a.example": "https://a.example/w",
        "b": "http://[::1]:8010",
    }
    for bad in ("a.example", "=https://a", "a=ftp://a", "a=https://a a=https://b"):
        with pytest.raises(SystemExit, match="SERENO_WITNESSES"):
            read_witnesses(bad)


def test_an_address_inside_our_own_walls_is_not_asked(network: Partnered, capsys: pytest.CaptureFixture[str]) -> None:
    station = network.post.station
    walled = replace(station, settings=replace(station.settings, allow_private=False))
    network.post.log()

    assert Asker(walled).ask(network.world.now) == 0
    assert network.liars[ONE].asked == []
    assert "has not signed" in capsys.readouterr().err


@pytest.mark.parametrize(("held", "says"), [(b"99\n", "It has signed 99 leaves"), (b"0\n", "It says twice")])
def test_a_witness_that_holds_another_size_than_it_can_is_not_asked_for_ever(
    network: Partnered, capsys: pytest.CaptureFixture[str], held: bytes, says: str
) -> None:
    def holds(_: dict[str, Any], start: Any) -> list[bytes]:
        start("409 Conflict", [("Content-Type", "text/x.tlog.size"), ("Content-Length", str(len(held)))])
        return [held]

    network.liars[ONE].application = holds
    assert network.ask() == 0
    assert says in capsys.readouterr().err
    assert len(network.liars[ONE].asked) == (1 if says.endswith("leaves") else 2)
    assert network.lines() == []


def test_the_sweep_s_process_asks_by_itself(network: Partnered, redis_url: str) -> None:
    network.post.log()
    settings = network.post.station.settings
    environment = {
        **os.environ,
        "SERENO_DATABASE": settings.database,
        "SERENO_REDIS": redis_url,
        "SERENO_POLICY": str(settings.policy),
        "SERENO_FACE": str(settings.face),
        "SERENO_ALLOW_PRIVATE": "yes",
        "SERENO_WITNESSES": " ".join(f"{name}={url}" for name, url in settings.witnesses.items()),
    }
    process = subprocess.Popen([sys.executable, "-m", "worker", "sweep"], cwd=ROOT, env=environment)
    try:
        deadline = time.monotonic() + 30
        while not network.lines() and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()
    assert network.lines() == [ONE]


def test_a_store_that_fails_for_a_while_ends_nobody_who_asks(
    network: Partnered, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    waits: list[float] = []

    def rename(before: str, after: str) -> None:
        with writing(network.post.engine) as conn:
            conn.exec_driver_sql(f"ALTER TABLE {before} RENAME TO {after}")

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            rename("away", "checkpoints")
        if len(waits) == 3:
            raise KeyboardInterrupt

    network.post.log()
    rename("checkpoints", "away")
    monkeypatch.setattr(cosigning, "time", SimpleNamespace(time=time.time, sleep=wait))
    with pytest.raises(KeyboardInterrupt):
        cosigning.serve(network.asker.station)

    assert waits == [cosigning.AWAY, cosigning.PAUSE, cosigning.PAUSE]
    assert network.lines() == [ONE]
    assert "No witness can be asked: OperationalError" in capfd.readouterr().err
