"""The public words fit: nothing of an alert is wider than what it stands in, on small phones, in each language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from look.words import languages
from tests.again import again
from tests.browser.alerts_site import serve
from tests.browser.alerts_states import STATES, STORIES, Stand, tell

WIDTHS: Final = (320, 360, 390)
SHOWN: Final = ("current", *STORIES, *(f"check-{one}" for one in ("genuine", "under-review", "withdrawn", "retracted")))
WIDER: Final = """() => {
  const seen = (all) => [...document.querySelectorAll(all)].filter((one) => one.checkVisibility());
  const words = (one) => one.textContent.trim().slice(0, 40);
  const box = (one) => (one.closest(".card, .answer") ?? document.body).getBoundingClientRect();
  const room = (one, word = one.getBoundingClientRect()) => // From where the word ends, whichever way it is read.
    document.dir === "rtl" ? word.left - box(one).left : box(one).right - word.right;
  const cut = seen(".word, .answer-title, .button, .strip a, h1, h2, h3")
    .filter((one) => one.scrollWidth > one.clientWidth + 1);
  const out = seen(".word").filter((one) => room(one) < 3);
  return [...cut, ...out].map(words);
}"""


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """Give an exercise network's alerts, with every story told: its edge takes room too."""
    with serve(tmp_path_factory.mktemp("alerts")) as site:
        yield tell(site)


def wider(tab: Page) -> dict[int, list[Any]]:
    """Return what is wider than its place, by the width of the screen."""
    found = {}
    for width in WIDTHS:
        tab.set_viewport_size({"width": width, "height": 844})
        found[width] = tab.evaluate(WIDER)
    return found


LANGUAGES: Final = again(*languages())  # `make test` looks at the narrowest screen in test_languages.py.


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_public_word_fits_its_place(chromium_browser: Browser, stand: Stand, lang: str) -> None:
    tab = chromium_browser.new_page()
    found = {}
    for state in SHOWN:
        STATES[state](tab, stand, lang)
        found[state] = wider(tab)
    tab.close()

    assert found == {state: {width: [] for width in WIDTHS} for state in SHOWN}


def test_a_word_that_is_too_wide_is_seen(chromium_browser: Browser, stand: Stand) -> None:
    tab = chromium_browser.new_page()
    STATES["confirmed"](tab, stand, "es")
    tab.evaluate("document.querySelector('.alert .word').style.fontSize = '40px'")

    assert [len(one) > 0 for one in wider(tab).values()] == [True, True, True]
    tab.close()
