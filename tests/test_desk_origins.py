"""Where a desk under `sereno run` takes sign-ins from: where its people's browsers are, and nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from protocol.encoding import b64, unb64
from protocol.signin import sign_in
from sereno import clock
from sereno.demonet import DemoNetwork, found_demo, install, write_files
from sereno.doctor import look
from sereno.run import database, programs
from tests.refusals import refused
from tests.stores import new_store
from verifier.app import create_app
from verifier.settings import Settings

PORT: Final = 20_400
LOCAL: Final = f"http://desk.localhost:{PORT + 1}"
OWN: Final = "https://desk.example.org"
PUBLIC: Final = {"intake": "https://tips.example.org", "desk": OWN, "alerts": "https://alerts.example.org"}
BY_HAND: Final = "http://127.0.0.1:8022"
NAME: Final = "SERENO_DESK_ORIGINS"


@pytest.fixture(scope="module")
def network() -> DemoNetwork:
    """Give one network for all tests of this file."""
    return found_demo(clock.now())


@pytest.fixture
def folder(tmp_path: Path, network: DemoNetwork, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an operator's folder whose face names addresses behind a proxy, and a roster in force."""
    monkeypatch.delenv(NAME, raising=False)
    write_files(tmp_path, network, PUBLIC)
    engine = new_store(database(tmp_path))
    install(engine, network)
    engine.dispose()
    return tmp_path


def taken_from(folder: Path, network: DemoNetwork, origins: list[str]) -> list[str]:
    """Return those of some origins at which somebody can sign in to the desk that `sereno run` starts."""
    (desk,) = (one for one in programs(folder, PORT) if one.name == "desk")
    client = create_app(Settings.read(desk.environment)).test_client()
    who, found = network.members[0], []
    for origin in origins:
        nonce = unb64(client.get("/api/challenge").get_json()["nonce"], 32)
        signed = sign_in(origin, network.policy.network, nonce, clock.now(), who.id, who.seed)
        answer = client.post("/api/session", json={"nonce": b64(nonce), "signed": signed.value()})
        if answer.status_code == 201:
            found.append(origin)
    return found


def test_people_sign_in_where_the_face_has_the_desk_and_on_its_own_machine(folder: Path, network: DemoNetwork) -> None:
    assert taken_from(folder, network, [OWN, LOCAL, BY_HAND]) == [OWN, LOCAL]


def test_people_sign_in_where_the_operator_says(
    folder: Path, network: DemoNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAME, f"{OWN} {BY_HAND}")
    assert taken_from(folder, network, [OWN, LOCAL, BY_HAND]) == [OWN, BY_HAND]


def test_what_is_no_origin_is_refused_before_anything_starts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, f"{OWN}/ {BY_HAND}")
    with refused("shape", NAME):
        programs(folder, PORT)
    (folder / "face.json").write_text("{")
    monkeypatch.delenv(NAME)
    with refused("shape", "The face is not JSON"):
        programs(folder, PORT)


@pytest.mark.parametrize(("given", "says"), [("", ""), (OWN, ""), (f"{OWN} {BY_HAND}", ""), (BY_HAND, "MEND")])
def test_the_doctor_holds_the_two_against_each_other(
    folder: Path, monkeypatch: pytest.MonkeyPatch, given: str, says: str
) -> None:
    monkeypatch.setenv(NAME, given)
    found = [one for one in look(folder, clock.now()) if NAME in one.says]

    assert [one.mend != "" for one in found] == ([True] if says else [])
    assert all(OWN in one.says and OWN in one.mend for one in found)


def test_what_else_an_operator_sets_reaches_the_program_that_it_is_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"SERENO_INTAKE_HOURLY_BYTES": "1000000", "SERENO_DESK_CHALLENGE_KEY": "ab" * 32}
    for name, value in own.items():
        monkeypatch.setenv(name, value)
    having = {
        name: [one.name for one in programs(folder, PORT) if one.environment.get(name) == own[name]] for name in own
    }

    assert having == {"SERENO_INTAKE_HOURLY_BYTES": ["intake"], "SERENO_DESK_CHALLENGE_KEY": ["desk"]}
