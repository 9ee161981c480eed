"""Words for a lawyer, and a network that has none."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from sereno import demonet
from tests.browser.form_states import FORM_STATES, answer, open_form, send
from tests.browser.intake_site import serve


@pytest.mark.soak
def test_where_no_attorney_could_read_it_nothing_is_asked_for_one(
    context: BrowserContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demonet, "ORGANISATIONS", (("alba", "network"), ("faro", "network"), ("luz", "responder")))
    with serve(tmp_path, demonet.found_demo(int(time.time()))) as site:
        tab = context.new_page()
        tab.route("**/recipients", lambda route: route.abort())
        open_form(tab, site.url)
        answer(tab)
        FORM_STATES["lawyer"](tab)  # Typed before it is known.
        tab.locator("#lawyer summary").click()
        tab.unroute("**/recipients")
        send(tab)
        tab.wait_for_selector("#legal-fault:visible")
        assert tab.locator("#tell").is_visible()
        assert site.count() == 0

        tab.locator("#legal").fill("")
        send(tab)
        tab.wait_for_selector("#sent:visible")
        tab.locator("#again").click()
        assert tab.locator("#lawyer").is_hidden()
        assert site.count() == 1
