"""The log's key is changed while a network runs, as the operators' guide says: nothing is lost, all of it checks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keys.changes import change_log
from keys.custodian import new_seed
from keys.draft import next_draft
from keys.publish import publish
from keys.request import open_request, request_log
from protocol.encoding import b64
from protocol.logkey import LogKey
from protocol.release import Bundle
from protocol.roster import ROSTER
from protocol.signed import public_key
from sereno import clock, demonet
from sereno.__main__ import main as sereno
from sereno.journey import Journey, until
from tests.running import running


def next_roster(network: demonet.DemoNetwork, key: LogKey) -> bytes:
    """Return the roster that two custodians sign, in which nothing but the log's key is another."""
    request = open_request(request_log(key.seed, key.origin), "log")
    draft = change_log(next_draft(network.signed), request)
    return publish(draft, network.signed, network.policy, list(network.roots[:2]), clock.now()).encode()


@pytest.mark.soak
def test_the_log_s_key_is_changed_while_everything_runs(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    founded = demonet.found_demo(clock.now())
    with running(tmp_path, founded) as network:
        policy, roster = str(network.folder / "policy.json"), tmp_path / "roster-2.json"
        walker = Journey(network.folder, network.port, network.people)
        files = [tmp_path / f"release-{number}.json" for number in (1, 2)]
        files[0].write_bytes(walker.walk()[0])

        # In the guide's order: the program stops, or signs nothing; the key is replaced; it is started.
        key = LogKey(founded.log_key.origin, new_seed())
        roster.write_bytes(next_roster(founded, key) + b"\n")
        starts = network.supervisor.starts("log")
        assert sereno(["roster", "add", str(roster), "--folder", str(network.folder)]) == 0
        until("the log to refuse its old key", lambda: network.supervisor.starts("log") > starts)
        (network.folder / "log.key").write_bytes(key.encode())
        network.supervisor.restart("log")
        files[1].write_bytes(walker.walk()[0])

        assert "log key in this process is not the one that the roster names" in capfd.readouterr().err
        assert [sereno(["check", str(one), "--policy", policy]) for one in files] == [0, 0]
        audit = ["log", "audit", f"http://127.0.0.1:{network.port + 2}", "--policy", policy]
        assert sereno(audit) == 0
    keys = [Bundle.decode(one.read_bytes()).roster.read(ROSTER)["log"]["key"] for one in files]
    assert keys == [b64(public_key(one.seed)) for one in (founded.log_key, key)]
    assert json.loads(files[0].read_bytes())["alert"] != json.loads(files[1].read_bytes())["alert"]
