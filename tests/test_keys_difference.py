"""What a custodian reads before signing: no change of a roster is without its sentence."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any, Final

import pytest

from keys.difference import difference, summary
from protocol.encoding import b64
from protocol.limits import DAY
from protocol.roster import ROSTER
from tests.locksmith import (
    NEW_ROOTS,
    ROOTS,
    UNTIL,
    first,
    person,
)

KEY: Final = b64(bytes(32))
CHANGES: Final[list[tuple[str, Callable[[Any], None]]]] = [
    ("An alert needs 3 verifiers; before it was 2.", lambda v: v["quorum"].update(keys=3)),
    ("An alert needs 3 organisations; before it was 2.", lambda v: v["quorum"].update(organisations=3)),
    ("3 of 3 roots have to sign; before it was 2.", lambda v: v["roots"].update(threshold=3)),
    (f"Root key {ROOTS[0].id} is removed.", lambda v: v["roots"]["keys"].remove(b64(ROOTS[0].public))),
    (f"Root key {NEW_ROOTS[0].id} is added: ", lambda v: v["roots"]["keys"].append(b64(NEW_ROOTS[0].public))),
    ("The log is other.example/x, key ", lambda v: v["log"].update(origin="other.example/x")),
    ("The log log.example/sereno has another key: ", lambda v: v["log"].update(key=b64(ROOTS[0].public))),
    (
        "Cosigner a.example is added: key ",
        lambda v: v["cosigners"].append({"name": "a.example", "key": KEY}),
    ),
    ("Desk north has at least 3 verifiers instead of 2.", lambda v: v["desks"][0].update(minimum=3)),
    ("Desk north gets the zone pier.", lambda v: v["desks"][0]["zones"].append("pier")),
    ("Desk north loses the zone harbor.", lambda v: v["desks"][0]["zones"].remove("harbor")),
    ("Desk south is added: ", lambda v: v["desks"].append({"id": "south", "minimum": 2, "zones": ["x"]})),
    ("Organisation faro is attorney instead of network.", lambda v: v["organisations"][0].update(role="attorney")),
    ("Organisation faro has another sealing key: ", lambda v: v["organisations"][0].update(age="0" * 64)),
    ("Organisation faro has another key: ", lambda v: v["organisations"][0].update(ed25519=KEY)),
    ("Organisation faro is removed.", lambda v: v["organisations"].pop(0)),
    ("Verifier {} is removed.", lambda v: v["verifiers"].pop(0)),
    ("Verifier {} becomes senior.", lambda v: v["verifiers"][0]["roles"].append("senior")),
    ("Verifier {} is no longer lead.", lambda v: v["verifiers"][0]["roles"].clear()),
    ("Verifier {} moves from organisation faro to puente.", lambda v: v["verifiers"][0].update(org="puente")),
    ("Verifier {} moves from desk north to south.", lambda v: v["verifiers"][0].update(desk="south")),
    ("Verifier {} has another key: ", lambda v: v["verifiers"][0].update(ed25519=KEY)),
    ("Verifier {} is renewed: until ", lambda v: v["verifiers"][0].update(certified_until=UNTIL + DAY)),
    ("Verifier {} is SHORTENED: until ", lambda v: v["verifiers"][0].update(certified_until=UNTIL - DAY)),
    ("Verifier {} is REVOKED: nothing of theirs counts from", lambda v: v["verifiers"][0].update(revoked_at=9)),
    ("WARNING: its mode is actual; before it was exercise.", lambda v: v.update(mode="actual")),
    ("WARNING: its network is 00", lambda v: v.update(network="0" * 64)),
]


@pytest.mark.parametrize(("sentence", "change"), CHANGES, ids=[sentence for sentence, _ in CHANGES])
def test_every_change_has_its_sentence(sentence: str, change: Callable[[Any], None]) -> None:
    old = first().read(ROSTER)
    old["verifiers"].sort(key=lambda one: "lead" not in one["roles"])  # The lead first.
    new = deepcopy(old)
    change(new)
    said = [line for line in difference(old, new) if line not in difference(old, old)]

    assert len(said) == 1 if "mode" not in sentence and "network is" not in sentence else said
    assert any(line.startswith(sentence.format(person("ana").id)) for line in said)


def test_who_signs_for_more_keys_than_a_desk_joins_is_warned() -> None:
    old = first().read(ROSTER)
    new = deepcopy(old)
    new["quorum"]["keys"] = 3

    assert [line for line in difference(old, new) if "no alert can go out" in line]
    assert [line for line in difference(old, old) if "no alert can go out" in line] == []


def test_a_roster_that_only_goes_on_says_so() -> None:
    value = first().read(ROSTER)

    assert "Nothing changes but the number and the dates." in difference(value, value)


def test_who_is_no_longer_certified_is_named() -> None:
    value = {**first().read(ROSTER), "issued": UNTIL}

    assert sum("ended" in line for line in difference(value, value)) == 3


def test_the_summary_names_everybody_with_their_words() -> None:
    said = "\n".join(summary(first().read(ROSTER)))

    assert all(person(name).id in said and person(name).words in said for name in ("ana", "bo", "cy"))
