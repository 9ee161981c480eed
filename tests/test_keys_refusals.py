"""What the locksmith refuses though something behind it would too: at once, and in a sentence of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from keys import custodian, dates
from keys.custodian import new_seed, seal_custody
from keys.describe import describe
from keys.draft import draft_roster, next_draft
from keys.enrol import enrol
from keys.known import read_known
from keys.manifest import join as join_manifests
from keys.manifest import prepare as prepare_manifest
from keys.manifest import sign_manifest
from keys.names import Names, seal_names
from keys.publish import join as join_rosters
from keys.publish import prepare, read_payload, require_follows, sign_roster
from keys.request import open_any_request, open_request, request_verifier
from protocol.limits import ROSTER_LIFE
from protocol.manifest import encode_listing
from protocol.signed import Signed, sign
from tests.locksmith import DESKS, LOG, NOW, POLICY, ROOTS, UNTIL, Table, first, first_draft, peopled, person, refusal

ACTUAL: Final = replace(POLICY, mode="actual")
PAGES: Final = {("check", "/en/check"): "c1" * 32, ("desk", "/en"): "d1" * 32, ("form", "/en"): "f1" * 32}


def listed(root: int) -> Signed:
    payload = prepare_manifest(encode_listing(POLICY, PAGES), None, POLICY, NOW)
    return sign_manifest(payload, ROOTS[root].seed, POLICY, POLICY.roots)


def twice_one() -> object:
    return join_manifests([listed(0), listed(0)], POLICY, POLICY.roots)


def at_no_desk() -> object:
    asks = open_request(request_verifier(new_seed(), POLICY, "south", "faro"), "verifier")
    return enrol(first_draft(), asks, org="faro", desk="south", until=UNTIL, now=NOW)


def bare_list() -> Signed:
    return sign("request", b"[]", ROOTS[0].id, ROOTS[0].seed)


def held(seconds: int) -> object:
    return prepare(peopled(), None, POLICY, NOW, seconds)


def after_another() -> None:
    """Follow with the third roster on the first."""
    second = prepare(next_draft(first()), first(), POLICY, NOW)
    require_follows(first(), {**read_payload(second), "number": 3})


REFUSED: Final[dict[str, tuple[str, str, Callable[[], object]]]] = {
    "a day of one digit": ("shape", "must be a time such as", lambda: dates.read("2026-1-01T00:00:00Z", "until")),
    "a desk twice": (
        "roster_content",
        "desks hold one id twice",
        lambda: draft_roster(POLICY, LOG, [*DESKS, DESKS[0]]),
    ),
    "a desk that is none": ("roster_content", "has no desk south", at_no_desk),
    "one custodian twice": ("manifest_signers", "signed twice", twice_one),
    "no time at all": ("roster_dates", "more than 0 and at most 30 days", lambda: held(0)),
    "too long a time": ("roster_dates", "more than 0 and at most 30 days", lambda: held(ROSTER_LIFE + 1)),
    "a draft of another mode": ("roster_network", "mode is exercise", lambda: prepare(peopled(), None, ACTUAL, NOW)),
    "a roster of another mode": (
        "roster_network",
        "mode is exercise; the policy's is actual",
        lambda: sign_roster(prepare(peopled(), None, POLICY, NOW), ROOTS[0].seed, ACTUAL),
    ),
    "a roster past the next": ("roster_chain", "the previous one is roster 1", after_another),
    "some other JSON": (
        "shape",
        "none of the files that custodians use",
        lambda: describe(b'{"x":1}\n', None, (), NOW),
    ),
    "a list among rosters": (
        "payload_type",
        "A signed roster is needed",
        lambda: join_rosters([listed(0)], None, POLICY),
    ),
    "a roster for a request": ("payload_type", "A request is needed", lambda: open_request(first(), "root")),
    "a request of no kind": ("shape", "kind is one of", lambda: open_request(ROOTS[0].request, "chief")),
    "a request that is a list": ("shape", "an object with a kind", lambda: open_any_request(bare_list())),
    "keys that no list names": ("payload_type", "this is a manifest", lambda: read_known(listed(0).encode())),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_mistake_is_named_where_it_is_made(name: str) -> None:
    kind, saying, act = REFUSED[name]
    found = refusal(act)
    assert found.kind == kind
    assert saying in found.sentence


def other(*_: object) -> Any:
    """Open anything to something else."""
    return replace(custodian.open_custody(CUSTODY, WORDS), seed=bytes(32))


WORDS: Final = "one two three four five six"
CUSTODY: Final = seal_custody(ROOTS[0].request, ROOTS[0].seed, None, WORDS)


def test_what_was_sealed_is_opened_again_before_anybody_relies_on_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    changed = other()
    for where in ("keys.custodian.open_custody", "keys.names.open_names", "keys.people.open_vault"):
        monkeypatch.setattr(where, lambda *_: changed)
    for act in (
        lambda: seal_custody(ROOTS[0].request, ROOTS[0].seed, None, WORDS),
        lambda: seal_names(Names(POLICY.network, {person("ana").id: "Ana"}), WORDS),
    ):
        found = refusal(act)
        assert (found.kind, "nothing was kept" in found.sentence) == ("vault", True)

    table = Table(tmp_path)
    (tmp_path / "policy.json").write_bytes(POLICY.encode())
    ask = "verifier request --policy policy.json --desk north --org faro --out v.json --request v.request --words-out w"
    assert table.run(ask) == 1
    assert "nothing was kept" in table.err
    assert not (tmp_path / "v.json").exists()
