"""The check page's verdict, without the page: what a site adds, and whose signatures don't count any more."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from protocol.encoding import canonical
from protocol.limits import MINUTE
from protocol.stay import encode_stay
from protocol.trail import Trail
from sereno.__main__ import main
from tests import javascript
from tests.world import World


def judged(world: World, *given: bytes, site: tuple[bytes, ...] = (), **beside: Any) -> dict[str, Any]:
    """Return the page's verdict on files, with what its site says."""
    asked = listed(*site) if site else None
    known = beside.get("stays"), beside.get("rosters", [])
    found: dict[str, Any] = javascript.call("./check", "judged", given, asked, world.policy.encode(), world.now, *known)
    return found


def listed(*bundles: bytes) -> bytes:
    return b"[" + b",".join(bundles) + b"]"


def trail(world: World) -> bytes:
    return Trail(world.signed_roster, world.links).encode()


def revoking(world: World, *names: str) -> bytes:
    """Publish a roster that revokes people from the log's beginning on; return the file in which it is handed out."""
    for name in names:
        world.change(name, revoked_at=0)
    world.publish()
    return trail(world)


def test_a_restore_that_was_stripped_on_its_way_lowers_nothing_that_the_site_has_whole(world: World) -> None:
    first = world.release()
    world.pass_minutes(1)
    doubt = world.suspend(first)
    world.pass_minutes(2)
    restored = world.restore(first, doubt)
    stripped = canonical({**json.loads(restored.bundle), "suspensions": []})
    world.pass_minutes(15)
    site = (first.bundle, doubt.bundle, restored.bundle)

    assert judged(world, stripped, doubt.bundle)["word"] == "withdrawn"  # Alone it can't be told from a lapse.
    assert judged(world, stripped, site=site) == {"kind": "genuine", "word": "confirmed", "news": 2, "odd": 0}
    assert judged(world, restored.bundle, site=site)["news"] == 2


def test_the_logs_word_on_a_stop_is_taken_from_the_site_where_a_reader_has_the_stop_without(world: World) -> None:
    first = world.release()
    signed = world.attest(world.stop("suspended", first), "cy")
    early, proven = world.send(signed, logged=False), world.send(signed)
    world.pass_minutes(11)

    assert judged(world, first.bundle, early.bundle)["word"] == "under-review"
    found = judged(world, first.bundle, early.bundle, site=(first.bundle, proven.bundle))
    assert (found["word"], found["news"]) == ("withdrawn", 0)


def test_stays_of_the_site_count_as_if_they_had_been_brought(world: World) -> None:
    stays = {name: encode_stay(world.sign_stay(name, "ana"), world.signed_roster, ()) for name in ("bo", "cy")}
    world.pass_minutes(1)
    release = world.release("ana", "bo").bundle
    other = World(name="birch")
    foreign = encode_stay(other.sign_stay("bo", "ana"), other.signed_roster, ())

    assert judged(world, release, stays=listed(stays["cy"]))["kind"] == "genuine"
    assert judged(world, release, stays=listed(foreign, stays["cy"], stays["bo"]))["kind"] == "attestation_stayed"
    cut = listed(stays["bo"][:-9] + b"}")
    for nothing in (b"[]", b"<!doctype html>", b"{}", b"[1]", b"\xff", cut, listed(foreign)):
        assert judged(world, release, stays=nothing)["kind"] == "genuine", nothing


def test_the_highest_roster_at_hand_says_whose_key_was_revoked_since(world: World) -> None:
    release, before = world.release("ana", "bo").bundle, trail(world)
    after = revoking(world, "bo")
    other = World(name="birch")

    assert judged(world, release, rosters=[before])["kind"] == "genuine"
    for rosters in ([after], [after, before], [before, after], [revoking(other, "bo"), after]):
        assert judged(world, release, rosters=rosters)["kind"] == "attestation_revoked"
    assert judged(world, release, site=(release,), rosters=[after])["kind"] == "attestation_revoked"
    stay = encode_stay(world.sign_stay("cy", "ana"), world.signed_roster, ())  # It is a file with a roster in it, too.
    assert judged(world, release, stays=listed(stay), rosters=[stay])["kind"] == "attestation_revoked"
    for nothing in (b"<!doctype html>", b"[]", b"\xff", revoking(other, "ana"), after[:-9] + b"}"):
        assert judged(world, release, rosters=[nothing])["kind"] == "genuine"


def test_the_command_counts_revocations_of_the_rosters_that_it_is_given(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    release, before = world.release("ana", "bo").bundle, trail(world)
    files = {"policy": world.policy.encode(), "release": release, "before": before, "after": revoking(world, "bo")}
    for name, data in {**files, "foreign": revoking(World(name="birch"), "bo")}.items():
        (tmp_path / name).write_bytes(data)
    ask = ["check", str(tmp_path / "release"), "--policy", str(tmp_path / "policy"), "--at", str(world.now + MINUTE)]

    def status(*rosters: str) -> int:
        return main([*ask, *(part for one in rosters for part in ("--roster", str(tmp_path / one)))])

    assert status("before") == 0
    assert status("foreign") == 0
    assert "foreign says nothing here" in capsys.readouterr().err
    assert status("after", "before") == 1
    assert "attestation_revoked" in capsys.readouterr().out
