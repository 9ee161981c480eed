"""The states of the public face: named steps that bring a page to each screen that a reader may see.

Each step gets a tab, the site and the stories that it tells, and leaves the tab in the state it is named after.
Words are never used to find anything, so that the same steps go in every language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from playwright.sync_api import FilePayload, Page

from protocol.release import Release
from tests.browser.alerts_site import AlertsSite
from tests.front import Front

STORIES: Final[Mapping[str, Callable[[Front], Release]]] = MappingProxyType(
    {
        "confirmed": Front.confirmed,
        "checked": Front.checked,
        "updated": Front.updated,
        "under-review": Front.under_review,
        "withdrawn": Front.withdrawn,
        "restored": Front.restored,
        "retracted": Front.retracted,
        "ended": Front.over,
        "ran-out": Front.ran_out,
    }
)


@dataclass(frozen=True, slots=True)
class Stand:
    """A site, and the first release of each story told on it."""

    site: AlertsSite
    told: Mapping[str, Release]

    @property
    def empty(self) -> bool:
        """Whether nothing was told."""
        return not self.told


def tell(site: AlertsSite) -> Stand:
    """Tell every story on a site."""
    return Stand(site, {name: story(site.front) for name, story in STORIES.items()})


Step = Callable[[Page, Stand, str], None]


def _page(path: str) -> Step:
    def step(tab: Page, stand: Stand, lang: str) -> None:
        tab.goto(f"{stand.site.url}/{lang}/{path}")

    return step


def _alert(name: str) -> Step:
    def step(tab: Page, stand: Stand, lang: str) -> None:
        tab.goto(f"{stand.site.url}/{lang}/alerts/{stand.told[name].alert.id}")

    return step


def open_check(tab: Page, url: str) -> None:
    """Load "Is this real?" and wait until its script listens."""
    tab.goto(url)
    tab.wait_for_selector("#form:not([hidden])")


def give(tab: Page, *files: bytes) -> None:
    """Choose these files and have them checked."""
    named = [
        FilePayload(name="release.json" if at == 0 else f"message-{at}.json", mimeType="application/json", buffer=data)
        for at, data in enumerate(files)
    ]
    tab.locator("#files").set_input_files(named)
    check(tab)


def paste(tab: Page, text: str) -> None:
    """Paste a text and have it checked."""
    tab.locator("#pasted").fill(text)
    check(tab)


def check(tab: Page) -> None:
    """Press the button and wait for an answer or a fault."""
    tab.locator("#form .button-main").click()
    tab.wait_for_selector("#answer:not([hidden]), #fault:not([hidden])")


def _genuine(name: str) -> Step:
    def step(tab: Page, stand: Stand, lang: str) -> None:
        open_check(tab, f"{stand.site.url}/{lang}/check")
        give(tab, stand.told[name].bundle)

    return step


def _by_address(tab: Page, stand: Stand, lang: str) -> None:
    open_check(tab, f"{stand.site.url}/{lang}/check#{stand.told['confirmed'].alert.id}")
    tab.wait_for_selector("#answer:not([hidden])")


def _tampered(tab: Page, stand: Stand, lang: str) -> None:
    open_check(tab, f"{stand.site.url}/{lang}/check")
    give(tab, stand.told["confirmed"].bundle.replace(b'"officers\\":\\"3-5', b'"officers\\":\\"10+'))


def _details(tab: Page, stand: Stand, lang: str) -> None:
    _genuine("retracted")(tab, stand, lang)
    tab.locator("#answer details summary").click()


def _silent(tab: Page, stand: Stand, lang: str) -> None:
    tab.route("**/messages.json", lambda route: route.abort())
    _genuine("confirmed")(tab, stand, lang)


def _rumour_text(tab: Page, stand: Stand, lang: str) -> None:
    open_check(tab, f"{stand.site.url}/{lang}/check")
    paste(tab, "They say there are officers at the harbor!! Pass it on")


# What needs no story: an empty network's pages.
QUIET: Final[Mapping[str, Step]] = MappingProxyType(
    {"quiet": _page(""), "how-we-verify": _page("how-we-verify"), "what-we-hold": _page("what-we-hold")}
)
STATES: Final[Mapping[str, Step]] = MappingProxyType(
    {
        "current": _page(""),
        **{name: _alert(name) for name in STORIES},
        "not-found": _page("alerts/00000000000000000000000000000000"),
        "how-we-verify": _page("how-we-verify"),
        "what-we-hold": _page("what-we-hold"),
        "check-begin": lambda tab, stand, lang: open_check(tab, f"{stand.site.url}/{lang}/check"),
        "check-genuine": _genuine("confirmed"),
        "check-by-address": _by_address,
        "check-updated": _genuine("updated"),
        **{f"check-{name}": _genuine(name) for name in ("under-review", "withdrawn", "retracted", "ended", "ran-out")},
        "check-details": _details,
        "check-tampered": _tampered,
        "check-silent": _silent,
        "check-no-proof": _rumour_text,
    }
)
