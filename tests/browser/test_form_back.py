"""Coming back: a code, the drop, a question, an answer, a withdrawal, an ending; and nothing that tells who looked."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from protocol.drop import seal_cell
from protocol.question import sign_question, thread_name
from store import drop as rows
from store.engine import reading, writing
from tests.browser.form_states import answer, open_form, send
from tests.browser.form_visit import PHONE, WATCH, Visit
from tests.browser.intake_site import IntakeSite
from tests.browser.watched import faults
from worker.dropping import build_drop

PATIENCE: Final = 30_000
TYPED: Final = "[...document.querySelectorAll('#back input, #back textarea')].map((one) => one.value).join('')"
LATER: Final = ("/later-*.js", "/drop")  # What every page fetches once it can be used.
ASKED: Final = "How do you know? What did you see yourself?"


def tick(tab: Page) -> None:
    """Ask for a code."""
    tab.locator("#may-ask summary").click()
    tab.locator("label:has(#ask)").click(timeout=PATIENCE)
    expect(tab.locator("#ask")).to_be_checked()


def tell_with_a_code(visit: Visit) -> tuple[str, Any]:
    """Tell something, and return the code that was given and the header that was sent."""
    tab = visit.tab
    answer(tab)
    tab.wait_for_selector("#ask", state="attached", timeout=PATIENCE)
    tick(tab)
    send(tab)
    tab.wait_for_selector("#sent:visible", timeout=PATIENCE)
    return " ".join(tab.locator("#code-words li").all_text_contents()), visit.told(visit.sent()[-1])


def leave(site: IntakeSite, thread: dict[str, str], **said: str) -> str:
    """Leave a question, or how it ended, as a verifier's desk does; return its name."""
    member = site.network.members[0]
    value = {"v": 1, "network": site.network.policy.network, "thread": thread_name(thread)}
    more = {"nonce": secrets.token_hex(16), "issued": int(time.time()), **said}
    signed = sign_question({**value, **more}, member.id, member.seed)
    with writing(site.engine) as conn:
        rows.put_cell(conn, seal_cell(signed, thread["age"]), int(time.time()))
    rebuild(site)
    return signed.message()


def rebuild(site: IntakeSite) -> None:
    """Build the drop of the minute that follows, whichever was the last."""
    with reading(site.engine) as conn:
        found = rows.current_drop(conn)
    build_drop(site.engine, 60 * ((found[0] if found else 0) + 1))


def come_back(visit: Visit, code: str) -> Visit:
    """Come back another day, so with nothing kept in the browser, and give the code."""
    time.sleep(1.1)  # The door reads the store once a second.
    browser = visit.tab.context.browser
    assert browser is not None
    context = browser.new_context(**PHONE, locale="en-US")
    context.add_init_script(WATCH)
    again = Visit(context.new_page(), visit.site)
    again.tab.on("request", lambda request: again.asked.append(request))
    again.tab.on("console", lambda message: again.said.append(f"{message.type}: {message.text}"))
    open_form(again.tab, visit.site.url)
    again.tab.wait_for_selector("#have-code:not([disabled])", timeout=PATIENCE)
    again.tab.locator("#have-code").click()
    again.tab.locator("#back-words input").first.fill(code)
    again.tab.locator("#back-look").click()
    again.tab.wait_for_selector("#back-found:visible", timeout=PATIENCE)
    return again


def paths(visit: Visit) -> list[str]:
    found = [one.url.removeprefix(visit.site.url).split("?")[0] for one in visit.asked]
    return [re.sub("later-[0-9a-f]{16}", "later-*", one) for one in found]


