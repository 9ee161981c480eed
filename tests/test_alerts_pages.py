"""The public pages over real stores: every state says its word, and what is not for everyone is nowhere."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path
from typing import Final

import pytest
from flask.testing import FlaskClient

from protocol.encoding import canonical
from protocol.release import Release
from store.engine import writing
from store.rosters import put_roster
from tests.front import RESPONDERS, Front, front

READ: Final = {"Accept": "text/html,*/*;q=0.5"}
NOWHERE: Final = "0" * 32
WORD: Final = re.compile(r'<h1 class="word word-([a-z-]+)" [^>]*><svg.*?</svg><span>(.*?)</span>', re.DOTALL)
CARDS: Final = re.compile(r'class="word( word-short)? word-([a-z-]+)" id="word-([0-9a-f]{32})"')
STORIES: Final[list[tuple[Callable[[Front], Release], str, str, str]]] = [
    (Front.confirmed, "confirmed", "CONFIRMED", "CONFIRMADO"),
    (Front.checked, "checked", "CHECKED, NOT CONFIRMED", "REVISADO, NO CONFIRMADO"),
    (Front.updated, "confirmed", "CONFIRMED", "CONFIRMADO"),
    (Front.restored, "confirmed", "CONFIRMED", "CONFIRMADO"),
    (Front.under_review, "under-review", "UNDER REVIEW", "EN REVISIÓN"),
    (Front.withdrawn, "withdrawn", "WITHDRAWN", "RETIRADO"),
    (Front.retracted, "retracted", "RETRACTED", "DESMENTIDO"),
    (Front.over, "ended", "ENDED", "TERMINADO"),
    (Front.ran_out, "ended", "ENDED", "TERMINADO"),
]


@pytest.fixture
def here(tmp_path: Path, database_url: str) -> Iterator[Front]:
    """Give a front: the test runs once on each kind of database."""
    with front(tmp_path, database_url) as opened:
        yield opened


@pytest.fixture
def quick(tmp_path: Path, sqlite_url: str) -> Iterator[Front]:
    """Give a front over SQLite, for what does not depend on the store."""
    with front(tmp_path, sqlite_url) as opened:
        yield opened


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    """Return a page as a reader's browser gets it."""
    answer = client.get(path, headers=READ)
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    return answer.text


@pytest.mark.parametrize(("story", "state", "english", "spanish"), STORIES, ids=[one[0].__name__ for one in STORIES])
def test_every_state_says_its_word_first_in_every_language(
    here: Front, story: Callable[[Front], Release], state: str, english: str, spanish: str
) -> None:
    id, client = story(here).alert.id, here.app.test_client()

    assert WORD.findall(page(client, f"/en/alerts/{id}")) == [(state, english)]
    spanish_page = page(client, f"/es/alerts/{id}")
    assert WORD.findall(spanish_page) == [(state, spanish)]
    assert '<html lang="es" dir="ltr"' in spanish_page


def test_current_alerts_come_first_and_what_is_over_is_told_shortly_after(here: Front) -> None:
    told = {story.__name__: (story(here).alert.id, state) for story, state, _, _ in STORIES}

    shown = CARDS.findall(page(here.app.test_client(), "/en/"))

    whole = [(id, state) for short, state, id in shown if not short]
    assert set(whole) == {told[one] for one in ("confirmed", "checked", "updated", "restored", "under_review")}
    assert shown[: len(whole)] == [("", state, id) for id, state in whole]
    assert len(shown) == len(told)


def test_a_network_without_alerts_says_so(here: Front) -> None:
    said = page(here.app.test_client(), "/en/")

    assert "No alert stands now. We keep watching." in said
    assert CARDS.findall(said) == []


def test_what_the_clock_did_stands_in_the_history_without_a_proof(here: Front) -> None:
    id = here.withdrawn().alert.id
    lines = re.findall(r"<li(?: class=\"now\")?><time.*?</li>", page(here.app.test_client(), f"/en/alerts/{id}"))

    assert [("withdrawn." in line, "/alerts/" in line) for line in lines] == [
        (True, False),
        (False, True),
        (False, True),
    ]


