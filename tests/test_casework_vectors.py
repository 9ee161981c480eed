"""The vectors of casework: one event on one case, and what both languages make of it."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from protocol.case import Case, Context
from protocol.casework import next_state
from protocol.errors import Refused
from protocol.event import open_event
from protocol.evidence import Missing
from protocol.policy import Policy
from protocol.roster import open_roster
from protocol.signed import Signed
from tests.javascript import call
from tests.story import plain
from tests.vector_stories import FOLDER, casework, signing_in, written

VECTORS: Final = json.loads((FOLDER / "casework.json").read_text())
LISTS: Final = ("envelopes", "attested", "suspenders")


def python(case: dict[str, Any] | None, event: dict[str, Any], known: dict[str, Any]) -> Any:
    """Return the case after an event, by Python."""
    policy = Policy.decode(VECTORS["policy"].encode())
    roster = open_roster(Signed.of(VECTORS["roster"]), [], policy)
    fields = {_snake(name): one for name, one in known.items()}
    for name in fields.keys() & {"on_shift", "stayed", "drawn", "conflicted", "suspended_lately"}:
        fields[name] = frozenset(fields[name])
    if "missing" in fields:
        fields["missing"] = tuple(Missing(one["code"]) for one in fields["missing"])
    target = fields.pop("target", None)
    context = Context(**fields, roster=roster, target=None if target is None else _case(target))
    before = None if case is None else _case(case)
    return plain(next_state(before, open_event(Signed.of(event), roster), context))


def javascript(case: dict[str, Any] | None, event: dict[str, Any], known: dict[str, Any]) -> Any:
    """Return the case after an event, by JavaScript."""
    policy, roster = VECTORS["policy"].encode(), Signed.of(VECTORS["roster"]).encode()
    opened = call("./casework", "openedEvent", policy, roster, Signed.of(event).encode())
    return call("./casework", "next", case, opened, known, policy, roster)


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)


def _case(value: dict[str, Any]) -> Case:
    fields: dict[str, Any] = {name: tuple(one) if name in LISTS else one for name, one in value.items()}
    return Case(**fields)


@pytest.mark.parametrize("language", [python, javascript], ids=["Python", "JavaScript"])
@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_a_vector_of_casework_has_its_outcome(vector: dict[str, Any], language: Any) -> None:
    try:
        outcome = {"state": language(vector["case"], vector["event"], vector["context"])["state"]}
    except Refused as refusal:
        outcome = {"refused": refusal.kind}

    assert outcome == vector["outcome"]


def test_the_signed_vectors_are_those_that_the_stories_give() -> None:
    for name, make in (("casework", casework), ("signin", signing_in)):
        assert (FOLDER / f"{name}.json").read_text() == written(make())