@pytest.mark.soak
def test_a_question_is_found_answered_and_ended_without_a_word_to_the_server(visit: Visit) -> None:
    code, told = tell_with_a_code(visit)
    assert len(code.split()) == 8
    first = come_back(visit, code)
    assert first.tab.locator("#back-nothing").is_visible()

    name = leave(visit.site, told["thread"], words=ASKED)
    again = come_back(visit, code.upper())
    assert again.tab.locator("#back-list .question").all_text_contents() == [ASKED]
    assert faults(again.tab) == []
    again.tab.locator("#back-answer").click()
    assert again.tab.locator("#back-text-fault").text_content() == "Write your answer first."
    again.tab.locator("#back-text").fill("I stood there. Three vests said POLICE.")
    again.tab.locator("#back-answer").click()
    again.tab.wait_for_selector("#sent-answer:visible", timeout=PATIENCE)
    (request,) = again.sent()
    reply = visit.site.open(request.post_data_buffer or b"", request.url.split("set=")[1]).reply
    assert reply is not None
    assert (reply.kind, reply.question, reply.words) == ("answer", name, "I stood there. Three vests said POLICE.")

    leave(visit.site, told["thread"], ending="not-immigration")
    last = come_back(visit, code)
    assert "It was not immigration officers" in (last.tab.locator("#back-list .ending").text_content() or "")
    last.tab.locator("#back-withdraw").click()
    last.tab.locator("#back-take").click()
    last.tab.wait_for_selector("#sent-withdrawal:visible", timeout=PATIENCE)
    assert paths(first) == paths(again)[:-1] == paths(last)[:-1]
    first.tab.locator("#back-done").click()
    for one in (first, again, last):
        assert one.tab.evaluate("violations") == []
        assert one.said == []
        assert one.tab.evaluate(TYPED) == ""
        assert "POLICE" not in one.tab.content()


@pytest.mark.soak
def test_whoever_comes_back_to_a_page_left_open_finds_what_has_come_since(visit: Visit) -> None:
    tab = visit.tab
    code, told = tell_with_a_code(visit)
    leave(visit.site, told["thread"], words=ASKED)
    time.sleep(1.1)
    with tab.expect_response("**/drop", timeout=PATIENCE):
        tab.locator("#again").click()
    tab.locator("#have-code").click()
    tab.locator("#back-words input").first.fill(code)
    tab.locator("#back-look").click()
    expect(tab.locator("#back-list .question")).to_have_text(ASKED, timeout=PATIENCE)

    leave(visit.site, told["thread"], ending="not-immigration")
    time.sleep(1.1)
    asked = len(visit.asked)
    seen = "() => document.dispatchEvent(new Event('visibilitychange'))"
    tab.evaluate(seen)
    with tab.expect_response("**/drop", timeout=PATIENCE):
        tab.evaluate("Date.now = ((now) => () => now() + 16 * 60e3)(Date.now.bind(Date))")
        tab.evaluate(seen)
    tab.locator("#back-other").click()
    tab.locator("#back-look").click()
    expect(tab.locator("#back-list .ending")).to_have_count(1, timeout=PATIENCE)
    assert [one.url.removeprefix(visit.site.url) for one in visit.asked[asked:]] == ["/drop"]


def test_a_word_that_is_not_in_the_list_is_named_and_mended_with_one_tap(visit: Visit) -> None:
    tab = visit.tab
    tab.wait_for_selector("#have-code:not([disabled])", timeout=PATIENCE)
    tab.locator("#have-code").click()
    words = tab.locator("#back-words input")
    words.first.fill("zoo hosue Zóo zoo zoo zoo zoo")

    assert [one.input_value() for one in words.all()] == ["zoo", "hosue", "zoo", "zoo", "zoo", "zoo", "zoo", ""]
    hint = tab.locator("#back-hints li")
    assert "That word is not in the list: hosue. Did you mean horse?" in (hint.text_content() or "")
    hint.locator("button").click()
    assert words.nth(1).input_value() == "horse"
    assert hint.count() == 0
    tab.locator("#back-look").click()
    assert tab.locator("#back-fault").text_content() == "A code has eight words: 1 is missing."
    words.last.press_sequentially("zoo ")
    tab.locator("#back-look").click()
    tab.wait_for_selector("#back-nothing:visible", timeout=PATIENCE)
    tab.locator("#back-done").click()
    assert {one.input_value() for one in words.all()} == {""}
    assert paths(visit) == ["/en", "/recipients", "/work", *LATER]


@pytest.mark.parametrize(
    "garbage",
    [
        pytest.param(b"<html>hotel</html>", id="a page"),
        pytest.param(b"", id="nothing", marks=pytest.mark.soak),
        pytest.param(bytes(65_536), id="zeros", marks=pytest.mark.soak),
    ],
)
def test_a_garbage_drop_is_said_and_nothing_of_it_is_shown(
    context: BrowserContext, intake_site: IntakeSite, garbage: bytes
) -> None:
    tab = context.new_page()
    tab.route("**/drop", lambda route: route.fulfill(body=garbage, content_type="application/octet-stream"))
    open_form(tab, intake_site.url)
    tab.wait_for_selector("#have-code:not([disabled])", timeout=PATIENCE)
    tab.locator("#have-code").click()
    tab.locator("#back-words input").first.fill(" ".join(["zoo"] * 8))
    tab.locator("#back-look").click()
    tab.wait_for_selector("#back-garbage:visible", timeout=PATIENCE)

    assert tab.locator("#back-broken").text_content() in ("DRO-1 drop", "DRO-2 cell")
    assert tab.locator("#back-nothing").is_hidden()
    assert tab.locator("#back-list").text_content() == ""


