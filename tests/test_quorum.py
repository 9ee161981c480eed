"""Quorum: each kind of message and who must sign the same bytes, as the table of kinds has it."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

import pytest

from protocol.limits import DAY, HOUR, MINUTE
from protocol.quorum import count
from protocol.signed import Signed
from tests.refusals import refused
from tests.world import CAST, Person, World

# Two more of bo's organisation, so that numbers and organisations can be told apart; eve leads there too.
CROWD = (*CAST, Person("eve", "faro", ("lead",)), Person("fay", "alba"))
OUTSIDERS = ("tim", "lou", "rae")
BY_KEY = attrgetter("keyid")


@pytest.fixture
def world() -> World:
    """Give a network with two leads of two organisations."""
    return World(verifiers=CROWD)


def alert(world: World, *names: str, **changes: object) -> Signed:
    """Return a first alert with these people's attestations."""
    return world.attest(world.alert(**changes), *names)


# What two of two organisations must sign; `lead` says whether one of the two must lead.
RELEASES = [
    ("A", "detention", "public", False),
    ("A", "workplace", "responders", False),
    ("B", "presence", "responders", False),
    ("B", "checkpoint", "public", True),
    ("C", "school", "public", True),
    ("C", "court", "responders", True),
    ("D", "residence", "responders", True),
    ("E", "impersonation", "public", True),
    ("E", "impersonation", "responders", True),
]


@pytest.mark.parametrize(("class_", "template", "audience", "lead"), RELEASES)
def test_a_first_confirmed_alert_needs_two_of_two_organisations_and_perhaps_a_lead(
    world: World, class_: str, template: str, audience: str, lead: bool
) -> None:
    said = {"class_": class_, "template": template, "audience": audience}

    assert world.admit(alert(world, "ana", "bo", **said)).class_ == class_
    for one in ("ana", "bo"):
        with refused("quorum_short", "1 of 2 keys"):
            world.admit(alert(world, one, **said))
    with refused("quorum_short", "from 1 of 2 organisations. A verifier of another organisation"):
        world.admit(alert(world, "ana", "cy", **said))
    if lead:
        with refused("quorum_lead", f"Class {class_}"):
            world.admit(alert(world, "bo", "cy", **said))
        with refused("quorum_lead"):
            world.admit(alert(world, "bo", "cy", "dee", "fay", **said))
    else:
        assert world.admit(alert(world, "bo", "cy", **said)).kind == "confirmed"


def test_a_checked_rumour_is_signed_as_an_alert_is(world: World) -> None:
    payload = world.rumour()

    assert world.admit(world.attest(payload, "bo", "cy")).kind == "checked"
    with refused("quorum_short", "1 of 2 keys"):
        world.admit(world.attest(payload, "ana"))
    with refused("quorum_short", "1 of 2 organisations"):
        world.admit(world.attest(payload, "bo", "dee"))


def test_an_update_and_a_restore_are_signed_as_the_first_was(world: World) -> None:
    first = world.release(class_="C", template="clinic")
    update = world.following(first)

    assert world.admit(world.attest(update, "eve", "cy")).revision == 2
    with refused("quorum_short"):
        world.admit(world.attest(update, "eve"))
    with refused("quorum_lead"):
        world.admit(world.attest(update, "bo", "cy"))


@pytest.mark.parametrize("name", ["ana", "bo", "cy", "eve", "len"])
def test_any_one_certified_verifier_suspends_or_says_it_is_over(world: World, name: str) -> None:
    first = world.release()
    for kind in ("suspended", "ended"):
        assert world.admit(world.attest(world.stop(kind, first), name)).kind == kind


def test_a_suspension_is_one_person_s_and_an_end_may_be_two_s(world: World) -> None:
    first = world.release()

    with refused("quorum_short", "one person's doubt"):
        world.admit(world.attest(world.stop("suspended", first), "bo", "cy"))
    over = world.over(first, "bo", "cy")
    assert over.voices.ids == world.ids("bo", "cy")  # Readers may be told all clear.


def test_a_retraction_needs_two_of_two_organisations_or_one_lead(world: World) -> None:
    payload = world.stop("retracted", world.release())

    for names in (("ana",), ("eve",), ("bo", "cy"), ("ana", "cy")):
        assert world.admit(world.attest(payload, *names)).kind == "retracted"
    for names in (("bo",), ("bo", "dee"), ("cy", "fay")):
        with refused("quorum_short"):
            world.admit(world.attest(payload, *names))


@pytest.mark.parametrize("kind", ["suspended", "retracted", "ended"])
@pytest.mark.parametrize("name", OUTSIDERS)
def test_who_does_not_count_stops_nothing(world: World, kind: str, name: str) -> None:
    payload = world.stop(kind, world.release())

    with refused({"tim": "attestation_trainee", "lou": "attestation_lapsed", "rae": "attestation_revoked"}[name]):
        world.admit(world.attest(payload, name))


# --- Who counts -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OUTSIDERS)
def test_one_bad_voice_refuses_the_whole_however_many_are_good(world: World, name: str) -> None:
    kind = {"tim": "attestation_trainee", "lou": "attestation_lapsed", "rae": "attestation_revoked"}[name]
    with refused(kind):
        world.admit(alert(world, "ana", name))
    with refused(kind):
        world.admit(alert(world, "ana", "bo", "cy", name))


def test_saying_it_twice_is_still_one_voice(world: World) -> None:
    once = alert(world, "ana")
    twice = replace(once, signatures=once.signatures * 2)

    with refused("quorum_short", "1 of 2 keys"):
        world.admit(twice)
    with refused("shape", "no id twice"):
        Signed.decode(twice.encode())


