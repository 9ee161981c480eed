"""The sealed list of names: for custodians and leads, whole or not there, and on no command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from keys.names import Names, open_names, seal_names
from tests.locksmith import POLICY, Table, person, refusal

WORDS = "one two three four five six"


@pytest.fixture
def desk(tmp_path: Path) -> Table:
    desk = Table(tmp_path)
    (tmp_path / "policy.json").write_bytes(POLICY.encode())
    desk.do("names new --out names.json --words-out words/list")
    return desk


@pytest.fixture(autouse=True)
def drawer(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()


def test_names_are_typed_sealed_and_shown_to_those_who_know_the_words(desk: Table) -> None:
    ana, bo = person("ana").id, person("bo").id
    for id, name in ((ana, "Ana García, 555-0100"), (bo, "Bo 李")):
        desk.do(f"names add --list names.json --id {id}", desk.words("list") + name + "\n")
    file = (desk.folder / "names.json").read_bytes()

    for told in ("García", "555-0100", "李"):  # None of them can be in base64 by chance, as "Ana" can.
        assert told not in file.decode() + " ".join(desk.typed)
    said = desk.do("names show --list names.json", desk.words("list"))
    assert f"{ana}  Ana García, 555-0100" in said
    desk.do(f"names remove --list names.json --id {ana}", desk.words("list"))
    assert ana not in desk.do("names show --list names.json", desk.words("list"))
    assert "no server" in desk.do("show names.json")


def test_a_list_is_never_lost_to_a_mistake(desk: Table) -> None:
    ana, file = person("ana").id, desk.folder / "names.json"
    desk.do(f"names add --list names.json --id {ana}", desk.words("list") + "Ana\n")
    before = file.read_bytes()

    for line, typed in (
        (f"names add --list names.json --id {ana}", "Eve\n"),  # An id is one person's, for good.
        (f"names remove --list names.json --id {person('bo').id}", ""),
        (f"names add --list names.json --id {person('bo').id}", "\n"),
        (f"names add --list names.json --id {person('bo').id}", "B\u202eo\n"),
        ("names new --out names.json", ""),
        ("names words --list names.json --out names.json", ""),
    ):
        assert desk.run(line, desk.words("list") + typed) == 1, line
    assert desk.run("names show --list names.json", WORDS + "\n") == 1
    assert "VAU-2" in desk.err
    assert file.read_bytes() == before


def test_who_leaves_knows_the_old_words_and_not_the_new(desk: Table) -> None:
    ana = person("ana").id
    desk.do(f"names add --list names.json --id {ana}", desk.words("list") + "Ana\n")
    said = desk.do("names words --list names.json --out names-2.json --words-out words/new", desk.words("list"))

    assert "Destroy names.json" in said
    assert "Ana" in desk.do("names show --list names-2.json", desk.words("new"))
    assert desk.run("names show --list names-2.json", desk.words("list")) == 1


def test_half_a_list_and_a_changed_one_are_refused() -> None:
    file = seal_names(Names(POLICY.network, {person("ana").id: "Ana"}), WORDS)

    assert open_names(file, WORDS).by_id == {person("ana").id: "Ana"}
    assert refusal(lambda: open_names(file[: len(file) // 2], WORDS)).kind == "vault"
    other = file.replace(POLICY.network.encode(), b"0" * 64)  # What stands in the clear is sealed along.
    assert refusal(lambda: open_names(other, WORDS)).kind == "passphrase"
    assert refusal(lambda: open_names(POLICY.encode(), WORDS)).kind == "vault"
