"""The form, in a Chromium that is slowed down as an old phone on a slow link is: usable, sealed, nothing that stutters.

Times are of the page's own clock.  4 × is the debugger's throttle; slow 3G is 400 kbit/s with 400 ms there and back.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

from playwright.sync_api import Browser, Page, Route

from bench.figure import Figure, at_most
from intake.work import COSTS, Work
from tests import browsers
from tests.browser.form_states import answer, open_form, send
from tests.browser.form_visit import PHONE
from tests.browser.intake_site import IntakeSite, serve

SLOWED: Final = 4
SLOW_3G: Final = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
READY: Final = 120_000.0  # Milliseconds: long after anything that is measured here.
# When things happened, in milliseconds since the page was asked for; and every task that held the page up.
WATCH: Final = """
  window.at = {}; window.held = [];
  const now = () => performance.now(), first = fetch;
  new PerformanceObserver((list) => held.push(...list.getEntries()))
    .observe({ type: "longtask", buffered: true });
  window.fetch = async (path, ...more) => {
    const name = String(path).split("?")[0];
    at[name] ??= now();
    const found = await first(path, ...more);
    at[`${name} there`] ??= now();
    return found;
  };
  addEventListener("click", ({ target }) => target.closest?.("#send") && (at.send = now()), true);
  window.longest = (from) => Math.max(0, ...held.filter((one) => one.startTime + one.duration > from)
    .map((one) => one.duration));
  addEventListener("change", ({ target }) => target.id === "photo-files" && (at.photo = now()), true);
"""
NOISE: Final = """async () => {
  const canvas = new OffscreenCanvas(2400, 1800), pen = canvas.getContext("2d");
  const picture = pen.createImageData(2400, 1800);
  for (let at = 0; at < picture.data.length; at++) picture.data[at] = at % 4 === 3 ? 255 : (at * 7919) % 61 * 4;
  pen.putImageData(picture, 0, 0);
  for (let quality = 0.95; ; quality -= 0.05) {
    const blob = await canvas.convertToBlob({ type: "image/jpeg", quality });
    if (blob.size > 3_000_000 && quality > 0.2) continue;
    return [...new Uint8Array(await blob.arrayBuffer())];
  }
}"""


def measure(quick: bool) -> Iterator[Figure]:
    """Give the form's figures, medians of nine visits each."""
    rounds = 3 if quick else 9
    folder = Path(tempfile.mkdtemp(prefix="sereno-bench-"))
    with serve(folder) as site, browsers.chromium_running(browsers.chromium()) as browser:
        usable = [_usable(browser, site) for _ in range(rounds)]
        yield at_most("form", "first paint, 4 ×, slow 3G", median(one[0] for one in usable), "ms", 2000)
        yield at_most("form", "usable, 4 ×, slow 3G", median(one[1] for one in usable), "ms", 2000)
        sealed = [_sealed(browser, site) for _ in range(rounds)]
        yield at_most("form", "sealing a text tip, 4 ×", median(one[0] for one in sealed), "ms", 300)
        yield at_most("form", "longest task while sealing, 4 ×", median(one[1] for one in sealed), "ms", 50)
        yield Figure("form", "longest task before, scripts beginning, 4 ×", median(one[2] for one in sealed), "ms")
        work = Work(bytes.fromhex((folder / "work.key").read_text("ascii")))
        hardest = [_worked(browser, site, work) for _ in range(rounds)]
        yield at_most("form", "the hardest work and sealing, 4 ×", median(hardest) / 1000, "s", 5)
        photo = folder / "photo.jpg"
        photo.write_bytes(_photo(browser))
        shown = [_shown(browser, site, photo) for _ in range(rounds)]
        what = f"a photo of {photo.stat().st_size / 1e6:.1f} MB drawn anew, 4 ×"
        yield at_most("form", what, median(one[0] for one in shown), "ms", 2000)
        yield at_most("form", "longest task of that", median(one[1] for one in shown), "ms", 50)
    with serve(folder / "jitless") as site:
        with browsers.chromium_running(browsers.chromium(), "--js-flags=--jitless") as bare:
            times = [_without_compiler(bare, site) for _ in range(min(rounds, 3))]
        yield at_most("form", "sent without JIT and WebAssembly, from the tap", median(times) / 1000, "s", 15)


@contextmanager
def _visit(browser: Browser, network: dict[str, Any] | None = None, slowed: int = SLOWED) -> Iterator[Page]:
    context = browser.new_context(**{**PHONE, "reduced_motion": "no-preference"}, locale="en-US")
    context.add_init_script(WATCH)
    tab = context.new_page()
    tab.set_default_timeout(READY)
    debugger = context.new_cdp_session(tab)
    debugger.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    if network is not None:
        debugger.send("Network.enable")
        debugger.send("Network.emulateNetworkConditions", network)
    yield tab
    context.close()


def _usable(browser: Browser, site: IntakeSite) -> tuple[float, float]:
    with _visit(browser, SLOW_3G) as tab:
        open_form(tab, site.url)
        return (
            tab.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
            tab.evaluate("performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd"),
        )


def _sealed(browser: Browser, site: IntakeSite) -> tuple[float, float, float]:
    with _visit(browser) as tab:
        open_form(tab, site.url)
        tab.wait_for_selector("#have-code:not([disabled])")  # All is at hand, as after the seconds that answers take.
        before = tab.evaluate("longest(0)")
        answer(tab)
        send(tab)
        tab.wait_for_selector("#sent:visible")
        return tab.evaluate("at['/envelopes'] - at.send"), tab.evaluate("longest(at.send)"), before


def _worked(browser: Browser, site: IntakeSite, work: Work) -> float:
    def flooded(route: Route) -> None:
        route.fulfill(json=work.challenge(COSTS[-1], int(time.time())))

    with _visit(browser) as tab:
        tab.route("**/work", flooded)
        open_form(tab, site.url)
        answer(tab)
        send(tab)
        tab.wait_for_selector("#sent:visible")
        found: float = tab.evaluate("at['/envelopes'] - at['/work there']")
        return found


def _photo(browser: Browser) -> bytes:
    with _visit(browser, slowed=1) as tab:
        tab.goto("about:blank")
        return bytes(tab.evaluate(NOISE))


def _shown(browser: Browser, site: IntakeSite, photo: Path) -> tuple[float, float]:
    with _visit(browser) as tab:
        open_form(tab, site.url)
        tab.wait_for_selector("#have-code:not([disabled])")
        tab.locator("#photos summary").click()
        tab.locator("#photo-files").set_input_files(photo)  # By its path: the browser reads it, as a phone's does.
        tab.wait_for_selector("#photo-wait", state="hidden")
        tab.wait_for_selector("#photo-list > li")
        return tab.evaluate("performance.now() - at.photo"), tab.evaluate("longest(at.photo)")


def _without_compiler(browser: Browser, site: IntakeSite) -> float:
    with _visit(browser, slowed=1) as tab:
        assert tab.evaluate("typeof WebAssembly") == "undefined"
        open_form(tab, site.url)
        answer(tab)
        send(tab)
        tab.wait_for_selector("#going:visible")
        tab.wait_for_selector("#sent:visible")
        found: float = tab.evaluate("at['/envelopes there'] - at.send")
        return found
