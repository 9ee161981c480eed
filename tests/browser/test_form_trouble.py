"""The form when things go wrong: what was told is kept, sent by itself, and never twice."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page, Route

from tests.browser.form_states import answer, choose, open_form, send
from tests.browser.form_visit import Visit


def test_a_tip_told_without_a_connection_is_sent_by_itself_when_it_returns(visit: Visit) -> None:
    tab, before = visit.tab, visit.site.count()
    answer(tab)
    tab.context.set_offline(True)
    send(tab)
    tab.wait_for_selector("#going-dropped:visible")
    assert visit.site.count() == before

    tab.context.set_offline(False)
    tab.wait_for_selector("#sent:visible")
    assert visit.site.count() == before + 1


@pytest.mark.soak
def test_a_form_that_never_had_a_connection_sends_too(visit: Visit) -> None:
    """Neither readers nor work could be fetched ahead."""
    tab = visit.tab
    gone = ("**/recipients", "**/work")
    for path in gone:
        tab.route(path, lambda route: route.abort())
    tab.reload()
    tab.wait_for_selector("#have-code:not([disabled])", timeout=30_000)
    answer(tab)
    send(tab)
    tab.wait_for_selector("#going-dropped:visible")
    for path in gone:
        tab.unroute(path)
    tab.locator("#retry").click()
    tab.wait_for_selector("#sent:visible")

    assert visit.told(visit.sent()[-1])["tip"]["what"] == "at-door"


def test_what_is_sent_again_is_the_same_envelope_with_the_same_work(visit: Visit) -> None:
    tab, before = visit.tab, visit.site.count()
    tries: list[tuple[bytes | None, str]] = []

    def lose_answers(route: Route) -> None:
        """The door gets it; the page never hears of it, twice."""
        tries.append((route.request.post_data_buffer, route.request.headers["sereno-work"]))
        if len(tries) < 3:
            route.abort("connectionreset")
        else:
            route.continue_()

    tab.route("**/envelopes*", lose_answers)
    answer(tab)
    send(tab)
    tab.wait_for_selector("#sent:visible")

    assert len(tries) == 3
    assert len(set(tries)) == 1
    assert visit.site.count() == before + 1


def refuse(tab: Page, path: str, kind: str, status: int, times: int) -> None:
    """Have the door refuse a number of times, then be itself again."""
    left = [times]

    def answer_with(route: Route) -> None:
        left[0] -= 1
        if left[0] < 0:
            route.continue_()
            return
        body = json.dumps({"kind": kind, "rule": "X-1", "sentence": "-"})
        route.fulfill(status=status, content_type="application/json", body=body)

    tab.route(path, answer_with)


# All of them go one way in the page; the door's own tests give each.
@pytest.mark.parametrize(
    ("kind", "status"),
    [("set_old", 409), *(pytest.param(one, 409, marks=pytest.mark.soak) for one in ("set_unknown", "stanza_count"))],
)
def test_when_the_readers_have_changed_the_same_tip_is_sealed_again(visit: Visit, kind: str, status: int) -> None:
    refuse(visit.tab, "**/envelopes*", kind, status, 1)
    answer(visit.tab)
    send(visit.tab)
    visit.tab.wait_for_selector("#sent:visible")

    first, second = (visit.told(one) for one in visit.sent())
    assert visit.sent()[0].post_data_buffer != visit.sent()[1].post_data_buffer
    assert (first["id"], first["tip"]) == (second["id"], second["tip"])
    assert sum("/recipients" in one.url for one in visit.asked) == 2


@pytest.mark.soak
def test_work_that_is_refused_is_done_again_for_the_same_envelope(visit: Visit) -> None:
    refuse(visit.tab, "**/envelopes*", "work", 403, 1)
    answer(visit.tab)
    send(visit.tab)
    visit.tab.wait_for_selector("#sent:visible")

    first, second = visit.sent()
    assert first.post_data_buffer == second.post_data_buffer
    assert first.headers["sereno-work"] != second.headers["sereno-work"]


@pytest.mark.parametrize(
    ("kind", "status", "notice"),
    [
        ("under_load", 503, "load"),
        ("http", 500, "trouble"),
        pytest.param("bucket", 400, "trouble", marks=pytest.mark.soak),
    ],
)
def test_a_refusal_loses_nothing_and_can_be_tried_again(visit: Visit, kind: str, status: int, notice: str) -> None:
    tab = visit.tab
    refuse(tab, "**/envelopes*", kind, status, 1 if notice == "load" else 2)
    answer(tab)
    send(tab)
    tab.wait_for_selector(f"#going-{notice}:visible")
    tab.locator("#change").click()

    assert tab.locator('input[value="at-door"]').is_checked()
    assert tab.locator("#zone").input_value() == "harbor"
    tab.unroute("**/envelopes*")
    send(tab)
    tab.wait_for_selector("#sent:visible")


def test_a_tip_that_is_changed_while_it_waits_for_the_sum_goes_in_once_with_its_new_words(visit: Visit) -> None:
    tab, before = visit.tab, visit.site.count()
    held: list[Route] = []

    def hold_the_third(route: Route) -> None:
        held.append(route)
        if len(held) < 3:
            route.abort()

    tab.goto("about:blank")  # What the page asked for so far does not count.
    tab.route("**/work", hold_the_third)
    open_form(tab, visit.site.url)
    answer(tab)
    send(tab)
    tab.wait_for_selector("#going-dropped:visible")
    with tab.expect_request("**/work"):
        tab.locator("#retry").click()
    tab.locator("#change").click()
    choose(tab, "when", "earlier")
    send(tab)
    held[2].continue_()
    tab.wait_for_selector("#sent:visible")

    assert [visit.told(one)["tip"]["when"]["choice"] for one in visit.sent()] == ["earlier"]
    assert visit.site.count() == before + 1


@pytest.mark.soak
def test_a_log_in_page_that_answers_for_the_door_is_no_door(visit: Visit) -> None:
    """A hotel's network answers everything with 200 and a page of its own."""
    tab, before = visit.tab, visit.site.count()
    hotel = lambda route: route.fulfill(status=200, content_type="text/html", body="<h1>Welcome</h1>")  # noqa: E731
    tab.route("**/envelopes*", hotel)
    answer(tab)
    send(tab)
    tab.wait_for_selector("#going-dropped:visible")
    assert visit.site.count() == before
    tab.unroute("**/envelopes*")
    tab.locator("#retry").click()
    tab.wait_for_selector("#sent:visible")
