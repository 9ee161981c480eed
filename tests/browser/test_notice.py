"""The notice in real browsers: a lead tells it at the desk, and a witness reads it before the first question."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from protocol.encoding import canonical, parse
from protocol.limits import HOUR
from protocol.notice import open_notice
from protocol.roster import open_roster
from protocol.signed import Signed, key_id, public_key, sign
from sereno import demonet
from store.engine import reading
from store.notices import last_notice
from tests.browser import desk_states as states
from tests.browser.desk_site import DeskSite
from tests.browser.form_states import answer as answer_all
from tests.browser.form_states import open_form, send, tap_zone
from tests.browser.intake_site import IntakeSite, serve
from tests.browser.watched import Watched, faults, unlocked


@pytest.fixture(scope="module")
def own_intake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IntakeSite]:
    """Give an intake whose notices are no other test's."""
    with serve(tmp_path_factory.mktemp("notice")) as site:
        yield site


def fresh(context: BrowserContext, site: IntakeSite, lang: str = "en") -> Page:
    """Open the form once the publication is here, past what the browser kept of it."""
    tab = context.new_page()
    tab.set_viewport_size({"width": 390, "height": 844})
    with tab.expect_response("**/later-*"):
        open_form(tab, site.url, lang)
    return tab


def test_a_witness_reads_that_nobody_can_check_and_tells_all_the_same(
    context: BrowserContext, own_intake: IntakeSite
) -> None:
    own_intake.put_notice("ana")
    time.sleep(1.1)  # What the door read a moment ago is taken as read.
    tab = fresh(context, own_intake)
    expect(tab.locator("#shift-notice")).to_be_visible()
    expect(tab.locator("#shift-notice-until")).to_contain_text("Nobody can check tips now, until")
    assert faults(tab) == []
    answer_all(tab)
    expect(tab.locator("#zone-notice")).to_be_hidden()  # It was said already.
    before = own_intake.count()
    send(tab)
    tab.wait_for_selector("#sent:visible")
    assert own_intake.count() == before + 1

    spanish = fresh(context, own_intake, "es")
    expect(spanish.locator("#shift-notice-until")).to_contain_text("Ahora nadie puede comprobar avisos")


# What a tap in the middle of the first answer would reach: just as the notice comes, and a moment later.
TAPPED: Final = """(answer) => new Promise((resume) => {
  const notice = document.getElementById("shift-notice");
  const tapped = () => {
    const { left, top, width, height } = document.querySelector(answer).getBoundingClientRect();
    return document.elementFromPoint(left + width / 2, top + height / 2).matches(answer);
  };
  const before = tapped();
  new MutationObserver(() => {
    const then = tapped();
    if (!notice.hidden) setTimeout(() => resume([before, then, tapped()]), 1000);
  }).observe(notice, { attributes: true });
})"""


def test_a_tap_just_as_the_notice_moves_the_questions_is_not_taken_for_another_answer(
    context: BrowserContext, own_intake: IntakeSite
) -> None:
    own_intake.put_notice("ana")
    time.sleep(1.1)
    tab, held = context.new_page(), list[Route]()
    tab.set_viewport_size({"width": 390, "height": 1400})
    tab.route("**/recipients", lambda route: held.append(route))
    open_form(tab, own_intake.url)
    tab.evaluate(f"void (window.taken = ({TAPPED})('input[value=\"taking\"]'))")
    while not held:
        tab.wait_for_timeout(20)
    held.pop().continue_()

    assert tab.evaluate("window.taken") == [True, False, True]


def two_desks() -> demonet.DemoNetwork:
    """Return a demo network of two desks, of which the second looks after the riverside."""
    one = demonet.found_demo(int(time.time()))
    value = parse(one.signed.payload, len(one.signed.payload))
    (vega,) = value["desks"]
    other = {"id": "zeta", "minimum": 2, "zones": ["riverside"]}
    value["desks"] = [{**vega, "zones": [zone for zone in vega["zones"] if zone != "riverside"]}, other]
    first, second = (sign("roster", canonical(value), key_id(public_key(seed)), seed) for seed in one.roots[:2])
    signed = first.joined(second)
    roster = open_roster(signed, (), one.policy)
    sets = demonet.sign_sets(roster, one.members, one.epoch_keys, int(time.time()))
    return dataclasses.replace(one, signed=signed, roster=roster, sets=sets)


@pytest.mark.soak
def test_a_witness_reads_it_beside_the_area_where_only_that_area_s_desk_is_empty(
    context: BrowserContext, tmp_path: Path
) -> None:
    with serve(tmp_path, two_desks()) as site:
        site.put_notice("ana")
        tab = fresh(context, site)
        tab.locator("#map").scroll_into_view_if_needed()
        shown = []
        for zone in ("riverside", "harbor", "riverside"):
            tap_zone(tab, zone)
            shown.append(tab.locator("#zone-notice").is_visible())
        assert (shown, tab.locator("#shift-notice").is_visible()) == ([False, True, False], False)
        tap_zone(tab, "harbor")
        assert faults(tab) == []


@pytest.mark.soak
def test_a_form_without_a_notice_says_nothing_of_the_shift(context: BrowserContext, intake_site: IntakeSite) -> None:
    tab = fresh(context, intake_site)
    answer_all(tab)
    assert not tab.locator("#shift-notice, #zone-notice").filter(visible=True).count()


def told(site: DeskSite) -> Any:
    """Return what the store holds, once it checks."""
    with reading(site.engine) as conn:
        signed = last_notice(conn, site.network.roster.verifiers[site.member("ana").id].desk)
    assert signed is not None
    return open_notice(Signed.decode(signed), site.network.roster)


@pytest.mark.soak
def test_a_lead_tells_witnesses_that_nobody_can_check_and_takes_it_back(
    site: DeskSite, ana: Watched, bo: Watched
) -> None:
    tab = unlocked(ana, site, "ana")
    states.show_tab(tab, "shift")
    tab.click("#notice-say")
    expect(tab.locator("#notice-in-force")).to_be_visible()
    notice = told(site)
    assert (notice.by, notice.number, notice.until - notice.begins) == (site.member("ana").id, 1, 2 * HOUR)
    tab.set_viewport_size({"width": 390, "height": 844})
    states.show_tab(tab, "shift")
    tab.locator("#notice").scroll_into_view_if_needed()
    assert faults(tab) == []

    other = unlocked(bo, site, "bo")
    states.show_tab(other, "shift")
    expect(other.locator("#notice-in-force")).to_contain_text(notice.by)
    assert other.locator("#notice button").count() == 0

    tab.click("#notice-back")
    expect(tab.locator("#notice-in-force")).to_have_count(0)
    notice = told(site)
    assert (notice.number, notice.until) == (2, notice.begins)
    expect(other.locator("#notice")).to_have_count(0)
