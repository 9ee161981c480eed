"""Refusals: the one table of kinds, the same in both languages."""

from __future__ import annotations

import re

import pytest

from protocol.errors import KINDS, Refused
from tests import javascript


def test_python_and_javascript_list_the_same_kinds_in_the_same_order() -> None:
    theirs = javascript.call("errors", "KINDS")

    assert [(kind, entry["rule"], entry["status"]) for kind, entry in theirs.items()] == [
        (kind, entry.rule, entry.status) for kind, entry in KINDS.items()
    ]


def test_every_kind_has_a_rule_of_its_own_and_a_status_that_refuses() -> None:
    rules = [entry.rule for entry in KINDS.values()]

    assert len(set(rules)) == len(rules)
    assert all(re.fullmatch("[A-Z]{3}-[1-9][0-9]*", rule) for rule in rules)
    assert all(400 <= entry.status < 600 for entry in KINDS.values())


def test_a_refusal_says_its_kind_its_rule_and_its_sentence() -> None:
    refusal = Refused("shape", "It must be round; it is square.")

    assert (refusal.kind, refusal.rule, refusal.status) == ("shape", "ENC-5", 400)
    assert str(refusal) == "shape (ENC-5): It must be round; it is square."


def test_a_kind_that_is_not_in_the_table_can_not_be_refused_with() -> None:
    with pytest.raises(KeyError):
        Refused("no_such_kind", "Never said.")


def test_a_refusal_in_javascript_arrives_with_its_kind_and_sentence() -> None:
    with pytest.raises(Refused, match="at most 3") as caught:
        javascript.call("encoding", "parse", b"[1,2]", 3)
    assert caught.value.kind == "too_large"
