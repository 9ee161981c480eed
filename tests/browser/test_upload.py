"""Tips with photos on their way: in parts that can be resumed, alike from outside, and kept once."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route

from protocol.limits import PART
from tests.browser.form_states import FORM_STATES, answer, choose, give_photos, send
from tests.browser.form_visit import Visit
from tests.browser.photo_tips import ids, told
from tests.pictures import photographed


def test_a_dropped_upload_goes_on_where_it_was_and_the_tip_is_kept_once(visit: Visit) -> None:
    tab, before = visit.tab, ids(visit.site)
    sizes: list[tuple[str, int]] = []
    lost = {"place=1", "close"}

    def lose_answers(route: Route) -> None:
        """The door gets each; of two the page never hears."""
        sizes.append((route.request.url.split("place=")[-1].split("&")[0], len(route.request.post_data_buffer or b"")))
        which = next((one for one in lost if one in route.request.url), None)
        if which is None:
            route.continue_()
            return
        lost.discard(which)
        route.fetch(url=route.request.url.replace("intake.localhost", "127.0.0.1"))
        route.abort("connectionreset")

    tab.route("**/parts*", lose_answers)
    tab.route("**/parts/close*", lose_answers)
    answer(tab)
    give_photos(tab, ("a.jpg", photographed(scale=20)))
    send(tab)
    tab.wait_for_selector("#sent:visible")

    assert [place for place, _ in sizes[:6]] == ["0", "1", "1", "2", "3", "4"]
    assert [size for _, size in sizes[:5]] == [PART] * 5
    assert [size for _, size in sizes[-2:]] == [32, 32]
    assert len(told(visit.site, before).files) == 1


def requests(visit: Visit, start: int) -> list[tuple[str, str, int, list[str]]]:
    """Return what was asked since: method, path and names of the query, bytes of the body, names of headers."""
    found = []
    for one in visit.asked[start:]:
        path, _, query = one.url.removeprefix(visit.site.url).partition("?")
        shape = path + "?" + "&".join(part.split("=")[0] for part in query.split("&"))
        found.append((one.method, shape, len(one.post_data_buffer or b""), sorted(one.headers)))
    return found


def test_nobody_outside_can_tell_what_is_in_a_tip_with_photos(visit: Visit) -> None:
    """One photo; three with their originals, painted over, and words for a lawyer."""
    tab, seen = visit.tab, []
    for step in (lambda: None, lambda: (FORM_STATES["lawyer"](tab), FORM_STATES["photos"](tab))):
        start = len(visit.asked)
        answer(tab)
        step()
        give_photos(tab, ("a.jpg", photographed(scale=20)))
        send(tab)
        tab.wait_for_selector("#sent:visible")
        seen.append([one for one in requests(visit, start) if one[0] == "POST"])
        tab.locator("#again").click()

    assert seen[0] == seen[1]
    assert [path for _, path, *_ in seen[0]] == [
        "/parts?upload&place&desk&set&bucket",
        *["/parts?upload&place"] * 4,
        "/parts/close?upload",
    ]


@pytest.mark.soak
def test_an_upload_that_the_door_forgot_begins_again_and_a_paused_one_waits(visit: Visit) -> None:
    tab, before = visit.tab, ids(visit.site)
    forgotten = [True]

    def forget(route: Route) -> None:
        if forgotten.pop() if forgotten else False:
            body = '{"kind": "upload", "rule": "UPL-1", "sentence": "-"}'
            route.fulfill(status=409, content_type="application/json", body=body)
        else:
            tab.locator("#pause").evaluate("(one) => one.click()")
            route.continue_()

    tab.route("**/parts?*place=2", forget)
    answer(tab)
    give_photos(tab, ("a.jpg", photographed(scale=20)))
    send(tab)
    tab.wait_for_selector("#going-paused:visible")
    tab.wait_for_timeout(300)
    assert ids(visit.site) == before
    tab.locator("#resume").click()
    tab.wait_for_selector("#sent:visible")

    assert len(told(visit.site, before).files) == 1


@pytest.mark.soak
def test_a_paused_upload_that_is_changed_is_gone_and_the_next_one_is_not_paused(visit: Visit) -> None:
    tab, before = visit.tab, ids(visit.site)
    lost = [True]

    def lose_once_then_pause(route: Route) -> None:
        if lost.pop() if lost else False:
            route.abort()
            return
        tab.locator("#pause").evaluate("(one) => one.click()")
        route.continue_()

    tab.route("**/parts?*place=2", lose_once_then_pause)
    answer(tab)
    give_photos(tab, ("a.jpg", photographed(scale=20)))
    send(tab)
    with tab.expect_response("**/parts?*place=2"):
        tab.wait_for_selector("#going-paused:visible")
    tab.locator("#change").click()
    tab.unroute("**/parts?*place=2")
    choose(tab, "when", "earlier")
    send(tab)
    tab.wait_for_selector("#sent:visible")

    assert told(visit.site, before).header["tip"]["when"] == {"choice": "earlier"}


@pytest.mark.soak
def test_where_photos_are_refused_the_words_can_go_without_them(visit: Visit) -> None:
    tab, before = visit.tab, ids(visit.site)
    body = '{"kind": "under_load", "rule": "DOO-2", "sentence": "-"}'
    tab.route("**/parts?*", lambda route: route.fulfill(status=503, content_type="application/json", body=body))
    answer(tab)
    give_photos(tab, ("a.jpg", photographed(scale=20)))
    send(tab)
    tab.wait_for_selector("#going-heavy:visible")
    assert tab.locator("#going-load").is_hidden()
    tab.locator("#change").click()
    tab.locator(".remove").click()
    send(tab)
    tab.wait_for_selector("#sent:visible")

    assert told(visit.site, before).files == ()
