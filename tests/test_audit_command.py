"""`sereno log audit`: what it keeps, what it leaves alone, and what reaches the terminal."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sereno.__main__ import main
from sereno.visit import Visit
from tests.watched import Watched, watched
from tests.world import World


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Watched]:
    with watched(tmp_path / "network", World(now=int(time.time()))) as opened:
        yield opened


@pytest.fixture
def twin(tmp_path: Path, network: Watched) -> Iterator[Watched]:
    """Give a second log of the same network under the same key: what a hostile operator shows to somebody else."""
    with watched(tmp_path / "twin", World(now=network.world.now)) as opened:
        yield opened


def test_the_command_keeps_what_was_seen_and_the_evidence_of_what_can_t_be(
    network: Watched, twin: Watched, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state, policy = tmp_path / "log.state", tmp_path / "network" / "policy.json"
    asked = ["log", "audit", network.url, "--state", str(state)]
    assert main(asked) == 0
    assert "The policy came from the site itself" in capsys.readouterr().out
    assert main([*asked, "--policy", str(policy)]) == 0
    assert "came from the site" not in capsys.readouterr().out
    assert Visit.decode(state.read_bytes()).pinned
    network.stay("cy")
    network.liar.lies[f"/log/object/{network.entries()[1].hex()}"] = None
    assert main(asked) == 3
    assert "LOOK  Entry 1 of the log is a stay" in capsys.readouterr().out

    kept = state.read_bytes()
    assert main(["log", "audit", twin.url, "--state", str(state)]) == 1
    said = capsys.readouterr().out
    assert "REFUSED: The log was rolled back: it has 1 leaves, and had 2" in said
    assert "rule LOG-7, log_fork" in said
    assert state.read_bytes() == kept
    (evidence,) = tmp_path.glob("log.state.refused-*")
    assert "log.example/sereno\n1\n" in evidence.read_text("utf-8")


@pytest.mark.parametrize("bad", [b"", b"{}", b"[1", json.dumps({"v": 2}).encode(), b"\xff"])
def test_a_state_that_is_none_is_named_and_left_alone(
    bad: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    state = tmp_path / "log.state"
    state.write_bytes(bad)

    assert main(["log", "audit", "http://127.0.0.1:9", "--state", str(state)]) == 1
    assert capsys.readouterr().err
    assert state.read_bytes() == bad


def test_a_stranger_s_words_do_not_reach_the_terminal(network: Watched, capsys: pytest.CaptureFixture[str]) -> None:
    network.liar.lies["/log/checkpoint"] = "\x9b2J\u202e\n1\n\n".encode()
    assert main(["log", "audit", network.url]) == 1
    network.liar.lies["/roster.json"] = b'{"chain":[],"roster":"\xc2\x9b2J","v":1}'
    assert main(["log", "audit", network.url]) == 1
    network.liar.lies["/policy.json"] = b'{"v":"\xc2\x9b2J"}'
    assert main(["log", "audit", network.url]) == 1
    said = capsys.readouterr()

    assert "\x9b" not in said.out + said.err
    assert "\u202e" not in said.out + said.err
