"""A stay that travels: a file that anybody carries, and that every checker obeys, with no network to ask."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from protocol.encoding import canonical
from protocol.errors import Refused
from protocol.limits import DAY, MINUTE
from protocol.stay import check_stay, encode_stay
from sereno.__main__ import main
from store.engine import writing
from store.stays import put_stay
from tests import javascript
from tests.front import front
from tests.world import World


def stay_file(world: World, name: str, by: str = "ana") -> bytes:
    return encode_stay(world.sign_stay(name, by), world.signed_roster, world.links)


def test_a_check_obeys_a_stay_from_whoever_brings_it(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: tmp_path / name for name in ("policy.json", "release.json", "bo.json", "cy.json", "all.json")}
    bundles = [stay_file(world, name) for name in ("cy", "bo")]
    world.pass_minutes(1)
    written = [world.policy.encode(), world.release("ana", "bo").bundle, bundles[1], bundles[0]]
    for path, data in zip(files.values(), [*written, b"[" + b",".join(bundles) + b"]"], strict=True):
        path.write_bytes(data)
    ask = ["check", str(files["release.json"]), "--policy", str(files["policy.json"]), "--at", str(world.now)]

    assert main(ask) == 0
    assert main([*ask, "--stay", str(files["cy.json"])]) == 0
    for name in ("bo.json", "all.json"):
        capsys.readouterr()
        assert main([*ask, "--stay", str(files[name])]) == 1
        assert "attestation_stayed" in capsys.readouterr().out
    files["bo.json"].write_bytes(bundles[1][:-9] + b"}")
    assert main([*ask, "--stay", str(files["bo.json"])]) == 1
    assert "bo.json" in capsys.readouterr().out


def test_the_check_page_obeys_a_stay_among_the_files_it_is_given(world: World) -> None:
    stays = {name: stay_file(world, name) for name in ("bo", "cy")}
    world.pass_minutes(1)
    release = world.release("ana", "bo").bundle

    def verdict(*given: bytes) -> str:
        found: str = javascript.call("./check", "verdict", list(given), world.policy.encode(), world.now)
        return found

    assert verdict(release) == verdict(stays["cy"], release) == "genuine"
    assert verdict(release, stays["bo"]) == "attestation_stayed"  # In whichever order they were chosen.
    assert verdict(b"[" + stays["bo"] + b"]", release) == "attestation_stayed"
    assert verdict(stays["bo"]) == "stops-only"
    assert verdict(release, stays["bo"][:-9] + b"}") == "not_json"


def test_a_stay_checks_by_the_policy_alone_over_root_changes(world: World) -> None:
    world.hand_over("xia", "yan", "zoe")
    world.publish()
    data = stay_file(world, "bo")

    assert check_stay(data, world.policy).verifier == world.id("bo")
    value = json.loads(data)
    with pytest.raises(Refused) as refusal:
        check_stay(canonical({**value, "chain": []}), world.policy)
    assert refusal.value.kind == "roster_signers"


def test_the_public_face_gives_stays_to_carry(tmp_path: Path, sqlite_url: str) -> None:
    with front(tmp_path, sqlite_url) as here:
        world, client = here.world, here.app.test_client()
        assert client.get("/stays.json").data == b"[]"
        world.now = int(time.time()) - MINUTE
        old = world.sign_stay("cy", "ana", issued=world.now - 9 * DAY, until=world.now - 8 * DAY)
        with writing(here.engine) as conn:
            put_stay(conn, world.sign_stay("bo", "ana").encode())
            put_stay(conn, old.encode())
        answer = client.get("/stays.json")

        assert [check_stay(canonical(one), world.policy).verifier for one in answer.json or []] == [world.id("bo")]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
