""" "Is this real?" in real browsers, under the headers that are shipped, and saved, from disk, without a network."""

from __future__ import annotations

import re
from typing import Final

import pytest
from playwright.sync_api import Route, expect

from protocol.sixwords import fingerprint_words
from tests.again import again
from tests.browser.alerts_states import Stand, give, paste
from tests.browser.reading import Reading, begin
from tests.front import RESPONDERS

KEPT: Final = """async () => [document.cookie, localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, (await caches.keys()).length]"""
ANSWERS: Final = {
    "confirmed": "yes",
    "checked": "yes",
    "restored": "yes",
    "updated": "yes",
    "under-review": "doubt",
    "withdrawn": "stop",
    "retracted": "stop",
    "ended": "over",
    "ran-out": "over",
}
OFTEN: Final = ("confirmed", "under-review", "retracted", "ran-out")  # One for each kind of answer.


@pytest.mark.parametrize("name", [*OFTEN, *again(*(one for one in ANSWERS if one not in OFTEN))])
def test_an_alert_is_genuine_and_stands_as_its_chain_says(reading: Reading, stand: Stand, name: str) -> None:
    first = stand.told[name]
    give(begin(reading, stand), first.bundle)

    assert reading.answer() == ANSWERS[name]
    paths = (f"/alerts/{first.alert.id}/messages.json", "/roster.json", "/stays.json")
    assert sorted(reading.asked[1:]) == [f"{stand.site.url}{path}" for path in paths]  # The page itself was the first.
    assert reading.tab.locator("#answer .word").count() == 1
    assert "later stop may exist" in reading.tab.locator("#answer .as-of").inner_text()
    assert reading.tab.evaluate("document.activeElement.id") == "answer-title"
    assert reading.tab.evaluate(KEPT) == ["", 0, 0, 0, 0]
    assert reading.said == []


@pytest.mark.soak
def test_an_older_version_is_genuine_and_the_newest_words_are_shown(reading: Reading, stand: Stand) -> None:
    give(begin(reading, stand), stand.told["updated"].bundle)

    said = reading.tab.locator("#answer").inner_text()
    assert "replaced by a newer version" in said
    assert "Officers: 6 to 10." in said
    give(begin(reading, stand), stand.told["confirmed"].bundle)
    assert "replaced" not in reading.tab.locator("#answer").inner_text()


def test_a_stop_that_only_the_reader_has_lowers_the_alert(reading: Reading, stand: Stand) -> None:
    front = stand.site.front
    first = front.confirmed()
    doubt = front.at(1).suspend(first, logged=False)  # It came by another way; the site has not got it.
    tab = begin(reading, stand)
    give(tab, first.bundle)
    assert reading.answer() == "yes"

    give(tab, first.bundle, doubt.bundle)

    assert reading.answer() == "doubt"
    assert "UNDER REVIEW" in tab.locator("#answer .word").inner_text()
    give(tab, doubt.bundle)
    assert reading.answer() == "doubt"  # The site has the alert that this one stops.
    tab.route("**/messages.json", lambda route: route.abort())
    give(tab, doubt.bundle)
    assert "Not an alert by itself" in tab.locator("#answer").inner_text()


def test_files_of_two_alerts_are_not_one(reading: Reading, stand: Stand) -> None:
    give(begin(reading, stand), stand.told["confirmed"].bundle, stand.told["checked"].bundle)

    assert "belong to different alerts" in reading.tab.locator("#answer").inner_text()


def parts_of(bundle: bytes) -> dict[str, int]:
    """Return a place in each part of a bundle."""
    return {
        "a word": bundle.index(b'officers\\":\\"3-5') + 14,
        "the end time": bundle.index(b'expires\\":') + 12,
        "a signature": bundle.index(b'"sig":"') + 20,
        "the signer": bundle.index(b'"keyid":"') + 10,
        "the proof": bundle.index(b'"proof":"') + 60,
        "the roster": bundle.index(b'certified_until\\":') + 20,
        "the last byte": len(bundle) - 1,
    }


