"""The desk in a real Chromium, under its own headers: two people, two profiles, one alert."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from protocol.limits import DAY, MINUTE
from protocol.release import admit
from protocol.signed import Signed
from protocol.tip import ORIGINAL, Attachment
from sereno import clock
from sereno.__main__ import main as sereno
from store.engine import reading
from store.envelopes import get_envelope
from store.legal import list_legal
from store.messages import chain_messages
from tests.browser import desk_states as states
from tests.browser.desk_site import HOST, TOLD, DeskSite
from tests.browser.watched import Watched, unlocked
from tests.pictures import jpeg, photographed, png


def posted(site: DeskSite) -> list[Any]:
    """Return every message that was handed to the gate."""
    with reading(site.engine) as conn:
        rows = conn.exec_driver_sql("SELECT DISTINCT chain FROM messages").all()
        return [one for row in rows for one in chain_messages(conn, row[0])]


def changed(route: Route, **changes: Any) -> None:
    """Answer as the desk does, but for these fields."""
    answer = route.fetch(url=route.request.url.replace(HOST, "127.0.0.1"))
    route.fulfill(response=answer, json={**answer.json(), **changes})


def a_quarter_later(route: Route) -> None:
    """Tell of the network, and that the server's clock is a quarter of an hour ahead."""
    changed(route, now=clock.now() + 15 * MINUTE)


@pytest.mark.soak
def test_two_people_open_a_tip_work_it_and_sign_the_same_bytes(site: DeskSite, ana: Watched, bo: Watched) -> None:
    envelope = site.seal()
    first = unlocked(ana, site, "ana")
    with first.expect_response("**/opened"):
        states.open_tip(first, envelope)
    expect(first.locator(".tip")).to_contain_text(str(TOLD["words"]))
    with reading(site.engine) as conn:
        assert get_envelope(conn, envelope).minute is None
    for step in (states.new_case, states.triage, states.check, states.find, states.draft, states.propose):
        step(first)
    assert posted(site) == []

    second = unlocked(bo, site, "bo")
    for step in (states.second_evidence, states.second_compare, states.sign):
        step(second)
    expect(second.locator("#said .notice-yes")).to_be_visible()

    (message,) = posted(site)
    assert message.state == "posted"
    signed = Signed.decode(message.signed)
    assert {one.keyid for one in signed.signatures} == {site.member("ana").id, site.member("bo").id}
    admit(signed, site.network.roster, site.network.policy, clock.now())
    fields = json.loads(signed.payload)
    assert (fields["class"], fields["audience"], fields["place"]["zone"]) == ("A", "public", "harbor")
    assert fields["free"] == {"en": "Near the ferry landing.", "es": "Cerca del embarcadero."}


