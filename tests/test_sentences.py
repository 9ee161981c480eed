"""Sentences in code: all of them are collected, none is glued together, and each may be marked where it is English."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from look import extract, words
from tests import catalogues, javascript

ROOT: Final = extract.ROOT
PAGES: Final = sorted(
    path for face in ("alerts", "intake") for path in (ROOT / face).rglob("*.html") if "built" not in path.parts
)
SCRIPTS: Final = sorted(
    path
    for face in ("alerts", "intake", "look")
    for path in extract.sources()
    if path.suffix == ".js" and path.is_relative_to(ROOT / face)
)
# What a page says outside `_(…)`: letters between two tags that no Jinja wrote.  Commands and names of files are the
# same in every language, and marked so.
TAGS: Final = re.compile(
    r"<(style|script)\b.*?</\1>|<(pre|a)\b[^>]* translate=\"no\"[^>]*>.*?</\2>|<!--.*?-->|<[^>]*>", re.DOTALL
)
JINJA: Final = re.compile(r"\{% macro quiet.*?endmacro %\}|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
LETTERS: Final = re.compile(r"[^\W\d_]{2,}")
# A mark inside an attribute, a title or an option would be shown as letters, or end the attribute.
MARKED: Final = re.compile(
    r'=\s*"[^"<>]*\{\{ (?:_|legal|ngettext)\(|<(?:title|option)\b[^>]*>[^<]*\{\{ (?:_|legal)\(|'
    r"\{% block title %\}.*?\{\{ (?:_|legal)\("
)
SAYS: Final = r'(?:_|gettext|legal|\bt|\btn)\("'
GLUED: Final = re.compile(rf'{SAYS}[^"]*"[^()]*\)\s*[~+]|[~+]\s*{SAYS}')
SAID_PLAINLY: Final = re.compile(r'(?:textContent|innerText|title|placeholder)\s*=\s*["`][A-Za-z]')


def said_outside(page: str) -> list[str]:
    """Return the words that a page's template says without asking for a translation."""
    return LETTERS.findall(TAGS.sub(" ", JINJA.sub(" ", page)))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_page_says_nothing_that_is_not_collected(path: Path) -> None:
    page = path.read_text("utf-8")

    assert said_outside(page) == []
    assert MARKED.findall(page) == []
    assert GLUED.findall(page) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_script_glues_no_sentences_and_says_none_plainly(path: Path) -> None:
    script = path.read_text("utf-8")

    assert GLUED.findall(script) == []
    assert SAID_PLAINLY.findall(script) == []


def test_the_lint_sees_what_it_looks_for() -> None:
    assert said_outside('<p class="x">Hello {{ _("you") }}</p>') == ["Hello"]
    assert said_outside('<p class="x">{{ _("you") }} <bdi>{{ number }}</bdi> 1–2 ·</p>') == []
    for page in ('<a title="{{ _("x") }}">', "<title>{{ _('x') }}", '{% block title %}{{ word }} {{ _("x") }}'):
        assert MARKED.search(page), page
    for script in ('t("Signed by") + name', '"x" + t("left")', '{{ _("a") ~ x }}', 'tn("{n} a", "{n} b", n) + "."'):
        assert GLUED.search(script), script
    assert SAID_PLAINLY.search('node.textContent = "Sending";')


def test_a_script_marks_english_where_another_language_has_no_words_yet(tmp_path: Path) -> None:
    with catalogues.elsewhere(tmp_path):
        catalogues.write(tmp_path, "ar", catalogues.ARABIC[0], 'msgid "DRILL"\nmsgstr "تدريب"\n')
        catalogue = words.catalogue_for_js("ar", ["DRILL"])

    assert javascript.call("./look", "put", catalogue, "DRILL") == {"text": "تدريب"}
    assert javascript.call("./look", "put", catalogue, "ENDED") == {"text": "ENDED", "lang": "en", "dir": "ltr"}
    english = words.catalogue_for_js("en", [])
    assert javascript.call("./look", "put", english, "ENDED") == {"text": "ENDED"}
