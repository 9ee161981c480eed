"""The desk's memory of rosters in a real browser: a page that was closed and opened again takes no older one."""

from __future__ import annotations

import time
from typing import Any, Final

import pytest
from playwright.sync_api import expect

from keys.draft import next_draft
from keys.publish import publish
from sereno import clock
from tests.browser import desk_states as states
from tests.browser.desk_site import DeskSite
from tests.browser.watched import Watched

KEPT: Final = """(name) => new Promise((resolve) => {
  const request = indexedDB.open("sereno-desk");
  request.onsuccess = () => {
    const store = request.result.transaction("kept").objectStore("kept");
    store.get(name).onsuccess = (event) => resolve(event.target.result !== undefined);
  };
})"""


@pytest.mark.soak
def test_a_roster_older_than_one_that_this_browser_took_is_refused(site: DeskSite, ana: Watched) -> None:
    network = site.network
    draft, roots = next_draft(network.signed), list(network.roots[:2])
    second = publish(draft, network.signed, network.policy, roots, clock.now()).value()

    def show(route: Any) -> None:
        answer = route.fetch(url=f"{site.api}/api/network")  # Only a browser knows that desk.localhost is here.
        route.fulfill(response=answer, json={**answer.json(), "roster": second})

    tab = states.open_desk(ana.context, site)
    tab.route("**/api/network", show)
    states.fill_in(tab, site, "ana")
    tab.click("#unlock")
    end = time.monotonic() + 60
    while not tab.evaluate(KEPT, f"roster/{network.policy.network}"):
        assert time.monotonic() < end, tab.locator("#fault").text_content()
        tab.wait_for_timeout(200)
    tab.close()

    again = states.open_desk(ana.context, site)  # The server shows the first one again, as if nobody had left.
    states.fill_in(again, site, "ana")
    again.click("#unlock")
    expect(again.locator("#fault")).to_contain_text("[ROS-5]", timeout=60_000)
    assert again.locator("#queue").count() == 0
