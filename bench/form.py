"""The form, in a Chromium that is slowed down as an old phone on a slow link is: usable, sealed, nothing that stutters.

Times are of the page's own clock.  4 × is the debugger's throttle; slow 3G is 400 kbit/s with 400 ms there and back.
What has bounds in milliseconds is measured in a browser that nobody drives (quiet.py).
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

from playwright.sync_api import Browser, Page, Route

from bench import quiet
from bench.figure import Figure, at_most
from bench.quiet import Quiet, Tab
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
  window.at = {}; window.held = []; window.drawn = [];
  const now = () => performance.now(), first = fetch;
  for (const [type, kept] of [["longtask", held], ["long-animation-frame", drawn]]) {
    new PerformanceObserver((list) => kept.push(...list.getEntries())).observe({ type, buffered: true });
  }
  window.fetch = async (path, ...more) => {
    const name = String(path).split("?")[0];
    at[name] ??= now();
    const found = await first(path, ...more);
    at[`${name} there`] ??= now();
    return found;
  };
  addEventListener("click", ({ target }) => target.closest?.("#send") && (at.send = now()), true);
  addEventListener("change", ({ target }) => target.id === "photo-files" && (at.photo = now()), true);
  const most = (entries) => Math.max(0, ...entries.map(({ duration }) => duration));
  window.longest = (from) => most(held.filter((one) => one.startTime + one.duration > from));
  window.longestScript = () => most(drawn.flatMap(({ scripts }) => scripts));
  window.rest = (time) => new Promise((resume) => setTimeout(resume, time));
  window.until = async (holds) => { while (!holds()) await rest(10); };
"""
USABLE: Final = """(async () => {
  while (document.getElementById("send")?.disabled !== false) await new Promise((resume) => setTimeout(resume, 10));
  return [performance.getEntriesByName("first-contentful-paint")[0].startTime, performance.now()];
})()"""
# Return codes can be used: the last thing that begins, as after the seconds that answers take.  Then a moment more.
AT_HAND: Final = "until(() => document.getElementById('have-code')?.disabled === false).then(() => rest(1000))"
NOISE: Final = """async () => {
  const canvas = new OffscreenCanvas(2400, 1800), pen = canvas.getContext("2d");
  const picture = pen.createImageData(2400, 1800);
  for (let at = 0; at < picture.data.length; at++) picture.data[at] = at % 4 === 3 ? 255 : (at * 7919) % 61 * 4;
  pen.putImageData(picture, 0, 0);
  for (let quality = 0.95; ; quality -= 0.01) {
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
        photo = folder / "photo.jpg"
        photo.write_bytes(_photo(browser))
        with quiet.running(browsers.chromium()) as alone:
            yield from _unhindered(alone, site, photo, rounds)
        work = Work(bytes.fromhex((folder / "work.key").read_text("ascii")))
        hardest = [_worked(browser, site, work) for _ in range(rounds)]
        yield at_most("form", "the hardest work and sealing, 4 ×", median(hardest) / 1000, "s", 5)
    with serve(folder / "jitless") as site:
        with browsers.chromium_running(browsers.chromium(), "--js-flags=--jitless") as bare:
            times = [_without_compiler(bare, site) for _ in range(min(rounds, 3))]
        yield at_most("form", "sent without JIT and WebAssembly, from the tap", median(times) / 1000, "s", 15)


def _unhindered(browser: Quiet, site: IntakeSite, photo: Path, rounds: int) -> Iterator[Figure]:
    def medians(visit: Callable[[Quiet, str], list[float]]) -> list[float]:
        visit(browser, site.url)  # The first one warms the server.
        return [median(one) for one in zip(*[visit(browser, site.url) for _ in range(rounds)], strict=True)]

    painted, usable = medians(_usable)
    yield at_most("form", "first paint, 4 ×, slow 3G", painted, "ms", 2000)
    yield at_most("form", "usable, 4 ×, slow 3G", usable, "ms", 2000)
    begun, laid_out = medians(_begun)
    yield at_most("form", "longest run of scripts, beginning, 4 ×", begun, "ms", 50)
    yield Figure("form", "longest task, beginning, in a browser that has just begun itself, 4 ×", laid_out, "ms")
    (laid_out,) = medians(_begun_again)
    yield at_most("form", "longest task, beginning, in one that has shown a page, 4 ×", laid_out, "ms", 50)
    sealed, longest = medians(_sealed)
    yield at_most("form", "sealing a text tip, 4 ×", sealed, "ms", 300)
    yield at_most("form", "longest task while sealing, 4 ×", longest, "ms", 50)
    shown, longest = medians(lambda browser, url: _shown(browser, url, photo))
    yield at_most("form", f"a photo of {photo.stat().st_size / 1e6:.1f} MB drawn anew, 4 ×", shown, "ms", 2000)
    yield at_most("form", "longest task of that", longest, "ms", 50)


def _usable(browser: Quiet, url: str) -> list[float]:
    with browser.visit(f"{url}/en", SLOWED, SLOW_3G) as tab:
        found: list[float] = tab.ask(USABLE)
        return found


@contextmanager
def _at_hand(browser: Quiet, url: str) -> Iterator[Tab]:
    with browser.visit(f"{url}/en", SLOWED) as tab:
        tab.ask(f"(() => {{{WATCH}}})()")
        tab.ask(AT_HAND)
        yield tab


def _begun(browser: Quiet, url: str) -> list[float]:
    with _at_hand(browser, url) as tab:
        return [tab.ask("longestScript()"), tab.ask("longest(0)")]


def _begun_again(browser: Quiet, url: str) -> list[float]:
    with browser.visit(f"{url}/es", 1) as tab:
        tab.ask("new Promise((resume) => setTimeout(resume, 1500))")
        tab.go(f"{url}/en", SLOWED)
        tab.ask(f"(() => {{{WATCH}}})()")
        tab.ask(AT_HAND)
        return [tab.ask("longest(0)")]


def _sealed(browser: Quiet, url: str) -> list[float]:
    with _at_hand(browser, url) as tab:
        for name, value in (("what", "at-door"), ("when", "now"), ("seen", "saw")):
            tab.tap(f'label:has(input[name="{name}"][value="{value}"])')
        tab.tap('#map text[data-name="harbor"]')
        tab.ask("rest(1000)")
        tab.tap("#send")
        tab.ask("until(() => !document.getElementById('sent').hidden)")
        return [tab.ask("at['/envelopes'] - at.send"), tab.ask("longest(at.send)")]


def _shown(browser: Quiet, url: str, photo: Path) -> list[float]:
    with _at_hand(browser, url) as tab:
        tab.tap("#photos summary")
        tab.choose("#photo-files", photo)
        there = "document.querySelector('#photo-list > li') && document.getElementById('photo-wait').hidden"
        shown = tab.ask(f"until(() => {there}).then(() => performance.now() - at.photo)")
        return [shown, tab.ask("longest(at.photo)")]


@contextmanager
def _visit(browser: Browser, slowed: int = SLOWED) -> Iterator[Page]:
    context = browser.new_context(**{**PHONE, "reduced_motion": "no-preference"}, locale="en-US")
    context.add_init_script(WATCH)
    tab = context.new_page()
    tab.set_default_timeout(READY)
    context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    yield tab
    context.close()


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
