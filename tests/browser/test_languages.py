"""Every language that the public faces speak, on a phone: by axe with no rule disabled, and nothing is cut off.

A few states for each: what differs between languages is how long words are and which way they are read.  `make shots`
shows every state in every language.
"""

from __future__ import annotations

from typing import Final

import pytest
from playwright.sync_api import Page

from look.words import languages
from tests.browser.alerts_states import STATES, Stand
from tests.browser.form_states import FORM_STATES, open_form
from tests.browser.intake_site import IntakeSite
from tests.browser.test_form_access import SMALL
from tests.browser.watched import faults

# Of English every state is looked at where the states are told: test_form_access and test_check_saved.  Arabic is read
# the other way; all of them pass in `make soak`, where test_fit measures every word.
OFTEN: Final = ("ar",)
LANGUAGES: Final = [
    one if one in OFTEN else pytest.param(one, marks=pytest.mark.soak) for one in languages() if one != "en"
]
FORM: Final = ("filled", "sent")
ALERTS: Final = ("confirmed", "check-genuine")
WIDTH: Final = 320
# Which way the page is read, and what of it is written the other way without saying so.
READ: Final = """() => [document.documentElement.lang, getComputedStyle(document.body).direction,
  [...document.querySelectorAll('bdi')].filter((one) => getComputedStyle(one).direction !== 'ltr').length]"""


def looked_at(tab: Page) -> dict[str, object]:
    """Return what is wrong with a page: axe's findings, how far it reaches beyond a small phone, small targets."""
    found = faults(tab)
    tab.set_viewport_size({"width": WIDTH, "height": 568})
    beyond = tab.evaluate("document.documentElement.scrollWidth") - WIDTH
    small = tab.evaluate(SMALL) if tab.locator("#tell").count() else []
    tab.set_viewport_size({"width": 390, "height": 844})
    return {name: one for name, one in (("axe", found), ("beyond", max(0, beyond)), ("small", small)) if one}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_public_faces_serve_everyone_in_their_language(
    looking: Page, intake_site: IntakeSite, stand: Stand, lang: str
) -> None:
    tab, wrong, read = looking, {}, set()
    for state in FORM:
        open_form(tab, intake_site.url, lang)
        FORM_STATES[state](tab)
        wrong[state] = looked_at(tab)
        read.add(tuple(tab.evaluate(READ)))
    for state in ALERTS:
        STATES[state](tab, stand, lang)
        wrong[state] = looked_at(tab)
        read.add(tuple(tab.evaluate(READ)))

    assert {state: one for state, one in wrong.items() if one} == {}
    assert read == {(lang, "rtl" if lang == "ar" else "ltr", 0)}
