"""Every state of the desk, on a phone and on a wide screen: accessible by axe-core with every rule, and it fits.

Each width in another language: `make shots` has all of them in both.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import desk_states as states
from tests.browser.desk_site import DeskSite, serve
from tests.browser.watched import Watched, chromium, faults

SCREENS: Final = ((390, "en"), (1280, "es"))


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with chromium(chromium_path) as running:
        yield running


@pytest.fixture
def site(tmp_path: Path) -> Iterator[DeskSite]:
    with serve(tmp_path / "desk") as running:
        yield running


@pytest.mark.parametrize(("width", "lang"), SCREENS)
def test_every_state_is_accessible_and_fits_the_screen(browser: Browser, site: DeskSite, width: int, lang: str) -> None:
    first, second = Watched(browser, width), Watched(browser, width)
    envelope = site.seal()
    site.seal(what="waiting", seen="told", where={"zone": "hills"}, when={"choice": "today"}, day=-5)
    tab = states.open_desk(first.context, site, lang)
    require_sound(tab, "unlock", width)
    for step in (states.newcomer, states.newcomer_refused, states.newcomer_made):
        step(tab)
        require_sound(tab, step.__name__, width)
    tab.check("#written")
    tab.click("#made-done")
    states.unlock(tab, site, "ana")
    states.open_tip(tab, envelope)
    require_sound(tab, "tip", width)
    states.new_case(tab)
    for step in (states.triage, states.check, states.find):
        states.next_form(tab)
        require_sound(tab, f"{step.__name__} form", width)
        tab.click("#back")
        step(tab)
        require_sound(tab, step.__name__, width)
    for step in (states.draft, states.blocked_draft, states.draft_again, states.propose):
        step(tab)
        require_sound(tab, step.__name__, width)
    for name in ("queue", "shift"):
        states.show_tab(tab, name)
        require_sound(tab, name, width)
    states.copy_week(tab)
    for step in (states.renew_vault, states.use_vault):
        step(tab)
        require_sound(tab, step.__name__, width)
    tab = states.open_desk(second.context, site, lang)
    states.unlock(tab, site, "bo")
    for step in (states.second_evidence, states.second_compare, states.sign):
        step(tab)
        require_sound(tab, step.__name__, width)
    first.close()
    second.close()


def require_sound(tab: Page, state: str, width: int) -> None:
    tab.wait_for_timeout(400)  # What was chosen is drawn.
    assert (state, faults(tab)) == (state, [])
    assert tab.evaluate("() => document.documentElement.scrollWidth") <= width
    assert tab.locator(".banner-exercise").is_visible()
