"""The form as it is left, and where it does not open: nothing stays, nobody looks on, nobody else is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.form_states import FORM_STATES, answer, choose, send
from tests.browser.form_visit import PHONE, Visit
from tests.browser.intake_site import IntakeSite, serve


def test_readers_that_the_roots_did_not_sign_get_nothing(visit: Visit) -> None:
    FORM_STATES["strange-readers"](visit.tab)

    assert not visit.tab.locator("#send").is_visible()
    assert visit.sent() == []


def test_another_networks_readers_get_nothing(visit: Visit, tmp_path: Path) -> None:

    with serve(tmp_path) as other:
        stranger = visit.tab.context.request.get(f"http://127.0.0.1:{other.url.rsplit(':', 1)[1]}/recipients").text()
    visit.tab.route("**/recipients", lambda route: route.fulfill(body=stranger, content_type="application/json"))
    visit.tab.reload()
    visit.tab.wait_for_selector("#closed-readers:visible")

    assert "ROS" in (visit.tab.locator("#closed-rule").text_content() or "")
    assert visit.sent() == []


def test_a_page_inside_another_page_takes_nothing(context: BrowserContext, intake_site: IntakeSite) -> None:
    """With its headers it is not shown there; a saved copy, which has none, refuses by itself."""
    page = context.new_page()
    bare = page.context.request.get(f"http://127.0.0.1:{intake_site.url.rsplit(':', 1)[1]}/en").text()
    address = f"{intake_site.url}/en"
    frame = f"<!doctype html><title>Trap</title><iframe src='{address}' width=390 height=800></iframe>"
    page.route("http://trap.localhost/", lambda route: route.fulfill(body=frame, content_type="text/html"))
    page.goto("http://trap.localhost/")
    assert page.frame_locator("iframe").locator("#tell").count() == 0

    page.route(address, lambda route: route.fulfill(body=bare, content_type="text/html"))
    page.goto("http://trap.localhost/")
    inside = page.frame_locator("iframe")
    inside.locator("#closed-framed").wait_for()
    assert not inside.locator("#tell").is_visible()
    assert inside.locator("#send").is_disabled()


@pytest.mark.soak
def test_a_link_that_brings_something_along_is_not_read(visit: Visit) -> None:
    FORM_STATES["link"](visit.tab)
    assert not visit.tab.locator("#tell").is_visible()
    for event in ("pagehide", "pageshow"):
        visit.tab.evaluate("(name) => dispatchEvent(new PageTransitionEvent(name, { persisted: true }))", event)
    assert not visit.tab.locator("#tell").is_visible()  # Nor when somebody comes back to it.
    visit.tab.locator("#plain").click()
    visit.tab.wait_for_selector("#tell:visible")

    assert visit.tab.url == f"{visit.site.url}/en"
    assert visit.tab.locator("input:checked").count() == 0


def said(tab: Page) -> list[Any]:
    """Return what is chosen and typed anywhere on the page; more fields come with the second script."""
    typed = "all => all.map((one) => one.value).filter((value) => value !== '')"
    fields = tab.locator("textarea, select, input[type=text], input[type=time]")
    return [tab.locator("input:checked").count(), *fields.evaluate_all(typed)]


def test_going_back_to_the_form_finds_it_empty(visit: Visit) -> None:
    tab = visit.tab
    FORM_STATES["filled"](tab)
    assert said(tab) != [0]
    tab.goto(f"{visit.site.url}/health")
    tab.go_back()
    tab.wait_for_selector("#send:not([disabled])", state="attached")

    assert said(tab) == [0]


def test_a_page_that_was_kept_in_memory_begins_anew_and_works(visit: Visit) -> None:
    tab = visit.tab
    FORM_STATES["filled"](tab)
    tab.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    assert said(tab) == [0]
    tab.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    answer(tab)
    send(tab)
    tab.wait_for_selector("#sent:visible")

    assert visit.told(visit.sent()[0])["tip"]["what"] == "at-door"


@pytest.mark.parametrize(
    "state", ["dropped", *(pytest.param(one, marks=pytest.mark.soak) for one in ("filled", "sent"))]
)
def test_leaving_leaves_nothing_to_go_back_to(visit: Visit, state: str) -> None:
    tab = visit.tab
    FORM_STATES[state](tab)
    tab.locator("#leave").click()
    tab.wait_for_url("about:blank")
    assert tab.content() == "<html><head></head><body></body></html>"
    tab.go_back()

    assert tab.url == "about:blank"


@pytest.mark.soak
def test_another_language_is_one_tap_unless_it_would_lose_answers(visit: Visit) -> None:
    tab = visit.tab
    tab.locator('#languages a[lang="es"]').click()
    tab.wait_for_url("**/es")
    assert tab.locator("h1:visible").text_content() == "Cuéntanos qué viste"
    choose(tab, "what", "taking")
    tab.locator('#languages a[lang="en"]').click()
    tab.wait_for_selector("#language-notice:visible")
    assert tab.url.endswith("/es")
    tab.locator('#languages a[lang="en"]').click()
    tab.wait_for_url("**/en")


def test_without_javascript_there_is_a_number_to_call_and_nothing_to_type(
    chromium_browser: Browser, intake_site: IntakeSite
) -> None:
    context = chromium_browser.new_context(**PHONE, java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{intake_site.url}/en")

    assert tab.locator("noscript a[href='tel:4085550100']").is_visible()
    assert tab.locator("#leave").is_visible()
    assert [one.is_visible() for one in tab.locator("input, textarea, select, #send").all()].count(True) == 0
    context.close()