@pytest.mark.soak
def test_what_every_tip_holds_for_the_attorneys_is_passed_on_by_itself_and_only_they_read_what_was_used(
    site: DeskSite, ana: Watched, bo: Watched, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = site.seal(legal="Llame a mi hermana: \x1b[2J 408-555-0199")
    quiet = site.seal()
    unread = site.seal(legal="Nobody has looked at this yet.")
    tab = unlocked(ana, site, "ana")
    for envelope in (asked, quiet):
        with tab.expect_response(f"**/{envelope}/opened"):
            states.open_tip(tab, envelope)
    other = unlocked(bo, site, "bo")
    with other.expect_response("**/api/legal") as again:
        states.open_tip(other, asked)
    assert again.value.ok
    with reading(site.engine) as conn:
        assert [(one.desk, one.day) for one in list_legal(conn, clock.now())] == [("vega", clock.now() // DAY)] * 2
        assert get_envelope(conn, unread).minute is not None

    key, words = site.people / "attorney-luz.json", (site.people / "attorney-luz.words").read_text()
    command = ["legal", "--desk", site.url, "--organisation", str(key)]
    command += ["--policy", str(site.people.parent / "policy.json")]
    shown = []
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", io.StringIO(words))
        assert sereno(command) == 0
        shown.append(capsys.readouterr())
    assert shown[0].out.splitlines()[1:] == [r"Llame a mi hermana: \u{1b}[2J 408-555-0199", ""]
    assert "2 new, of which 1 held" in shown[0].err
    assert (shown[1].out, "0 new, of which 0 held" in shown[1].err) == ("", True)
    assert (key.parent / "attorney-luz.json.seen").stat().st_mode & 0o777 == 0o600


def test_the_second_key_sees_no_grade_before_its_own(site: DeskSite, ana: Watched, bo: Watched) -> None:
    first = unlocked(ana, site, "ana")
    states.work(first, site.seal())
    second = unlocked(bo, site, "bo")
    states.second_evidence(second)
    assert second.locator(".previews, dl.fields dt:has-text('first key')").count() == 0
    assert "day" in (second.locator("body").get_attribute("class") or "")

    second.click("#compare")
    expect(second.locator("#said .notice-doubt")).to_be_visible()  # Not without a grade.
    states.second_compare(second)
    assert second.locator(".hashwords strong").inner_text().count(" ") == 3

    second.click("#sign")
    expect(second.locator("#said .notice-doubt")).to_be_visible()  # Nor without the declarations.
    assert posted(site) == []

    second.route("**/api/network", a_quarter_later)
    second.evaluate("() => { const now = Date.now; Date.now = () => now() + 31_000; }")  # Then it is asked for again.
    expect(second.locator("#sign")).to_be_disabled()  # By itself: the gate would take it no more.


@pytest.mark.soak
def test_a_tip_that_was_touched_before_its_words_were_there_counts_as_opened(site: DeskSite, ana: Watched) -> None:
    envelope = site.seal()
    tab = unlocked(ana, site, "ana")
    held: list[Route] = []
    tab.route(re.compile(r"part=preview$"), lambda route: held.append(route))
    late = site.seal()
    tab.click(f"#tip-{late}")
    with reading(site.engine) as conn:
        assert get_envelope(conn, late).minute is not None  # Nobody has read a word of it yet.

    with tab.expect_response(f"**/{late}/opened"):
        held.pop().continue_()
    expect(tab.locator(".tip")).to_contain_text(str(TOLD["words"]))
    with reading(site.engine) as conn:
        assert (get_envelope(conn, late).minute, get_envelope(conn, envelope).minute is None) == (None, False)


@pytest.mark.soak
def test_a_refusal_says_what_is_missing_and_stands_and_a_new_draft_is_judged_afresh(
    site: DeskSite, ana: Watched, bo: Watched
) -> None:
    first = unlocked(ana, site, "ana")
    states.work(first, site.seal())
    second = unlocked(bo, site, "bo")
    states.second_evidence(second)
    states.second_compare(second)
    second.check("#privacy")
    for leave in ("#refuse", "#back", "#refuse"):
        second.click(leave)
        second.wait_for_selector("#sign", state="attached" if leave == "#back" else "detached")
    states.choose(second, "missing", "D2")
    second.fill("#words", "The marking can't be read.")
    states.make(second)

    expect(first.locator(".timeline li").first).to_contain_text("The marking can't be read.")
    expect(first.locator("#next")).to_contain_text("finding")
    assert posted(site) == []

    for step in (states.find, states.draft, states.propose):
        step(first)
    states.second_evidence(second)
    assert second.input_value("#grade-source") == ""
    assert second.locator("dl.fields dt:has-text('first key')").count() == 0
    states.second_compare(second)
    expect(second.locator("#privacy")).not_to_be_checked()


def test_photos_open_veiled_and_only_when_asked(site: DeskSite, ana: Watched) -> None:
    """A picture that says where it was taken is refused with a sentence; an original is for the attorneys."""
    turned, marked = Attachment("image/jpeg", jpeg(scale=20), 6), Attachment("image/jpeg", photographed(6), 6)
    envelope = site.seal([turned, marked, Attachment("image/png", png(20, 20)), Attachment(ORIGINAL, b"age")])
    tab = unlocked(ana, site, "ana")
    states.open_tip(tab, envelope)
    assert tab.locator("img").count() == 0
    tab.locator(".tip .button").click()
    tab.wait_for_selector(".photo.veiled img.turn-6")
    assert [tab.locator(one).count() for one in (".photo", ".attached .notice", ".attached .quiet")] == [1, 2, 1]
    assert "besides its picture" in tab.locator(".attached .notice").first.inner_text()
    tab.click(".photo")
    tab.wait_for_selector(".photo:not(.veiled)")


@pytest.mark.soak
def test_the_privacy_screen_watches_while_one_types_and_offers_a_safer_wording(site: DeskSite, ana: Watched) -> None:
    tab = unlocked(ana, site, "ana")
    states.open_tip(tab, site.seal())
    for step in (states.new_case, states.triage, states.check, states.find, states.draft, states.blocked_draft):
        step(tab)
    tab.click("#propose")
    expect(tab.locator("#said .notice-stop")).to_be_visible()
    assert tab.locator("#free-en-screen mark").inner_text() == "415 555 0142"
    tab.click("#free-en-mend-0")
    assert "415" not in tab.input_value("#free-en")
    expect(tab.locator("#free-en-screen .hit-block")).to_have_count(0)


@pytest.mark.soak
def test_a_case_that_somebody_moved_meanwhile_is_loaded_again(site: DeskSite, ana: Watched, bo: Watched) -> None:
    first = unlocked(ana, site, "ana")
    states.open_tip(first, site.seal())
    states.new_case(first)
    states.next_form(first)
    states.choose(first, "urgency", "P1")
    states.choose(first, "class", "A")
    first.route("**/api/queue", lambda route: route.abort())  # This page hears nothing for a while.
    second = unlocked(bo, site, "bo")
    second.click("#queue [id^=case-]")
    states.triage(second, "B")

    first.click("#make")
    expect(first.locator("#said .notice-doubt")).to_be_visible()
    expect(first.locator(".case-head")).to_contain_text("B ")


@pytest.mark.soak
def test_a_move_that_was_made_is_not_asked_for_again_where_the_connection_is_lost_after_it(
    site: DeskSite, ana: Watched
) -> None:
    tab = unlocked(ana, site, "ana")
    states.open_tip(tab, site.seal())
    states.new_case(tab)
    states.next_form(tab)
    states.choose(tab, "urgency", "P1")
    states.choose(tab, "class", "A")
    after = re.compile(r"/api/(queue|cases/[0-9a-f]+)$")
    tab.route(after, lambda route: route.abort())
    states.make(tab)
    tab.wait_for_selector("#who .lost")
    tab.unroute(after)
    tab.wait_for_selector("#next[data-mode=check]")


@pytest.mark.soak
def test_a_case_that_can_not_be_drawn_leaves_no_other_in_its_place_and_keeps_none_back(
    site: DeskSite, ana: Watched
) -> None:
    tab = unlocked(ana, site, "ana")
    states.open_tip(tab, site.seal())
    states.new_case(tab)
    good = str(tab.locator("#queue [id^=case-]").get_attribute("id"))
    states.open_tip(tab, site.seal())
    tab.route(re.compile(r"/api/cases/[0-9a-f]+$"), of_a_class_that_is_none)
    tab.click("#new-case")
    tab.wait_for_selector("#work .notice-stop")
    assert tab.locator("#work .case-head, #work button").count() == 0
    expect(tab.locator("#queue [id^=case-]")).to_have_count(2)

    tab.click(f"#{good}")
    tab.wait_for_selector("#work .case-head")
    assert [one for one in ana.complaints if "class" not in one] == []
    assert ana.complaints != []
    ana.complaints.clear()


def of_a_class_that_is_none(route: Route) -> None:
    """Tell of a case what no page that is served here knows."""
    changed(route, state="checking", **{"class": "Z"})


def test_signing_out_forgets_keys_and_ends_the_shift(site: DeskSite, ana: Watched) -> None:
    tab = unlocked(ana, site, "ana")
    states.show_tab(tab, "shift")
    tab.click("#sign-out")
    tab.wait_for_selector("#unlock")
    with reading(site.engine) as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM sessions").scalar() == 0
        assert conn.exec_driver_sql("SELECT count(*) FROM shifts").scalar() == 0


def test_nothing_becomes_markup_or_code(site: DeskSite, ana: Watched) -> None:
    words = "<img src=x onerror=alert(1)><b>bold</b>"
    tab = unlocked(ana, site, "ana")
    states.open_tip(tab, site.seal(words=words))

    assert tab.locator("blockquote").inner_text() == words
    assert tab.locator("blockquote *").count() == 0
    with pytest.raises(Exception, match="TrustedHTML"):
        tab.evaluate("() => { document.body['inner' + 'HTML'] = '<b>'; }")
    with pytest.raises(Exception, match=r"[Pp]olicy"):
        tab.evaluate("() => trustedTypes.createPolicy('other', {})")
    # The page's own policy said no, and nothing else complained.
    assert {one for one in ana.complaints if "TrustedHTML" not in one and "trusted-types sereno" not in one} == set()
    assert len(ana.complaints) >= 2
    ana.complaints.clear()
