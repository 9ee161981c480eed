"""What is done to a page before its own script begins: by a browser that guards itself, or by whoever is between."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

# One signed epoch key with another recipient in it: any change of its letters is one.
CHANGED: Final = """const honest = fetch;
window.fetch = async (...asked) => {
  const answer = await honest(...asked);
  if (asked[0] !== "/recipients") return answer;
  const other = (start) => start.slice(0, -1) + (start.endsWith("q") ? "p" : "q");
  const text = (await answer.text()).replace(/age1pq1./g, other);
  return new Response(text, { headers: answer.headers });
};"""

NOISE: Final = """CanvasRenderingContext2D.prototype.getImageData = (x, y, width, height) =>
  new ImageData(new Uint8ClampedArray(width * height * 4).map(() => Math.random() * 256), width, height);"""


def reload_with(tab: Page, script: str) -> None:
    """Load the page again with a script before its own, this once."""
    debugger = tab.context.new_cdp_session(tab)
    debugger.send("Page.enable")
    added = debugger.send("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    tab.reload()
    debugger.send("Page.removeScriptToEvaluateOnNewDocument", added)
    debugger.detach()
