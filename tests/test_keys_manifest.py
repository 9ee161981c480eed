"""`keys manifest`: a list of pages becomes a manifest by custodians who are apart, and each sees what they sign."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from keys import disk
from keys.manifest import changes, join, prepare, require_next, require_same, sign_manifest
from protocol.limits import DAY
from protocol.manifest import Place, encode_listing, open_manifest
from protocol.policy import Policy
from protocol.signed import Signed
from tests.databases import ROOT
from tests.locksmith import NEW_ROOTS, NOW, POLICY, ROOTS, Table, refusal

PAGES: Final[dict[Place, str]] = {
    ("check", "/en/check"): "c1" * 32,
    ("desk", "/en"): "d1" * 32,
    ("form", "/en"): "f1" * 32,
}
NEXT: Final[dict[Place, str]] = {**PAGES, ("form", "/en"): "f2" * 32, ("form", "/es"): "f3" * 32}


def listing(pages: Mapping[Place, str] = PAGES) -> bytes:
    return encode_listing(POLICY, pages)


def signed(payload: bytes, *roots: int) -> Signed:
    return join([sign_manifest(payload, ROOTS[one].seed, POLICY, POLICY.roots) for one in roots], POLICY, POLICY.roots)


@pytest.fixture(scope="module")
def first() -> Signed:
    return signed(prepare(listing(), None, POLICY, NOW), 0, 2)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Table:
    """Give a table with what a ceremony left, once for all tests."""
    table = Table(tmp_path_factory.mktemp("founded"))
    table.do("ceremony --mode exercise --out roots --words-out words")
    disk.create(table.folder / "policy.json", (table.folder / "roots" / "policy.json").read_bytes())
    policy = Policy.decode((table.folder / "policy.json").read_bytes())
    for name, pages in (("pages", PAGES), ("next", NEXT)):
        (table.folder / f"{name}.json").write_bytes(encode_listing(policy, pages))
    return table


@pytest.fixture
def table(founded: Table, tmp_path: Path) -> Table:
    shutil.copytree(founded.folder, tmp_path, dirs_exist_ok=True)
    return Table(tmp_path)


def test_custodians_who_are_apart_sign_the_first_and_then_what_changed(table: Table) -> None:
    at_one_table = "--custodian roots/root-1.json --custodian roots/root-2.json --out manifest-1.json"
    said = table.do(f"manifest publish --pages pages.json {at_one_table}", "yes\n" + table.words(*_words(1, 2)))
    assert "new      form /en  f1f1" in said
    table.do("manifest prepare --pages next.json --previous manifest-1.json --out unsigned-2.json", "yes\n")
    for one in (1, 3):
        said = table.do(
            f"manifest sign unsigned-2.json --pages next.json --previous manifest-1.json "
            f"--custodian roots/root-{one}.json --out part-{one}.json",
            "yes\n" + table.words(*_words(one)),
        )
        assert "The pages that your own machine made are the same." in said
        assert "  changed  form /en  f2f2f2f2f2f2f2f2, was f1f1f1f1f1f1f1f1" in said
        assert "  new      form /es" in said
        assert "  2 pages stay as they are." in said
    table.do("manifest join part-1.json part-3.json --previous manifest-1.json --out manifest-2.json")

    policy = Policy.decode((table.folder / "policy.json").read_bytes())
    made = Signed.decode((table.folder / "manifest-2.json").read_bytes()[:-1])
    found = open_manifest(made, policy.roots, policy)
    assert (found.number, dict(found.pages)) == (2, NEXT)
    before = Signed.decode((table.folder / "manifest-1.json").read_bytes()[:-1])
    found.require_follows(1, before.message())


def _words(*custodians: int) -> list[str]:
    return [f"words-{one}.txt" for one in custodians]


def test_every_step_of_the_guide_works(table: Table) -> None:
    for name, number in (("ana", 1), ("bo", 2)):
        shutil.copy(table.folder / f"roots/root-{number}.json", table.folder / f"root-{name}.json")
    words = {"root-ana.json": table.words("words-1.txt"), "root-bo.json": table.words("words-2.txt")}
    blocks = re.findall(r"^```\n(.*?)^```$", (ROOT / "deploy" / "pages.md").read_text(), re.MULTILINE | re.DOTALL)
    for line in [line for block in blocks for line in block.splitlines() if line]:
        typed = "".join(words[part] for part in line.split() if part in words)
        table.do(line.removeprefix("python -m keys "), "yes\n" + typed)

    assert (table.folder / "manifest-1.json").exists()


def test_a_custodian_whose_machine_makes_other_pages_signs_nothing(table: Table) -> None:
    table.do("manifest prepare --pages pages.json --yes --out unsigned.json")
    asked = "manifest sign unsigned.json --pages next.json --custodian roots/root-1.json --out part.json"

    assert table.run(asked, "yes\n" + table.words("words-1.txt")) == 1
    assert "Your machine makes other pages than the ones to be signed: form /en, form /es." in table.err
    assert not (table.folder / "part.json").exists()
    assert table.run(asked.replace("next", "pages"), "no\n") == 1
    assert "nothing was done" in table.err
    (table.folder / "part.json").write_text("kept")
    assert table.run(asked.replace("next", "pages"), "yes\n" + table.words("words-1.txt")) == 1
    assert (table.folder / "part.json").read_text() == "kept"


def test_what_is_not_the_next_manifest_of_this_network_is_not_signed(first: Signed) -> None:
    second = prepare(listing(NEXT), first, POLICY, NOW)
    require_next(second, first, POLICY, NOW)

    assert refusal(lambda: require_next(second, None, POLICY, NOW)).kind == "manifest_chain"
    assert refusal(lambda: require_next(first.payload, first, POLICY, NOW)).kind == "manifest_chain"
    third = prepare(listing(), signed(second, 0, 1), POLICY, NOW)
    assert refusal(lambda: require_next(third, first, POLICY, NOW)).kind == "manifest_chain"
    assert refusal(lambda: require_next(second, first, POLICY, NOW - 2 * DAY)).kind == "manifest_chain"
    assert refusal(lambda: require_next(second, first, POLICY, NOW + 31 * DAY)).kind == "manifest_chain"
    elsewhere = listing().replace(POLICY.network.encode(), b"ab" * 32)
    assert refusal(lambda: prepare(elsewhere, None, POLICY, NOW)).kind == "manifest_network"
    assert refusal(lambda: require_same(first.payload, listing(NEXT), POLICY)).kind == "manifest"


def test_one_custodian_one_twice_and_a_stranger_make_no_manifest(first: Signed) -> None:
    payload = first.payload

    assert refusal(lambda: signed(payload, 0)).kind == "manifest_signers"
    assert refusal(lambda: signed(payload, 0, 0)).kind == "manifest_signers"
    assert refusal(lambda: sign_manifest(payload, NEW_ROOTS[0].seed, POLICY, POLICY.roots)).kind == "signer"
    other = sign_manifest(prepare(listing(NEXT), None, POLICY, NOW), ROOTS[1].seed, POLICY, POLICY.roots)
    part = sign_manifest(payload, ROOTS[0].seed, POLICY, POLICY.roots)
    assert refusal(lambda: join([part, other], POLICY, POLICY.roots)).kind == "signature"


def test_a_page_that_goes_is_said_before_anybody_signs(first: Signed) -> None:
    second = signed(prepare(listing(NEXT), first, POLICY, NOW), 0, 1)
    fewer = prepare(listing(), second, POLICY, NOW)

    assert any(line.startswith("  gone     form /es") for line in changes(second, fewer))
