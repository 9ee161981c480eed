"""Every state of the desk, on a phone and on a wide screen: accessible by axe-core with every rule, and it fits."""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import desk_states as states
from tests.browser.desk_site import DeskSite
from tests.browser.watched import Watched, broken, faults

WIDTHS: Final = (390, 1280)
# Spanish needs more room.  `make soak` looks at English too, and at what is seen once: making a vault, and renewing it.
# What stands beside what on a wide screen is the same in many states: axe looks at these, and at all in `make soak`.
WIDE: Final = ("unlock", "tip", "find", "draft", "propose", "shift", "second_compare")
LANGUAGES: Final = (pytest.param("en", marks=pytest.mark.soak), "es")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_state_is_accessible_and_fits_the_screen(chromium_browser: Browser, site: DeskSite, lang: str) -> None:
    first, second = (Watched(chromium_browser, WIDTHS[0]) for _ in range(2))
    envelope = site.seal()
    site.seal(what="waiting", seen="told", where={"zone": "hills"}, when={"choice": "today"}, day=-5)
    tab = states.open_desk(first.context, site, lang)
    require_sound(tab, lang, "unlock")
    if lang == "en":
        make_a_vault(tab, lang)
    states.unlock(tab, site, "ana")
    states.open_tip(tab, envelope)
    require_sound(tab, lang, "tip")
    states.new_case(tab)
    for step in (states.triage, states.check, states.find):
        states.next_form(tab)
        require_sound(tab, lang, f"{step.__name__} form")
        tab.click("#back")
        step(tab)
        require_sound(tab, lang, step.__name__)
    for step in (states.draft, states.blocked_draft, states.draft_again, states.propose):
        step(tab)
        require_sound(tab, lang, step.__name__)
    for name in ("queue", "shift"):
        states.show_tab(tab, name)
        require_sound(tab, lang, name)
    if lang == "en":
        states.copy_week(tab)
        for step in (states.renew_vault, states.use_vault):
            step(tab)
            require_sound(tab, lang, step.__name__)
    tab = states.open_desk(second.context, site, lang)
    states.unlock(tab, site, "bo")
    for step in (states.second_evidence, states.second_compare, states.sign):
        step(tab)
        require_sound(tab, lang, step.__name__)
    first.close()
    second.close()


def make_a_vault(tab: Page, lang: str) -> None:
    """Make a new vault and go back to the locked desk; every state on the way is looked at."""
    for step in (states.newcomer, states.newcomer_refused, states.newcomer_made):
        step(tab)
        require_sound(tab, lang, step.__name__)
    tab.check("#written")
    tab.click("#made-done")


def require_sound(tab: Page, lang: str, state: str) -> None:
    """Look at a state on every width, the narrowest last: there the next step is taken."""
    tab.wait_for_timeout(300)  # What was chosen is drawn.
    for width in reversed(WIDTHS):
        tab.set_viewport_size({"width": width, "height": 900})
        assert (state, width, broken(tab)) == (state, width, [])
        if width == WIDTHS[0] or lang == "en" or state in WIDE:
            assert (state, width, faults(tab)) == (state, width, [])
        assert tab.evaluate("() => document.documentElement.scrollWidth") <= width
    assert tab.locator(".banner-exercise").is_visible()
