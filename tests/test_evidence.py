"""Evidence: the table of classes, told afresh here as set logic, over every set of findings.  In both languages."""

from __future__ import annotations

import json
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import pytest

from protocol.errors import Refused
from protocol.evidence import BASIS, CLASSES, Finding, Told, is_met, missing, require_met, sentence
from protocol.limits import MINUTE
from tests.refusals import refused
from tests.story import in_javascript, plain
from tests.world_network import NOW

VECTORS: Final = json.loads((Path(__file__).parent.parent / "protocol" / "vectors" / "evidence.json").read_text())[
    "vectors"
]
EVERYTHING: Final = Told("responders", lead=True, site=True, emergency=True)
CODES: Final = ("D1", "D2", "D3", "D4", "C1", "C2", "C3")
D: Final = {"D1", "D2", "D3", "D4"}
C: Final = {"C1", "C2", "C3"}


def table(class_: str, have: set[str], against: set[str], site: bool) -> bool:
    """Return whether the basis rule of the table is met, word for word."""
    return {
        # D1, or two of {D2, D3, D4}, or one D + one C
        "A": "D1" in have or len(have & {"D2", "D3", "D4"}) >= 2 or bool(have & D and have & C),
        # D1 + any D or C
        "B": "D1" in have and bool(have - {"D1"}),
        # D3 from the site's own contact, or D1 + C2
        "C": ("D3" in have and site) or {"D1", "C2"} <= have,
        # never public: no basis of its own, but something must have been found
        "D": bool(have),
        "E": bool(have),
        # not ours
        "F": False,
        # D1 or C2 negative
        "R": bool(against & {"D1", "C2"}),
    }[class_]


def lacks(class_: str, findings: list[Finding], told: Told = EVERYTHING, now: int = NOW) -> list[str]:
    """Return the codes of what is missing, after both languages gave the same in full."""
    found = missing(class_, findings, told, now)
    met = is_met(class_, findings, told, now)
    theirs = in_javascript("lacks", class_, plain(findings), plain(told), now)
    assert theirs == ("taken", {"found": plain(found), "sentences": [sentence(one) for one in found], "met": met})
    assert met == (not found)
    return [one.code for one in found]


@pytest.mark.parametrize("class_", CLASSES)
@pytest.mark.parametrize("site", [False, True])
def test_the_rule_of_a_class_is_the_tables_for_every_set_of_findings(class_: str, site: bool) -> None:
    for size in range(len(CODES) + 1):
        for codes in combinations(CODES, size):
            for against in (False, True):
                findings = [Finding(code, NOW, against, site and code == "D3") for code in codes]
                have, denied = (set(), set(codes)) if against else (set(codes), set())
                basis = "basis" not in lacks(class_, findings) and class_ != "F"

                assert basis == table(class_, have, denied, site), (class_, codes, against)


def test_the_codes_are_the_tables() -> None:
    assert tuple(BASIS) == CODES
    assert CLASSES == ("A", "B", "C", "D", "E", "F", "R")


@pytest.mark.parametrize("class_", sorted(set(CLASSES) - {"F"}))
@pytest.mark.parametrize(("age", "fresh"), [(0, True), (30 * MINUTE, True), (30 * MINUTE + 1, False)])
def test_the_freshest_finding_is_at_most_half_an_hour_old(class_: str, age: int, fresh: bool) -> None:
    codes = ("D1", "C2", "D3")
    findings = [Finding(code, NOW - age - 60 * index, class_ == "R", code == "D3") for index, code in enumerate(codes)]
    stale = [Finding("C1", NOW, class_ != "R")]  # What does not count can't freshen what does.

    assert lacks(class_, findings + stale) == ([] if fresh else ["fresh"])


@pytest.mark.parametrize(
    ("class_", "told", "wanted"),
    [
        ("A", Told("public"), []),
        ("B", Told("responders"), []),
        ("B", Told("public"), ["lead"]),
        ("B", Told("public", lead=True), []),
        ("C", Told(), ["lead", "site_told"]),
        ("C", Told(lead=True), ["site_told"]),
        ("C", Told(site=True), ["lead"]),
        ("D", Told("public", lead=True), ["never_public"]),
        ("D", Told(), ["lead"]),
        ("D", Told(lead=True), []),
        ("E", Told(), ["lead", "emergency_told"]),
        ("E", Told(emergency=True, lead=True), []),
        ("F", EVERYTHING, ["not_ours"]),
        ("R", Told("public"), []),
    ],
)
def test_the_extras_of_a_class_are_the_tables(class_: str, told: Told, wanted: list[str]) -> None:
    findings = [Finding(code, NOW, class_ == "R", code == "D3") for code in CODES]

    assert lacks(class_, findings, told) == wanted


def test_two_photos_are_one_kind_of_look() -> None:
    assert lacks("A", [Finding("D2", NOW), Finding("D2", NOW - 60)]) == ["basis"]


def test_what_is_missing_is_said_with_every_way_that_is_left() -> None:
    with refused("evidence", "Class B still needs D1 (a trained checker on site now)."):
        require_met(missing("B", [Finding("C1", NOW)], EVERYTHING, NOW))
    says = (
        "needs D1 (a trained checker on site now) or 1 of D3 (a known contact at the site), D4 (the source's answer to"
    )
    with refused("evidence", says):
        require_met(missing("A", [Finding("D2", NOW)], EVERYTHING, NOW))
    require_met(missing("A", [Finding("D1", NOW)], EVERYTHING, NOW))


@pytest.mark.parametrize(("class_", "code"), [("G", "D1"), ("A", "D5"), ("", "D1")])
def test_a_class_or_code_that_does_not_exist_is_refused(class_: str, code: str) -> None:
    with refused("shape"):
        missing(class_, [Finding(code, NOW)], EVERYTHING, NOW)
    kind, _ = in_javascript("lacks", class_, [{"code": code, "at": NOW}], {}, NOW)
    assert kind == "shape"


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_of_evidence_has_its_outcome(vector: dict[str, Any]) -> None:
    findings = [Finding(**finding) for finding in vector["findings"]]

    assert lacks(vector["class"], findings, Told(**vector["told"]), vector["now"]) == vector["missing"]
    kind = "taken"
    try:
        require_met(missing(vector["class"], findings, Told(**vector["told"]), vector["now"]))
    except Refused as refusal:
        kind = refusal.kind
    assert kind == in_javascript("mustBeMet", vector["class"], vector["findings"], vector["told"], vector["now"])[0]
    assert kind == ("evidence" if vector["missing"] else "taken")