def test_one_key_under_two_names_is_refused(world: World) -> None:
    once = alert(world, "ana")
    borrowed = replace(once.signatures[0], keyid=world.id("bo"))

    with refused("signature", world.id("bo")):
        world.admit(replace(once, signatures=tuple(sorted((*once.signatures, borrowed), key=BY_KEY))))


def test_two_signatures_over_two_wordings_are_not_a_quorum(world: World) -> None:
    first, second = alert(world, "ana"), alert(world, "bo", officers="10+")

    with refused("signature", "different bytes"):
        first.joined(second)
    with refused("signature"):
        world.admit(replace(first, signatures=tuple(sorted((*first.signatures, *second.signatures), key=BY_KEY))))


def test_a_lent_verifier_s_key_is_a_second_key_of_a_second_organisation(world: World) -> None:
    assert world.admit(alert(world, "cy", "len")).kind == "confirmed"


def test_a_stranger_s_signature_refuses_the_whole(world: World) -> None:
    payload = world.alert()
    stranger = World(name="birch").attest(payload, "bo")

    with refused("signer"):
        world.admit(world.attest(payload, "ana", "bo").joined(stranger))


def test_a_certification_ends_at_its_second(world: World) -> None:
    end = world.now + 5 * DAY
    world.change("bo", certified_for=5 * DAY)
    world.publish()

    world.now = end - 1
    assert world.admit(alert(world, "ana", "bo")).issued == end - 1
    world.now = end
    with refused("attestation_lapsed"):
        world.admit(alert(world, "ana", "bo"))
    assert world.admit(alert(world, "ana", "bo", issued=end - 1)).issued == end - 1  # What counts is the alert's time.


def test_a_revoked_key_counts_for_what_the_log_held_before(world: World) -> None:
    before = world.bundle(alert(world, "ana", "bo"))
    world.revoked[world.id("bo")] = world.log.size
    after = world.bundle(alert(world, "ana", "bo"))

    assert world.check(before).alert.kind == "confirmed"
    with refused("attestation_revoked", "from log entry 1 on; the alert is entry 1"):
        world.check(after)


def test_of_two_revocations_the_earlier_holds(world: World) -> None:
    world.log.append("roster", world.signed_roster)
    world.change("bo", revoked_at=9)
    world.publish()
    roster, message = world.roster, world.admit(alert(world, "ana", "cy", "dee"))

    assert count([world.id("bo")], message, roster, index=8).ids == world.ids("bo")
    for later in ({}, {world.id("bo"): 20}):
        with refused("attestation_revoked", "entry 9"):
            count([world.id("bo")], message, roster, index=9, revoked=later)
    with refused("attestation_revoked", "entry 3"):
        count([world.id("bo")], message, roster, index=3, revoked={world.id("bo"): 3})


def test_a_revoked_key_stops_nothing_without_the_log(world: World) -> None:
    first = world.release()
    world.revoked[world.id("cy")] = 100

    assert world.suspend(first, by="cy", logged=True).alert.kind == "suspended"
    with refused("attestation_revoked", "not in the log"):
        world.suspend(first, by="cy", logged=False)


def test_a_stay_holds_from_its_issue_until_its_end(world: World) -> None:
    start = world.now
    world.stay("bo")  # For an hour.

    for at, counts in ((start - 1, True), (start, False), (start + HOUR - 1, False), (start + HOUR, True)):
        world.now = max(at, start)
        if counts:
            assert world.admit(alert(world, "ana", "bo", issued=at)).issued == at
        else:
            with refused("attestation_stayed"):
                world.admit(alert(world, "ana", "bo", issued=at))


# --- How many ---------------------------------------------------------------------------------------------------------


def test_a_roster_that_asks_for_three_gets_three() -> None:
    world = World(verifiers=CROWD, quorum=(3, 2))

    with refused("quorum_short", "2 of 3 keys"):
        world.admit(alert(world, "ana", "bo"))
    with refused("quorum_short", "from 1 of 2 organisations"):
        world.admit(alert(world, "bo", "dee", "eve"))
    assert world.admit(alert(world, "ana", "bo", "cy")).kind == "confirmed"


def test_the_checker_s_policy_raises_what_the_roster_asks_and_never_lowers_it(world: World) -> None:
    for keys, organisations, names, enough in (
        (3, 1, ("ana", "bo"), False),
        (3, 1, ("ana", "bo", "cy"), True),
        (2, 3, ("ana", "bo", "cy"), False),
        (2, 3, ("ana", "bo", "len"), True),
        (2, 1, ("ana", "cy"), False),  # The roster asks for two organisations.
    ):
        policy = replace(world.policy, keys=keys, organisations=organisations)
        data = world.bundle(alert(world, *names), logged=True)
        if enough:
            assert world.check(data, policy=policy).voices.ids == world.ids(*names)
        else:
            with refused("quorum_short"):
                world.check(data, policy=policy)


def test_a_network_of_one_organisation_still_needs_two_people() -> None:
    world = World(verifiers=[Person("ana", "alba", ("lead",)), Person("cy", "alba")], quorum=(2, 1))

    assert world.admit(alert(world, "ana", "cy")).kind == "confirmed"
    with refused("quorum_short", "1 of 2 keys"):
        world.admit(alert(world, "ana"))


def test_people_count_at_the_alert_s_time_and_not_at_the_checker_s(world: World) -> None:
    data = world.bundle(alert(world, "ana", "bo"))

    assert world.check(data, at=world.now + 300 * DAY).alert.issued == world.now
    with refused("alert_times", "after now"):
        world.check(data, at=world.now - 5 * MINUTE - 1)
