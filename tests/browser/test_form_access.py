"""The form for everyone: every state by axe with no rule disabled, by keys alone, on the smallest screens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.form_states import FORM_STATES, open_form
from tests.browser.form_visit import Visit
from tests.browser.intake_site import IntakeSite
from tests.browser.watched import broken, faults

TARGET: Final = 44
ALL: Final = 'a, button, summary, select, textarea, .tile, .chip, input[type="text"], input[type="time"]'
SMALL: Final = f"""() => [...document.querySelectorAll('{ALL}')].filter((one) => one.checkVisibility())
  .map((one) => [one.textContent.trim() || one.id, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < {TARGET} || box.width < {TARGET}).map(([name]) => name)"""
SIZES: Final = {"phone": (390, 844), "desk": (1280, 900), "smallest": (320, 568)}
# What a look changes are the parts of a page, and some states have most of them: these are looked at in every look.
# Those whose parts are another's, with other words in them, are looked at by `make soak`; so are all in every look, and
# in Spanish with colours that were forced from the start.
SCREENS: Final = {"en": [("phone", "light"), ("desk", "dark"), ("phone", "forced")], "es": [("phone", "forced")]}
PARTS: Final = ("filled", "photos", "sent")
ALIKE: Final = (
    *(
        "open-questions",
        "load",
        "flyer",
        "home",
        "lawyer",
        "kept",
        "language",
        "day",
        "dropped",
        "trouble",
        "photo-fault",
    ),
    *("shield", "uploading", "heavy", "strange-readers", "link", "nothing"),
)
CASES: Final = [
    *(("en", state, SCREENS["en"][: None if state in PARTS else 1]) for state in FORM_STATES if state not in ALIKE),
    *(pytest.param("en", state, SCREENS["en"], marks=pytest.mark.soak) for state in FORM_STATES if state not in PARTS),
    *(pytest.param("es", state, SCREENS["es"], marks=pytest.mark.soak) for state in FORM_STATES),
]
LOOKS: Final[dict[str, dict[str, Any]]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}


@pytest.fixture(scope="module")
def phone(chromium_browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Give what gives a phone that reads a language: the same tab each time, for starting one costs half of a look."""
    tabs: dict[str, Page] = {}

    def give(lang: str) -> Page:
        if lang not in tabs:
            # Without motion: a colour that is still changing is not yet the one to be read.
            look = LOOKS[SCREENS[lang][0][1]]
            tabs[lang] = chromium_browser.new_context(reduced_motion="reduce", **look).new_page()
        return tabs[lang]

    yield give
    for tab in tabs.values():
        tab.context.close()


@pytest.mark.parametrize(("lang", "state", "screens"), CASES)
def test_every_state_serves_everyone(
    phone: Callable[[str], Page], intake_site: IntakeSite, state: str, lang: str, screens: list[tuple[str, str]]
) -> None:
    """The smallest screen, 320 px, is also what 640 px are at 200 %."""
    tab, found = phone(lang), {}
    show(tab, *screens[0])
    open_form(tab, intake_site.url, lang)
    FORM_STATES[state](tab)
    for screen in screens:
        show(tab, *screen)
        found[screen] = faults(tab)
    show(tab, "smallest")

    assert {screen: one for screen, one in found.items() if one} == {}
    assert tab.evaluate("document.documentElement.scrollWidth") <= SIZES["smallest"][0]
    assert tab.evaluate(SMALL) == []
    tab.unroute_all()


@pytest.mark.parametrize("lang", ["es", "tl"])  # The longest words.
def test_no_word_is_broken_in_the_middle_where_an_operator_types(
    phone: Callable[[str], Page], intake_site: IntakeSite, lang: str
) -> None:
    tab = phone("es")
    open_form(tab, intake_site.url, lang)
    FORM_STATES["operator"](tab)
    for size in ("desk", "phone", "smallest"):
        show(tab, size)
        assert (size, broken(tab)) == (size, [])


def show(tab: Page, size: str, look: str | None = None) -> None:
    """Show a page on a screen of a size, in a look."""
    width, height = SIZES[size]
    tab.set_viewport_size({"width": width, "height": height})
    if look is not None:
        tab.emulate_media(**LOOKS[look])


def test_a_tip_goes_in_by_keys_alone(visit: Visit) -> None:
    tab = visit.tab

    def go_to(selector: str) -> None:
        for _ in range(60):
            if tab.evaluate(f"document.activeElement?.matches('{selector}') ?? false"):
                return
            tab.keyboard.press("Tab")
        raise AssertionError(f"{selector} can't be reached by Tab")

    go_to('[name="what"]')
    tab.keyboard.press("ArrowDown")
    go_to("#zone")
    tab.keyboard.press("ArrowDown")
    go_to('[name="when"]')
    tab.keyboard.press("Space")
    go_to('[name="seen"]')
    tab.keyboard.press("Space")
    go_to("#send")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#sent:visible")

    told = visit.told(visit.sent()[0])["tip"]
    assert (told["what"], told["when"], told["seen"]) == ("at-door", {"choice": "now"}, "now")
    assert told["where"]["zone"] in {"harbor", "hills", "old-town", "riverside"}


def test_what_has_the_focus_is_never_behind_a_bar(visit: Visit) -> None:
    """The bars at top and bottom stay where they are while Tab goes through everything between them."""
    tab = visit.tab
    tab.locator("#details summary").click()
    hidden = []
    for _ in range(30):
        tab.keyboard.press("Tab")
        place = tab.evaluate("""() => {
          const one = document.activeElement;
          if (one === null || one === document.body) return null;
          const box = (one.closest("label") ?? one).getBoundingClientRect();
          const seen = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
          const whole = one.closest("label") ?? one;
          return whole.contains(seen) || seen?.contains(whole) ? null : one.id || one.name || one.textContent;
        }""")
        if place:
            hidden.append(place)

    assert hidden == []


def test_whoever_cannot_see_hears_where_they_are(visit: Visit) -> None:
    tab = visit.tab
    heard = tab.locator("body").aria_snapshot()

    for line in ('link "In danger now? Call 911"', 'radiogroup "What is happening?"', 'radio "Someone is being taken"'):
        assert line in heard
    assert 'combobox "Area"' in heard
    tab.locator("#send").click()
    assert tab.locator("#open-fault").get_attribute("role") == "status"
    assert tab.evaluate("document.activeElement.name") == "what"
    FORM_STATES["sent"](tab)
    assert tab.evaluate("document.activeElement.id") == "sent-title"
