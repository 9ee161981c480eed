"""What an operator does at the command line: publish a roster, add and end subscribers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keys.draft import change_quorum, next_draft
from keys.publish import publish as published
from keys.request import request_organisation
from protocol.limits import DAY
from protocol.signed import Signed
from sereno import clock
from sereno.__main__ import main
from sereno.demonet import DemoNetwork, found_demo
from sereno.run import database
from store.engine import open_engine, reading
from store.logbook import unsequenced
from store.rosters import current_roster


@pytest.fixture(scope="module")
def network() -> DemoNetwork:
    """Give one network for all tests of this file."""
    return found_demo(clock.now())


@pytest.fixture
def folder(tmp_path: Path, network: DemoNetwork) -> Path:
    """Give an operator's folder: a policy, the custodians' roster, the organisations' requests."""
    (tmp_path / "policy.json").write_bytes(network.policy.encode())
    (tmp_path / "roster.json").write_bytes(network.signed.encode() + b"\n")
    for code, role in (("alba", "network"), ("faro", "network"), ("luz", "attorney")):
        request = request_organisation(bytes([len(code)]) * 32, network.policy, code, role, network.recipients[code])
        (tmp_path / f"{code}.request").write_bytes(request.encode())
    return tmp_path


def publish(folder: Path, *organisations: str) -> int:
    """Run `sereno roster add` with these organisations' files."""
    files = [word for code in organisations for word in ("--organisation", str(folder / f"{code}.request"))]
    return main(["roster", "--folder", str(folder), "add", str(folder / "roster.json"), *files])


def test_a_roster_is_in_force_once_it_was_checked_and_is_logged(folder: Path, network: DemoNetwork) -> None:
    assert publish(folder, "alba", "faro", "luz") == 0

    with reading(open_engine(database(folder))) as conn:
        stored = current_roster(conn, network.roster.issued)
        assert stored is not None
        assert (stored.name, dict(stored.recipients)) == (network.roster.name, network.recipients)
        assert len(unsequenced(conn)) == 1
    assert main(["roster", "--folder", str(folder), "show"]) == 0


def test_a_roster_without_an_organisations_key_is_refused_and_names_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(folder, "alba", "faro") == 1
    assert "luz" in capsys.readouterr().err
    assert main(["roster", "--folder", str(folder), "show"]) == 1


def test_a_roster_that_was_changed_is_refused(folder: Path, network: DemoNetwork) -> None:
    value = json.loads(network.signed.encode())
    value["payload"] = value["payload"].replace('"minimum":2', '"minimum":3')
    (folder / "roster.json").write_bytes(Signed.of(value).encode())

    assert publish(folder, "alba", "faro", "luz") == 1


def test_rosters_signed_ahead_are_taken_and_older_and_forked_ones_refused(
    folder: Path, network: DemoNetwork, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish(folder, "alba", "faro", "luz") == 0
    now, first, roots = clock.now(), network.signed, list(network.roots[:2])

    def made(before: Signed, at: int, *, ahead: bool = False, keys: int | None = None) -> Signed:
        draft = change_quorum(next_draft(before), keys, None)
        return published(draft, before, network.policy, roots, at, ahead=ahead)

    def taken(signed: Signed) -> int:
        (folder / "roster.json").write_bytes(signed.encode())
        capsys.readouterr()
        return publish(folder)

    second = made(first, now, ahead=True)
    third = made(second, now, ahead=True)
    assert (taken(second), taken(third)) == (0, 0)
    assert "comes into force by itself" in capsys.readouterr().out
    assert main(["roster", "--folder", str(folder), "show"]) == 0
    shown = capsys.readouterr().out
    assert "Roster 1, until" in shown
    assert shown.count("comes into force at") == 2

    assert taken(made(second, now, keys=3)) == 1  # Another third.
    assert "two rosters of one number" in capsys.readouterr().err
    assert taken(made(made(second, now, keys=3), now)) == 1  # What follows another third.
    assert taken(made(third, now + 91 * DAY)) == 1
    assert "ROS-4" in capsys.readouterr().err

    hurried = made(third, now)
    assert taken(hurried) == 0
    assert "takes the place of roster 2, 3" in capsys.readouterr().out
    assert (taken(first), taken(second)) == (1, 1)
    assert "does not follow it" in capsys.readouterr().err
    with reading(open_engine(database(folder))) as conn:
        held = current_roster(conn, now + 45 * DAY)
        assert held is not None
        assert held.name == hurried.message()


def test_a_subscriber_is_added_listed_and_forgotten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert publish(folder, "alba", "faro", "luz") == 0
    capsys.readouterr()
    at = ["subscriber", "--folder", str(folder)]

    assert main([*at, "add", "https://alerts.example/hook", "--zone", "harbor"]) == 0
    id, secret, *_ = capsys.readouterr().out.splitlines()
    assert secret.startswith("whsec_")
    assert main([*at, "list"]) == 0
    listed = capsys.readouterr().out
    assert id in listed
    assert secret not in listed
    assert main([*at, "rotate", id]) == 0
    assert secret not in capsys.readouterr().out
    assert main([*at, "remove", id]) == 0
    assert main([*at, "remove", id]) == 1


def test_a_subscriber_inside_our_own_walls_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["subscriber", "--folder", str(folder), "add", "https://user:word@alerts.example/hook"]) == 1
    assert "DEL-1" in capsys.readouterr().err