def test_the_proofs_are_the_very_bytes_that_the_gate_let_out(here: Front) -> None:
    first = here.updated()
    client, url = here.app.test_client(), f"/alerts/{first.alert.id}"
    listed = client.get(f"{url}/messages.json").data
    bundles = [canonical(one) for one in json.loads(listed)]

    assert bundles[0] == first.bundle
    assert client.get(f"{url}/release.json").data == bundles[1] != first.bundle
    assert client.get(f"{url}/{first.alert.name}.json").data == first.bundle
    assert listed == canonical(json.loads(listed))
    assert [here.world.check(one).alert.revision for one in bundles] == [1, 2]
    for name in ("release", "messages", first.alert.name):
        assert client.get(f"{url}/{name}.json").headers["Access-Control-Allow-Origin"] == "*"
    assert client.get("/policy.json").data == here.world.policy.encode()
    for missing in (f"{url}/{NOWHERE}.json", "/manifest.json"):  # No message of this alert; nobody signed a list yet.
        nothing = client.get(missing, headers={"Accept": "application/json"})
        assert (nothing.status_code, nothing.json["kind"]) == (404, "not_found")


def test_an_alert_for_responders_is_nowhere(here: Front) -> None:
    hidden = here.release("ana", "bo", ago=30, **RESPONDERS)
    doubt = here.at(20).suspend(hidden, audience="public")  # A stop may say what it likes.
    here.put(doubt)
    known = here.confirmed()
    client = here.app.test_client()
    names = ("release", "messages", hidden.alert.name, doubt.alert.name)
    paths = [*(f"/{lang}/alerts/{{}}" for lang in ("en", "es")), *(f"/alerts/{{}}/{name}.json" for name in names)]

    for path in paths:
        for headers in (READ, {"Accept": "application/json"}):
            found, nowhere = (client.get(path.format(id), headers=headers) for id in (hidden.alert.id, NOWHERE))
            assert found.status_code == 404
            assert found.text.replace(hidden.alert.id, NOWHERE) == nowhere.text
            assert dict(found.headers) == dict(nowhere.headers)
        assert client.get(path.format(known.alert.id)).status_code == 200 or "json" in path
    for path in ("/en/", "/es/", "/en/check", f"/en/alerts/{known.alert.id}"):
        said = client.get(path).text
        assert hidden.alert.id not in said
        assert "Only for you." not in said


def test_an_alert_for_responders_is_nowhere_even_when_its_signer_was_revoked(here: Front) -> None:
    hidden = here.release("ana", "bo", ago=30, **RESPONDERS)
    open_ = here.confirmed()
    here.world.change("bo", revoked_at=0)
    here.world.publish()
    with writing(here.engine) as conn:
        put_roster(conn, here.world.signed_roster.encode(), [], {})
    client = here.app.test_client()

    for id in (hidden.alert.id, open_.alert.id):
        answer = client.get(f"/alerts/{id}/release.json", headers={"Accept": "application/json"})
        assert answer.json == {
            "kind": "not_found",
            "rule": "DOO-5",
            "sentence": f"There is no public alert {id} here.",
        }
    assert CARDS.findall(page(client, "/en/")) == []


def test_a_stop_that_no_longer_counts_does_not_hide_its_alert(here: Front) -> None:
    first = here.release(ago=30)
    here.put(here.at(5).suspend(first, by="cy", logged=False))
    client = here.app.test_client()
    assert WORD.findall(page(client, f"/en/alerts/{first.alert.id}"))[0][0] == "under-review"

    here.world.change("cy", revoked_at=5)
    here.world.publish()
    with writing(here.engine) as conn:
        put_roster(conn, here.world.signed_roster.encode(), [], {})

    assert WORD.findall(page(client, f"/en/alerts/{first.alert.id}"))[0][0] == "confirmed"


def test_a_retraction_gives_its_own_reason_whatever_else_was_said(here: Front) -> None:
    first = here.release(ago=40)
    here.put(here.at(20).retract(first, reason="wrong-details"), here.at(20).over(first))

    assert "Its details were wrong." in page(here.app.test_client(), f"/en/alerts/{first.alert.id}")


