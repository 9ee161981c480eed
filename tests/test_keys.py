"""The locksmith's rules: who becomes a root, who comes onto a roster, and what two custodians can make together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from keys.ceremony import found_network, make_root
from keys.custodian import new_seed
from keys.draft import Draft, draft_roster, next_draft
from keys.enrol import admit, change_roots, enrol, remove, revoke
from keys.known import Known, known_policy, known_roster, read_known
from keys.publish import join, next_chain, prepare, publish, renew_policy, sign_roster
from keys.request import (
    Request,
    open_any_request,
    open_request,
    request_organisation,
    request_root,
)
from protocol.encoding import b64, bech32, canonical, fingerprint, sha256
from protocol.limits import DAY
from protocol.policy import Policy
from protocol.roster import open_roster
from protocol.signed import Signed, key_id, public_key, sign
from protocol.sixwords import fingerprint_words
from tests.locksmith import (
    DESKS,
    LOG,
    NEW_ROOTS,
    NOW,
    POLICY,
    ROOTS,
    UNTIL,
    add,
    first,
    first_draft,
    organisation,
    peopled,
    person,
    refusal,
)


def test_two_of_three_custodians_publish_a_roster_that_every_checker_opens() -> None:
    roster = open_roster(Signed.decode(first().encode()), (), POLICY)

    assert (roster.number, roster.mode, roster.expires) == (1, "exercise", NOW + 30 * DAY)
    assert set(roster.verifiers) == {person(name).id for name in ("ana", "bo", "cy")}
    assert roster.verifiers[person("ana").id].roles == {"lead"}
    assert roster.organisations["faro"].age == fingerprint(organisation("faro").value["age"].encode())


def test_a_root_is_made_of_chance_and_asks_with_its_own_key() -> None:
    one, other = make_root(), make_root()

    assert one.seed != other.seed
    assert open_request(one.request, "root").public == one.public
    assert repr(one).count("seed") == 0


def test_one_custodian_is_not_two() -> None:
    assert refusal(lambda: publish(peopled(), None, POLICY, [ROOTS[0].seed], NOW)).kind == "roster_signers"
    assert refusal(lambda: publish(peopled(), None, POLICY, [ROOTS[0].seed] * 2, NOW)).kind == "roster_signers"


def test_a_stranger_is_no_custodian() -> None:
    assert refusal(lambda: publish(peopled(), None, POLICY, [ROOTS[0].seed, new_seed()], NOW)).kind == "signer"


def test_two_rosters_of_one_number_are_not_joined_and_it_is_said_what_tells_them_apart() -> None:
    parts = [
        sign_roster(prepare(draft, None, POLICY, NOW), root.seed, POLICY)
        for draft, root in ((peopled(), ROOTS[0]), (add(peopled(), "eve"), ROOTS[1]))
    ]
    refused = refusal(lambda: join(parts, None, POLICY))

    assert refused.kind == "signature"
    assert f"Verifier {person('eve').id} is added" in refused.sentence
    for root, part in zip(ROOTS, parts, strict=False):
        assert f"{root.id} signed: {fingerprint_words(part.payload)}" in refused.sentence


def test_what_is_joined_is_what_is_published() -> None:
    payload = prepare(peopled(), None, POLICY, NOW)
    parts = [sign_roster(payload, ROOTS[number].seed, POLICY) for number in (2, 0)]

    assert join(parts, None, POLICY) == first()


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        ("public_key", lambda: add(peopled(), "ana")),
        ("public_key", lambda: add(peopled(), "faro")),  # An organisation's key.
        ("public_key", lambda: add(peopled(), "log")),
        ("public_key", lambda: add(peopled(), "root 1")),
        ("public_key", lambda: add(first_draft(), "ana", known=[elsewhere("ana")])),
        ("public_key", lambda: admit(draft_roster(POLICY, LOG, DESKS), organisation("faro"), [elsewhere("faro")])),
        ("public_key", lambda: add(first_draft(), "ana", known=[known_roster(revoke(peopled(), person("ana").id, 3))])),
        ("roster_network", lambda: enrol_other("ana", replace(POLICY, network="0" * 64))),
        ("roster_content", lambda: add(first_draft(), "ana", desk="south")),
        ("roster_content", lambda: add(first_draft(), "ana", org="ajena")),
        ("roster_content", lambda: add(first_draft(), "ana", until=NOW)),
        ("roster_content", lambda: add(first_draft(), "ana", until=NOW + 367 * DAY)),
        ("roster_content", lambda: add(first_draft(), "ana", org="ajena", roles=["lent"], until=NOW + 31 * DAY)),
        ("roster_content", lambda: add(first_draft(), "ana", roles=["lead", "trainee"])),
        ("roster_content", lambda: admit(first_draft(), renamed("faro"))),
        ("shape", lambda: add(first_draft(), "ana", roles=["chief"])),
        ("shape", lambda: enrol(first_draft(), LOG, org="faro", desk="north", until=UNTIL, now=NOW)),
    ],
)
def test_nobody_is_enrolled_against_the_rules(kind: str, act: Callable[[], object]) -> None:
    assert refusal(act).kind == kind


def elsewhere(name: str) -> Known:
    keys = frozenset({fingerprint(public_key(sha256(name.encode())))})
    return Known("f" * 64, "actual", keys, frozenset())


def enrol_other(name: str, policy: Policy) -> Draft:
    return enrol(first_draft(), person(name, policy), org="faro", desk="north", until=UNTIL, now=NOW)


def renamed(code: str) -> Request:
    other = organisation("otra")
    return replace(other, value={**other.value, "id": code})


def test_a_person_is_enrolled_where_they_asked_to_be() -> None:
    asks = person("ana", org="puente")
    wrong = refusal(lambda: enrol(first_draft(), asks, org="faro", desk="north", until=UNTIL, now=NOW))

    assert wrong.kind == "roster_content"
    assert enrol(first_draft(), asks, org="puente", desk="north", until=UNTIL, now=NOW)["verifiers"]


def test_a_lent_verifier_needs_no_organisation_of_ours() -> None:
    draft = add(peopled(), "dot", "ajena", roles=["lent"], until=NOW + 30 * DAY)

    signed = publish(draft, None, POLICY, [ROOTS[0].seed, ROOTS[1].seed], NOW)
    assert "ajena" in {one.org for one in open_roster(signed, (), POLICY).verifiers.values()}


def test_a_trainee_is_on_no_actual_roster() -> None:
    policy = found_network([root.public for root in ROOTS], "actual")
    act = lambda: enrol(  # noqa: E731
        first_draft(policy), person("ana", policy), org="faro", desk="north", until=UNTIL, now=NOW, roles=["trainee"]
    )

    assert refusal(act).kind == "roster_content"


def test_a_request_is_signed_by_the_key_it_is_for() -> None:
    seed, other = sha256(b"ana"), sha256(b"eve")
    payload = canonical({"v": 1, "kind": "root", "ed25519": b64(public_key(seed))})
    forged = sign("request", payload, key_id(public_key(seed)), other)
    low = canonical({"v": 1, "kind": "root", "ed25519": b64(bytes([1]) + bytes(31))})

    assert refusal(lambda: open_any_request(forged)).kind == "signature"
    assert refusal(lambda: open_any_request(sign("request", payload, "q" * 8, other))).kind == "signer"
    assert refusal(lambda: open_any_request(sign("request", low, "q" * 8, other))).kind == "public_key"
    assert refusal(lambda: open_any_request(sign("roster", payload, "q" * 8, seed))).kind == "payload_type"
    assert refusal(lambda: open_request(request_root(seed), "verifier")).kind == "shape"


def test_an_organisation_asks_with_a_lock_that_can_be_used() -> None:
    for spoiled in (b"\xff" * 1216, bytes(1216)):  # ML-KEM fails its modulus check; X25519 is of low order.
        request = request_organisation(sha256(b"o"), POLICY, "otra", "responder", bech32("age1pq", spoiled))
        assert refusal(lambda request=request: open_any_request(request)).kind == "age_recipient"  # type: ignore[misc]


def test_nothing_follows_a_roster_that_one_custodian_made_alone() -> None:
    alone = sign_roster(prepare(peopled(), None, POLICY, NOW), ROOTS[0].seed, POLICY)
    act = lambda: publish(next_draft(alone), alone, POLICY, [ROOTS[1].seed, ROOTS[2].seed], NOW + 1)  # noqa: E731

    assert refusal(act).kind == "roster_signers"


def test_a_network_needs_a_root_to_spare_and_roots_of_its_own() -> None:
    publics = [root.public for root in ROOTS]

    assert refusal(lambda: found_network(publics[:2], "exercise")).kind == "policy"
    assert refusal(lambda: found_network([*publics, publics[0]], "exercise")).kind == "policy"
    assert refusal(lambda: found_network(publics, "exercise", threshold=1)).kind == "policy"
    assert refusal(lambda: found_network([bytes(32), *publics], "exercise")).kind == "public_key"
    assert refusal(lambda: found_network(publics, "actual", known=[known_policy(POLICY)])).kind == "public_key"
    assert refusal(lambda: found_network(publics, "actual", known=[read_known(first().encode())])).kind == "public_key"
    assert refusal(lambda: found_network(publics, "drill")).kind == "shape"
    assert Policy.decode(POLICY.encode()) == POLICY


def test_a_draft_of_an_older_roster_brings_nobody_back() -> None:
    one = first()
    two = publish(revoke(next_draft(one), person("cy").id, 7), one, POLICY, [ROOTS[0].seed, ROOTS[1].seed], NOW + DAY)
    back = next_draft(two)
    del next(entry for entry in back["verifiers"] if entry["id"] == person("cy").id)["revoked_at"]
    later = revoke(next_draft(two), person("cy").id, 3)

    assert refusal(lambda: prepare(next_draft(one), two, POLICY, NOW + DAY)).kind == "roster_chain"
    assert refusal(lambda: prepare(back, two, POLICY, NOW + DAY)).kind == "roster_content"
    assert refusal(lambda: revoke(next_draft(two), person("cy").id, 8)).kind == "roster_content"
    assert prepare(later, two, POLICY, NOW + DAY)
    gone = remove(later, person("cy").id)
    assert refusal(lambda: prepare(gone, two, POLICY, UNTIL - 1)).kind == "roster_content"
    assert prepare(gone, two, POLICY, UNTIL)


def test_an_id_is_its_keys_own() -> None:
    draft = peopled()
    draft["verifiers"][0]["ed25519"] = b64(public_key(sha256(b"eve")))

    assert refusal(lambda: prepare(draft, None, POLICY, NOW)).kind == "roster_content"


def test_roots_change_only_with_the_old_and_the_new() -> None:
    one = first()
    draft = change_roots(next_draft(one), [ROOTS[0].public, *(root.public for root in NEW_ROOTS[:2])], 2)
    old, new = [ROOTS[1].seed, ROOTS[2].seed], [root.seed for root in NEW_ROOTS[:2]]

    assert refusal(lambda: publish(draft, one, POLICY, old, NOW + 1)).kind == "roster_signers"
    assert refusal(lambda: publish(draft, one, POLICY, new, NOW + 1)).kind == "roster_signers"
    two = publish(draft, one, POLICY, old + new, NOW + 1)
    assert refusal(lambda: publish(next_draft(two), two, POLICY, old, NOW + 2)).kind == "signer"
    three = publish(next_draft(two), two, POLICY, new, NOW + 2)
    assert open_roster(three, next_chain(two, (), POLICY), POLICY).number == 3

    renewed = renew_policy(POLICY, two)
    assert renewed.network == POLICY.network
    assert open_roster(three, (), renewed).number == 3
    assert refusal(lambda: open_roster(one, (), renewed)).kind == "roster_signers"
