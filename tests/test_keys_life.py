"""A roster's life: renewed people and organisations, other logs, partners and desks, and periods signed ahead."""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import pytest

from keys.changes import change_cosigners, change_desks, change_log, drop_organisation, replace_organisation
from keys.difference import difference
from keys.draft import Draft, next_draft
from keys.enrol import admit, renew, revoke
from keys.publish import prepare, publish, read_payload, require_near
from keys.request import Request, open_request, request_log, request_organisation
from protocol.age import Identity
from protocol.encoding import sha256
from protocol.errors import Refused
from protocol.limits import DAY
from protocol.note import COSIGNER, LOG, Key
from protocol.roster import ROSTER, Roster, open_roster
from protocol.signed import Signed, public_key
from tests.locksmith import NOW, POLICY, ROOTS, UNTIL, add, first, organisation, peopled, person, refusal

SEEDS: Final = [ROOTS[0].seed, ROOTS[1].seed]
LATER: Final = UNTIL + 90 * DAY
LOG_2: Final = open_request(request_log(sha256(b"log 2"), "log.example/sereno"), "log")


def opened(signed: Signed) -> Roster:
    return open_roster(signed, (), POLICY)


def partner(seed: bytes, name: str = "partner.example") -> Key:
    return Key(name, COSIGNER, public_key(sha256(seed)))


def attorney(seed: bytes, code: str) -> Request:
    request = request_organisation(sha256(seed), POLICY, code, "attorney", Identity(sha256(seed)).recipient)
    return open_request(request, "organisation")


def test_a_renewed_person_has_a_new_key_and_a_new_id_in_the_old_place() -> None:
    one, ana, anew = first(), person("ana"), person("ana anew")
    two = publish(renew(next_draft(one), ana.id, anew, until=LATER, now=UNTIL - DAY), one, POLICY, SEEDS, UNTIL - DAY)
    before, after = opened(one).verifiers[ana.id], opened(two).verifiers[anew.id]

    assert ana.id not in opened(two).verifiers
    assert (before.org, before.desk, before.roles) == (after.org, after.desk, after.roles)
    assert (after.key, after.certified_until) == (anew.public, LATER)


@pytest.mark.parametrize(
    ("kind", "id", "name", "draft"),
    [
        ("public_key", "ana", "ana", peopled()),
        ("public_key", "ana", "bo", peopled()),
        ("roster_content", "eve", "anew", peopled()),
        ("roster_content", "cy", "anew", revoke(peopled(), person("cy").id, 3)),
    ],
)
def test_nobody_is_renewed_under_a_key_that_stands_there_or_out_of_a_revocation(
    kind: str, id: str, name: str, draft: Draft
) -> None:
    assert refusal(lambda: renew(draft, person(id).id, person(name), until=UNTIL, now=NOW)).kind == kind


def test_an_organisation_s_new_keys_and_code_take_the_place_of_the_old_and_its_people_move_along() -> None:
    one = first()
    two = opened(publish(replace_organisation(next_draft(one), "faro", organisation("brisa")), one, POLICY, SEEDS, NOW))

    assert set(two.organisations) == {"brisa", "puente"}
    assert sorted(each.org for each in two.verifiers.values()) == ["brisa", "brisa", "puente"]


def test_an_organisation_is_replaced_by_new_keys_of_its_own_kind_and_dropped_without_people() -> None:
    draft = admit(peopled(), attorney(b"ley", "ley"))

    assert refusal(lambda: replace_organisation(draft, "nadie", organisation("brisa"))).kind == "roster_content"
    assert refusal(lambda: replace_organisation(draft, "faro", organisation("puente"))).kind == "public_key"
    assert refusal(lambda: replace_organisation(draft, "faro", organisation("faro"))).kind == "public_key"
    assert refusal(lambda: replace_organisation(draft, "faro", attorney(b"x", "x"))).kind == "roster_content"
    assert refusal(lambda: replace_organisation(draft, "faro", person("eve"))).kind == "shape"
    assert refusal(lambda: drop_organisation(draft, "faro")).kind == "roster_content"
    assert [one["id"] for one in drop_organisation(draft, "ley")["organisations"]] == ["faro", "puente"]


