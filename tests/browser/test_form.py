"""The form in a browser, under the headers that are shipped: tips go in as they were told, and nothing else does."""

from __future__ import annotations

import json
import time
from typing import Final

import pytest
from playwright.sync_api import Route, expect

from protocol import age
from protocol.encoding import unb64
from protocol.envelope import open_envelope
from protocol.legal import open_legal
from protocol.limits import DAY
from sereno import clock
from tests.browser.form_states import FORM_STATES, answer, choose, details, send
from tests.browser.form_visit import Visit
from tests.refusals import refused

KEPT: Final = """async () => [document.cookie, localStorage.length, sessionStorage.length, (await caches.keys()).length,
  (await indexedDB.databases()).length, (await navigator.serviceWorker.getRegistrations()).length]"""


def test_a_sighting_goes_in_with_five_taps_and_opens_with_the_same_words(visit: Visit) -> None:
    tab, before = visit.tab, visit.site.count()
    history = tab.evaluate("history.length")
    for value, name in (("taking", "what"), ("now", "when"), ("saw", "seen")):
        tab.locator(f'label:has(input[name="{name}"][value="{value}"])').tap()
    tab.locator('#map path[data-zone="old-town"]').tap()
    tab.locator("#send").tap()
    tab.wait_for_selector("#sent:visible")

    (request,) = visit.sent()
    told = visit.told(request)
    assert told["tip"] == {"what": "taking", "where": {"zone": "old-town"}, "when": {"choice": "now"}, "seen": "saw"}
    assert told["form"] == json.loads(tab.locator("#page-hash").text_content() or "")
    assert visit.site.count() == before + 1
    assert tab.evaluate("taps") == 5
    paths = [one.url.removeprefix(visit.site.url).split("?")[0] for one in visit.asked]
    # What every page fetches later comes when the line is free, code or no code.
    assert [one for one in paths if one != "/drop" and not one.startswith("/later-")] == [
        "/en",
        "/recipients",
        "/work",
        "/envelopes",
    ]
    assert tab.evaluate(KEPT) == ["", 0, 0, 0, 0, 0]
    assert tab.context.cookies() == []
    assert tab.evaluate("history.length") == history
    assert tab.evaluate("violations") == []
    assert visit.said == []


def test_every_detail_is_told_and_the_lawyers_part_is_for_the_lawyers(visit: Visit) -> None:
    tab = visit.tab
    answer(tab)
    choose(tab, "when", "today")
    tab.locator("#minute").fill("14:40")
    tab.locator("label:has(#home)").click()
    tab.locator("#place").fill("Pier 4, north side")
    details(tab)
    tab.locator("#lawyer summary").click()
    tab.locator("#legal").fill("Call Ana: 408-555-0111 · José")
    send(tab)
    tab.wait_for_selector("#sent:visible")

    told = visit.told(visit.sent()[0])
    assert told["tip"] == {
        "what": "at-door",
        "where": {"zone": "harbor", "words": "Pier 4, north side", "home": True},
        "when": {"choice": "today", "minute": 14 * 60 + 40},
        "seen": "saw",
        "marking": {"kind": "letters", "letters": "POLICE ICE"},
        "officers": "3-5",
        "vehicles": "2",
        "equipment": "visible",
        "words": "Two vans, engines on, facing the pier.",
    }
    assert open_legal(unb64(told["legal"]), visit.site.network.attorney) == "Call Ana: 408-555-0111 · José"


@pytest.mark.soak
def test_a_choice_of_the_details_can_be_taken_back(visit: Visit) -> None:
    answer(visit.tab)
    visit.tab.locator("#details summary").click()
    for value in ("3-5", "10+", "10+"):
        choose(visit.tab, "officers", value)
    send(visit.tab)
    visit.tab.wait_for_selector("#sent:visible")

    assert "officers" not in visit.told(visit.sent()[0])["tip"]


def test_another_emergency_is_for_911_and_goes_nowhere(visit: Visit) -> None:
    FORM_STATES["emergency"](visit.tab)

    assert not visit.tab.locator("#send").is_visible()
    assert visit.tab.locator('#emergency a[href="tel:911"]').is_visible()
    choose(visit.tab, "what", "waiting")
    assert visit.tab.locator("#send").is_visible()


