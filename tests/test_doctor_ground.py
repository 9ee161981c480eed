"""The doctor: what is wrong around a network: its settings, its disk, its place, and keys that are there twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine

from look.face import Face
from protocol.policy import Policy
from sereno import clock, premises, records
from sereno.doctor import look
from sereno.finding import Finding, Findings, Patient
from sereno.run import prepare
from store.engine import writing
from store.epochkeys import put_epoch_key
from store.rosters import put_roster
from tests.stores import new_store
from tests.world import CAST, World

PORT: Final = 20_310
NO_TRAINEE: Final = tuple(one for one in CAST if "trainee" not in one.roles)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a network that was founded, to be copied."""
    folder: Path = tmp_path_factory.mktemp("ground") / "network"
    prepare(folder, PORT)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "network"))


def mends(found: Findings | list[Finding]) -> list[str]:
    """Return what has to be mended, and how."""
    return [f"{one.says} {one.mend}" for one in found if not one.is_well]


def has(found: list[str], says: str) -> bool:
    return any(says in one for one in found)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SERENO_DATABASE", "nonsense", "SERENO_DATABASE is no store's address"),
        ("SERENO_DATABASE", "nonsense", "Write it as deploy/operators.md shows"),
        ("SERENO_DATABASE", "postgresql+psycopg://nobody@127.0.0.1:9/none", "Start it, or look at SERENO_DATABASE."),
        ("SERENO_DESK_ORIGINS", "https://other.example", "Begin SERENO_DESK_ORIGINS with http://desk.localhost"),
        ("SERENO_REDIS", "nonsense", "Write unix:///path/redis.sock, or redis://…"),
    ],
)
def test_a_setting_that_is_wrong_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    assert not has(mends(look(folder, clock.now())), says)
    monkeypatch.setenv(name, value)
    assert has(mends(look(folder, clock.now())), says)


def test_a_desk_whose_own_address_comes_first_may_have_others(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Face.read(folder / "face.json").addresses["desk"]
    monkeypatch.setenv("SERENO_DESK_ORIGINS", f"{own} https://other.example")
    assert not has(mends(look(folder, clock.now())), "SERENO_DESK_ORIGINS")


def test_a_full_disk_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not has(mends(look(folder, clock.now())), "Make room")
    monkeypatch.setattr(premises, "ROOM", 1 << 60)
    assert has(mends(look(folder, clock.now())), "Make room: a full disk takes no tips.")


def test_half_a_work_key_and_a_record_that_a_power_cut_left_empty_are_found(folder: Path) -> None:
    (folder / "work.key").write_text("ab")
    (folder / "processes.json").touch()
    found = mends(look(folder, clock.now()))

    assert has(found, "work.key does not hold 32 bytes in hexadecimal")
    assert has(found, "nothing depends on the old one")
    assert has(found, "processes.json can't be read. Start it anew")


def test_what_only_a_demo_may_have_is_found_on_an_actual_network(folder: Path) -> None:
    policy = Policy.decode((folder / "policy.json").read_bytes())
    (folder / "policy.json").write_bytes(replace(policy, mode="actual").encode())
    found = mends(look(folder, clock.now()))

    assert has(found, "Vaults and pass-phrases of people lie on this machine.")
    assert sum("which only this machine reaches" in one for one in found) == 3
    shutil.rmtree(folder / "people")
    assert not has(mends(look(folder, clock.now())), "Vaults")


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Engine]:
    engine = new_store(sqlite_url)
    yield engine
    engine.dispose()


def patient(world: World, store: Engine, face: Face) -> Patient:
    """Return a network that only its records tell of."""
    with writing(store) as conn:
        put_roster(conn, world.signed_roster.encode(), [], {})
    return Patient(Path(), world.policy, face, store, "", world.now)


def test_pages_that_say_demo_over_an_actual_network_are_found(folder: Path, store: Engine) -> None:
    face = Face.read(folder / "face.json")
    actual = patient(World(mode="actual", verifiers=NO_TRAINEE), store, face)

    assert has(mends(records.roster(actual)), "The pages say that this is a demo; the network is actual.")
    assert not has(mends(records.roster(replace(actual, face=replace(face, demo=False)))), "demo")


def test_a_verifier_with_two_keys_for_a_week_is_found(folder: Path, store: Engine) -> None:
    world = World()
    one = patient(world, store, Face.read(folder / "face.json"))
    with writing(store) as conn:
        for key in world.epoch_keys():
            put_epoch_key(conn, key.encode())
    assert not has(mends(records.keys(one)), "two different keys")

    with writing(store) as conn:
        put_epoch_key(conn, world.epoch_key("bo", age_name="bo's other phone").encode())
    twice = [found for found in mends(records.keys(one)) if "two different keys for one week" in found]
    assert [found.split()[0] for found in twice] == [world.id("bo")]
