"""A profile of its own in a real Chromium, and everything that its pages complain of."""

from __future__ import annotations

from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize

from tests import javascript
from tests.browser.desk_states import Site, open_desk, unlock

AXE: Final = """async () => (await axe.run({ resultTypes: ["violations"] })).violations
  .map((one) => [one.id, one.nodes.map((node) => node.target)])"""

# Words that are broken in the middle: they stand on more than one line, each by itself.  Chinese has no gaps between.
BROKEN: Final = r"""() => {
  const texts = [];
  for (const one of document.querySelectorAll(".tile > span, .chip > span, .button, dt, dd, h1, h2, .hint, .quiet")) {
    const walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    while (one.checkVisibility() && walk.nextNode()) texts.push(walk.currentNode);
  }
  const lines = (text, { 0: word, index }) => {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
  };
  const words = (text) => [...text.data.matchAll(/[\p{Script=Latin}\p{Script=Arabic}\p{M}]+/gu)];
  return texts.flatMap((text) => words(text).filter((one) => lines(text, one) > 1).map(([word]) => word));
}"""


class Watched:
    """A browser context; `complaints` are the errors and warnings of all its pages."""

    def __init__(self, browser: Browser, width: int = 1280) -> None:
        size: ViewportSize = {"width": width, "height": 900}
        self.context: BrowserContext = browser.new_context(viewport=size, reduced_motion="reduce")
        self.complaints: list[str] = []
        self.context.on("page", self._watch)

    def _watch(self, tab: Page) -> None:
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("console", self._hear)

    def _hear(self, line: ConsoleMessage) -> None:
        # A refusal's status is the desk's own way of saying no, and no complaint.
        if line.type in ("error", "warning") and not line.text.startswith("Failed to load resource"):
            self.complaints.append(line.text)

    def close(self) -> None:
        """Close it.  Raises AssertionError if a page complained: of its policy, of an error that nobody caught."""
        self.context.close()
        assert self.complaints == []


def unlocked(watched: Watched, site: Site, handle: str, lang: str = "en") -> Page:
    """Open somebody's desk in their profile."""
    tab = open_desk(watched.context, site, lang)
    unlock(tab, site, handle)
    return tab


def broken(tab: Page) -> list[str]:
    """Return the words of a page's tiles, buttons, titles and fields that are broken in the middle."""
    return list(tab.evaluate(BROKEN))


def faults(tab: Page) -> list[Any]:
    """Return what axe-core finds on a page, no rule disabled."""
    if not tab.evaluate("() => 'axe' in window"):
        # Through the debugger's door: the page's own policy lets no other script in, and stays as it is.
        axe = (javascript.packages() / "axe-core" / "axe.min.js").read_text("utf-8")
        tab.context.new_cdp_session(tab).send("Runtime.evaluate", {"expression": axe})
    # Every rule is run; only what passes is not written down in full, which takes half of the time.
    return list(tab.evaluate(AXE))
