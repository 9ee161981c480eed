"""The form's states: named steps that bring a page of the form to each screen that a witness may see.

Each step gets a tab that shows the form of some language, freshly loaded, and leaves it in the state it is named after.
Words are never used to find anything, so that the same steps go in every language.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from playwright.sync_api import Page, Route

from tests.browser.meddling import CHANGED, NOISE, reload_with
from tests.pictures import SVG, photographed, png

Step = Callable[[Page], None]
DAY: Final = 86_400_000
LATER: Final = 30_000  # Milliseconds for what a page fetches later.


def open_form(tab: Page, url: str, lang: str = "en", fragment: str = "") -> None:
    """Load the form and wait until its script listens."""
    tab.goto(f"{url}/{lang}{fragment}")
    tab.wait_for_selector("#send:not([disabled])", state="attached")


def choose(tab: Page, name: str, value: str) -> None:
    """Tap a choice, as a finger or a mouse does: on what is seen of it."""
    tab.locator(f'label:has(input[name="{name}"][value="{value}"])').click()


def tap_zone(tab: Page, zone: str = "harbor") -> None:
    """Tap an area of the map on its name."""
    box = tab.locator(f'#map text[data-name="{zone}"]').first.bounding_box()
    assert box is not None
    tab.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def answer(tab: Page) -> None:
    """Give the four answers."""
    choose(tab, "what", "at-door")
    tab.locator("#map").scroll_into_view_if_needed()
    tap_zone(tab)
    choose(tab, "when", "now")
    choose(tab, "seen", "saw")


def send(tab: Page) -> None:
    """Seal and send."""
    tab.locator("#send").click()


def details(tab: Page) -> None:
    """Open what is optional and fill it in."""
    tab.locator("#details summary").click()
    choose(tab, "marking", "letters")
    tab.locator("#letters").fill("POLICE ICE")
    choose(tab, "officers", "3-5")
    choose(tab, "vehicles", "2")
    choose(tab, "equipment", "visible")
    tab.locator("#words").fill("Two vans, engines on, facing the pier.")


def _refusing(path: str, kind: str, status: int) -> Step:
    def step(tab: Page) -> None:
        body = json.dumps({"kind": kind, "rule": "X", "sentence": "-"})
        tab.route(f"**{path}*", lambda route: route.fulfill(status=status, content_type="application/json", body=body))
        answer(tab)
        send(tab)
        tab.wait_for_selector("#going-ways:visible, #closed:visible")

    return step


def _empty(tab: Page) -> None:
    tab.wait_for_selector("#tell:visible")


def _open_questions(tab: Page) -> None:
    choose(tab, "what", "taking")
    send(tab)
    tab.wait_for_selector("#where-fault:visible")


def _filled(tab: Page) -> None:
    answer(tab)
    details(tab)
    choose(tab, "when", "today")
    tab.locator("#minute").fill("14:40")


def _home(tab: Page) -> None:
    answer(tab)
    tab.locator("#place").fill("123 Oak Street")
    tab.locator("label:has(#home)").click()
    tab.wait_for_selector("#place-hints li")
    send(tab)
    tab.wait_for_selector("#home-fault:visible")


def _hints(tab: Page) -> None:
    tab.locator("#details summary").click()
    tab.locator("#words").fill("Maria Lopez in 8ABC123, call 408-555-0199")
    tab.wait_for_selector("#words-hints li")


def _lawyer(tab: Page) -> None:
    tab.locator("#lawyer summary").click()
    tab.locator("#legal").fill("My cousin was taken. Call me.")


def _emergency(tab: Page) -> None:
    choose(tab, "what", "other")
    tab.wait_for_selector("#emergency:visible")


def _kept(tab: Page) -> None:
    tab.locator(".kept summary").first.click()


def _language(tab: Page) -> None:
    choose(tab, "what", "taking")
    tab.locator("#languages a:not([aria-current])").first.click()
    tab.wait_for_selector("#language-notice:visible")


def _operator(tab: Page) -> None:
    tab.goto(f"{tab.url}#operator")
    tab.wait_for_selector("#caller-question:visible")


def _day(tab: Page) -> None:
    reload_with(tab, f"Date.now = ((now) => () => now() - {4 * DAY})(Date.now);")
    tab.wait_for_selector("#day-question:visible")


def _sealing(tab: Page) -> None:
    """The tip waits for the sum: what a phone shows under load."""
    tab.route("**/work", lambda _: None)  # Never answered.
    tab.reload()
    answer(tab)
    send(tab)
    tab.wait_for_selector("#going-slow:visible")


def _dropped(tab: Page) -> None:
    tab.route("**/envelopes*", lambda route: route.abort())
    answer(tab)
    send(tab)
    tab.wait_for_selector("#going-dropped:visible")


def give_photos(tab: Page, *photos: tuple[str, bytes]) -> None:
    """Choose photos by name and bytes, and wait until the form has looked at them."""
    if not tab.locator("#photo-add").is_visible() and not tab.locator("#photo-list > li").count():
        tab.locator("#photos summary").click()
    files: list[Any] = [{"name": name, "mimeType": "image/jpeg", "buffer": data} for name, data in photos]
    tab.locator("#photo-files").set_input_files(files)
    tab.wait_for_selector("#photo-wait", state="hidden")


def _photos(tab: Page) -> None:
    street = ("street.jpg", photographed(6, scale=25))
    give_photos(tab, street, ("van.jpg", photographed(1, scale=30)), ("sign.png", png(900, 500)))
    tab.locator("label:has(#keep-originals)").click()
    tab.wait_for_selector(".size:not(:empty) >> nth=2")


def _brush(tab: Page) -> None:
    give_photos(tab, ("street.jpg", photographed(6, scale=25)))
    tab.locator(".cover").click()
    box = tab.locator(".edited canvas").bounding_box()
    assert box is not None
    tab.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + 60)
    tab.mouse.down()
    tab.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 90, steps=4)
    tab.mouse.up()
    tab.wait_for_selector(".undo:not([disabled])")
    tab.keyboard.press("ArrowDown")


def _photo_fault(tab: Page) -> None:
    give_photos(tab, ("drawing.svg", SVG))
    tab.wait_for_selector("#photo-fault:not(:empty)")


def _shield(tab: Page) -> None:
    """A browser that guards itself by giving noise where pixels are read back."""
    reload_with(tab, NOISE)
    give_photos(tab, ("street.jpg", photographed(6, scale=25)), ("sign.png", png(900, 500)))
    tab.wait_for_selector("#photo-shield:visible")


def _uploading(tab: Page) -> None:
    """The third part of a tip with photos is on its way and the person has paused."""
    tab.route("**/parts*place=2*", lambda route: route.abort())
    answer(tab)
    give_photos(tab, ("street.jpg", photographed(6, scale=25)))
    send(tab)
    tab.wait_for_selector("#going-dropped:visible")
    tab.locator("#pause").click()


def _heavy(tab: Page) -> None:
    """So much came in this hour that photos wait."""
    give_photos(tab, ("street.jpg", photographed(6, scale=25)))
    _refusing("/parts", "under_load", 503)(tab)
    tab.wait_for_selector("#going-heavy:visible")


def _no_desk(tab: Page) -> None:
    def none(route: Route) -> None:
        body = json.dumps({"kind": "set_unknown", "rule": "ENV-6", "sentence": "-"})
        route.fulfill(status=409, content_type="application/json", body=body)

    tab.route("**/recipients", none)
    tab.reload()
    tab.wait_for_selector("#closed-desk:visible")


def _strange_readers(tab: Page) -> None:
    """Somebody put another key among the readers."""
    reload_with(tab, CHANGED)
    tab.wait_for_selector("#closed-readers:visible")


def _go(tab: Page, added: str, seen: str) -> None:
    """Follow a link to the form that brings something along."""
    tab.goto(tab.url + added)
    tab.wait_for_selector(f"{seen}:visible")


def _sent(tab: Page) -> None:
    answer(tab)
    send(tab)
    tab.wait_for_selector("#sent:visible")


def _code(tab: Page) -> None:
    answer(tab)
    tab.locator("#may-ask summary").click()
    tab.locator("label:has(#ask)").click(timeout=LATER)
    send(tab)
    tab.wait_for_selector("#code:visible", timeout=LATER)


def _give_code(tab: Page, words: str) -> None:
    tab.locator("#have-code").click(timeout=LATER)
    tab.locator("#back-words input").first.fill(words)
    tab.keyboard.press("Enter")


def _nothing(tab: Page) -> None:
    _give_code(tab, " ".join(["zoo"] * 8))
    tab.locator("#back-withdraw").click(timeout=LATER)


FORM_STATES: Final[Mapping[str, Step]] = MappingProxyType(
    {
        "empty": _empty,
        "open-questions": _open_questions,
        "filled": _filled,
        "home": _home,
        "hints": _hints,
        "lawyer": _lawyer,
        "emergency": _emergency,
        "kept": _kept,
        "language": _language,
        "operator": _operator,
        "day": _day,
        "sealing": _sealing,
        "dropped": _dropped,
        "load": _refusing("/envelopes", "under_load", 503),
        "trouble": _refusing("/envelopes", "bucket", 400),
        "photos": _photos,
        "brush": _brush,
        "photo-fault": _photo_fault,
        "shield": _shield,
        "uploading": _uploading,
        "heavy": _heavy,
        "no-desk": _no_desk,
        "strange-readers": _strange_readers,
        "link": lambda tab: _go(tab, "?what=taking", "#closed-link"),
        "flyer": lambda tab: _go(tab, f"#{'7d' * 32}", "#closed-flyer"),  # Of another network.
        "sent": _sent,
        "code": _code,
        "typed": lambda tab: _give_code(tab, "zoo hosue zoo"),
        "nothing": _nothing,
    }
)
