"""A live alert at the desk, with every process running: suspended, restored by two others, over, and closed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from protocol.policy import Policy
from sereno.http import Client
from sereno.journey import Journey
from tests.browser import desk_states as states
from tests.browser.watched import Watched
from tests.running import Running, running


@dataclass(frozen=True)
class Site:
    """Where the running network's desk is, and its people's files."""

    url: str
    people: Path


def leave_tip(network: Running) -> None:
    """Seal a tip and leave it at the door."""
    journey = Journey(network.folder, network.port, network.people)
    door = Client(network.origins["intake"])
    journey.leave(door, *journey.seal(door, Policy.decode((network.folder / "policy.json").read_bytes())))


def suspend_unheard(tab: Page, other: Page) -> None:
    """Suspend the alert while the case can't be told; it is told once it can be."""
    tab.route("**/api/cases/*/events", lambda route: route.abort())
    states.suspend(tab)
    expect(tab.locator("#said .notice-yes")).to_contain_text("UNDER REVIEW")
    states.await_word(other, "under-review")
    tab.unroute("**/api/cases/*/events")
    expect(other.locator(".timeline li").first).to_contain_text("Suspended")


@pytest.mark.soak
def test_an_alert_is_suspended_restored_by_two_others_and_reported_over(
    tmp_path: Path, chromium_browser: Browser
) -> None:
    with running(tmp_path / "n") as network:
        site = Site(network.origins["desk"], network.people)
        leave_tip(network)
        people = {name: Watched(chromium_browser) for name in ("ana", "bo", "dee")}
        tabs = {name: states.open_desk(one.context, site) for name, one in people.items()}
        for name, tab in tabs.items():
            states.unlock(tab, site, name)
        ana, bo, dee = tabs.values()
        ana.wait_for_selector("#queue [id^=tip-] .row-zone")
        states.work(ana, str(ana.locator("#queue [id^=tip-]").get_attribute("id")).removeprefix("tip-"))
        for step in (states.second_evidence, states.second_compare, states.sign):
            step(bo)
        states.await_word(bo, "confirmed")
        states.await_word(ana, "confirmed")
        expect(ana.locator("#said")).to_be_empty()  # It waits for no second key any more.

        suspend_unheard(bo, ana)
        assert bo.locator("#do-restore").count() == 0  # Not the one who doubted it.
        states.other_finding(ana)
        states.restore(ana)
        for step in (states.second_evidence, states.second_compare, states.sign):
            step(dee)
        for tab in (ana, bo, dee):
            if tab is bo:
                expect(tab.locator("#word")).to_have_class("word word-confirmed")
            states.await_word(tab, "confirmed")

        expect(ana.locator("#over")).to_have_count(0)  # Nobody has seen that it is over.
        states.other_finding(ana, says="over")
        states.report_over(ana)
        states.await_word(dee, "ended")
        states.close_case(ana)
        expect(ana.locator(".timeline li").first).to_contain_text("Closed")
        for one in people.values():
            one.close()
