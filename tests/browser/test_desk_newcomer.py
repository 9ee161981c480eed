"""Somebody new at the desk: makes a vault in the browser, and is told while no set has them yet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from keys.draft import draft_roster
from keys.enrol import admit, enrol
from keys.request import open_request
from protocol.epoch import epoch_of, open_epoch_key
from protocol.limits import DAY
from protocol.recipients import propose_set
from protocol.signed import Signed, sign
from protocol.vault import open_vault
from sereno import clock, demonet
from sereno.breakglass import read_identity
from store.engine import reading
from store.messages import chain_messages
from store.sets import list_sets
from tests.browser import desk_states
from tests.browser.desk_site import TOLD, DeskSite
from tests.browser.desk_states import open_desk, show_tab, unlock
from tests.browser.watched import Watched, unlocked
from tests.locksmith import DESKS, LOG, organisation, refusal


def test_somebody_new_makes_a_vault_and_a_request_that_a_custodian_takes(site: DeskSite, ana: Watched) -> None:
    tab = open_desk(ana.context, site)
    tab.click("#newcomer")
    tab.fill("#desk", "North Desk")
    tab.click("#make-vault")
    expect(tab.locator("#fault")).to_contain_text("small letters")
    tab.fill("#desk", "north")
    tab.click("#make-vault")
    tab.wait_for_selector("#passphrase")
    passphrase, words = (" ".join(tab.locator(f"#{id} li").all_inner_texts()) for id in ("passphrase", "key-words"))
    files = {}
    for name in ("vault", "request"):
        with tab.expect_download() as handed:
            tab.click(f"#save-{name}")
        files[name] = Path(handed.value.path()).read_bytes()
    expect(tab.locator("#made-done")).to_be_disabled()
    tab.check("#written")
    tab.click("#made-done")
    tab.wait_for_selector("#unlock")
    assert passphrase not in tab.content()
    policy = site.network.policy

    vault = open_vault(files["vault"], passphrase)
    signed = Signed.decode(files["request"].removesuffix(b"\n"))
    request = open_request(signed, "verifier")
    assert (request.id, request.words, vault.network) == (vault.verifier, words, policy.network)
    assert signed.encode() + b"\n" == files["request"]

    draft = admit(draft_roster(policy, LOG, DESKS), organisation("faro", policy))
    place: dict[str, Any] = {"org": "faro", "until": clock.now() + 90 * DAY, "now": clock.now()}
    assert enrol(draft, request, desk="north", **place)["verifiers"][0]["id"] == request.id
    assert refusal(lambda: enrol(draft, request, desk="south", **place)).kind != ""


@pytest.mark.soak
def test_a_changed_pass_phrase_opens_the_new_file_and_a_weeks_file_stays_listed(site: DeskSite, ana: Watched) -> None:
    tab = open_desk(ana.context, site)
    tab.check("#remember")
    unlock(tab, site, "ana")
    dated = desk_states.copy_week(tab).read_text("ascii")
    desk_states.renew_vault(tab)
    words = " ".join(tab.locator("#new-words li").all_inner_texts())
    desk_states.use_vault(tab)
    tab.close()

    again = open_desk(ana.context, site)
    again.wait_for_selector(f"#kept-{site.member('ana').id}", state="attached")
    again.fill("#words", words)
    again.click("#unlock")  # The new file is the one that this browser keeps, and its weeks came along.
    again.wait_for_selector("#queue > *", state="attached")
    show_tab(again, "shift")
    expect(again.locator("#copies li")).to_have_count(1)
    expect(again.locator("[id^=copy-]")).to_have_count(3)
    for gone in ("#copies button", "#gone-vault"):
        again.click(gone)
        expect(again.locator(gone)).to_have_count(0)
    assert read_identity(dated).recipient in {one.recipient for one in site.member("ana").epochs.values()}


def without_dee(site: DeskSite) -> tuple[DeskSite, str]:
    """Return the desk as it is while dee has made no weekly key yet, so that its set has the others, and dee's id."""
    network, dee = site.network, site.member("dee").id
    opened = [(one, open_epoch_key(one, network.roster)) for one in network.epoch_keys]
    others = [(signed, key) for signed, key in opened if key.verifier != dee]
    known = [key for _, key in others]
    payload = propose_set(network.roster, demonet.DESK, epoch_of(clock.now()), known, None)
    first, second = (sign("set", payload, one.id, one.seed) for one in network.members[:2])
    keys = tuple(signed for signed, _ in others)
    return site.renew(replace(network, epoch_keys=keys, sets=(first.joined(second),))), dee


def test_somebody_who_is_in_no_set_yet_is_told_so_and_signs_the_next(site: DeskSite, ana: Watched) -> None:
    site, dee = without_dee(site)
    tab = open_desk(ana.context, site)
    unlock(tab, site, "dee", weeks=False)
    show_tab(tab, "shift")
    expect(tab.locator("#shift")).to_contain_text("You are not in this week's recipient set")
    deadline = clock.now() + 60
    sets: list[Any] = []
    while clock.now() < deadline and len(sets) < 2:
        tab.wait_for_timeout(500)
        with reading(site.engine) as conn:
            sets = list_sets(conn, demonet.DESK, 0, 9999)

    mine = next(Signed.decode(one.signed) for one in sets if not one.complete)
    assert [one.keyid for one in mine.signatures] == [dee]
    assert dee.encode() in mine.payload


@pytest.mark.soak
def test_who_joins_in_mid_week_reads_a_case_that_is_shared_and_signs_as_the_second_key(
    site: DeskSite, ana: Watched, chromium_browser: Browser
) -> None:
    site, dee = without_dee(site)
    newer = Watched(chromium_browser, 390)
    older = unlocked(ana, site, "ana")
    desk_states.work(older, site.seal())
    expect(older.locator("#share")).to_have_count(0)

    tab = open_desk(newer.context, site)
    unlock(tab, site, "dee", weeks=False)
    tab.click("#queue [id^=case-]")
    expect(tab.locator(".tip")).to_contain_text("is not in set 1")
    tab.click("#next[data-mode=second]")
    expect(tab.locator("#work")).to_contain_text("The proposal is sealed to others.")
    tab.click("#back")
    expect(older.locator("#share")).to_contain_text(dee)  # Once both desks have signed the set that has them.
    older.click("#share")
    expect(older.locator("#share")).to_have_count(0)

    expect(tab.locator(".tip")).to_contain_text(str(TOLD["words"]))
    expect(tab.locator(".tip .shared")).to_contain_text(site.member("ana").id)
    desk_states.second_evidence(tab)
    expect(tab.locator("#shared")).to_contain_text("Ask somebody else who was here")
    expect(tab.locator(".found")).to_contain_text("Our checker stands across the street")
    assert tab.locator(".previews, dl.fields dt:has-text('first key')").count() == 0
    for step in (desk_states.second_compare, desk_states.sign):
        step(tab)
    expect(tab.locator("#said .notice-yes")).to_be_visible()  # The gate has it.
    with reading(site.engine) as conn:
        (chain,) = conn.exec_driver_sql("SELECT DISTINCT chain FROM messages").scalars()
        (message,) = chain_messages(conn, chain)
    newer.close()
    signers = [one.keyid for one in Signed.decode(message.signed).signatures]
    assert signers == sorted((site.member("ana").id, dee))
