"""The check page saved to a disk, in Firefox, in every look, and left open: still honest."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Route

from alerts.check.assemble import page_hash
from protocol.trail import Trail
from tests.browser.alerts_states import QUIET, STATES, Stand, give, open_check
from tests.browser.reading import Reading, begin
from tests.browser.watched import faults
from tests.browser.windows import driving

KEPT: Final = """async () => [document.cookie, localStorage.length, sessionStorage.length,
  (await indexedDB.databases()).length, (await caches.keys()).length]"""


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
    roster = stand.site.fetch("/roster.json")
    empty = b'id="roster"></script>'
    assert file.read_bytes() == served.replace(empty, empty.replace(b"><", b">" + roster + b"<"))
    assert page_hash(file.read_bytes()) == page_hash(served)
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


def test_a_saved_copy_counts_whom_the_roster_in_it_has_revoked(reading: Reading, stand: Stand, tmp_path: Path) -> None:
    world = stand.site.front.world
    value = world.roster_value()
    for one in value["verifiers"]:
        one |= {"revoked_at": 0} if one["id"] == world.id("bo") else {}
    roster = Trail(world.sign_roster(value), world.links).encode()
    file = tmp_path / "saved.html"
    served, empty = stand.site.fetch("/en/check"), b'id="roster"></script>'
    file.write_bytes(served.replace(empty, empty.replace(b"><", b">" + roster + b"<")))
    open_check(reading.tab, file.as_uri())

    give(reading.tab, stand.told["confirmed"].bundle)
    assert reading.answer() == "not"
    assert "signature does not count" in reading.tab.locator("#answer").inner_text()


def test_a_page_that_changed_on_its_way_is_not_saved(reading: Reading, stand: Stand) -> None:
    tab = begin(reading, stand)

    def other(route: Route) -> None:
        page = stand.site.fetch("/en/check").replace(b"</h1>", b" </h1>")
        route.fulfill(body=page, content_type="text/html")

    tab.route("**/en/check", other)
    tab.locator("#save").click()
    tab.wait_for_selector("#save-fault:not([hidden])")


@pytest.mark.soak  # test_journey has Firefox check what was released.
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


# Every look and every width once: what a colour says does not depend on how wide the screen is.
LOOKS: Final[list[tuple[int, dict[str, Any]]]] = [
    (390, {"color_scheme": "dark", "forced_colors": "none"}),
    (390, {"color_scheme": "light", "forced_colors": "active"}),
    (1280, {"color_scheme": "light", "forced_colors": "none"}),
]


EVERY: Final = (*STATES, *(f"quiet-{one}" for one in QUIET))
# These hold every part that a look can change; `make soak` looks at the others in every look, and at those that have
# the same parts as another with other words in them.
PARTS: Final = ("current", "updated", "retracted", "check-genuine", "check-details", "check-no-proof")
ALIKE: Final = (
    *("check-ended", "check-ran-out", "quiet-how-we-verify", "quiet-what-we-hold"),
    "withdrawn",
    "ended",
    "ran-out",
    "check-by-address",
    "check-updated",
    "check-withdrawn",
    "check-retracted",
)


@pytest.mark.parametrize(
    ("name", "looks"),
    [
        *((name, LOOKS if name in PARTS else LOOKS[:1]) for name in EVERY if name not in ALIKE),
        *(pytest.param(name, LOOKS, marks=pytest.mark.soak) for name in EVERY if name not in PARTS),
    ],
)
def test_every_state_is_accessible_in_every_look_and_fits(
    looking: Page, stand: Stand, quiet: Stand, name: str, looks: list[tuple[int, dict[str, Any]]]
) -> None:
    tab = looking
    if name.startswith("quiet-"):
        QUIET[name.removeprefix("quiet-")](tab, quiet, "en")
    else:
        STATES[name](tab, stand, "es")
    for width, look in looks:
        tab.set_viewport_size({"width": width, "height": 844})
        tab.emulate_media(**look)
        assert (width, look, faults(tab)) == (width, look, [])
    for width in (320, 390, 1280):
        tab.set_viewport_size({"width": width, "height": 844})
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
    small = """() => [...document.querySelectorAll("button, .button, summary, nav a, .strip a, input, textarea")]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44).map((one) => one.outerHTML)"""
    assert tab.evaluate(small) == []
    assert tab.evaluate("violations") == []
    tab.unroute_all()


# --- Pages that keep themselves current -------------------------------------------------------------------------------


def test_an_open_page_takes_in_what_happened_without_losing_the_readers_place(reading: Reading, stand: Stand) -> None:
    front, tab = stand.site.front, reading.tab
    first = front.confirmed()
    tab.clock.install(time=front.at(0).now)
    tab.goto(f"{stand.site.url}/en/alerts/{first.alert.id}")
    assert tab.locator(".alert .word").inner_text() == "CONFIRMED"
    link = tab.locator("#told a").first
    link.evaluate("(one) => one.addEventListener('click', (event) => [event.preventDefault(), (window.felt = true)])")

    tab.clock.fast_forward(15_000)
    link.hover()
    tab.mouse.down()
    front.put(front.at(0).retract(first))
    with tab.expect_response("**/alerts/*"):
        tab.clock.fast_forward(6_000)
    tab.wait_for_timeout(200)
    tab.mouse.up()
    assert tab.evaluate("window.felt")
    tab.evaluate("scrollTo(0, 300)")
    tab.clock.fast_forward(1_000)
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
    tab.goto(f"{stand.site.url}/en/alerts/{stand.told['confirmed'].alert.id}")

    assert tab.locator(".alert .word").inner_text() == "CONFIRMED"
    assert tab.locator("#live").is_visible()
    assert not tab.locator("#copy").is_visible()
    tab.goto(f"{stand.site.url}/en/check")
    assert tab.locator("noscript").is_visible()
    assert not tab.locator("#form").is_visible()
    context.close()
