"""The whole journey in real browsers, under the headers that are shipped: from five touches to a retraction."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from protocol.encoding import sha256
from protocol.release import Bundle
from protocol.wordlist import WORDS
from sereno.journey import until
from sereno.receiver import Receiver
from sereno.run import database
from store.engine import open_engine, writing
from store.subscribers import put_subscriber
from tests.browser.cast import FREE, Reader, Verifier, Witness
from tests.browser.windows import KINDS, Driver, Kind, driving
from tests.javascript import ROOT
from tests.running import Running, running

# Both desks write down that the gate let an alert out; the later one is told that it was done, and a browser says so.
SECOND: Final = "error: Failed to load resource: the server responded with a status of 409 (CONFLICT)"

# As people are, who have not all the same browser: Firefox is at the desk, and reads and checks at the end.
CASTS: Final = [
    pytest.param(("engine", "firefox", "engine"), id="mixed"),
    *(pytest.param((kind,) * 3, id=kind, marks=pytest.mark.soak) for kind in KINDS),
]


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[Driver]:
    """Give a driver of browsers, whose profiles lie in the test's own folder; what they show last is kept there."""
    with driving(tmp_path) as found:
        yield found
        found.keep_shots()


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Running]:
    """Give a whole demo network that runs."""
    with running(tmp_path / "n") as found:
        yield found


def subscribe(network: Running) -> Receiver:
    """Let a subscriber wait for alerts."""
    receiver = Receiver(secrets.token_bytes(32))
    receiver.start()
    engine = open_engine(database(network.folder))
    with writing(engine) as conn:
        url = f"http://127.0.0.1:{receiver.port}/alerts"
        put_subscriber(conn, channel="webhook", url=url, secret=receiver.secret, active=True)
    engine.dispose()
    return receiver


def sereno_check(file: Path, policy: Path, *more: str) -> int:
    """Return the exit status of `sereno check`, as anybody runs it, with no network to ask."""
    command = [sys.executable, "-m", "sereno", "check", str(file), "--policy", str(policy), *more]
    return subprocess.run(command, capture_output=True, cwd=file.parent, env={"PYTHONPATH": str(ROOT)}).returncode


def check_words(alert: bytes) -> str:
    """Return the four words that two verifiers read to each other: the first 44 bits of the SHA-256."""
    bits = int.from_bytes(sha256(alert)[:7])
    return " ".join(WORDS[(bits >> 56 - 11 * (place + 1)) & 0x7FF] for place in range(4))


@pytest.mark.parametrize("kinds", CASTS)
def test_five_touches_become_an_alert_that_anybody_can_check_and_that_can_be_taken_back(
    kinds: Sequence[Kind], driver: Driver, network: Running, tmp_path: Path
) -> None:
    origins, receiver = network.origins, subscribe(network)
    windows = [driver.windows(kind, name)[0] for kind, name in zip(kinds, ("witness", "ana", "bo"), strict=True)]
    witness = Witness(windows[0], origins["intake"])
    ana, bo = (Verifier(one, origins["desk"], network.people) for one in windows[1:])

    assert witness.tell() <= 5
    assert witness.window.kept() == []
    shown, words = two_keys(ana, bo)
    signed = time.monotonic()
    reader = Reader(witness.window, origins["alerts"])
    reader.await_word("", "CONFIRMED")
    print(f"\n{kinds}: {time.monotonic() - signed:.1f} s from the second signature to the page")
    assert FREE["en"] in shown

    reader.window.tap("article a.button", "How we know")
    assert FREE["en"] in reader.window.says("#told", "CONFIRMED")
    proof = reader.save()
    alert = Bundle.decode(proof.read_bytes()).alert
    assert check_words(alert.payload) == words
    hold_to_the_rules(proof, network.folder / "policy.json", json.loads(alert.payload)["expires"])
    assert "Genuine and current" in reader.check(proof)

    bo.suspend()
    path = f"alerts/{json.loads(alert.payload)['id']}"
    reader.await_word(path, "UNDER REVIEW")
    assert "Genuine, but under review" in reader.check(proof)
    ana.retract()
    late = Reader(ana.window, origins["alerts"])
    late.await_word(path, "RETRACTED")
    assert "Genuine, but retracted" in late.check(proof)
    told = [f"exercise.alert.{one}" for one in ("confirmed", "suspended", "retracted")]
    until("the retraction at the subscriber", lambda: receiver.alerts(told[-1]))
    assert [json.loads(body)["type"] for bodies in receiver.got.values() for body in bodies] == told
    assert reader.window.kept() == []
    assert [[line for line in one.problems() if line != SECOND] for one in windows] == [[], [], []]


def two_keys(ana: Verifier, bo: Verifier) -> tuple[str, str]:
    """Have ana work the tip and propose, and bo judge and sign; return what bo saw and the words of its bytes."""
    ana.unlock()
    case = ana.open_case()
    ana.triage()
    ana.check()
    ana.find("C1", "A second caller, from across the street.")
    ana.find("D1", "Our checker stands across the street and sees it.")
    ana.propose()
    bo.unlock()
    bo.judge(case)
    return bo.sign()


def hold_to_the_rules(proof: Path, policy: Path, expires: int) -> None:
    """Hold the saved proof to what `sereno check` promises: 0 it stands, 3 not any more, 1 not genuine."""
    assert sereno_check(proof, policy) == 0
    assert sereno_check(proof, policy, "--at", str(expires)) == 3
    changed = proof.with_name("changed.json")
    changed.write_bytes(proof.read_bytes().replace(b"ferry", b"fairy", 1))
    assert sereno_check(changed, policy) == 1
