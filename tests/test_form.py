"""The form's page: one file that needs nothing else, the same bytes everywhere, under a policy that names its parts."""

from __future__ import annotations

import gzip
import json
import re
from base64 import b64encode
from dataclasses import replace
from typing import Final

import brotli
import pytest

from intake.form import build_pages
from intake.form.assemble import Parts, assemble, content_policy, manifest_hash
from intake.form.outline import draw
from look.face import Face
from look.words import catalogue_for_js, translator
from protocol.encoding import fingerprint, sha256
from sereno import demonet
from tests.door import NOW, Door, opened

NETWORK: Final = demonet.found_demo(NOW)
ADDRESSES: Final = dict.fromkeys(("intake", "desk", "alerts"), "http://intake.localhost")
FACE: Final = Face.decode(json.dumps(demonet.face(ADDRESSES)).encode())
PARTS: Final = Parts("<p id=x>{{ script }}{{ style }}</p>", "let a;", "let b;", "p{}", draw(FACE.zones))
BLANKS: Final = (
    '<script type="application/json" id="recipients"></script><script type="application/json" id="page-hash"></script>'
)

EMPTY_ICON: Final = '<link rel="icon" href="data:,">'  # Or some browsers ask for /favicon.ico.


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """Give each language's page as text."""
    return {lang: page.encoded.body.decode() for lang, page in build_pages(FACE, NETWORK.policy).items()}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Door:
    """Give an open door, whose pages are only read."""
    with opened(tmp_path_factory.mktemp("door"), NETWORK) as one:
        return one


def put_together(script: str = PARTS.script, style: str = PARTS.style) -> bytes:
    parts = replace(PARTS, template=PARTS.template + BLANKS, script=script, style=style)
    return assemble(parts, FACE, NETWORK.policy, translator("en"), catalogue_for_js("en", ()))


def content(page: str, element: str) -> str:
    opens = {"script": "script type=.module."}.get(element, element)
    found = re.findall(rf"<{opens}>(.*?)</{element}>", page, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


# --- The file ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_page_needs_nothing_but_itself(pages: dict[str, str], lang: str) -> None:
    page = pages[lang].replace(content(pages[lang], "script"), "").replace(content(pages[lang], "style"), "")

    assert page.count(EMPTY_ICON) == 1
    page = page.replace(EMPTY_ICON, "")
    assert re.findall(r"<(link|iframe|object|embed|base|img|audio|video|source)\b", page) == []
    assert re.findall(r"\s(?:src|srcset|action|formaction|style|on[a-z]+)\s*=", page) == []
    assert "url(" not in content(pages[lang], "style")
    assert "@import" not in content(pages[lang], "style")
    targets = set(re.findall(r'href="([^"]*)"', page))
    here = (*FACE.languages, f"age/{lang}")
    assert targets == {"tel:911", "tel:4085550100", "about:blank", *(f"/{one}" for one in here)}


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_policy_names_both_scripts_and_the_one_style(pages: dict[str, str], lang: str) -> None:
    page = pages[lang]
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[0].replace("&#39;", "'")

    def source(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode())).decode()}'"

    later = build_pages(FACE, NETWORK.policy)[lang].later.body.decode()
    assert policy == (
        f"default-src 'none'; script-src {source(content(page, 'script'))} {source(later)}; "
        f"style-src {source(content(page, 'style'))}; "
        "img-src blob: data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'"
    )
    assert build_pages(FACE, NETWORK.policy)[lang].csp == f"{policy}; frame-ancestors 'none'"


def test_no_field_lets_the_browser_keep_or_look_up_words(pages: dict[str, str]) -> None:
    page = pages["en"]
    fields = re.findall(r"<(?:input|textarea|select)\b[^>]*>", page)
    typed = [one for one in fields if "<textarea" in one or 'type="text"' in one or 'type="time"' in one]

    assert '<html lang="en" dir="ltr" translate="no">' in page
    assert [one for one in fields if 'autocomplete="off"' not in one] == []
    for word in ('autocorrect="off"', 'autocapitalize="off"', 'spellcheck="false"'):
        assert [one for one in typed if word not in one] == []
    assert len(typed) == 5
    assert not [one for one in fields if " value=" in one and 'type="radio"' not in one]
    assert not [one for one in fields if " checked" in one]


