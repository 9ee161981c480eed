"""Witnesses and the gate: asked before an alert goes out, waited for shortly, and put into bundles when they come."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from protocol.limits import DAY, FIRST_SEND, HOUR
from protocol.log import entry
from protocol.note import sign
from protocol.release import Bundle, check
from protocol.witness import AddCheckpoint
from sereno.__main__ import main
from store import logbook
from store.engine import reading, writing
from store.messages import Message
from tests.inbox import Inbox
from tests.partnered import ONE, TWO, Partnered, partnered
from tests.refusals import refused
from tests.stores import new_store
from tests.test_witness import FORK
from worker import gate
from worker.cosigning import Asker


@pytest.fixture
def both(engine: Engine, tmp_path: Path) -> Iterator[Partnered]:
    """Give a network with one witness: the test runs once on each kind of database."""
    with partnered(engine, tmp_path, ONE) as opened:
        yield opened


@pytest.fixture
def quick(sqlite_url: str) -> Iterator[Engine]:
    engine = new_store(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def network(quick: Engine, tmp_path: Path) -> Iterator[Partnered]:
    """Give it over SQLite, for what does not depend on the store."""
    with partnered(quick, tmp_path, ONE) as opened:
        yield opened


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the gate wait for witnesses for a moment only."""
    monkeypatch.setattr(gate, "WITNESS_PATIENCE", 0.2)


def admit(network: Partnered, id: str) -> Message:
    """Take what waits through the gate, the log written and the witnesses asked before."""
    network.ask()
    network.post.admit()
    return network.post.row(id)