@pytest.mark.parametrize(
    "text", ['<script>alert("x")</script>', "<img src=x onerror=a>", "{{ 7*7 }} & <b>", '"><svg onload=a>']
)
def test_markup_in_the_free_text_is_text(quick: Front, text: str) -> None:
    id = quick.release(ago=5, free={"en": text}).alert.id
    client = quick.app.test_client()

    for path in ("/en/", f"/en/alerts/{id}"):
        said = page(client, path)
        assert text not in said
        assert text in unescape(said)
    assert client.get(f"/alerts/{id}/release.json").headers["X-Content-Type-Options"] == "nosniff"


PATHS: Final = (
    "/",
    "/en/",
    "/en/alerts/{}",
    "/en/check",
    "/es/how-we-verify",
    "/es/what-we-hold",
    "/alerts/{}/release.json",
)


@pytest.mark.parametrize("path", [*PATHS, "/nowhere", "/en/nowhere", "/en/alerts/" + NOWHERE, "/xx/", "/health"])
def test_every_answer_has_the_headers_and_no_cookie(quick: Front, path: str) -> None:
    answer = quick.app.test_client().get(path.format(quick.confirmed().alert.id), headers=READ)

    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", policy["script-src"])
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", policy["style-src"])
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] in ("no-cache", "no-store")


@pytest.mark.parametrize("path", PATHS[1:-1])
def test_pages_fetch_nothing_from_anywhere(quick: Front, path: str) -> None:
    said = page(quick.app.test_client(), path.format(quick.confirmed().alert.id))

    (icon,) = re.findall(r"<link[^>]*>", said)
    assert icon.startswith('<link rel="icon" href="data:image/svg+xml,')
    assert re.findall(r"<(?:iframe|img|object|embed|video|audio|base)\b", said) == []
    assert re.findall(r"\ssrc=|\sstyle=|\son[a-z]+=|url\(|@import", said) == []


def test_the_readers_language_is_taken_from_those_the_network_speaks(quick: Front) -> None:
    client = quick.app.test_client()
    asked = {"es-MX,es;q=0.9,en;q=0.5": "/es/", "de,en;q=0.3": "/en/", "de": "/en/"}
    asked |= {"zh-HK": "/zh-Hant/", "fil": "/tl/"}

    for accepted, path in asked.items():
        answer = client.get("/", headers={"Accept-Language": accepted})
        assert (answer.status_code, answer.headers["Location"]) == (302, path)
    assert client.get("/", headers={"Accept-Language": "es"}).headers["Vary"] == "Accept-Language"


def test_a_page_that_is_not_there_helps_on_in_the_readers_language(quick: Front) -> None:
    client = quick.app.test_client()

    assert "Aquí no hay tal alerta" in page(client, f"/es/alerts/{NOWHERE}", 404)
    spanish = client.get("/nowhere/", headers={**READ, "Accept-Language": "es"})
    assert "Aquí no hay tal alerta" in spanish.text
    refused = client.get(f"/alerts/{NOWHERE}/release.json", headers={"Accept": "application/json"})
    assert refused.json["kind"] == "not_found"
    assert "That did not work" in client.post("/en/", headers=READ).text


def test_what_we_hold_says_that_no_attorney_has_read_it(quick: Front) -> None:
    client = quick.app.test_client()

    assert "Not yet reviewed by an attorney" in page(client, "/en/what-we-hold")
    assert page(client, "/es/what-we-hold").count("<tr>") == 10


def test_a_drill_says_so_at_both_ends_of_its_words_and_an_actual_network_never_does(
    quick: Front, tmp_path: Path
) -> None:
    drill = page(quick.app.test_client(), f"/en/alerts/{quick.confirmed().alert.id}")
    forwarded = re.findall(r'id="forward"[^>]*>(.*?)</pre>', drill, re.DOTALL)[0].splitlines()
    assert (forwarded[0], forwarded[-1]) == ("DRILL", "DRILL")
    assert "<title>DRILL · CONFIRMED" in drill
    assert "This is an exercise. Nothing here is real." in drill

    with front(tmp_path / "actual", f"sqlite:///{tmp_path / 'actual.db'}", mode="actual") as actual:
        said = page(actual.app.test_client(), f"/en/alerts/{actual.confirmed().alert.id}")
    assert not re.search(r"drill|exercise", said.split("</style>")[1], re.IGNORECASE)


# --- "Is this real?" --------------------------------------------------------------------------------------------------