@pytest.mark.parametrize(
    "place",
    ["a word", "the proof", "the last byte", *again("the end time", "a signature", "the signer", "the roster")],
)
def test_one_changed_byte_is_not_genuine_whatever_the_site_says(reading: Reading, stand: Stand, place: str) -> None:
    bundle = bytearray(stand.told["confirmed"].bundle)
    at = parts_of(bytes(bundle))[place]
    bundle[at] = ord("4") if bundle[at] != ord("4") else ord("5")
    tab = begin(reading, stand)

    give(tab, bytes(bundle))

    assert reading.answer() == "not"
    assert tab.locator("#answer .word").count() == 0
    tab.locator("#answer summary").click()
    assert re.match(r"[A-Z]{3}-\d [a-z_]+: .{20,}", tab.locator("#answer .rule").inner_text())


def test_a_genuine_alert_of_another_network_is_not_genuine_here(reading: Reading, stand: Stand, quiet: Stand) -> None:
    give(begin(reading, quiet), stand.told["confirmed"].bundle)

    assert reading.answer() == "not"


def test_an_alert_for_responders_can_be_checked_and_the_site_is_said_not_to_have_it(
    reading: Reading, stand: Stand
) -> None:
    hidden = stand.site.front.release(ago=5, **RESPONDERS)
    give(begin(reading, stand), hidden.bundle)

    said = reading.tab.locator("#answer").inner_text()
    assert reading.answer() == "yes"
    assert "has no such alert" in said
    assert "Do not pass this on" in said


@pytest.mark.parametrize("lie", ["another alert", "an endless list", *again("junk", "a changed stop")])
def test_a_site_that_lies_can_not_lower_or_raise_what_was_brought(reading: Reading, stand: Stand, lie: str) -> None:
    first, other = stand.told["confirmed"].bundle, stand.told["checked"].bundle
    changed = stand.site.front.at(1).retract(stand.told["confirmed"]).bundle.replace(b"misidentified", b"wrong-details")
    body = {
        "junk": b"<!doctype html>",
        "another alert": b"[" + other + b"]",
        "a changed stop": b"[" + changed + b"]",
        "an endless list": b"[" + b",".join([first] * 65) + b"]",
    }[lie]
    tab = begin(reading, stand)
    tab.route("**/messages.json", lambda route: route.fulfill(body=body, content_type="application/json"))

    give(tab, first)

    assert reading.answer() == "yes"
    assert "also sent something that is not genuine" in tab.locator("#answer").inner_text()


def test_a_pasted_proof_and_a_pasted_address_are_checked_alike(reading: Reading, stand: Stand) -> None:
    first = stand.told["retracted"]
    tab = begin(reading, stand)
    for text in (
        first.bundle.decode(),
        f"\n  {first.bundle.decode()}  \n",
        f"Look! {stand.site.url}/en/alerts/{first.alert.id}",
        first.alert.id,
    ):
        paste(tab, text)
        assert reading.answer() == "stop"
        tab.locator("#clear").click()
        assert reading.answer() == ""
        assert tab.locator("#pasted").input_value() == ""


@pytest.mark.parametrize("text", ["", "<b>x</b>", *again("   ", "Officers everywhere, pass it on", "0" * 32)])
def test_what_holds_no_proof_gets_no_verdict(reading: Reading, stand: Stand, text: str) -> None:
    tab = begin(reading, stand)
    paste(tab, text)

    assert reading.answer() == ""
    assert tab.locator("#fault").is_visible()


def test_the_page_of_an_alert_leads_to_its_check(reading: Reading, stand: Stand) -> None:
    tab = reading.tab
    tab.goto(f"{stand.site.url}/es/alerts/{stand.told['confirmed'].alert.id}")
    tab.locator("a.button-main[href*='check#']").click()
    tab.wait_for_selector("#answer:not([hidden])")

    assert reading.answer() == "yes"
    assert "Auténtica y vigente" in tab.locator("#answer-title").inner_text()


