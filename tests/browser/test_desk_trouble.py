"""A desk in a real Chromium beside which something fails, or somebody works: it says so, or it goes on."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import expect

from protocol.tip import Attachment
from store.engine import writing
from tests.browser import desk_states as states
from tests.browser.desk_site import DeskSite
from tests.browser.test_desk import a_quarter_later
from tests.browser.test_desk_witness import LATER
from tests.browser.watched import Watched, unlocked
from tests.pictures import jpeg

WORKER: Final = "**/desk-worker.js"
NO_MEMORY: Final = "WebAssembly.instantiate = async () => { throw new RangeError('Out of memory'); };\n"
FAILED: Final = "The desk's worker failed; load the page again."
# As a phone does it under a page that was put aside: what is asked of the connection throws.  `reopens` says whether
# a new one helps.
CLOSE_STORAGE: Final = """(reopens) => {
  const fresh = new WeakSet();
  const { transaction } = IDBDatabase.prototype;
  IDBDatabase.prototype.transaction = function (...asked) {
    if (!fresh.has(this)) throw new DOMException("The database connection is closing.", "InvalidStateError");
    return transaction.apply(this, asked);
  };
  const { open } = IDBFactory.prototype;
  IDBFactory.prototype.open = function (...asked) {
    const request = open.apply(this, asked);
    if (reopens) request.addEventListener("success", () => fresh.add(request.result));
    return request;
  };
}"""
GONE: Final = """(url) => new Promise((resolve) => {
  const image = new Image();
  image.onload = () => resolve(false);
  image.onerror = () => resolve(true);
  image.src = url;
})"""


def test_a_worker_that_does_not_load_or_gets_no_memory_says_so_and_is_tried_again(site: DeskSite, ana: Watched) -> None:
    ana.context.route(WORKER, lambda route: route.abort())
    tab = states.open_desk(ana.context, site)
    states.fill_in(tab, site, "ana")
    tab.click("#unlock")
    expect(tab.locator("#fault")).to_have_text(FAILED)

    def starve(route: Any) -> None:
        answer = route.fetch(url=f"{site.api}/desk-worker.js")  # Only a browser knows that desk.localhost is here.
        route.fulfill(response=answer, body=NO_MEMORY + answer.text())

    ana.context.unroute(WORKER)
    ana.context.route(WORKER, starve)
    with tab.expect_console_message(lambda line: "Out of memory" in line.text):
        tab.click("#unlock")
    expect(tab.locator("#fault")).to_have_text(FAILED)
    ana.complaints.clear()  # Those are what was done to it.


@pytest.mark.soak
def test_a_storage_that_the_browser_closed_does_not_stop_the_desk(site: DeskSite, ana: Watched) -> None:
    tab = unlocked(ana, site, "ana")
    for reopens in (True, False):
        tab.evaluate(CLOSE_STORAGE, reopens)
        with tab.expect_response("**/api/network"):
            tab.evaluate(LATER, 31)  # It looks at roster and keys again.
        envelope = site.seal()

        expect(tab.locator(f"#tip-{envelope}")).to_be_visible()
        expect(tab.locator(".lost")).to_have_count(0)

    states.open_tip(tab, envelope)
    states.new_case(tab)  # And what one signs is taken.


@pytest.mark.soak
def test_a_page_that_can_make_nothing_of_an_answer_says_so_and_asks_again(site: DeskSite, ana: Watched) -> None:
    tab = unlocked(ana, site, "ana")
    tab.route("**/api/queue", lambda route: route.fulfill(json={"envelopes": 1}))
    expect(tab.locator(".lost")).to_be_visible()
    tab.unroute("**/api/queue")
    envelope = site.seal()

    expect(tab.locator(f"#tip-{envelope}")).to_be_visible()
    expect(tab.locator(".lost")).to_have_count(0)
    assert ana.complaints
    ana.complaints.clear()


def test_photos_open_in_their_own_tip_and_are_gone_when_the_session_ends(site: DeskSite, ana: Watched) -> None:
    photo = Attachment("image/jpeg", jpeg(scale=20), 1)
    tips = [site.seal([photo], words=words) for words in ("By the ferry.", "At the landing.")]
    tab = unlocked(ana, site, "ana")
    states.open_tip(tab, tips[0])
    states.new_case(tab)
    states.open_tip(tab, tips[1])
    tab.locator(".next .buttons .button").first.click()
    expect(tab.locator("#work .tip")).to_have_count(2)

    tab.locator("#work .tip").nth(1).locator(".attached .button").click()

    expect(tab.locator("#work .tip").nth(1).locator(".photo img")).to_be_visible()
    assert tab.locator("#work .tip").nth(0).locator(".photo").count() == 0
    url = tab.locator(".photo img").get_attribute("src")
    with writing(site.engine) as conn:
        conn.exec_driver_sql("DELETE FROM sessions")
    tab.wait_for_selector("#unlock")
    assert tab.evaluate(GONE, url)


@pytest.mark.soak
def test_the_page_of_a_waiting_tip_follows_what_others_do_with_it(site: DeskSite, ana: Watched, bo: Watched) -> None:
    taken, free = site.seal(words="By the ferry."), site.seal(words="At the landing.")
    first, second = unlocked(ana, site, "ana"), unlocked(bo, site, "bo")
    for tab in (first, second):
        states.open_tip(tab, taken)
    states.new_case(second)
    expect(first.locator("#its-case")).to_be_visible()
    assert first.locator("#new-case").count() == 0  # Nobody makes a second case of it.

    states.open_tip(first, free)
    states.triage(second)
    expect(first.locator("#queue .row-P1[id^=case-]")).to_be_visible()
    first.locator(".next .buttons .button").first.click()

    expect(first.locator("#work .tip")).to_have_count(2)
    expect(first.locator("#said .notice")).to_have_count(0)


def test_what_is_pressed_is_not_drawn_away_before_it_is_let_go(site: DeskSite, ana: Watched) -> None:
    tab = unlocked(ana, site, "ana")
    envelope = site.seal()
    tab.locator(f"#tip-{envelope} .row-zone").hover()
    tab.mouse.down()
    with tab.expect_response("**/api/envelopes/*"):
        other = site.seal()
    tab.wait_for_timeout(1_500)  # It would have been drawn, and with it the row that is pressed.
    expect(tab.locator(f"#tip-{other}")).to_have_count(0)
    tab.mouse.up()

    tab.wait_for_selector("#work .tip")
    tab.wait_for_selector(f"#tip-{other}")


@pytest.mark.soak
def test_what_two_keys_signed_too_late_is_refused_by_the_second_of_them(
    site: DeskSite, ana: Watched, bo: Watched
) -> None:
    """Nobody else is there, and nobody gets it: the two of them begin anew."""
    first = unlocked(ana, site, "ana")
    states.work(first, site.seal())
    second = unlocked(bo, site, "bo")
    second.route("**/api/alerts", lambda route: route.abort())
    for step in (states.second_evidence, states.second_compare, states.sign):
        step(second)
    waiting = site.seal()
    second.wait_for_selector(f"#tip-{waiting} .row-zone")  # What can't be handed over keeps nothing else back.
    for tab in (first, second):
        tab.route("**/api/network", a_quarter_later)
        tab.evaluate(LATER, 31)  # Then it is asked for again.
        expect(tab.locator(".next")).to_contain_text("too late")
    expect(second.locator("#said")).to_be_empty()  # It hands nothing over any more.
    expect(first.locator("#next")).to_have_count(0)

    second.click("#next")
    states.choose(second, "missing", "freshness")
    second.fill("#words", "It did not go out in time.")
    states.make(second)
    expect(second.locator("#next")).to_contain_text("finding")
    expect(first.locator("#next")).to_contain_text("finding")
    expect(first.locator(".timeline li").first).to_contain_text("It did not go out in time.")
