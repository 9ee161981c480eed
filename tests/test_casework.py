"""Casework: the stories that the case machine has to get right.  Each in both languages."""

from __future__ import annotations

from protocol.evidence import Missing
from protocol.limits import MINUTE
from tests.refusals import refused
from tests.story import OTHER_CASE, PART, Story, plain


def test_two_people_take_a_case_from_tip_to_alert_and_to_its_end() -> None:
    story = Story().to("confirmed")
    assert story.case is not None
    assert (story.case.proposal, story.case.attested) == (None, ())

    story.knowing(stands=True)
    with refused("move", "still told"):
        story.move("close", "bo")
    story.knowing(found_over=True).move("over", "dee")
    case = story.knowing(stands=False).move("close", "bo")

    assert case.state == "closed"


def test_nobody_attests_what_they_proposed() -> None:
    with refused("conflict", "second person"):
        Story().to("proposed").move("attest", "bo")


def test_one_person_is_one_voice() -> None:
    story = Story().to("proposed")
    story.move("attest", "cy")

    with refused("conflict", "one voice"):
        story.move("attest", "cy")


def test_only_those_who_were_drawn_judge() -> None:
    story = Story().to("proposed")
    story.knowing(drawn=story.ids("dee"))

    with refused("not_yours", "were drawn"):
        story.move("attest", "cy")
    assert story.move("attest", "dee").attested == tuple(story.ids("dee"))


def test_a_lent_verifier_judges_once_drawn_though_on_nobodys_shift() -> None:
    story = Story().to("proposed")

    with refused("not_yours", "on shift"):
        story.move("attest", "len")
    story.knowing(drawn=story.ids("len"))
    assert story.move("attest", "len").attested == tuple(story.ids("len"))


def test_a_conflict_of_interest_keeps_a_person_from_both_keys() -> None:
    for state, move, by in (("checking", "propose", "bo"), ("proposed", "attest", "cy")):
        story = Story().to(state)
        story.knowing(conflicted=story.ids(by))
        with refused("conflict", "conflict of interest"):
            story.move(move, by)


def test_a_refusal_stands_until_there_is_new_evidence_even_for_a_lead() -> None:
    story = Story().to("proposed")
    story.move("refuse", "cy")

    with refused("evidence", "stands until"):
        story.move("propose", "ana")
    story.move("finding", "dee")
    assert story.move("propose", "bo").state == "proposed"


def test_whoever_agreed_can_still_refuse_and_is_no_second_voice() -> None:
    story = Story().to("proposed")
    story.move("attest", "cy")

    with refused("conflict", "one voice"):
        story.move("attest", "cy")
    with refused("conflict", "made the proposal"):
        story.move("refuse", "bo")
    story.knowing(sent=True)
    with refused("conflict", "the gate has sent it"):
        story.move("refuse", "cy")
    story.knowing(sent=False)
    after = story.move("refuse", "cy")
    assert (after.state, after.proposal, after.attested, after.stale) == ("checking", None, (), True)


def test_a_proposal_without_its_evidence_is_refused_in_plain_sentences() -> None:
    story = Story().to("checking").knowing(missing=(Missing("site_told"), Missing("lead", "C", "public")))

    with refused("evidence", "The site has to be told first. Class C for public needs a lead"):
        story.move("propose")


def test_released_marks_only_what_the_gate_has_sent() -> None:
    story = Story().to("proposed")
    story.move("attest", "cy")

    with refused("move", "has not sent"):
        story.move("released", "cy")


def test_an_answer_needs_a_proposal() -> None:
    story = Story().to("confirmed")

    with refused("move", "has none"):
        story.move("attest", "cy")


def test_an_update_goes_over_two_keys_too_and_waits_for_its_turn() -> None:
    story = Story().to("confirmed")
    story.move("update", "bo")

    with refused("move", "waits for an answer"):
        story.move("update", "dee")
    with refused("move", "waits for an answer"):
        story.move("close", "dee")
    story.move("attest", "dee")
    case = story.knowing(sent=True).move("released", "dee")

    assert (case.state, case.proposal) == ("confirmed", None)