def test_everything_a_frightened_person_needs_is_there_before_any_script(pages: dict[str, str]) -> None:
    for lang, leave in (("en", "Leave now"), ("es", "Salir ya")):
        page = pages[lang].split("<script")[0]

        assert 'href="tel:911"' in page
        assert "(408) 555-0100" in page
        assert leave in page
        assert "<noscript>" in page
        assert page.count('class="tile"') == 6
        assert page.count("data-zone=") == 4


def test_an_exercise_and_a_demonstration_say_so_before_anything_else(pages: dict[str, str]) -> None:
    body = pages["en"].split("<body")[1]
    actual = replace(NETWORK.policy, mode="actual")
    plain = build_pages(replace(FACE, demo=False), actual)["en"].encoded.body.decode()

    assert body.index("DRILL. This is an exercise.") < body.index("In danger now?")
    assert body.index("The keys of this network were made on this machine.") < body.index("<main")
    assert "DRILL" not in plain.split("<body")[1].split("<script")[0]
    assert "made on this machine" not in plain.split("<script")[0]


# --- Its name ---------------------------------------------------------------------------------------------------------


def test_the_same_parts_give_the_same_bytes() -> None:
    once, again = build_pages(FACE, NETWORK.policy), build_pages(FACE, NETWORK.policy)

    assert {lang: page.encoded.body for lang, page in once.items()} == {
        lang: page.encoded.body for lang, page in again.items()
    }
    assert once["en"].hash != once["es"].hash


def test_a_page_carries_its_own_name_and_a_saved_copy_keeps_it(pages: dict[str, str]) -> None:
    page = pages["en"]
    name = json.loads(re.findall(r'id="page-hash">([^<]*)<', page)[0])
    saved = page.replace('id="recipients">', 'id="recipients">{"v":1}')

    assert name == manifest_hash(page.encode()) == build_pages(FACE, NETWORK.policy)["en"].hash
    assert saved != page
    assert manifest_hash(saved.encode()) == name
    assert manifest_hash(page.replace("Seal and send", "Send").encode()) != name


@pytest.mark.parametrize("spoilt", [BLANKS * 2, "", BLANKS.replace("recipients", "others")])
def test_a_page_without_its_two_blanks_has_no_name(spoilt: str) -> None:
    with pytest.raises(ValueError, match="page-hash"):
        manifest_hash(f"<!doctype html>{spoilt}".encode())


@pytest.mark.parametrize(
    ("part", "text"),
    [("script", "a('</script>')"), ("script", "a<!--b"), ("style", "p{}</STYLE>"), ("script", "a\r\nb")],
)
def test_a_part_that_could_end_its_own_element_is_refused(part: str, text: str) -> None:
    assert b"let a;" in put_together()
    with pytest.raises(ValueError, match=f"The {part} holds"):
        put_together(**{part: text})


def test_words_and_names_are_text_and_never_markup() -> None:
    zones = [{**FACE.zones[0], "name": {"en": "<b>Harbor</b>"}}]
    face = replace(FACE, name={"en": "A & B </title><script>"}, zones=tuple(zones))
    page = build_pages(face, NETWORK.policy)["en"].encoded.body.decode()

    assert "<b>" not in page
    assert "&lt;b&gt;Harbor" in page
    assert (page.count("<script>"), page.count('<script type="module">')) == (0, 1)
    assert "A &amp; B &lt;/title&gt;" in page


def test_a_face_without_a_language_of_ours_is_refused() -> None:
    with pytest.raises(ValueError, match="xx"):
        build_pages(replace(FACE, languages=("xx",)), NETWORK.policy)


# --- How it is answered -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br, gzip", "br"),
        ("gzip, deflate", "gzip"),
        ("gzip;q=0, br;q=0", None),
        ("", None),
        ("*", "br"),
        ("br;q=0, *", "gzip"),
    ],
)
def test_a_page_comes_in_the_best_encoding_that_is_taken(door: Door, accepted: str, encoding: str | None) -> None:
    answer = door.client.get("/en", headers={"Accept-Encoding": accepted})
    opened_by = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}
    body = opened_by[encoding](answer.data)

    assert answer.headers.get("Content-Encoding") == encoding
    assert body == build_pages(FACE, NETWORK.policy)["en"].encoded.body
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Content-Security-Policy"].endswith("; frame-ancestors 'none'")