@pytest.mark.parametrize("lock", ["policy", "page"])  # A browser that knows no policy has the page's own look left.
def test_a_script_that_is_not_the_one_the_page_names_never_runs(
    chromium_browser: Browser, intake_site: IntakeSite, lock: str
) -> None:
    context = chromium_browser.new_context(**PHONE, bypass_csp=lock == "page")
    tab = context.new_page()
    evil = "window.evil = 1; window.sereno.begin = async () => ({});"
    tab.route("**/later-*.js", lambda route: route.fulfill(body=evil, content_type="text/javascript"))
    open_form(tab, intake_site.url)
    with tab.expect_response("**/drop", timeout=PATIENCE):
        pass

    assert tab.evaluate("window.evil") is None
    assert tab.locator("#have-code").is_disabled()
    answer(tab)
    send(tab)
    tab.wait_for_selector("#sent:visible", timeout=PATIENCE)  # Who only tells needs nothing of it.
    context.close()


def test_whoever_watches_the_line_sees_the_same_of_every_visit(visit: Visit) -> None:
    """One sentence, 280 characters, a lawyer asked for, a code asked for, an answer, a withdrawal."""
    seen = {}
    for name in ("sentence", "long", "lawyer", "code"):
        seen[name] = watched(visit, partial(fill_in, name=name))
    code, told = tell_with_a_code(visit)
    leave(visit.site, told["thread"], words=ASKED)
    time.sleep(1.1)
    for name in ("answer", "withdrawal"):
        seen[name] = watched(visit, partial(reply, code=code, name=name))

    first = seen["sentence"]
    assert [path for _, path, _, _ in first] == ["/en", "/recipients", "/work", *LATER, "/envelopes"]
    assert {name: one for name, one in seen.items() if one != first} == {}


Seen = list[tuple[str, str, int, tuple[str, ...]]]


def watched(visit: Visit, act: Callable[[Page], None]) -> Seen:
    """Return method, shape of path, size of body and names of headers of each request of a new visit, in order."""
    browser = visit.tab.context.browser
    assert browser is not None
    context = browser.new_context(**PHONE, locale="en-US")
    tab = context.new_page()
    asked: list[Request] = []
    tab.on("request", lambda request: asked.append(request))
    open_form(tab, visit.site.url)
    tab.wait_for_selector("#have-code:not([disabled])", timeout=PATIENCE)
    while not any(one.url.endswith("/drop") for one in asked):
        tab.wait_for_timeout(50)
    act(tab)
    tab.wait_for_selector("#sent:visible", timeout=PATIENCE)
    found = [shape(visit.site, one) for one in asked]
    context.close()
    return found


def shape(site: IntakeSite, request: Request) -> tuple[str, str, int, tuple[str, ...]]:
    path = re.sub("later-[0-9a-f]{16}", "later-*", request.url.removeprefix(site.url).split("?")[0])
    body = request.post_data_buffer or b""
    names = tuple(sorted(request.all_headers()))
    return request.method, path, len(body), names


def fill_in(tab: Page, name: str) -> None:
    """Tell in one of four ways, and send."""
    answer(tab)
    words = {"sentence": "Two vans at the pier.", "long": "x" * 280}.get(name)
    if words:
        tab.locator("#details summary").click()
        tab.locator("#words").fill(words)
    if name == "lawyer":
        tab.locator("#lawyer summary").click()
        tab.locator("#legal").fill("Call my sister. " * 100)
    if name == "code":
        tick(tab)
    send(tab)


def reply(tab: Page, code: str, name: str) -> None:
    """Give the code, and answer or take back."""
    tab.locator("#have-code").click()
    tab.locator("#back-words input").first.fill(code)
    tab.locator("#back-look").click()
    tab.wait_for_selector("#back-reply:visible", timeout=PATIENCE)
    if name == "answer":
        tab.locator("#back-text").fill("I saw it.")
        tab.locator("#back-answer").click()
    else:
        tab.locator("#back-withdraw").click()
        tab.locator("#back-take").click()
