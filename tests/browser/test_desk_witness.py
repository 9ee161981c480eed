"""The desk and its witnesses: what it asks has to stand in the drop, and what is written down rests on an answer."""

from __future__ import annotations

import time
from typing import Final

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from protocol.codename import Thread, derive_thread
from protocol.drop import open_cell
from store import drop
from store.engine import reading
from tests.browser import desk_states as states
from tests.browser.desk_site import DeskSite
from tests.browser.watched import Watched, faults, unlocked
from worker.dropping import build_drop

CODE: Final = bytes(range(11))
LATER: Final = "(seconds) => { const now = Date.now; const by = seconds * 1000; Date.now = () => now.call(Date) + by; }"


def thread_of(site: DeskSite) -> Thread:
    """Return the witness's thread."""
    return derive_thread(CODE, site.network.policy.network)


@pytest.fixture
def desk(site: DeskSite, ana: Watched) -> Page:
    """Give ana's desk with a case that is sorted and whose witness took a code."""
    build_drop(site.engine, int(time.time()))
    envelope = site.seal(thread=thread_of(site).value())
    tab = unlocked(ana, site, "ana")
    states.open_tip(tab, envelope)
    states.new_case(tab)
    states.triage(tab)
    return tab


@pytest.mark.soak
def test_a_question_that_is_not_in_two_drops_is_missed_and_no_longer_once_it_is(site: DeskSite, desk: Page) -> None:
    states.next_form(desk)
    states.choose(desk, "ways", "question")
    desk.fill("#question", "How do you know?")
    assert faults(desk) == []
    states.make(desk)
    expect(desk.locator("#witnesses")).to_contain_text("How do you know?")
    with reading(site.engine) as conn:
        (cell,) = conn.execute(select(drop.cells.c.cell)).scalars()
    signed = open_cell(bytes(cell), thread_of(site).age)
    assert signed is not None
    assert [one.keyid for one in signed.signatures] == [site.member("ana").id]

    missing = desk.locator("#witnesses .notice-doubt")
    with desk.expect_response("**/api/drop"):
        desk.evaluate(LATER, 200)
    assert missing.count() == 0  # Once is no alarm.
    desk.evaluate(LATER, 62)
    expect(missing).to_contain_text("missing from the drop, twice in a row")
    build_drop(site.engine, int(time.time()) + 60)
    desk.evaluate(LATER, 62)
    expect(missing).to_have_count(0)


@pytest.mark.soak
def test_nobody_is_asked_twice_and_no_d4_rests_on_nothing(desk: Page) -> None:
    states.next_form(desk)
    states.choose(desk, "ways", "question")
    states.make(desk)
    states.next_form(desk)
    states.choose(desk, "basis", "D4")
    expect(desk.locator(".form")).to_contain_text("no answer in this case that a finding may rest on")
    desk.fill("#words", "They said so.")
    desk.click("#make")
    expect(desk.locator("#said")).to_contain_text("Ask the witness first")
    desk.click("#back")
    desk.locator(".others summary").click()
    desk.click("#do-check")
    states.choose(desk, "ways", "question")
    expect(desk.locator(".form")).to_contain_text("No witness of this case can be asked")


@pytest.mark.soak
def test_a_case_that_is_looked_at_says_at_once_that_its_tip_was_taken_back(site: DeskSite, desk: Page) -> None:
    assert desk.locator("#witnesses").count() == 0
    desk.locator(".others summary").click()
    site.withdraw(thread_of(site))
    expect(desk.locator("#tab-queue")).to_contain_text("1")  # Nobody has put it to the case yet.
    expect(desk.locator("#witnesses")).to_contain_text("took back the only tip of this case", timeout=5000)
    assert desk.locator("#do-hold").is_visible()  # What was opened is not closed under anybody's finger.