def test_a_suspension_drops_the_draft_and_asks_for_new_evidence_and_two_others() -> None:
    story = Story().to("confirmed")
    story.move("update", "bo")
    case = story.move("suspend", "cy")
    assert (case.proposal, case.suspenders) == (None, tuple(story.ids("cy")))

    with refused("move", "restore answers that"):
        story.move("update", "bo")
    with refused("evidence", "new finding"):
        story.move("restore", "bo")
    story.move("finding", "bo")
    with refused("conflict", "two others"):
        story.move("restore", "cy")
    story.move("restore", "bo")
    with refused("conflict", "two others"):
        story.move("attest", "cy")
    story.move("attest", "dee")

    assert story.knowing(sent=True).move("released", "dee").suspenders == ()


def test_restore_answers_a_suspension() -> None:
    with refused("move", "none is open"):
        Story().to("confirmed").move("restore", "bo")


def test_one_person_suspends_one_alert_once() -> None:
    story = Story().to("confirmed")
    story.move("suspend", "cy")

    with refused("conflict", "another has to agree"):
        story.move("suspend", "cy")
    assert len(story.move("suspend", "dee").suspenders) == 2


def test_a_second_suspension_within_a_day_takes_a_lead() -> None:
    story = Story().to("confirmed")
    story.knowing(suspended_lately=story.ids("cy", "ana"))

    with refused("conflict", "a lead joins"):
        story.move("suspend", "cy")
    story.move("suspend", "ana")
    assert story.knowing(lead_joins=True).move("suspend", "cy").state == "confirmed"


def test_a_lead_retracts_alone_and_two_others_together() -> None:
    alone = Story().to("confirmed")
    alone.move("update", "bo")
    assert alone.move("retract", "ana").proposal is None

    story = Story().to("confirmed")
    story.move("suspend", "cy")
    story.move("retract", "bo")
    with refused("move", "attest that instead"):
        story.move("retract", "dee")
    assert story.move("attest", "cy").attested == tuple(story.ids("cy"))  # Who doubted may well agree.
    assert story.knowing(sent=True).move("released", "cy").proposal is None


def test_a_suspension_leaves_a_proposed_retraction_standing() -> None:
    story = Story().to("confirmed")
    story.move("retract", "bo")

    assert story.move("suspend", "cy").proposal == "retract"


def test_what_was_closed_can_still_be_retracted() -> None:
    story = Story().to("confirmed")
    story.move("close", "bo")
    story.move("retract", "dee")
    story.move("attest", "cy")

    assert story.knowing(sent=True).move("released", "cy").state == "closed"


def test_a_hold_returns_by_itself_after_half_an_hour() -> None:
    story = Story().to("held")
    story.knowing(now=story.world.now + 30 * MINUTE - 1)
    with refused("move", "this case is held"):
        story.move("check", "bo")
    story.move("link", "bo")  # A tip that belongs here can still be added, and the hold goes on.
    assert story.case is not None
    assert (story.case.state, story.case.before) == ("held", "triaged")

    story.knowing(now=story.world.now + 30 * MINUTE)
    assert story.move("check", "bo").state == "checking"


def test_an_envelope_is_in_a_case_once() -> None:
    story = Story().to("new")
    story.move("link", envelopes=["e2" * 16, "e3" * 16])

    with refused("move", "belongs to this case already"):
        story.move("link", envelopes=["e3" * 16])
    assert story.case is not None
    assert story.case.envelopes == ("e1" * 16, "e2" * 16, "e3" * 16)


def test_a_case_is_merged_into_another_open_one() -> None:
    story = Story().to("new")
    with refused("move", "no other case"):
        story.move("merge")
    closed = plain(OTHER_CASE)["id"]
    story.knowing(target=Story().to("closed").case)
    with refused("move", "no other case"):
        story.move("merge", into=closed)
    with refused("move", "only an open case"):
        story.knowing(target=type(OTHER_CASE)(OTHER_CASE.id, "closed", PART, ())).move("merge")

    assert story.knowing(target=OTHER_CASE).move("merge").into == OTHER_CASE.id


def test_over_rests_on_a_finding() -> None:
    with refused("evidence", "needs a finding"):
        Story().to("confirmed").move("over", "bo")
