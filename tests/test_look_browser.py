"""The look in a real browser: accessible by axe-core with every rule, at every width, in every scheme of colours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal

import pytest
from playwright.sync_api import Browser, Page, Route

from look import icons
from tests import browsers, catalogues, javascript, look_preview
from tests.browser.watched import AXE

ROOT: Final = Path(__file__).resolve().parent.parent
ORIGIN: Final = "https://look.example"
TARGET: Final = 44
# What the witness page ships with: no string becomes markup or code.
STRICT: Final = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; require-trusted-types-for 'script'"
# What has all parts is looked at once more by `make soak`; so is each page that is made of them, in its own tests.
OTHERS: Final = [
    pytest.param(name, scheme, marks=pytest.mark.soak)
    for name, scheme in (("en", "dark"), ("drill", "light"), ("es", "light"), ("es", "dark"))
]
SIZES: Final = """() => [...document.querySelectorAll("a[href^='tel:'], button, .tile, .chip, input:not([type=radio])")]
  .map((one) => [one.textContent.trim() || one.id, one.getBoundingClientRect().height])"""


@pytest.fixture(scope="module")
def browser(engine_path: str) -> Iterator[Browser]:
    with browsers.chromium_running(engine_path) as running:
        yield running


def faults(tab: Page) -> list[Any]:
    """Return what axe-core finds on a page, no rule disabled."""
    tab.add_script_tag(path=javascript.packages() / "axe-core" / "axe.min.js")
    return list(tab.evaluate(AXE))


@pytest.mark.parametrize(("name", "scheme"), [("en", "light"), ("drill", "dark"), *OTHERS])
def test_every_part_is_accessible(browser: Browser, name: str, scheme: Literal["light", "dark"]) -> None:
    tab = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    tab.set_content(look_preview.pages()[name])

    assert faults(tab) == []
    tab.close()


def test_axe_sees_what_is_wrong(browser: Browser) -> None:
    tab = browser.new_page()
    tab.set_content(look_preview.page("en").replace("--quiet:#4f5766", "--quiet:#b0b0b0"))

    assert [one for one, _ in faults(tab)] == ["color-contrast"]
    tab.close()


@pytest.mark.parametrize(
    ("name", "width"),
    [
        *(("es", 320), ("drill", 390), ("en", 1280)),
        *(pytest.param(*one, marks=pytest.mark.soak) for one in (("en", 320), ("drill", 320), ("es", 1280))),
    ],
)
def test_nothing_is_wider_than_the_screen_or_too_small_for_a_thumb(browser: Browser, name: str, width: int) -> None:
    tab = browser.new_page(viewport={"width": width, "height": 844})
    tab.set_content(look_preview.pages()[name])

    sizes = tab.evaluate(SIZES)
    assert tab.evaluate("() => document.documentElement.scrollWidth") <= width
    assert [one for one in sizes if one[1] < TARGET] == []
    assert len(sizes) > 15
    tab.close()


def test_a_page_read_from_the_right_is_a_mirror(browser: Browser, tmp_path: Path) -> None:
    catalogues.write(tmp_path, "ar", *catalogues.ARABIC)
    with catalogues.elsewhere(tmp_path):
        tab = browser.new_page(viewport={"width": 390, "height": 844})
        tab.set_content(look_preview.page("ar"))

    assert tab.evaluate("() => document.documentElement.scrollWidth") <= 390
    step, notice = tab.locator(".steps h2").first.bounding_box(), tab.locator(".notice > .icon").first.bounding_box()
    assert step
    assert notice
    assert step["x"] + step["width"] < 390 - 32  # The number is on its right.
    assert notice["x"] > 300
    tab.close()


def test_scripts_draw_the_same_icons_where_no_markup_may_be_made(browser: Browser) -> None:
    tab = browser.new_page()

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            page = '<!doctype html><title>Icons</title><script type="module" src="/draw.js"></script>'
            route.fulfill(body=page, content_type="text/html", headers={"Content-Security-Policy": STRICT})
        elif path == "/draw.js":
            script = 'import { iconNode } from "/look/icon.js"; globalThis.iconNode = iconNode;'
            route.fulfill(body=script, content_type="text/javascript")
        else:
            route.fulfill(path=ROOT / path[1:], content_type="text/javascript")

    tab.route("**/*", answer)
    tab.goto(ORIGIN)
    tab.wait_for_function("() => globalThis.iconNode")
    drawn = tab.evaluate("(names) => names.map((name) => iconNode(name, 'large').outerHTML)", list(icons.names()))

    assert drawn == [re.sub(r"<(\w+)([^>]*)/>", r"<\1\2></\1>", icons.icon(one, "large")) for one in icons.names()]
    with pytest.raises(Exception, match="no icon badge"):
        tab.evaluate("() => iconNode('badge')")
    with pytest.raises(Exception, match="TrustedHTML"):
        tab.evaluate("() => { document.body['inner' + 'HTML'] = '<b>'; }")
    tab.close()