def told(network: Partnered, row: Message, folder: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what `sereno check` says of a released bundle."""
    file, policy = folder / "release.json", network.post.station.settings.policy
    file.write_bytes(row.bundle or b"")
    capsys.readouterr()
    assert main(["check", str(file), "--policy", str(policy), "--at", str(network.world.now)]) == 0
    return capsys.readouterr().out


def test_each_new_checkpoint_is_signed_once_and_growth_is_proved(both: Partnered) -> None:
    network = both
    assert network.ask() == 1
    assert network.ask() == 0
    assert network.lines() == [ONE]
    for _ in range(3):
        network.world.publish()
        network.post.publish()
        assert network.ask() == 1
        assert network.lines() == [ONE]
    again = Asker(network.post.station)  # A process that starts anew learns what the witness holds.
    network.world.publish()
    network.post.publish()
    network.post.log()
    network.world.now += logbook.LEASE
    assert again.ask(network.world.now) == 1


def test_only_one_process_asks(network: Partnered) -> None:
    network.post.log()
    assert network.asker.ask(network.world.now) == 1
    network.world.publish()
    network.post.publish()
    network.post.log()
    other = Asker(network.post.station)
    assert other.ask(network.world.now) == 0
    assert other.ask(network.world.now + logbook.LEASE) == 1


def test_an_alert_goes_out_with_its_witness(network: Partnered) -> None:
    id = network.post_alert()
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.02):
            network.ask()

    thread = threading.Thread(target=ask)
    thread.start()
    began = time.monotonic()
    for one in network.post.claim():
        gate.pass_gate(network.post.station, one.id, one.claim, network.world.now)
    took = time.monotonic() - began
    over.set()
    thread.join()
    row = network.post.row(id)

    assert row.state == "released", row.refused
    assert network.seen(row) == (ONE,)
    assert network.seen(row, at=network.world.now + 2 * HOUR, strict=True) == (ONE,)
    assert took < gate.WITNESS_PATIENCE


@pytest.mark.usefixtures("impatient")
def test_without_an_answer_it_goes_out_and_gets_its_witness_when_one_comes(
    both: Partnered, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = both
    network.liars[ONE].lies["/add-checkpoint"] = None
    with Inbox() as inbox:
        network.post.subscribe(inbox.url("bo"))
        id = network.post_alert()
        row = admit(network, id)
        assert row.state == "released", row.refused
        assert network.seen(row) == ()
        assert "by log, NOT YET WITNESSED: 0 of 1 cosigners." in told(network, row, tmp_path, capsys)
        with refused("log_witness", "0 cosigners saw the log; the policy asks for 1"):
            network.seen(row, at=network.world.now + HOUR + 1)
        with refused("log_witness"):
            network.seen(row, strict=True)
        network.post.deliver()
        assert gate.add_witnesses(network.post.station, network.world.now) == 0

        network.liars[ONE].lies.clear()
        network.world.now += 60
        assert network.ask() == 1
        assert gate.add_witnesses(network.post.station, network.world.now) == 1
        assert gate.add_witnesses(network.post.station, network.world.now) == 0
        network.post.deliver()
        bodies = [one.body for one in inbox.got["bo"]]
    row = network.post.row(id)

    assert network.seen(row, at=network.world.now + DAY, strict=True) == (ONE,)
    assert "witnessed: wit.example/one at " in told(network, row, tmp_path, capsys)
    assert [b'"cause":"signed"' in body for body in bodies] == [True, False]
    assert b'"cause":"witnessed"' in bodies[1]
    assert b'"type":"exercise.alert.confirmed"' in bodies[1]
    assert len(network.post.waiting()) == 0


@pytest.mark.usefixtures("impatient")
def test_a_witness_that_comes_too_late_says_nothing_for_an_alert(network: Partnered) -> None:
    network.liars[ONE].lies["/add-checkpoint"] = None
    row = admit(network, network.post_alert())
    network.liars[ONE].lies.clear()
    network.world.now = row.issued + FIRST_SEND + 60
    assert network.ask() == 1

    assert gate.add_witnesses(network.post.station, network.world.now) == 0
    assert network.seen(network.post.row(row.id)) == ()
    bundle = Bundle.decode(row.bundle or b"")
    with reading(network.post.engine) as conn:
        late = gate.proof_of(conn, entry("release", bundle.alert), network.world.roster, 1)
    assert late is not None
    with refused("log_witness", "more than 15 minutes after"):
        check(replace(bundle, proof=late).encode(), network.world.policy, network.world.now)


@pytest.mark.usefixtures("impatient")
def test_a_strict_policy_keeps_an_alert_until_its_witnesses_have_signed(quick: Engine, tmp_path: Path) -> None:
    with partnered(quick, tmp_path, ONE, TWO, strict=True) as network:
        network.liars[TWO].lies["/add-checkpoint"] = b"busy"
        id = network.post_alert()
        assert admit(network, id).state == "posted"
        network.liars[TWO].lies.clear()
        network.world.now += 2
        row = admit(network, id)
        assert row.state == "released", row.refused
        assert network.seen(row) == (ONE, TWO)

        network.liars[TWO].lies["/add-checkpoint"] = b"busy"
        id = network.post_alert()
        network.world.now += FIRST_SEND + 1
        row = admit(network, id)
    assert (row.state, row.refused_kind) == ("refused", "release_late")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("answer", [b"", b"ok\n", b"\xff", b"a" * 9000, "forged"])
def test_a_witness_that_answers_nonsense_is_as_one_that_does_not(
    network: Partnered, answer: bytes | str, capsys: pytest.CaptureFixture[str]
) -> None:
    if answer == "forged":
        answer = network.world.log.checkpoint([ONE], network.world.now, 0).lines[1].encode().encode() + b"\n"
    assert isinstance(answer, bytes)
    network.liars[ONE].lies["/add-checkpoint"] = answer
    row = admit(network, network.post_alert())

    assert row.state == "released", row.refused
    assert network.seen(row) == ()
    assert network.lines() == []
    assert capsys.readouterr().err.startswith(f"The witness {ONE} has not signed: ")


def test_a_witness_that_fails_is_asked_less_often_and_one_that_answers_at_once(network: Partnered) -> None:
    network.liars[ONE].lies["/add-checkpoint"] = None
    network.post.log()
    asked = []
    for _ in range(120):
        network.asker.ask(network.world.now)
        asked.append(len(network.liars[ONE].asked))
        network.world.now += 1
    assert asked[-1] in range(6, 11)
    network.liars[ONE].lies.clear()
    network.world.now += 30
    assert network.asker.ask(network.world.now) == 1


def test_a_witness_that_has_seen_another_log_is_told_loudly(
    network: Partnered, capsys: pytest.CaptureFixture[str]
) -> None:
    seed, origin = network.world.log.seed, network.world.log.origin
    text = replace(FORK.checkpoint(1), origin=origin).encode()
    witness = network.liars[ONE].application
    body = AddCheckpoint(0, (), sign(origin, text, seed)).encode()
    environ = {"PATH_INFO": "/add-checkpoint", "REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body))}
    assert b"".join(witness({**environ, "wsgi.input": io.BytesIO(body)}, lambda *_: None))
    assert network.ask() == 0
    assert "DIFFERENT log of the same length" in capsys.readouterr().err
    network.world.publish()
    network.post.publish()
    network.world.now += 60
    assert network.ask() == 0
    assert "does NOT grow from" in capsys.readouterr().err
    assert network.lines() == []


def test_a_bundle_carries_lines_of_its_own_roster_s_cosigners_only(network: Partnered) -> None:
    seed = network.world.log.cosigners.pop(ONE)
    network.world.publish()
    network.post.publish()
    signed = network.world.attest(network.world.alert(), "ana", "bo")  # Under a roster without cosigners.
    network.world.log.cosigners[ONE] = seed
    network.world.publish()
    network.post.publish()
    with writing(network.post.engine) as conn:
        logbook.queue_signed(conn, "release", signed)
    assert network.ask() == 1
    row = admit(network, network.post.post(signed))

    assert row.state == "released", row.refused
    assert network.lines() == [ONE]
    assert network.seen(row, cosigners=0) == ()