def test_an_operator_says_how_it_came_and_nothing_else_differs(visit: Visit) -> None:
    tab = visit.tab
    FORM_STATES["operator"](tab)
    answer(tab)
    send(tab)
    tab.wait_for_selector("#caller-fault:visible")
    choose(tab, "caller", "on-the-line")
    send(tab)
    tab.wait_for_selector("#sent:visible")

    (request,) = visit.sent()
    assert visit.told(request)["tip"]["caller"] == "on-the-line"
    assert "operator" not in request.url
    assert {name for name in request.headers if name.startswith("sereno")} == {"sereno-work"}


def test_a_clock_that_is_days_off_is_asked_about_and_set_right(visit: Visit) -> None:
    tab = visit.tab
    FORM_STATES["day"](tab)
    answer(tab)
    send(tab)
    tab.wait_for_selector("#day-fault:visible")
    choose(tab, "day", "server")
    send(tab)
    tab.wait_for_selector("#sent:visible")

    assert visit.told(visit.sent()[0])["day"] == int(time.time()) // DAY


def test_a_server_whose_day_the_person_does_not_believe_gets_nothing(visit: Visit) -> None:
    """By the phone's day the roster that the server shows was not issued yet."""
    FORM_STATES["day"](visit.tab)
    choose(visit.tab, "day", "phone")
    visit.tab.wait_for_selector("#closed-readers:visible")

    assert visit.tab.locator("#closed-rule").text_content() == "ROS-4 roster_dates"
    assert visit.sent() == []


@pytest.mark.soak
def test_whoever_chose_the_wrong_day_is_asked_again_and_loses_nothing(visit: Visit) -> None:
    tab = visit.tab
    FORM_STATES["day"](tab)
    answer(tab)
    choose(tab, "day", "phone")
    tab.locator("#reload").click()
    expect(tab.locator("#day-question input:not(:checked)")).to_have_count(2)
    choose(tab, "day", "server")
    send(tab)
    tab.wait_for_selector("#sent:visible")

    assert visit.told(visit.sent()[0])["day"] == int(time.time()) // DAY
    tab.locator("#again").click()
    assert tab.locator("#day-question").is_hidden()  # Or it would have to be answered again, for nothing.


def test_nothing_that_was_typed_is_on_the_page_once_it_was_sent(visit: Visit) -> None:
    tab = visit.tab
    FORM_STATES["hints"](tab)
    answer(tab)
    tab.locator("#place").fill("123 Oak Street")
    tab.wait_for_selector("#place-hints li")
    send(tab)
    tab.wait_for_selector("#sent:visible")

    assert [word for word in ("Oak", "Lopez", "0199") if word in tab.content()] == []


@pytest.mark.soak
def test_nothing_moves_under_a_finger_when_the_second_script_comes(visit: Visit) -> None:
    held: list[Route] = []
    visit.tab.route("**/later-*", lambda route: held.append(route))
    visit.tab.reload()
    visit.tab.wait_for_selector("#send:not([disabled])")
    visit.tab.locator("#may-ask summary").click()
    place = "() => ['have-code', 'ask', 'send'].map((id) => document.getElementById(id).getBoundingClientRect().y)"
    before = visit.tab.evaluate(place)
    assert visit.tab.locator("#ask").is_disabled()

    while not held:
        visit.tab.wait_for_timeout(20)
    held.pop().continue_()
    visit.tab.wait_for_selector("#have-code:not([disabled])")
    assert visit.tab.evaluate(place) == before
    assert visit.tab.locator("#ask").is_enabled()


def test_a_hint_offers_safer_words_and_puts_them_there(visit: Visit) -> None:
    tab = visit.tab
    tab.locator("#place").fill("123 Oak Street")
    tab.locator("#place-hints button").click()  # Also where the words were there before the hints' script.

    assert tab.locator("#place").input_value() == "Oak Street"
    tab.wait_for_selector("#place-hints li", state="detached")


def test_an_envelope_is_opened_by_every_verifier_of_the_set_and_nobody_else(visit: Visit) -> None:

    FORM_STATES["sent"](visit.tab)
    network, body = visit.site.network, visit.sent()[0].post_data_buffer
    assert body is not None
    to = network.set_at(clock.now())

    tips = [open_envelope(body, one.epochs[to.epoch], to, one.id) for one in network.members]
    assert len({tip.id for tip in tips}) == 1
    assert len(tips) == 4
    with refused("age_no_match"):
        age.open(body, [network.attorney])
