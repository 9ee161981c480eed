""" "Is this real?" in real browsers, under the headers that are shipped, and saved, from disk, without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route

from alerts.check.assemble import page_hash
from protocol.sixwords import fingerprint_words
from tests import javascript
from tests.browser import alerts_site
from tests.browser.alerts_states import QUIET, STATES, Stand, give, open_check, paste, tell
from tests.browser.windows import driving
from tests.front import RESPONDERS

WATCH: Final = """
  window.violations = [];
  addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""
KEPT: Final = """async () => [document.cookie, localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, (await caches.keys()).length]"""
ANSWERS: Final = {
    "confirmed": "yes",
    "checked": "yes",
    "restored": "yes",
    "updated": "yes",
    "under-review": "doubt",
    "withdrawn": "stop",
    "retracted": "stop",
    "ended": "over",
    "ran-out": "over",
}


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """Give a running public face with every story told on it."""
    with alerts_site.serve(tmp_path_factory.mktemp("alerts")) as site:
        yield tell(site)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """Give an actual network's public face on which nothing was told."""
    with alerts_site.serve(tmp_path_factory.mktemp("quiet"), "actual") as site:
        yield Stand(site, {})


@dataclass
class Reading:
    """A reader's tab, what it asked for and what went wrong in it."""

    tab: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def answer(self) -> str:
        """Return which kind of answer is shown; "" for none."""
        found = re.search(r"answer-([a-z]+)", self.tab.locator("#answer").get_attribute("class") or "")
        return found[1] if found and self.tab.locator("#answer").is_visible() else ""


@pytest.fixture
def reading(chromium_browser: Browser) -> Iterator[Reading]:
    """Give a tab in a browser that has never seen the page; the page's policy must have stopped nothing in it."""
    context = chromium_browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-US", reduced_motion="reduce"
    )
    context.add_init_script(WATCH)
    found = Reading(context.new_page())
    found.tab.on("request", lambda request: found.asked.append(request.url))
    found.tab.on("console", lambda message: found.said.append(f"{message.type}: {message.text}"))
    found.tab.on("pageerror", lambda error: found.said.append(str(error)))
    yield found
    assert found.tab.evaluate("violations") == []
    context.close()


def begin(reading: Reading, stand: Stand) -> Page:
    """Open the check page and return its tab."""
    open_check(reading.tab, f"{stand.site.url}/en/check")
    return reading.tab


@pytest.mark.parametrize("name", ANSWERS)
def test_an_alert_is_genuine_and_stands_as_its_chain_says(reading: Reading, stand: Stand, name: str) -> None:
    first = stand.told[name]
    give(begin(reading, stand), first.bundle)

    assert reading.answer() == ANSWERS[name]
    assert reading.asked[-1] == f"{stand.site.url}/alerts/{first.alert.id}/messages.json"
    assert len(reading.asked) == 2
    assert reading.tab.locator("#answer .word").count() == 1
    assert "later stop may exist" in reading.tab.locator("#answer .as-of").inner_text()
    assert reading.tab.evaluate("document.activeElement.id") == "answer-title"
    assert reading.tab.evaluate(KEPT) == ["", 0, 0, 0, 0]
    assert reading.said == []


def test_an_older_version_is_genuine_and_the_newest_words_are_shown(reading: Reading, stand: Stand) -> None:
    give(begin(reading, stand), stand.told["updated"].bundle)

    said = reading.tab.locator("#answer").inner_text()
    assert "replaced by a newer version" in said
    assert "Officers: 6 to 10." in said
    give(begin(reading, stand), stand.told["confirmed"].bundle)
    assert "replaced" not in reading.tab.locator("#answer").inner_text()


def test_a_stop_that_only_the_reader_has_lowers_the_alert(reading: Reading, stand: Stand) -> None:
    front = stand.site.front
    first = front.confirmed()
    doubt = front.at(1).suspend(first, logged=False)  # It came by another way; the site has not got it.
    tab = begin(reading, stand)
    give(tab, first.bundle)
    assert reading.answer() == "yes"

    give(tab, first.bundle, doubt.bundle)

    assert reading.answer() == "doubt"
    assert "UNDER REVIEW" in tab.locator("#answer .word").inner_text()
    give(tab, doubt.bundle)
    assert reading.answer() == "doubt"  # The site has the alert that this one stops.
    tab.route("**/messages.json", lambda route: route.abort())
    give(tab, doubt.bundle)
    assert "Not an alert by itself" in tab.locator("#answer").inner_text()