def test_the_log_gets_a_new_key_and_no_key_that_has_another_use() -> None:
    one = first()
    two = opened(publish(change_log(next_draft(one), LOG_2), one, POLICY, SEEDS, NOW))

    assert (two.log_key, two.log_origin) == (LOG_2.public, opened(one).log_origin)
    as_ana = open_request(request_log(sha256(b"ana"), "log.example/sereno"), "log")
    assert refusal(lambda: change_log(peopled(), as_ana)).kind == "public_key"
    assert refusal(lambda: change_log(peopled(), person("eve"))).kind == "shape"


def test_partners_come_change_their_key_and_go() -> None:
    draft = change_cosigners(peopled(), [partner(b"1"), partner(b"2", "other.example")], [])
    changed = change_cosigners(draft, [partner(b"3")], ["other.example"])

    cosigners = opened(publish(changed, None, POLICY, SEEDS, NOW)).cosigners
    assert cosigners == {"partner.example": partner(b"3").public}
    assert refusal(lambda: change_cosigners(draft, [], ["nobody.example"])).kind == "roster_content"
    assert refusal(lambda: change_cosigners(draft, [partner(b"3")], ["partner.example"])).kind == "roster_content"
    log = Key("partner.example", LOG, public_key(sha256(b"4")))
    assert refusal(lambda: change_cosigners(draft, [log], [])).kind == "public_key"


def test_desks_come_change_and_go_once_nobody_is_there() -> None:
    draft = change_desks(peopled(), [{"id": "south", "minimum": 2, "zones": ["pier", "dock"]}], [])
    wider = change_desks(draft, [{"id": "north", "minimum": 3, "zones": ["harbor"]}], ["south"])

    assert [one["zones"] for one in draft["desks"]] == [["harbor", "old-town"], ["dock", "pier"]]
    assert wider["desks"] == [{"id": "north", "minimum": 3, "zones": ["harbor"]}]
    assert refusal(lambda: change_desks(draft, [], ["north"])).kind == "roster_content"
    assert refusal(lambda: change_desks(draft, [{"id": "x", "minimum": 1, "zones": ["y"]}], [])).kind == "shape"


def test_three_periods_are_signed_ahead_without_a_gap_and_a_fourth_is_not() -> None:
    signed = [first()]
    for _ in range(3):
        payload = prepare(next_draft(signed[-1]), signed[-1], POLICY, NOW, ahead=True)
        assert not [line for line in difference(signed[-1].read(ROSTER), read_payload(payload)) if "WARNING" in line]
        signed.append(publish(next_draft(signed[-1]), signed[-1], POLICY, SEEDS, NOW, ahead=True))
    rosters = [opened(one) for one in signed]

    assert [one.number for one in rosters] == [1, 2, 3, 4]
    assert [after.issued - before.expires for before, after in pairwise(rosters)] == [-DAY] * 3
    fourth = refusal(lambda: prepare(next_draft(signed[-1]), signed[-1], POLICY, NOW, ahead=True))
    assert fourth.kind == "roster_dates"
    assert "at most 90 days ahead" in fourth.sentence


def test_a_revocation_in_a_hurry_takes_the_place_of_what_was_signed_ahead_and_says_so() -> None:
    one = first()
    two = publish(next_draft(one), one, POLICY, SEEDS, NOW, ahead=True)
    three = publish(revoke(next_draft(two), person("cy").id, 5), two, POLICY, SEEDS, NOW + DAY)

    assert (opened(three).issued, opened(three).number) == (NOW + DAY, 3)
    said = difference(two.read(ROSTER), three.read(ROSTER))
    assert any("It begins before roster 2 would" in line for line in said)


def test_a_gap_between_two_rosters_is_said() -> None:
    one = first()
    late = prepare(next_draft(one), one, POLICY, NOW + 31 * DAY)

    said = difference(one.read(ROSTER), read_payload(late))
    assert any(line.startswith("WARNING: no roster holds from") for line in said)


def test_a_machine_whose_clock_is_months_off_signs_nothing() -> None:
    one = first()
    for wrong in (NOW - 91 * DAY, NOW + 31 * DAY):
        with pytest.raises(Refused) as caught:
            require_near(one.read(ROSTER), wrong)
        assert caught.value.kind == "roster_dates"
        assert "clock says" in caught.value.sentence


def test_a_lent_verifier_is_there_for_thirty_days_at_most() -> None:
    long = refusal(lambda: add(peopled(), "dot", "ajena", roles=["lent"], until=NOW + 31 * DAY))

    assert long.kind == "roster_content"
