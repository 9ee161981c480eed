"""The desk in a real Chromium, under its own headers: two people, two profiles, one alert."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from protocol.encoding import b64
from protocol.release import admit
from protocol.signed import Signed
from protocol.tip import ORIGINAL, Attachment
from sereno import clock, demonet
from store.engine import reading
from store.envelopes import get_envelope
from store.epochkeys import list_epoch_keys
from store.messages import chain_messages
from store.sets import list_sets
from tests.browser import desk_states as states
from tests.browser.desk_site import TOLD, DeskSite, serve
from tests.browser.watched import Watched, chromium
from tests.pictures import jpeg, photographed, png


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with chromium(chromium_path) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path) -> Iterator[DeskSite]:
    with serve(tmp_path / "desk") as running:
        yield running


@pytest.fixture
def ana(browser: Browser) -> Iterator[Watched]:
    watched = Watched(browser)
    yield watched
    watched.close()


@pytest.fixture
def bo(browser: Browser) -> Iterator[Watched]:
    watched = Watched(browser)
    yield watched
    watched.close()


def unlocked(watched: Watched, site: DeskSite, handle: str, lang: str = "en") -> Page:
    tab = states.open_desk(watched.context, site, lang)
    states.unlock(tab, site, handle)
    return tab


def posted(site: DeskSite) -> list[Any]:
    """Return every message that was handed to the gate."""
    with reading(site.engine) as conn:
        rows = conn.exec_driver_sql("SELECT DISTINCT chain FROM messages").all()
        return [one for row in rows for one in chain_messages(conn, row[0])]


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


def test_a_refusal_says_what_is_missing_and_stands(site: DeskSite, ana: Watched, bo: Watched) -> None:
    first = unlocked(ana, site, "ana")
    states.work(first, site.seal())
    second = unlocked(bo, site, "bo")
    states.second_evidence(second)
    states.second_compare(second)
    second.click("#refuse")
    states.choose(second, "missing", "D2")
    second.fill("#words", "The marking can't be read.")
    states.make(second)

    expect(first.locator(".timeline li").first).to_contain_text("The marking can't be read.")
    expect(first.locator("#next")).to_contain_text("finding")
    assert posted(site) == []


def test_wrong_words_open_nothing_and_say_so(site: DeskSite, ana: Watched) -> None:
    tab = states.open_desk(ana.context, site)
    states.fill_in(tab, site, "ana", words="abandon ability able about above absent")
    tab.click("#unlock")

    expect(tab.locator("#fault")).to_contain_text("Check each word")
    assert tab.locator("#queue").count() == 0
    states.fill_in(tab, site, "ana")
    tab.click("#unlock")
    tab.wait_for_selector("#queue")


def test_half_a_vault_is_told_from_wrong_words(site: DeskSite, tmp_path: Path, ana: Watched) -> None:
    tab = states.open_desk(ana.context, site)
    states.fill_in(tab, site, "ana")
    (tmp_path / "half.vault").write_bytes((site.people / "ana.vault").read_bytes()[:200])
    tab.set_input_files("#vault", tmp_path / "half.vault")
    tab.click("#unlock")
    expect(tab.locator("#fault")).to_contain_text("Choose the other copy.")
    expect(tab.locator("#fault")).to_contain_text("enrol you again")


def test_another_networks_vault_is_refused(site: DeskSite, tmp_path: Path, ana: Watched) -> None:
    with serve(tmp_path / "other") as other:
        tab = states.open_desk(ana.context, site)
        tab.set_input_files("#vault", other.people / "ana.vault")
        tab.fill("#words", other.member("ana").passphrase)
        tab.click("#unlock")

        expect(tab.locator("#fault")).to_contain_text("[VAU-1]")


def test_a_page_with_another_policy_takes_no_roster_of_this_network(
    site: DeskSite, tmp_path: Path, ana: Watched
) -> None:
    # A server that serves an honest page and then a roster of its own: the page's policy does not know its roots.
    with serve(tmp_path / "other") as other:
        theirs = other.network.signed.value()
        tab = states.open_desk(ana.context, site)

        def forge(route: Any) -> None:
            answer = route.fetch(url=f"{site.api}/api/network")  # Only a browser knows that desk.localhost is here.
            route.fulfill(response=answer, json={**answer.json(), "roster": theirs})

        tab.route("**/api/network", forge)
        states.fill_in(tab, site, "ana")
        tab.click("#unlock")

        expect(tab.locator("#fault")).to_contain_text("[ROS-2]")
        assert tab.locator("#queue").count() == 0


def test_what_the_browser_keeps_opens_nothing_by_itself(site: DeskSite, ana: Watched) -> None:
    tab = states.open_desk(ana.context, site)
    tab.check("#remember")
    states.unlock(tab, site, "ana")
    tab.close()

    again = states.open_desk(ana.context, site)
    again.wait_for_selector(f"#kept-{site.member('ana').id}", state="attached")
    kept = again.evaluate(
        """() => new Promise((resolve) => {
          const request = indexedDB.open("sereno-desk");
          request.onsuccess = () => {
            const store = request.result.transaction("kept").objectStore("kept");
            const [names, values] = [store.getAllKeys(), store.getAll()];
            values.onsuccess = () => resolve([names.result, values.result.map((one) => Array.from(one))]);
          };
        })"""
    )
    held = b"".join(bytes(one) for one in kept[1])
    member = site.member("ana")
    secrets = [member.seed, *(one.seed for one in member.epochs.values())]
    assert len([name for name in kept[0] if name.startswith("epoch/")]) == 3
    assert [one for one in secrets if one in held or b64(one).encode() in held] == []
    assert again.evaluate("() => [localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]

    again.fill("#words", member.passphrase)
    again.click("#unlock")  # The vault and the weekly keys are here: the words are enough.
    again.wait_for_selector("#queue > *", state="attached")


def test_a_desk_makes_its_missing_weekly_keys_and_signs_the_sets(tmp_path: Path, ana: Watched, bo: Watched) -> None:
    network = demonet.found_demo(clock.now())
    with serve(tmp_path / "bare", replace(network, epoch_keys=(), sets=())) as site:
        for watched, handle in ((ana, "ana"), (bo, "bo")):
            tab = states.open_desk(watched.context, site)
            states.unlock(tab, site, handle, weeks=False)
        deadline = clock.now() + 45
        complete: list[Any] = []
        while clock.now() < deadline and len(complete) < 3:
            tab.wait_for_timeout(250)
            with reading(site.engine) as conn:
                complete = [one for one in list_sets(conn, demonet.DESK, 0, 9999) if one.complete]
        with reading(site.engine) as conn:
            keys = list_epoch_keys(conn, demonet.DESK, 0, 9999)
        assert len(keys) == 6
        assert len({one.epoch for one in complete}) == 3
        assert [one.number for one in sorted(complete, key=lambda one: one.number)] == [1, 2, 3]


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