def test_files_of_two_alerts_are_not_one(reading: Reading, stand: Stand) -> None:
    give(begin(reading, stand), stand.told["confirmed"].bundle, stand.told["checked"].bundle)

    assert "belong to different alerts" in reading.tab.locator("#answer").inner_text()


def parts_of(bundle: bytes) -> dict[str, int]:
    """Return a place in each part of a bundle."""
    return {
        "a word": bundle.index(b'officers\\":\\"3-5') + 14,
        "the end time": bundle.index(b'expires\\":') + 12,
        "a signature": bundle.index(b'"sig":"') + 20,
        "the signer": bundle.index(b'"keyid":"') + 10,
        "the proof": bundle.index(b'"proof":"') + 60,
        "the roster": bundle.index(b'certified_until\\":') + 20,
        "the last byte": len(bundle) - 1,
    }


@pytest.mark.parametrize(
    "place", parts_of(b'officers\\":\\"3-5expires\\":"sig":""keyid":""proof":"certified_until\\":')
)
def test_one_changed_byte_is_not_genuine_whatever_the_site_says(reading: Reading, stand: Stand, place: str) -> None:
    bundle = bytearray(stand.told["confirmed"].bundle)
    at = parts_of(bytes(bundle))[place]
    bundle[at] = ord("4") if bundle[at] != ord("4") else ord("5")
    tab = begin(reading, stand)

    give(tab, bytes(bundle))

    assert reading.answer() == "not"
    assert tab.locator("#answer .word").count() == 0
    tab.locator("#answer summary").click()
    assert re.match(r"[A-Z]{3}-\d [a-z_]+: .{20,}", tab.locator("#answer .rule").inner_text())


def test_a_genuine_alert_of_another_network_is_not_genuine_here(reading: Reading, stand: Stand, quiet: Stand) -> None:
    give(begin(reading, quiet), stand.told["confirmed"].bundle)

    assert reading.answer() == "not"


def test_an_alert_for_responders_can_be_checked_and_the_site_is_said_not_to_have_it(
    reading: Reading, stand: Stand
) -> None:
    hidden = stand.site.front.release(ago=5, **RESPONDERS)
    give(begin(reading, stand), hidden.bundle)

    said = reading.tab.locator("#answer").inner_text()
    assert reading.answer() == "yes"
    assert "has no such alert" in said
    assert "Do not pass this on" in said


@pytest.mark.parametrize("lie", ["junk", "another alert", "a changed stop", "an endless list"])
def test_a_site_that_lies_can_not_lower_or_raise_what_was_brought(reading: Reading, stand: Stand, lie: str) -> None:
    first, other = stand.told["confirmed"].bundle, stand.told["checked"].bundle
    changed = stand.site.front.at(1).retract(stand.told["confirmed"]).bundle.replace(b"misidentified", b"wrong-details")
    body = {
        "junk": b"<!doctype html>",
        "another alert": b"[" + other + b"]",
        "a changed stop": b"[" + changed + b"]",
        "an endless list": b"[" + b",".join([first] * 65) + b"]",
    }[lie]
    tab = begin(reading, stand)
    tab.route("**/messages.json", lambda route: route.fulfill(body=body, content_type="application/json"))

    give(tab, first)

    assert reading.answer() == "yes"
    assert "also sent something that is not genuine" in tab.locator("#answer").inner_text()


def test_a_pasted_proof_and_a_pasted_address_are_checked_alike(reading: Reading, stand: Stand) -> None:
    first = stand.told["retracted"]
    tab = begin(reading, stand)
    for text in (
        first.bundle.decode(),
        f"\n  {first.bundle.decode()}  \n",
        f"Look! {stand.site.url}/en/alerts/{first.alert.id}",
        first.alert.id,
    ):
        paste(tab, text)
        assert reading.answer() == "stop"
        tab.locator("#clear").click()
        assert reading.answer() == ""
        assert tab.locator("#pasted").input_value() == ""


