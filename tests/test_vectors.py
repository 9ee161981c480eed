"""Our own vectors, protocol/vectors: each is one rule and one outcome, and both languages keep it."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from protocol.errors import KINDS, Refused
from tests import javascript, twins
from tests.make_vectors import FOLDER, laid_over

FILES: Final = {
    path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json")) if path.stem in twins.NOUNS
}
VECTORS: Final = [
    pytest.param(noun, laid_over(file["shared"], vector["fields"]), vector, id=f"{noun}: {vector['name']}")
    for noun, file in FILES.items()
    for vector in file["vectors"]
]


def outcome(act: Any, *asked: Any) -> Any:
    """Return what a call finds, or the kind and sentence of its refusal."""
    try:
        return {"kind": None, "found": act(*asked)}
    except Refused as refusal:
        return {"kind": refusal.kind, "sentence": refusal.sentence}


@pytest.mark.parametrize(("noun", "fields", "vector"), VECTORS)
def test_a_vector_has_its_outcome_in_both_languages(noun: str, fields: dict[str, Any], vector: dict[str, Any]) -> None:
    mine = outcome(twins.answer, noun, fields)
    theirs = outcome(javascript.call, "./twins", "answer", noun, fields)

    assert mine["kind"] == theirs["kind"] == vector["kind"]
    assert mine.get("found") == theirs.get("found") == vector.get("found")
    if mine["kind"] not in twins.APART:
        assert mine.get("sentence") == theirs.get("sentence")


def test_a_vector_has_a_rule_and_no_field_that_nobody_reads() -> None:
    for noun, file in FILES.items():
        assert set(file) == {"about", "noun", "shared", "vectors"}
        assert file["noun"] == noun
        names = [vector["name"] for vector in file["vectors"]]
        assert len(set(names)) == len(names)
        for vector in file["vectors"]:
            assert set(vector) == {"name", "rule", "kind", "fields", *([] if vector["kind"] else ["found"])}
            assert vector["kind"] is None or vector["rule"] == KINDS[vector["kind"]].rule


def test_a_field_that_nobody_reads_is_found_out() -> None:
    with pytest.raises(KeyError, match="A question about a alert has"):
        twins.answer("alert", {"alert": {}, "note": ""})
    with pytest.raises(KeyError):
        twins.answer("alert", {})


def test_every_noun_has_vectors_and_all_together_are_small() -> None:
    assert set(FILES) == set(twins.NOUNS) - {"decoded-bundle"}
    assert len(VECTORS) > 200
    assert sum(path.stat().st_size for path in FOLDER.glob("*.json")) < 800_000
