"""The code on an alert's page: read from a screen and from paper, and checked in the page that it leads to."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
import zxingcpp
from PIL import Image

from protocol.slip import Slip
from tests.browser.alerts_states import Stand, check, open_check, paste
from tests.browser.reading import Reading, begin
from tests.browser.test_check_saved import saved
from tests.world import World

WIDTHS: Final = {"a phone": (390, 844), "a laptop": (1280, 900)}


def seen(shot: bytes) -> list[str]:
    """Return what a stranger's decoder reads in a screenshot."""
    return [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(shot)).convert("L"))]


def code_of(reading: Reading, stand: Stand, name: str = "confirmed") -> str:
    """Return what the code on an alert's page says, read from a picture of the screen."""
    reading.tab.goto(f"{stand.site.url}/en/alerts/{stand.told[name].alert.id}")
    (text,) = seen(reading.tab.locator(".code-card").screenshot(scale="device"))
    return text


@pytest.mark.parametrize("screen", ["a phone", pytest.param("a laptop", marks=pytest.mark.soak)])
def test_the_code_on_a_screen_leads_to_a_page_that_finds_the_alert_genuine(
    reading: Reading, stand: Stand, screen: str
) -> None:
    width, height = WIDTHS[screen]
    reading.tab.set_viewport_size({"width": width, "height": height})
    for scheme in ("light", "dark"):
        reading.tab.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        text = code_of(reading, stand)

    assert text.startswith(f"{stand.site.url}/check#")
    reading.tab.goto(text)
    reading.tab.wait_for_selector("#answer:not([hidden])")
    assert reading.answer() == "yes"
    assert "/en/check#" in reading.tab.url
    assert not reading.tab.locator("#fault").is_visible()


def test_the_code_on_paper_is_read_from_a_print(reading: Reading, stand: Stand) -> None:
    tab = reading.tab
    tab.goto(f"{stand.site.url}/en/alerts/{stand.told['restored'].alert.id}")
    tab.emulate_media(media="print")
    tab.set_viewport_size({"width": 720, "height": 1000})
    card = tab.locator(".code-card")

    assert seen(card.screenshot())
    box = card.bounding_box()
    assert box is not None
    assert box["width"] >= 85 / 25.4 * 96  # Eighty-five millimetres: half a millimetre for each module.


@pytest.mark.parametrize("name", ["under-review", "withdrawn", "retracted", "ended", "ran-out"])
def test_what_does_not_stand_has_no_code(stand: Stand, name: str) -> None:
    assert b'class="code"' not in stand.site.fetch(f"/en/alerts/{stand.told[name].alert.id}")
    assert b'class="code"' in stand.site.fetch(f"/en/alerts/{stand.told['confirmed'].alert.id}")


@pytest.mark.soak
def test_a_saved_copy_checks_a_pasted_code_without_a_network(reading: Reading, stand: Stand, tmp_path: Path) -> None:
    text = code_of(reading, stand)
    tab = begin(reading, stand)
    file = saved(tab, tmp_path)
    tab.context.set_offline(True)
    open_check(tab, file.as_uri())

    paste(tab, f"Look at this: {text}.")
    assert reading.answer() == "yes"
    paste(tab, text[:-40])
    assert (reading.answer(), tab.locator("#fault").is_visible()) == ("", True)


@pytest.mark.soak
def test_a_code_with_other_words_is_not_genuine(reading: Reading, stand: Stand) -> None:
    found = Slip.find(code_of(reading, stand))
    assert found is not None
    words = replace(found.alert, payload=found.alert.payload.replace(b'"3-5"', b'"10+"'))
    open_check(reading.tab, f"{stand.site.url}/en/check")
    paste(reading.tab, replace(found, alert=words).address(stand.site.url))

    assert reading.answer() == "not"


def test_a_code_under_the_roster_before_is_checked_with_what_the_site_has(reading: Reading, stand: Stand) -> None:
    """The site publishes another roster; its own bundle of the alert carries the one that the code names."""
    text = code_of(reading, stand)
    other = World(name="elsewhere").signed_roster.encode()
    tab = reading.tab
    tab.route("**/roster.json", lambda route: route.fulfill(body=other, content_type="application/json"))
    open_check(tab, f"{stand.site.url}/en/check")
    paste(tab, text)
    assert reading.answer() == "yes"

    tab.route("**/messages.json", lambda route: route.abort())
    tab.locator("#clear").click()
    tab.locator("#pasted").fill(text)
    check(tab)
    assert (reading.answer(), tab.locator("#fault").is_visible()) == ("", True)
