"""Ordinary mistakes at the command line: each is answered by a sentence, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from protocol import age
from protocol.legal import seal_legal
from protocol.limits import DAY
from sereno import clock
from sereno.__main__ import main
from sereno.demonet import DemoNetwork, found_demo, install, write_files
from sereno.founding import OF_A_NETWORK, prepare
from sereno.legal import LAST_DAY, LISTED
from sereno.run import database, work_key
from store.engine import open_engine, reading
from store.subscribers import WEBHOOK, active_subscribers
from tests.refusals import refused
from tests.stores import new_store

PLACES = dict.fromkeys(("intake", "desk", "alerts"), "http://a.localhost")


@pytest.fixture(scope="module")
def network() -> DemoNetwork:
    """Give one network for all tests of this file."""
    return found_demo(clock.now())


@pytest.fixture
def folder(tmp_path: Path, network: DemoNetwork) -> Path:
    """Give an operator's folder with a roster in force."""
    folder = tmp_path / "network"
    folder.mkdir()
    write_files(folder, network, PLACES)
    engine = new_store(database(folder))
    install(engine, network)
    engine.dispose()
    return folder


def said(line: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a command says as it fails."""
    capsys.readouterr()
    assert main(line) == 1
    return capsys.readouterr().err


def test_the_secret_of_nobody_is_not_rotated(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["subscriber", "--folder", str(folder)]
    assert main([*at, "add", "https://alerts.example/hook"]) == 0
    id, secret, *_ = capsys.readouterr().out.splitlines()

    assert "There is no subscriber" in said([*at, "rotate", "ab" * 16], capsys)
    assert "There is no subscriber" in said([*at, "rotate", id[:12]], capsys)
    assert capsys.readouterr().out == ""
    assert main([*at, "rotate", id]) == 0
    assert secret not in capsys.readouterr().out


def test_who_chooses_what_no_alert_names_is_not_added(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add = ["subscriber", "--folder", str(folder), "add", "https://alerts.example/hook"]
    assert "has no zone harbour" in said([*add, "--zone", "harbor", "--zone", "harbour"], capsys)
    assert "has no desk harbor; it has vega" in said([*add, "--pager", "--zone", "harbor"], capsys)
    with pytest.raises(SystemExit):
        main([*add, "--class", "a"])
    assert main([*add, "--pager", "--zone", "vega"]) == 0

    with reading(open_engine(database(folder))) as conn:
        assert active_subscribers(conn, WEBHOOK) == []


def test_a_folder_without_a_store_is_said_so_and_gets_none(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for one in (tmp_path / "typo", tmp_path):
        assert "There is no store" in said(["subscriber", "--folder", str(one), "list"], capsys)
    (folder / "sereno.db").unlink()
    assert "There is no store" in said(["subscriber", "--folder", str(folder), "list"], capsys)

    assert [one.name for one in tmp_path.iterdir()] == ["network"]
    assert not (folder / "sereno.db").exists()


def test_a_store_that_is_none_or_a_newer_program_s_is_said_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [["subscriber", "--folder", str(folder), "list"], ["roster", "--folder", str(folder), "show"]]
    with sqlite3.connect(folder / "sereno.db") as plain:
        plain.execute("UPDATE alembic_version SET version_num = '9999'")
    plain.close()
    assert all("another version of this program" in said(line, capsys) for line in lines)
    (folder / "sereno.db").write_bytes(b"not a database" * 100)
    assert all("not a database" in said(line, capsys) for line in lines)


@pytest.mark.parametrize("url", ["mysql://a/b", "nonsense", "sqlite://", "postgresql+psycopg://a@b:c/d"])
def test_an_address_that_is_no_store_s_is_named_by_commands_and_doctor(
    folder: Path, url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERENO_DATABASE", url)
    assert "SERENO_DATABASE is no store's address" in said(["subscriber", "--folder", str(folder), "list"], capsys)
    assert "SERENO_DATABASE is no store's address" in said(["roster", "--folder", str(folder), "show"], capsys)
    assert main(["doctor", "--folder", str(folder)]) == 1
    assert "MEND  SERENO_DATABASE is no store's address" in capsys.readouterr().out


@pytest.mark.parametrize("left", OF_A_NETWORK)
def test_no_demo_is_founded_over_what_is_left_of_a_network(folder: Path, left: str) -> None:
    for one in ("policy.json", *OF_A_NETWORK):
        if one != left and (folder / one).exists():
            (folder / one).unlink()
    if left == "people":
        (folder / left).mkdir()
    before = {one.name: one.stat().st_mtime_ns for one in folder.iterdir()}
    with pytest.raises(OSError, match=f"{left} and no policy.json"):
        prepare(folder, 20_600)
    assert {one.name: one.stat().st_mtime_ns for one in folder.iterdir()} == before


def test_no_demo_is_founded_in_a_network_s_store(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERENO_DATABASE", database(folder))
    with pytest.raises(OSError, match=r"a store with a roster and no policy\.json"):
        prepare(tmp_path / "other", 20_600)


def test_what_is_no_port_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    desk = ["desk", "--network", "http://a.localhost", "--policy", "policy.json", "--port"]
    for line in (["run", "--port", "65534"], ["run", "--port", "-1"], [*desk, "80222"]):
        with pytest.raises(SystemExit):
            main(line)
        assert "a port is a number" in capsys.readouterr().err


def test_whoever_stops_a_command_sees_no_traceback(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # Whatever started the tests may ignore it.
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    os.mkfifo(tmp_path / "release.json")  # Nobody writes into it, so the command waits.
    stop = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    stop.start()
    assert main(["check", str(tmp_path / "release.json"), "--policy", str(folder / "policy.json")]) == 130
    stop.join()
    assert capsys.readouterr().err == "Stopped.\n"


def test_a_witness_that_could_listen_nowhere_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ["log", "witness", "--folder", str(tmp_path / "witness")]
    assert main([*at, "--new", "witness.example.org"]) == 0
    for _ in range(2):
        assert "--listen takes an address and a port" in said([*at, "--listen", "127.0.0.1:no"], capsys)


def test_a_desk_whose_days_no_calendar_has_is_refused() -> None:
    def listed(day: int) -> dict[str, object]:
        return {"parts": [{"name": "ab" * 32, "desk": "vega", "day": day}]}

    LISTED(listed(LAST_DAY), "answer")
    assert time.gmtime(LAST_DAY * DAY).tm_year == 9999
    with refused("shape"):
        LISTED(listed(LAST_DAY + 1), "answer")


def test_a_log_without_its_whole_address_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert "write it whole" in said(["log", "audit", "alerts.example.org"], capsys)


def test_a_face_and_a_tip_that_are_no_json_are_said_so(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy, bad, out = folder / "policy.json", tmp_path / "bad.json", tmp_path / "out"
    bad.write_bytes(b"{\xff")
    flyer = ["flyer", "--policy", str(policy), "--face", str(bad), "--out", str(out)]
    assert "The face is not JSON" in said(flyer, capsys)
    assert "is not text" in said(["open", str(bad), "--identity", str(bad)], capsys)


def test_the_doctor_names_half_a_record_a_wrong_key_and_a_wrong_redis(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "processes.json").write_bytes(b"")
    (folder / "work.key").write_bytes(bytes(range(128, 160)))
    monkeypatch.setenv("SERENO_REDIS", "localhost:6379")
    assert main(["doctor", "--folder", str(folder)]) == 1

    found = capsys.readouterr().out
    assert "processes.json can't be read" in found
    assert "does not hold 32 bytes in hexadecimal" in found
    assert "SERENO_REDIS is no address" in found
    with pytest.raises(OSError, match="32 bytes in hexadecimal"):
        work_key(folder)


def test_what_a_stranger_wrote_moves_no_cursor(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evil = "\x9b2J\u202eevil"
    (tmp_path / "release.json").write_text(json.dumps({evil: 1}, ensure_ascii=False), "utf-8")
    assert main(["check", str(tmp_path / "release.json"), "--policy", str(folder / "policy.json")]) == 1
    assert main(["manifest", "add", str(tmp_path / "release.json"), "--folder", str(folder)]) == 1
    luz = age.Identity.generate()
    (tmp_path / "part.age").write_bytes(seal_legal(f"Call her. {evil}", [luz.recipient]))
    (tmp_path / "luz.age").write_text(luz.encode())
    assert main(["open", str(tmp_path / "part.age"), "--legal", "--identity", str(tmp_path / "luz.age")]) == 0

    said = capsys.readouterr()
    assert "Call her. \\u{9b}2J\\u{202e}evil" in said.out
    assert not {"\x9b", "\u202e"} & set(said.out + said.err)