@pytest.mark.parametrize("text", ["", "   ", "Officers everywhere, pass it on", "0" * 32, "<b>x</b>"])
def test_what_holds_no_proof_gets_no_verdict(reading: Reading, stand: Stand, text: str) -> None:
    tab = begin(reading, stand)
    paste(tab, text)

    assert reading.answer() == ""
    assert tab.locator("#fault").is_visible()


def test_the_page_of_an_alert_leads_to_its_check(reading: Reading, stand: Stand) -> None:
    tab = reading.tab
    tab.goto(f"{stand.site.url}/es/alerts/{stand.told['confirmed'].alert.id}")
    tab.locator("a.button-main[href*='check#']").click()
    tab.wait_for_selector("#answer:not([hidden])")

    assert reading.answer() == "yes"
    assert "Auténtica y vigente" in tab.locator("#answer-title").inner_text()


def test_a_verdict_that_stands_open_ends_by_itself(reading: Reading, stand: Stand) -> None:
    tab = reading.tab
    tab.clock.install(time=stand.site.front.at(0).now)
    begin(reading, stand)
    give(tab, stand.told["confirmed"].bundle)
    assert reading.answer() == "yes"

    tab.clock.fast_forward("02:00:00")

    assert reading.answer() == "over"
    assert tab.locator("#heard").inner_text() == tab.locator("#answer-title").inner_text()


def test_the_page_names_the_six_words_of_the_policy_it_trusts(reading: Reading, stand: Stand) -> None:
    shown = begin(reading, stand).locator(".six li").all_inner_texts()

    assert " ".join(shown) == fingerprint_words(stand.site.front.world.policy.encode())


def saved(tab: Page, folder: Path) -> Path:
    """Save the page as its own button does, and return the file."""
    with tab.expect_download() as download:
        tab.locator("#save").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return file


def test_a_saved_copy_checks_from_disk_without_a_network(reading: Reading, stand: Stand, tmp_path: Path) -> None:
    tab = begin(reading, stand)
    file = saved(tab, tmp_path)
    served = stand.site.fetch("/en/check")
    assert file.read_bytes() == served
    assert page_hash(served) in served.decode()

    tab.context.set_offline(True)
    reading.asked.clear()
    open_check(tab, file.as_uri())
    for name, kind in (("confirmed", "yes"), ("ran-out", "over")):
        give(tab, stand.told[name].bundle)
        assert reading.answer() == kind
    assert "asks nobody" in tab.locator("#answer .notice").inner_text()
    assert reading.asked == [file.as_uri()]
    assert reading.said == []
    assert not tab.locator("#save").is_visible()


def test_a_saved_copy_counts_a_stop_that_is_carried_to_it(reading: Reading, stand: Stand, tmp_path: Path) -> None:
    tab = begin(reading, stand)
    file = saved(tab, tmp_path)
    chain = stand.site.fetch(f"/alerts/{stand.told['retracted'].alert.id}/messages.json")
    open_check(tab, file.as_uri())

    give(tab, stand.told["retracted"].bundle)
    assert reading.answer() == "yes"  # Nobody has told this device, and the page says that this may be so.
    give(tab, chain)
    assert reading.answer() == "stop"


def test_a_page_that_changed_on_its_way_is_not_saved(reading: Reading, stand: Stand) -> None:
    tab = begin(reading, stand)

    def other(route: Route) -> None:
        page = stand.site.fetch("/en/check").replace(b"</h1>", b" </h1>")
        route.fulfill(body=page, content_type="text/html")

    tab.route("**/en/check", other)
    tab.locator("#save").click()
    tab.wait_for_selector("#save-fault:not([hidden])")


def test_a_saved_copy_works_in_firefox_too(stand: Stand, tmp_path: Path, firefox_path: str) -> None:
    assert firefox_path
    page = tmp_path / "saved.html"
    page.write_bytes(stand.site.fetch("/en/check"))
    good, bad = tmp_path / "release.json", tmp_path / "changed.json"
    good.write_bytes(stand.told["confirmed"].bundle)
    bad.write_bytes(stand.told["confirmed"].bundle.replace(b"3-5", b"10+"))
    with driving(tmp_path) as driver:
        (window,) = driver.windows("firefox", "reader")
        for url in (f"{stand.site.url}/en/check", page.as_uri()):
            for file, answer in ((good, "Genuine and current"), (bad, "Not genuine")):
                window.open(url)
                window.says("#form")
                window.give("#files", file)
                window.button("Check it")
                assert answer in window.says("#answer", answer)
        assert window.problems() == []
        assert window.kept() == []


