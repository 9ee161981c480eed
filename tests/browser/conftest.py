"""What browser tests share: one Chromium, and one intake for those that only add tips to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests import browsers
from tests.browser import alerts_site, desk_site
from tests.browser import reading as reading_tab
from tests.browser.alerts_states import Stand, tell
from tests.browser.desk_site import DeskSite
from tests.browser.desk_states import PATIENCE
from tests.browser.form_states import open_form
from tests.browser.form_visit import PHONE, WATCH, Visit
from tests.browser.intake_site import IntakeSite, serve
from tests.browser.watched import Watched


@pytest.fixture(scope="package")
def chromium_browser(engine_path: str) -> Iterator[Browser]:
    """Give a running Chromium that is waited for patiently; each test opens contexts of its own in it."""
    expect.set_options(timeout=PATIENCE)
    with browsers.chromium_running(engine_path) as running:
        yield running
    expect.set_options(timeout=5_000)


@pytest.fixture(scope="session")
def intake_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IntakeSite]:
    """Give a running intake with a demo network, whose store may already hold other tests' envelopes."""
    with serve(tmp_path_factory.mktemp("intake")) as site:
        yield site


@pytest.fixture(scope="session")
def desk_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskSite]:
    """Give a running desk with a demo network, for `site` alone."""
    with desk_site.serve(tmp_path_factory.mktemp("desk") / "n") as running:
        yield running


@pytest.fixture
def site(desk_running: DeskSite) -> DeskSite:
    """Give a desk to which nobody has come yet."""
    return desk_running.renew()


@pytest.fixture
def ana(chromium_browser: Browser) -> Iterator[Watched]:
    """Give ana's profile; no page of it may complain."""
    watched = Watched(chromium_browser)
    yield watched
    watched.close()


@pytest.fixture
def bo(chromium_browser: Browser) -> Iterator[Watched]:
    """Give bo's profile; no page of it may complain."""
    watched = Watched(chromium_browser)
    yield watched
    watched.close()


@pytest.fixture(scope="module")
def looking(chromium_browser: Browser) -> Iterator[Page]:
    """Give one tab for all the looks that a file takes: one that has begun looks twice as fast as a new one."""
    context = chromium_browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    context.add_init_script(reading_tab.WATCH)
    yield context.new_page()
    context.close()


@pytest.fixture
def context(chromium_browser: Browser) -> Iterator[BrowserContext]:
    """Give a phone that has never seen the page."""
    opened = chromium_browser.new_context(**PHONE, locale="en-US")
    opened.add_init_script(WATCH)
    yield opened
    opened.close()


@pytest.fixture
def visit(context: BrowserContext, intake_site: IntakeSite) -> Visit:
    """Give the form, just opened."""
    found = Visit(context.new_page(), intake_site)
    found.tab.on("request", lambda request: found.asked.append(request))
    found.tab.on("console", lambda message: found.said.append(f"{message.type}: {message.text}"))
    found.tab.on("pageerror", lambda error: found.said.append(str(error)))
    open_form(found.tab, intake_site.url)
    return found


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """Give a running public face with every story told on it."""
    with alerts_site.serve(tmp_path_factory.mktemp("alerts")) as site:
        yield tell(site)


@pytest.fixture(scope="session")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """Give an actual network's public face on which nothing was told."""
    with alerts_site.serve(tmp_path_factory.mktemp("quiet"), "actual") as site:
        yield Stand(site, {})


@pytest.fixture
def reading(chromium_browser: Browser) -> Iterator[reading_tab.Reading]:
    """Give a tab in a browser that has never seen the page; the page's policy must have stopped nothing in it."""
    context = chromium_browser.new_context(
        viewport={"width": 390, "height": 844}, locale="en-US", reduced_motion="reduce"
    )
    context.add_init_script(reading_tab.WATCH)
    found = reading_tab.Reading(context.new_page())
    found.tab.on("request", lambda request: found.asked.append(request.url))
    found.tab.on("console", lambda message: found.said.append(f"{message.type}: {message.text}"))
    found.tab.on("pageerror", lambda error: found.said.append(str(error)))
    yield found
    assert found.tab.evaluate("violations") == []
    context.close()
