"""A desk's vault, weekly keys and roster in a real Chromium: what opens, what is kept, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from keys.ceremony import make_root
from protocol.encoding import b64
from protocol.vault import generate_passphrase, seal_vault
from sereno import clock, demonet
from store.engine import reading
from store.epochkeys import list_epoch_keys
from store.sets import list_sets
from tests.browser import desk_states as states
from tests.browser.desk_site import DeskSite
from tests.browser.test_desk_memory import KEPT
from tests.browser.watched import Watched


@pytest.mark.soak
def test_wrong_words_open_nothing_and_say_so(site: DeskSite, ana: Watched) -> None:
    tab = states.open_desk(ana.context, site)
    states.fill_in(tab, site, "ana", words="abandon ability able about above absent")
    tab.click("#unlock")

    expect(tab.locator("#fault")).to_contain_text("Check each word")
    assert tab.locator("#queue").count() == 0
    states.fill_in(tab, site, "ana")
    tab.click("#unlock")
    tab.wait_for_selector("#queue")


def test_half_a_vault_is_told_from_wrong_words(site: DeskSite, tmp_path: Path, ana: Watched) -> None:
    tab = states.open_desk(ana.context, site)
    states.fill_in(tab, site, "ana")
    (tmp_path / "half.vault").write_bytes((site.people / "ana.vault").read_bytes()[:200])
    tab.set_input_files("#vault", tmp_path / "half.vault")
    tab.click("#unlock")
    expect(tab.locator("#fault")).to_contain_text("Choose the other copy.")
    expect(tab.locator("#fault")).to_contain_text("enrol you again")


def test_another_networks_vault_is_refused(site: DeskSite, tmp_path: Path, ana: Watched) -> None:
    other, words = make_root().public.hex(), generate_passphrase()
    (tmp_path / "other.vault").write_bytes(seal_vault(other, site.member("ana").id, bytes(32), words))
    tab = states.open_desk(ana.context, site)
    tab.set_input_files("#vault", tmp_path / "other.vault")
    tab.fill("#words", words)
    tab.click("#unlock")

    expect(tab.locator("#fault")).to_contain_text("[VAU-1]")


def test_a_page_with_another_policy_takes_no_roster_of_this_network(site: DeskSite, ana: Watched) -> None:
    # A server that serves an honest page and then a roster of its own: the page's policy does not know its roots.
    theirs = demonet.found_demo(clock.now()).signed.value()
    tab = states.open_desk(ana.context, site)

    def forge(route: Any) -> None:
        answer = route.fetch(url=f"{site.api}/api/network")  # Only a browser knows that desk.localhost is here.
        route.fulfill(response=answer, json={**answer.json(), "roster": theirs})

    tab.route("**/api/network", forge)
    states.fill_in(tab, site, "ana")
    tab.click("#unlock")

    expect(tab.locator("#fault")).to_contain_text("[ROS-2]")
    assert tab.locator("#queue").count() == 0


def test_what_the_browser_keeps_opens_nothing_by_itself(site: DeskSite, ana: Watched) -> None:
    tab = states.open_desk(ana.context, site)
    tab.check("#remember")
    states.unlock(tab, site, "ana")
    tab.close()

    again = states.open_desk(ana.context, site)
    again.wait_for_selector(f"#kept-{site.member('ana').id}", state="attached")
    kept = again.evaluate(
        """() => new Promise((resolve) => {
          const request = indexedDB.open("sereno-desk");
          request.onsuccess = () => {
            const store = request.result.transaction("kept").objectStore("kept");
            const [names, values] = [store.getAllKeys(), store.getAll()];
            values.onsuccess = () => resolve([names.result, values.result.map((one) => Array.from(one))]);
          };
        })"""
    )
    held = b"".join(bytes(one) for one in kept[1])
    member = site.member("ana")
    secrets = [member.seed, *(one.seed for one in member.epochs.values())]
    assert len([name for name in kept[0] if name.startswith("epoch/")]) == 3
    assert [one for one in secrets if one in held or b64(one).encode() in held] == []
    assert again.evaluate("() => [localStorage.length, sessionStorage.length, document.cookie]") == [0, 0, ""]

    again.fill("#words", member.passphrase)
    again.click("#unlock")  # The vault and the weekly keys are here: the words are enough.
    again.wait_for_selector("#queue > *", state="attached")
    again.close()

    third = states.open_desk(ana.context, site)
    expect(third.locator("#remember")).to_be_checked()  # To sign in once more has erased nothing.
    third.uncheck("#remember")
    third.fill("#words", member.passphrase)
    third.click("#unlock")
    third.wait_for_selector("#queue > *", state="attached")
    assert not third.evaluate(KEPT, f"vault/{member.id}")


@pytest.mark.soak
def test_a_desk_makes_its_missing_weekly_keys_and_signs_the_sets(site: DeskSite, ana: Watched, bo: Watched) -> None:
    site.renew(replace(site.network, epoch_keys=(), sets=()))
    for watched, handle in ((ana, "ana"), (bo, "bo")):
        tab = states.open_desk(watched.context, site)
        states.unlock(tab, site, handle, weeks=False)
    deadline = clock.now() + 45
    complete: list[Any] = []
    while clock.now() < deadline and len(complete) < 3:
        tab.wait_for_timeout(250)
        with reading(site.engine) as conn:
            complete = [one for one in list_sets(conn, demonet.DESK, 0, 9999) if one.complete]
    with reading(site.engine) as conn:
        keys = list_epoch_keys(conn, demonet.DESK, 0, 9999)
    assert len(keys) == 6
    assert len({one.epoch for one in complete}) == 3
    assert [one.number for one in sorted(complete, key=lambda one: one.number)] == [1, 2, 3]
