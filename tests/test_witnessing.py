"""A partner's witness as it runs: over HTTP, restarted midway, asked for a fork, and with a state that was damaged."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from protocol import note
from protocol.encoding import sha256
from protocol.errors import Refused
from protocol.logkey import WitnessKey
from protocol.merkle import leaf_hash
from protocol.note import Checkpoint
from protocol.signed import public_key
from protocol.witness import AddCheckpoint, read_cosignature
from sereno.__main__ import main
from sereno.demo import free_ports
from sereno.witness import application
from sereno.witnessing import Witness, make_witness
from tests.databases import ROOT
from tests.refusals import refused
from tests.served import served
from tests.test_witness import FORK, LOG, LOG_KEY, NAME, NOW, ORIGIN, TREE

ONE: Final = leaf_hash(b"one")
VKEY: Final = note.Key(ORIGIN, note.LOG, LOG_KEY).encode()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give the folder of a new witness that knows one log."""
    make_witness(tmp_path / "witness", NAME)
    witness = Witness.open(tmp_path / "witness")
    witness.add_log(VKEY)
    witness.close()
    return tmp_path / "witness"


@pytest.fixture
def url(folder: Path) -> Iterator[str]:
    """Give the address at which that witness answers."""
    witness = Witness.open(folder)
    with served(application(witness, lambda: NOW)) as address:
        yield address
    witness.close()


def post(url: str, body: bytes, method: str = "POST", path: str = "/add-checkpoint") -> tuple[int, str, bytes]:
    """Send a body and return status, media type and answer."""
    asked = urllib.request.Request(url + path, body if method == "POST" else None, method=method)
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, answer.headers["Content-Type"], answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["Content-Type"], error.read()


def key_of(folder: Path) -> bytes:
    return WitnessKey.decode((folder / "witness.key").read_bytes()).public.public


def state(folder: Path) -> bytes:
    (file,) = folder.glob("*.log")
    return file.read_bytes()


def test_growth_is_signed_step_by_step_and_kept_before_it_is_answered(folder: Path, url: str) -> None:
    for old, new in ((0, 3), (3, 3), (3, 17), (17, 40)):
        status, kind, data = post(url, TREE.ask(old, new).encode())
        assert (status, kind) == (200, "text/plain; charset=utf-8")
        text = TREE.checkpoint(new).encode()
        line = read_cosignature(data, text, NAME, key_of(folder), NOW)
        assert text.encode() in state(folder)
        assert line.encode().encode() in state(folder)


def test_every_refusal_has_the_status_of_c2sp_and_signs_nothing(folder: Path, url: str) -> None:
    post(url, TREE.ask(0, 13).encode())
    before = state(folder)
    other = AddCheckpoint(0, (), note.sign("other.example/log", Checkpoint("other.example/log", 1, ONE).encode(), LOG))
    for status, body in (
        (400, b"old\n"),
        (400, TREE.ask(40, 13).encode()),
        (403, TREE.ask(13, 40, sha256(b"eve")).encode()),
        (404, other.encode()),
        (409, FORK.ask(13, 13).encode()),
        (413, b"a" * 30_000),
        (422, FORK.ask(13, 40).encode()),
    ):
        assert post(url, body)[0] == status
        assert state(folder) == before
    assert post(url, TREE.ask(0, 40).encode()) == (409, "text/x.tlog.size", b"13\n")
    assert post(url, TREE.ask(12, 13).encode()) == (409, "text/x.tlog.size", b"13\n")
    assert post(url, b"", "GET")[0] == 405
    assert (
        post(url, b"", "GET", "/")[2]
        .decode()
        .endswith(WitnessKey.decode((folder / "witness.key").read_bytes()).public.encode() + "\n")
    )
    assert post(url, b"", "POST", "/elsewhere")[0] == 404
    kept = [one.read_bytes() for one in sorted((folder / "evidence").iterdir())]
    assert len(kept) == 2
    for text in kept:  # Each holds both sides, each with the log's own signature.
        assert text.count(b"\xe2\x80\x94 log.example.org/sereno ") == 2


def test_two_at_once_never_get_two_pasts_signed(folder: Path, url: str) -> None:
    post(url, TREE.ask(0, 4).encode())
    bodies = [tree.ask(4, size).encode() for size in range(6, 30) for tree in (TREE, FORK)]
    answers: list[int] = []
    threads = [threading.Thread(target=lambda body=body: answers.append(post(url, body)[0])) for body in bodies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.count(200) == 1
    assert set(answers) == {200, 409}


def test_a_lost_or_damaged_state_signs_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    witness = Witness.open(folder)
    assert witness.answer(TREE.ask(0, 13).encode(), NOW)[0] == 200
    with pytest.raises(OSError, match="Another process"):
        Witness.open(folder)
    whole, (file,) = state(folder), folder.glob("*.log")
    file.unlink()
    assert witness.answer(TREE.ask(0, 13).encode(), NOW)[0] == 404
    witness.close()
    forged = note.sign(ORIGIN, TREE.checkpoint(3).encode(), LOG).encode()
    for bad in (
        b"",
        whole[:-1],
        whole[:-9] + whole[-8:],
        whole.replace(b"\n13\n", b"\n12\n"),
        f"{VKEY}\n\n{forged}".encode(),
    ):
        file.write_bytes(bad)
        with pytest.raises(Refused):
            Witness.open(folder).close()
        assert main(["log", "witness", "--folder", str(folder)]) == 1
    assert capsys.readouterr().err


def test_a_log_that_changes_its_key_goes_on_where_it_was(folder: Path) -> None:
    witness, newer = Witness.open(folder), sha256(b"next year")
    witness.answer(TREE.ask(0, 13).encode(), NOW)
    witness.add_log(note.Key(ORIGIN, note.LOG, public_key(newer)).encode())

    assert witness.answer(TREE.ask(13, 40).encode(), NOW)[0] == 403
    assert witness.answer(FORK.ask(0, 40, newer).encode(), NOW)[0] == 409
    assert witness.answer(TREE.ask(13, 40, newer).encode(), NOW)[0] == 200
    with refused("public_key", "a log's is needed"):
        witness.add_log(WitnessKey(NAME, newer).public.encode())
    witness.close()


def test_a_partner_sets_it_up_with_two_commands_and_a_kill_costs_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "w"
    asked = ["log", "witness", "--folder", str(folder)]
    assert main([*asked, "--new", NAME, "--log", VKEY]) == 0
    said = capsys.readouterr().out
    key = WitnessKey.decode((folder / "witness.key").read_bytes())
    assert key.public.encode() in said
    assert "Countersigns log.example.org/sereno" in said
    assert stat.S_IMODE((folder / "witness.key").stat().st_mode) == 0o600
    assert main([*asked, "--new", NAME]) == 1  # Never over another key.
    assert WitnessKey.decode((folder / "witness.key").read_bytes()) == key

    port = free_ports(1)
    for old, new in ((0, 13), (13, 40)):
        process = subprocess.Popen(
            [sys.executable, "-m", "sereno", *asked, "--listen", f"127.0.0.1:{port}"],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
        )
        try:
            answer = None
            deadline = time.monotonic() + 30
            while answer is None and time.monotonic() < deadline:
                try:
                    answer = post(f"http://127.0.0.1:{port}", TREE.ask(old, new).encode())
                except OSError:
                    time.sleep(0.05)
            assert answer is not None
            assert answer[0] == 200
            fork = FORK.ask(new, new).encode()
            assert post(f"http://127.0.0.1:{port}", fork)[0] == 409
        finally:
            process.send_signal(signal.SIGKILL)
            process.communicate()
    assert b"\n40\n" in state(folder)