@pytest.mark.parametrize(
    ("asked", "lang"),
    [
        ("es-MX, en;q=0.5", "es"),
        ("en-GB", "en"),
        ("de, es;q=0.3", "es"),
        ("de", "en"),
        ("zh-TW", "zh-Hant"),
        ("", "en"),
    ],
)
def test_the_first_page_is_in_the_language_that_the_browser_asks_for(door: Door, asked: str, lang: str) -> None:
    answer = door.client.get("/", headers={"Accept-Language": asked})

    assert answer.headers["Content-Language"] == lang
    assert f'<html lang="{lang}"' in answer.text
    assert {"Accept-Language", "Accept-Encoding"} <= set(answer.headers["Vary"].split(", "))


def test_a_page_that_the_browser_has_is_not_sent_again(door: Door) -> None:
    first = door.client.get("/es", headers={"Accept-Encoding": "br"})
    again = door.client.get("/es", headers={"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]})
    other = door.client.get("/es", headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})

    assert (again.status_code, again.data) == (304, b"")
    assert other.status_code == 200


@pytest.mark.parametrize("path", ["/de", "/EN", "/en/", "/form.html", "/built/form.js"])
def test_there_are_no_other_pages(door: Door, path: str) -> None:
    assert door.client.get(path).status_code == 404


def test_the_later_script_is_found_by_its_hash_and_by_nothing_else(door: Door, pages: dict[str, str]) -> None:
    data = re.findall(r'<script type="application/json" id="data">([^<]*)</script>', pages["en"])[0]
    named = json.loads(data)["later"]
    answer = door.client.get(named["path"])

    assert fingerprint(answer.data) == named["sha256"]
    assert (answer.mimetype, answer.headers["Cache-Control"]) == (
        "text/javascript",
        "public, max-age=31536000, immutable",
    )
    assert door.client.get("/later-0123456789abcdef.js").status_code == 404


def test_a_page_and_all_it_fetches_stay_small(door: Door) -> None:
    asked = {"Accept-Encoding": "br"}
    paths = (*(f"/{lang}" for lang in FACE.languages), "/recipients", "/work")
    sizes = {path: len(door.client.get(path, headers=asked).data) for path in paths}
    page = max(sizes[f"/{lang}"] for lang in FACE.languages)
    # The demo's set has four verifiers and an attorney; twelve and three are 8 and 2 keys more, that do not compress.
    larger = 8 * 1_600 + 2 * 1_300

    assert page + sizes["/recipients"] + sizes["/work"] + larger <= 80_000, sizes


# --- The map ----------------------------------------------------------------------------------------------------------


def test_a_map_is_north_up_and_as_wide_as_high_on_the_ground() -> None:
    square = [[-60_000, 60_000_000], [60_000, 60_000_000], [60_000, 60_060_000], [-60_000, 60_060_000]]
    drawn = draw([{"id": "a", "name": {"en": "A"}, "outline": square}])

    # At 60 degrees north a degree of longitude is half as wide as one of latitude.
    assert drawn.width == pytest.approx(drawn.height, rel=0.01)
    assert drawn.zones[0].path.startswith(f"M0 {drawn.height:g}")


def test_a_name_stands_inside_its_zone_or_nowhere() -> None:
    drawn = draw(FACE.zones)
    hills = next(zone for zone in drawn.zones if zone.id == "hills")

    assert [line for line, _ in hills.label("Las Lomas")] == ["Las", "Lomas"]
    assert hills.label("An extraordinarily long name of a small place") == []
    assert all(0 < zone.middle[0] < drawn.width and 0 < zone.middle[1] < drawn.height for zone in drawn.zones)
    # The Hills lie round three sides of Riverside: the middle of their points would be in it.
    assert hills.middle[1] > drawn.height * 0.5
    assert content_policy(PARTS)
