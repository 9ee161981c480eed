"""What a desk keeps and erases: weekly keys go with their week, and another pass-phrase takes everything along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from protocol import age
from protocol.envelope import open_envelope
from protocol.epoch import epoch_grace_end
from protocol.errors import Refused
from protocol.vault import open_vault, seal_vault, unwrap
from sereno.__main__ import main
from tests import javascript
from tests.world import World

KEY = bytes(range(32))  # What Argon2id makes of ana's words; tests/test_vault.py has that.


def life(world: World, weeks: int, copied: list[int], times: list[int]) -> Any:
    """Return what is left of ana's desk, which stays open, at each of `times`, and the files that she made."""
    vault = {"network": world.network, "verifier": world.id("ana"), "seed": world.seed("ana"), "key": KEY}
    first = world.epoch()
    keys = [[epoch, world.identity("ana", epoch).seed] for epoch in range(first, first + weeks)]
    return javascript.call("./ring", "life", vault, keys, copied, world.now, times)


def everything(state: Any) -> list[bytes]:
    """Return all that lies in the browser, opened with the vault's key, and all in the worker's memory."""
    opened = [unwrap(KEY, name, sealed) for name, sealed in state["kept"].items()]
    return [*opened, *state["memory"]]


def opens(world: World, envelope: bytes, secret: bytes) -> bool:
    """Whether these bytes, as a key, open ana's stanza of the envelope."""
    if len(secret) != len(KEY):
        return False
    try:
        open_envelope(envelope, age.Identity(secret), world.recipient_set(), world.id("ana"))
    except Refused:
        return False
    return True


def test_an_open_desk_erases_a_week_when_its_grace_is_over_and_nothing_left_opens_it() -> None:
    world = World()
    week = world.epoch()
    envelope = world.seal(world.tip(), world.recipient_set())
    over = epoch_grace_end(week)

    before, after = life(world, 3, [], [over - 1, over])["states"]

    assert sorted(before["weeks"]) == [week, week + 1, week + 2]
    assert [opens(world, envelope, one) for one in everything(before)].count(
        True
    ) == 2  # The browser's and the worker's.
    assert sorted(after["weeks"]) == [week + 1, week + 2]
    assert [len(after["kept"]), len(after["memory"])] == [2, 2]
    exported = [seal_vault(world.network, world.id("ana"), world.seed("ana"), "six words that open her vault well")]
    secrets = [*everything(after), world.seed("ana"), KEY, *exported]
    assert [one for one in secrets if opens(world, envelope, one)] == []


def test_a_desk_that_was_shut_for_a_year_erases_all_of_it_when_it_is_next_looked_at() -> None:
    world = World()
    (late,) = life(world, 3, [], [world.now + 365 * 86_400])["states"]

    assert late == {"kept": {}, "memory": [], "weeks": [], "unkept": [], "copies": []}


def test_a_dated_file_opens_its_week_with_sereno_open_and_is_listed_until_it_is_destroyed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    world = World()
    week = world.epoch()
    (tmp_path / "tip.age").write_bytes(world.seal(world.tip(words="The van turned north."), world.recipient_set()))
    found = life(world, 2, [week], [epoch_grace_end(week)])
    (text,), (after,) = found["files"], found["states"]
    (tmp_path / "ana.epoch").write_text(text, "ascii")

    assert main(["open", str(tmp_path / "tip.age"), "--identity", str(tmp_path / "ana.epoch")]) == 0
    assert "The van turned north." in capsys.readouterr().out
    assert [text.splitlines()[0].split(".")[0].split(",")[0], len(text.splitlines())] == [
        f"# Sereno epoch key of {world.id('ana')}",
        2,
    ]
    (copy,) = after["copies"]  # Long after the key itself is gone.
    assert copy["epoch"] == week
    assert f"made on {copy['made']}. Destroy it by " in text
    assert found["destroyed"]["copies"] == []
    assert not any(name.startswith("copy/") for name in found["destroyed"]["kept"])


def test_a_browser_that_keeps_nothing_still_hands_out_the_file_and_says_what_it_could_not_keep() -> None:
    world = World()
    week = world.epoch()
    found = life(world, 1, [week, week + 1], [world.now])
    mine, absent = found["files"]

    assert mine.splitlines()[1] == world.identity("ana", week).encode()
    assert absent is None  # A week of which nothing is here.
    assert found["states"][0]["unkept"] == [week]


def test_another_pass_phrase_takes_everything_along_or_changes_nothing() -> None:
    world = World()
    week, id = world.epoch(), world.id("ana")
    vault = {"network": world.network, "verifier": id, "seed": world.seed("ana"), "key": KEY}
    found = javascript.call("./ring", "renewed", vault, week, world.identity("ana", week).seed, b"the old file")
    made, after = found["made"], found["after"]["kept"]
    name = f"epoch/{world.network}/{id}/{week}"

    opened = open_vault(made["file"], made["words"])
    assert (opened.seed, opened.key, opened.verifier) == (world.seed("ana"), made["key"], id)
    assert found["failed"] == "full"
    assert found["unchanged"] == found["before"]  # A browser that could not write has the old ones, all of them.
    assert unwrap(made["key"], name, after[name]) == world.identity("ana", week).seed
    assert after[f"vault/{id}"] == made["file"]
    assert set(after) == {*found["before"]["kept"], f"old/{world.network}/{id}"}
    sealed = [one for one in after if not one.startswith("vault/")]
    assert len(sealed) == 3
    for one in sealed:
        assert unwrap(made["key"], one, after[one])
        with pytest.raises(Refused):
            unwrap(KEY, one, after[one])
    assert found["otherTab"] == "vault"
    assert (len(found["old"]), found["gone"]) == (len("2026-11-29"), "")
