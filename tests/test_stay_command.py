"""A lead suspends a person without a desk's page: a file is signed anywhere, and obeyed where it is brought."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from werkzeug.serving import make_server

from keys.__main__ import main as keys
from protocol.encoding import canonical
from protocol.signed import sign
from protocol.stay import check_stay, encode_stay
from protocol.vault import seal_vault
from sereno import clock
from sereno.__main__ import main
from sereno.demonet import DemoNetwork, Member, face, found_demo
from sereno.journey import until
from sereno.run import database
from store.engine import open_engine, reading, writing
from store.logbook import unsequenced
from store.rosters import put_roster
from store.stays import list_stays
from tests.stores import new_store
from verifier.app import create_app
from verifier.settings import Settings


@pytest.fixture(scope="module")
def network() -> DemoNetwork:
    """Give one network for all tests of this file."""
    return found_demo(clock.now())


def member(network: DemoNetwork, handle: str) -> Member:
    return next(one for one in network.members if one.person.handle == handle)


@pytest.fixture
def folder(tmp_path: Path, network: DemoNetwork) -> Path:
    """Give an operator's folder with a roster in force, and what two people have of their own."""
    (tmp_path / "policy.json").write_bytes(network.policy.encode())
    (tmp_path / "roster.json").write_bytes(network.signed.encode() + b"\n")
    engine = new_store(database(tmp_path))
    with writing(engine) as conn:
        put_roster(conn, network.signed.encode(), [], network.recipients)
    for handle in ("ana", "bo"):
        one = member(network, handle)
        (tmp_path / f"{handle}.vault").write_bytes(seal_vault(network.policy.network, one.id, one.seed, one.passphrase))
    return tmp_path


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give a way to type lines at the next command."""
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def suspend(folder: Path, network: DemoNetwork, typed: Any, by: str, whom: str, answer: str = "yes\n") -> int:
    """Have somebody sign a stay, at their own machine."""
    typed(answer + member(network, by).passphrase + "\n")
    line = f"stay --policy {folder}/policy.json --roster {folder}/roster.json --vault {folder}/{by}.vault"
    return keys([*line.split(), "--id", member(network, whom).id, "--out", str(folder / "stay.json")])


def test_whoever_brings_a_lead_s_stay_to_the_operator_has_it_obeyed(
    folder: Path, network: DemoNetwork, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suspend(folder, network, typed, "ana", "bo") == 0
    said = capsys.readouterr().out
    assert "This machine's clock says" in said
    assert member(network, "bo").id in said
    for _ in range(2):  # Brought twice, it counts once.
        assert main(["stay", "--folder", str(folder), str(folder / "stay.json")]) == 0

    with reading(open_engine(database(folder))) as conn:
        assert len(list_stays(conn)) == len(unsequenced(conn)) == 1
    assert keys(["show", str(folder / "stay.json"), "--policy", str(folder / "policy.json")]) == 0
    assert f"{member(network, 'ana').id} suspends {member(network, 'bo').id}" in capsys.readouterr().out
    assert check_stay((folder / "stay.json").read_bytes(), network.policy).by == member(network, "ana").id


def test_who_leads_nobody_suspends_nobody_and_nothing_is_written(
    folder: Path, network: DemoNetwork, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suspend(folder, network, typed, "bo", "ana") == 1
    assert suspend(folder, network, typed, "ana", "ana") == 1
    assert suspend(folder, network, typed, "ana", "bo", "no\n") == 1
    assert "nothing was done" in capsys.readouterr().err
    assert not (folder / "stay.json").exists()


def test_nobody_is_suspended_who_is_not_on_the_roster(
    folder: Path, network: DemoNetwork, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    typed("yes\n" + member(network, "ana").passphrase + "\n")
    line = f"stay --policy {folder}/policy.json --roster {folder}/roster.json --vault {folder}/ana.vault"
    assert keys([*line.split(), "--id", "q" * 8, "--out", str(folder / "stay.json")]) == 1
    assert "so there is nobody to suspend" in capsys.readouterr().err
    assert not (folder / "stay.json").exists()


def test_half_a_stay_and_one_that_is_over_are_refused(
    folder: Path, network: DemoNetwork, typed: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert suspend(folder, network, typed, "ana", "bo") == 0
    whole = folder / "stay.json"
    shutil.copy(whole, folder / "half.json")
    (folder / "half.json").write_bytes(whole.read_bytes()[:-9])
    assert main(["stay", "--folder", str(folder), str(folder / "half.json")]) == 1
    ana, issued = member(network, "ana"), network.roster.issued
    value = {"v": 1, "network": network.policy.network, "verifier": member(network, "bo").id, "issued": issued}
    over = sign("stay", canonical({**value, "until": issued + 1}), ana.id, ana.seed)
    whole.write_bytes(encode_stay(over, network.signed, ()))
    until("the stay to be over", lambda: clock.now() > issued + 1)
    capsys.readouterr()
    assert main(["stay", "--folder", str(folder), str(whole)]) == 1
    assert "The stay ended at" in capsys.readouterr().err

    with reading(open_engine(database(folder))) as conn:
        assert list_stays(conn) == []


@pytest.fixture
def desk(folder: Path) -> Iterator[str]:
    """Give the origin of a desk that runs over the operator's folder."""
    server = make_server("127.0.0.1", 0, lambda *asked: app(*asked), threaded=True)
    origin = f"http://desk.localhost:{server.server_port}"
    (folder / "face.json").write_text(json.dumps(face({"intake": origin, "desk": origin, "alerts": origin})), "utf-8")
    policy, shown = folder / "policy.json", folder / "face.json"
    app = create_app(Settings(database(folder), policy, shown, listen="", origins=(origin,), threads=1))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield origin
    finally:
        server.shutdown()
        thread.join()


def test_a_lead_brings_it_to_a_desk_elsewhere(folder: Path, network: DemoNetwork, typed: Any, desk: str) -> None:
    assert suspend(folder, network, typed, "ana", "bo") == 0
    ask = ["stay", str(folder / "stay.json"), "--network", desk]
    assert main(ask) == 2
    typed(member(network, "ana").passphrase + "\n")
    assert main([*ask, "--policy", str(folder / "policy.json"), "--vault", str(folder / "ana.vault")]) == 0

    with reading(open_engine(database(folder))) as conn:
        assert len(list_stays(conn)) == 1