def test_a_verdict_that_stands_open_ends_by_itself(reading: Reading, stand: Stand) -> None:
    tab = reading.tab
    tab.clock.install(time=stand.site.front.at(0).now)
    begin(reading, stand)
    give(tab, stand.told["confirmed"].bundle)
    assert reading.answer() == "yes"

    tab.clock.fast_forward("02:00:00")

    assert reading.answer() == "over"
    assert tab.locator("#heard").inner_text() == tab.locator("#answer-title").inner_text()


def test_an_open_verdict_asks_again_and_says_as_of_when_it_was_answered(reading: Reading, stand: Stand) -> None:
    front, tab = stand.site.front, reading.tab
    first = front.confirmed()
    tab.clock.install(time=front.at(0).now)
    give(begin(reading, stand), first.bundle)
    tab.locator("#answer summary").click()
    before = tab.locator("#answer .as-of").inner_text()

    tab.route("**/messages.json", lambda route: route.abort())
    tab.clock.fast_forward("05:00")
    tab.locator("#answer .notice", has_text="could not be asked").wait_for()
    assert (reading.answer(), tab.locator("#answer .as-of").inner_text()) == ("yes", before)
    assert tab.locator("#answer details").get_attribute("open") is not None  # Nobody loses their place.
    assert tab.evaluate("document.activeElement.localName") == "summary"

    tab.locator("#answer summary").hover()
    tab.mouse.down()
    tab.unroute_all()
    tab.clock.fast_forward("05:00")
    expect(tab.locator("#answer .as-of")).not_to_have_text(before)
    tab.mouse.up()  # What is pressed while the page is drawn anew feels it.
    assert tab.locator("#answer details").get_attribute("open") is None
    before = tab.locator("#answer .as-of").inner_text()

    front.put(front.at(0).retract(first))
    tab.clock.fast_forward("01:01")
    tab.locator("#answer.answer-stop").wait_for()
    assert tab.locator("#answer .as-of").inner_text() != before
    assert tab.locator("#heard").inner_text() == tab.locator("#answer-title").inner_text()


@pytest.mark.soak
def test_an_answer_that_comes_late_is_not_shown_for_what_was_asked_since(reading: Reading, stand: Stand) -> None:
    slow, tab = stand.told["retracted"], begin(reading, stand)
    held: list[Route] = []
    tab.route(f"**/{slow.alert.id}/messages.json", lambda route: held.append(route))

    def comes(route: Route) -> None:
        with tab.expect_request_finished(lambda one: one.url == route.request.url):
            route.continue_()
        tab.evaluate("() => new Promise((resume) => setTimeout(resume, 100))")

    for start in (tab.locator("#form .button-main").click, lambda: tab.evaluate(f"location.hash = '{slow.alert.id}'")):
        tab.locator("#pasted").fill(slow.alert.id)
        with tab.expect_request(f"**/{slow.alert.id}/messages.json"):
            start()
        tab.locator("#pasted").fill("")
        give(tab, stand.told["confirmed"].bundle)
        comes(held[-1])
        assert reading.answer() == "yes"
        tab.locator("#clear").click()
    tab.locator("#pasted").fill(slow.alert.id)
    with tab.expect_request(f"**/{slow.alert.id}/messages.json"):
        tab.locator("#form .button-main").click()
    tab.locator("#clear").click()
    comes(held[-1])
    assert (reading.answer(), tab.locator("#working").is_visible(), len(held)) == ("", False, 3)


def test_the_page_names_the_six_words_of_the_policy_it_trusts(reading: Reading, stand: Stand) -> None:
    shown = begin(reading, stand).locator(".six li").all_inner_texts()

    assert " ".join(shown) == fingerprint_words(stand.site.front.world.policy.encode())