def faults(tab: Page) -> list[Any]:
    """Return what axe-core finds on a page, no rule disabled."""
    found = tab.evaluate("() => axe.run()")
    return [(one["id"], [node["target"] for node in one["nodes"]]) for one in found["violations"]]


LOOKS: Final[list[dict[str, Any]]] = [
    {"color_scheme": "light", "forced_colors": "none"},
    {"color_scheme": "dark", "forced_colors": "none"},
    {"color_scheme": "light", "forced_colors": "active"},
]


@pytest.mark.parametrize("name", [*STATES, *(f"quiet-{one}" for one in QUIET)])
def test_every_state_is_accessible_in_every_look_and_fits(
    reading: Reading, stand: Stand, quiet: Stand, name: str
) -> None:
    tab = reading.tab
    if name.startswith("quiet-"):
        QUIET[name.removeprefix("quiet-")](tab, quiet, "en")
    else:
        STATES[name](tab, stand, "es")
    tab.context.new_cdp_session(tab).send(
        "Runtime.evaluate", {"expression": (javascript.packages() / "axe-core" / "axe.min.js").read_text("utf-8")}
    )
    for width in (390, 1280):
        tab.set_viewport_size({"width": width, "height": 844})
        for look in LOOKS:
            tab.emulate_media(**look)
            assert (width, look, faults(tab)) == (width, look, [])
    for width in (320, 390, 1280):
        tab.set_viewport_size({"width": width, "height": 844})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    small = """() => [...document.querySelectorAll("button, .button, summary, nav a, .strip a, input, textarea")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"""
    assert tab.evaluate(small) == []


# --- Pages that keep themselves current -------------------------------------------------------------------------------


def test_an_open_page_takes_in_what_happened_without_losing_the_readers_place(reading: Reading, stand: Stand) -> None:
    front, tab = stand.site.front, reading.tab
    first = front.confirmed()
    tab.clock.install(time=front.at(0).now)
    tab.goto(f"{stand.site.url}/en/alerts/{first.alert.id}")
    tab.evaluate("scrollTo(0, 300)")
    assert tab.locator(".alert .word").inner_text() == "CONFIRMED"

    front.put(front.at(0).retract(first))
    tab.clock.fast_forward(21_000)
    tab.wait_for_selector(".word-retracted")

    assert tab.locator("#news").inner_text() == "RETRACTED"
    assert tab.evaluate("scrollY") == 300
    assert "RETRACTED" in tab.title()


def test_an_open_page_that_can_not_ask_says_so_before_it_can_be_wrong(reading: Reading, stand: Stand) -> None:
    tab = reading.tab
    tab.clock.install(time=stand.site.front.at(0).now)
    tab.goto(f"{stand.site.url}/en/alerts/{stand.told['confirmed'].alert.id}")
    assert not tab.locator("#stale").is_visible()

    tab.context.set_offline(True)
    for _ in range(3):
        tab.clock.fast_forward(21_000)
        tab.wait_for_timeout(1)
    tab.wait_for_selector("#stale:not([hidden])")

    tab.context.set_offline(False)
    tab.clock.fast_forward(21_000)
    tab.wait_for_selector("#stale", state="hidden")


def test_pages_are_whole_without_a_script(chromium_browser: Browser, stand: Stand) -> None:
    context = chromium_browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{stand.site.url}/en/alerts/{stand.told['under-review'].alert.id}")

    assert tab.locator(".alert .word").inner_text() == "UNDER REVIEW"
    assert tab.locator("#live").is_visible()
    assert not tab.locator("#copy").is_visible()
    tab.goto(f"{stand.site.url}/en/check")
    assert tab.locator("noscript").is_visible()
    assert not tab.locator("#form").is_visible()
    context.close()
