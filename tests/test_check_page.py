"""The check page as it is served: the same bytes for everyone, and nothing that ends its own elements."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any, Final

import pytest
from flask.testing import FlaskClient

from alerts.check.assemble import Parts, assemble, page_hash
from look.face import Face
from look.words import catalogue_for_js, translator
from protocol.policy import Policy
from protocol.release import Release
from tests.front import Front, front

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


def assembled(here: Front, **changes: str) -> bytes:
    """Return the English page made of small parts."""
    parts = replace(Parts(template(), "const a = 1;", "p{margin:0}"), **changes)
    face = Face.read(here.settings.face)
    policy = Policy.decode(here.settings.policy.read_bytes())
    return assemble(parts, face, policy, translator("en"), ["en"], catalogue_for_js("en", ()))


def template() -> str:
    return (Path(__file__).resolve().parent.parent / "alerts" / "check" / "check.html").read_text("utf-8")


def test_the_check_page_is_the_same_bytes_every_time_and_carries_its_own_name(quick: Front) -> None:
    client = quick.app.test_client()
    served = client.get("/en/check").data

    assert served == quick.app.test_client().get("/en/check").data
    name = re.findall(rb'id="page-hash">"([0-9a-f]{64})"<', served)
    assert [one.decode() for one in name] == [page_hash(served)]
    assert page_hash(served.replace(name[0], b"0" * 64)) == page_hash(served)
    assert page_hash(served.replace(b"<h1>", b"<h1 >")) != page_hash(served)
    with pytest.raises(ValueError, match="one element roster and then one page-hash"):
        page_hash(b"<p>")


def test_the_check_page_carries_the_policy_it_is_served_under(quick: Front) -> None:
    answer = quick.app.test_client().get("/en/check")
    inside = unescape(re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', answer.text)[0])

    assert answer.headers["Content-Security-Policy"] == f"{inside}; frame-ancestors 'none'"
    assert "require-trusted-types-for 'script'" in inside
    assert json.loads(re.findall(r'id="carried">(.*?)</script>', answer.text)[0])["policy"].encode() == (
        quick.world.policy.encode()
    )


@pytest.mark.parametrize("encoding", ["br", "gzip"])
def test_the_check_page_is_sent_compressed_and_not_twice(quick: Front, encoding: str) -> None:
    client = quick.app.test_client()
    packed = client.get("/en/check", headers={"Accept-Encoding": encoding})

    assert packed.headers["Content-Encoding"] == encoding
    assert len(packed.data) < 64 * 1024
    again = client.get("/en/check", headers={"Accept-Encoding": encoding, "If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("name", "text"), [("script", "a = '</script>'"), ("script", "a <!-- b"), ("style", "p{}</STYLE>"), ("style", "\r")]
)
def test_a_part_that_could_end_its_element_is_refused(quick: Front, name: str, text: str) -> None:
    assert assembled(quick)
    changes: dict[str, Any] = {name: text}

    with pytest.raises(ValueError, match=f"The {name} holds"):
        assembled(quick, **changes)


def test_words_of_a_face_can_not_end_the_element_that_carries_them(quick: Front) -> None:
    value = json.loads(quick.settings.face.read_text("utf-8"))
    value["name"]["en"] = "</script><script>alert(1)</script>"
    quick.settings.face.write_text(json.dumps(value), "utf-8")

    assert b"<script>alert(1)" not in assembled(quick)
