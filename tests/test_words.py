"""The words: every face's sentences are collected, said in every language, and never the kind we do not say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from markupsafe import escape

from look import extract, words
from tests import catalogues, javascript

COMPLETE: Final = ("en", "es")
# What witnesses and readers of alerts see has to be whole in these; what staff see may still be English.
FINISHED: Final = (*COMPLETE, "vi", "zh-Hans", "zh-Hant", "tl", "ar")
PUBLIC: Final = ("alerts/", "intake/", "look/")
HOURS: Final = {"hour24": "hour"}  # A language may read the clock to twenty-four.
NEVER: Final = re.compile(
    r"this is not a drill|esto no es un simulacro|\boops\b|\bups\b|invalid input|[!¡]", re.IGNORECASE
)


def messages(lang: str) -> Iterator[Any]:
    yield from (one for one in words.read_catalogue(words.path_of(lang), lang) if one.id)


def forms(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def placeholders(text: str) -> set[str]:
    return {HOURS.get(name, name) for name in words.PLACEHOLDER.findall(text)}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give an empty folder that is where the catalogues are."""
    with catalogues.elsewhere(tmp_path) as found:
        yield found


def test_every_catalogue_has_exactly_what_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert extract.main(["--check"]) == 0, capsys.readouterr().err


@pytest.mark.parametrize("lang", COMPLETE)
def test_a_complete_language_lacks_nothing(lang: str) -> None:
    said = words.translator(lang)

    assert [one.id for one in messages(lang) if not said.is_translated(forms(one.id)[0])] == []
    assert words.languages()[0] == "en"


@pytest.mark.parametrize("lang", FINISHED)
def test_a_finished_language_says_everything_that_the_public_sees(lang: str) -> None:
    said = words.translator(lang)

    assert [text for text in words.keys_of(*PUBLIC) if not said.is_translated(text)] == []
    assert set(FINISHED) == set(words.languages())


def numbers_of(lang: str) -> list[int]:
    """Return how many of the numbers to a thousand take each form of a language."""
    taken = [words.translator(lang).form_of(number) for number in range(1001)]
    return [taken.count(form) for form in range(max(taken) + 1)]


def broken(lang: str) -> list[tuple[str, set[str]]]:
    """Return the translations whose placeholders are not those of their sentence.

    A form that stands for one number alone may say it as a word: "two minutes" has a noun of its own in Arabic.
    """
    found = []
    for one in messages(lang):
        wanted, counted = placeholders(forms(one.id)[-1]), not isinstance(one.id, str)
        for form, numbers in zip(forms(one.string), numbers_of(lang) if counted else [0], strict=True):
            spared = {"n"} if counted and numbers == 1 else set()
            if form and wanted - spared != placeholders(form) - spared:
                found.append((form, wanted))
    return found


@pytest.mark.parametrize("lang", words.languages())
def test_a_translation_has_the_placeholders_of_its_sentence(lang: str) -> None:
    assert broken(lang) == []


def test_a_broken_placeholder_is_seen(folder: Path) -> None:
    body = 'msgid "Where: {zone}"\nmsgstr "أين: {zon}"\n\n' + catalogues.ARABIC[1].replace("two {n}", "two")
    catalogues.write(folder, "ar", catalogues.ARABIC[0], body.replace("many {n}", "many"))

    assert broken("ar") == [("أين: {zon}", {"zone"}), ("many", {"n"})]


@pytest.mark.parametrize("lang", words.languages())
def test_a_plural_takes_the_form_that_the_unicode_rules_give(lang: str) -> None:
    said, rule = words.translator(lang), Locale.parse(lang, sep="-").plural_form
    taken: dict[str, set[int]] = {}
    for number in range(1001):
        taken.setdefault(rule(number), set()).add(said.form_of(number))

    assert {category: len(found) for category, found in taken.items()} == dict.fromkeys(taken, 1)


@pytest.mark.parametrize("lang", words.languages())
def test_nobody_is_hurried_blamed_or_told_that_this_is_no_drill(lang: str) -> None:
    texts = [form for one in messages(lang) for text in (one.id, one.string) for form in forms(text)]

    assert [text for text in texts if NEVER.search(text)] == []
    assert NEVER.search("This is NOT a drill")
    assert NEVER.search("Oops, sent!")


def test_an_unfinished_sentence_is_shown_in_english_and_only_that(folder: Path) -> None:
    body = (
        '#, fuzzy\nmsgid "ENDED"\nmsgstr "viejo"\n\n#  reviewed: Ana, 2026-03-01\nmsgid "DRILL"\nmsgstr "SIMULACRO"\n\n'
    )
    body += '#. legal\nmsgid "You may stay silent."\nmsgstr "Puedes callar."\n\nmsgid "RETRACTED"\nmsgstr ""\n'
    catalogues.write(folder, "es", catalogues.TWO, body)
    said = words.translator("es")

    shown = [said.gettext(text) for text in ("ENDED", "RETRACTED", "DRILL", "new")]
    assert [said.plain(text) for text in ("ENDED", "RETRACTED", "DRILL", "new")] == [
        "ENDED",
        "RETRACTED",
        "SIMULACRO",
        "new",
    ]
    assert [isinstance(one, words.English) for one in shown] == [True, True, False, True]
    assert escape(said.gettext("a < {b}", b="b")) == '<span lang="en" dir="ltr">a &lt; b</span>'
    catalogues.write(folder, "en", catalogues.TWO, "")
    assert not isinstance(words.translator("en").gettext("ENDED"), words.English)
    assert [said.is_translated(text) for text in ("ENDED", "RETRACTED", "DRILL")] == [False, False, True]
    assert [said.is_reviewed(text) for text in ("ENDED", "DRILL", "You may stay silent.")] == [False, True, False]
    assert said.wants_attorney("You may stay silent.")
    assert not said.wants_attorney("DRILL")
    assert said.ngettext("{n} tip", "{n} tips", 2) == "\u20662 tips\u2069"


def test_words_that_nobody_has_reviewed_are_known(folder: Path) -> None:
    body = '#  reviewed: Ana, 2026-03-01\nmsgid "DRILL"\nmsgstr "SIMULACRO"\n\nmsgid "ENDED"\nmsgstr "TERMINADO"\n'
    catalogues.write(folder, "es", catalogues.TWO, body)

    catalogues.write(folder, "en", catalogues.TWO, "")
    wants = words.translator("es").wants_reader
    assert (wants(["DRILL"]), wants(["DRILL", "ENDED"]), wants(["DRILL", "new"])) == (False, True, False)
    assert not words.translator("en").wants_reader(["DRILL"])


def test_an_attorneys_word_makes_a_legal_text_final(folder: Path) -> None:
    catalogues.write(
        folder,
        "es",
        catalogues.TWO,
        '#  attorney: B. Ruiz, 2026-03-01\n#. legal\nmsgid "a"\nmsgstr "b"\n',
    )

    assert not words.translator("es").wants_attorney("a")


@pytest.mark.parametrize(
    ("lang", "direction"), [("en", "ltr"), ("es", "ltr"), ("ar", "rtl"), ("zh-Hant", "ltr"), ("tl", "ltr")]
)
def test_a_language_knows_which_way_it_is_read(lang: str, direction: str, folder: Path) -> None:
    catalogues.write(folder, lang, catalogues.TWO, "")

    assert words.translator(lang).direction == direction


def test_a_placeholder_without_a_value_is_refused_in_both() -> None:
    catalogue = words.catalogue_for_js("es", ["Where: {zone}"])

    assert javascript.call("./look", "said", catalogue, "Where: {zone}", {"zone": "{n}"}) == "Dónde: {n}"
    assert words.translator("es").gettext("Where: {zone}", zone="{n}") == "Dónde: {n}"
    with pytest.raises(KeyError, match="zone"):
        words.translator("es").gettext("Where: {zone}")
    with pytest.raises(RuntimeError, match="zone"):
        javascript.call("./look", "said", catalogue, "Where: {zone}", {})
    with pytest.raises(KeyError, match="no catalogue for xx"):
        words.translator("xx")


@pytest.mark.parametrize(
    ("lang", "catalogue"), [("ar", catalogues.ARABIC), ("zh-Hans", catalogues.CHINESE), ("es", None), ("en", None)]
)
def test_scripts_count_as_python_does(
    lang: str, catalogue: tuple[str, str] | None, request: pytest.FixtureRequest
) -> None:
    if catalogue:
        catalogues.write(request.getfixturevalue("folder"), lang, *catalogue)
    one, many = "{n} minute ago", "{n} minutes ago"
    said, numbers = words.translator(lang), [*range(130), 1000, 1_000_000]

    given = javascript.call("./look", "counted", words.catalogue_for_js(lang, [one]), one, many, numbers)

    assert given == [said.ngettext(one, many, number) for number in numbers]
    assert given[1] != given[5]


def test_a_page_carries_only_the_words_it_says() -> None:
    assert "CONFIRMED" in words.keys_of("look/")
    assert words.keys_of("nowhere/") == ()
    assert words.catalogue_for_js("es", ["DRILL"])["messages"] == {"DRILL": "SIMULACRO"}
    assert words.catalogue_for_js("en", ["DRILL"])["messages"] == {}


def test_what_is_marked_is_collected_from_every_kind_of_file(tmp_path: Path) -> None:
    sources = {
        "a.py": 'x = _("one")\ny = words.gettext("two {n}", n=1)\nz = words.legal("three")\nno = other("not")\n',
        "a.html": '<p>{{ _("one") }} {{ ngettext("four", "fours", n) }} {{ legal("three") }}</p>',
        "a.js": 'const x = words.t("one", { n: 1 }); const y = tn("four", "fours", n); legal("three"); set("not");',
    }
    found = {}
    for name, text in sources.items():
        (tmp_path / name).write_text(text)
        found[name] = set(extract.messages_of(tmp_path / name))

    assert found["a.py"] == {("one", False), ("two {n}", False), ("three", True)}
    assert found["a.html"] == found["a.js"] == {("one", False), (("four", "fours"), False), ("three", True)}


def test_a_new_language_starts_empty_and_keeps_what_it_was_given(folder: Path) -> None:
    assert extract.main(["vi"]) == 0
    path = folder / "vi" / "LC_MESSAGES" / "sereno.po"
    text = path.read_text().replace('msgid "DRILL"\nmsgstr ""', 'msgid "DRILL"\nmsgstr "DIỄN TẬP"')
    path.write_text(text.replace('\nmsgid ""', '\n#\n# Glossary: drill: diễn tập\nmsgid ""', 1))
    assert extract.main([]) == 0
    assert extract.main(["--check"]) == 0
    path.write_text(path.read_text() + '\nmsgid "nobody says this"\nmsgstr "x"\n')
    assert extract.main(["--check"]) == 1
    assert extract.main([]) == 0
    with path.open("rb") as file:
        catalogue = read_po(file)
    assert catalogue["DRILL"].string == "DIỄN TẬP"
    assert catalogue.header_comment.endswith("\n#\n# Glossary: drill: diễn tập")
    assert "nobody says this" not in catalogue


@pytest.mark.parametrize(
    ("asked", "lang"),
    [
        (["zh-TW", "en"], "zh-Hant"),
        (["zh-CN", "en"], "zh-Hans"),
        (["zh"], "zh-Hans"),
        (["ZH-HANT-HK"], "zh-Hant"),
        (["tl-PH", "es"], "tl"),
        (["fil-PH", "es"], "tl"),
        (["fil"], "tl"),
        (["ar-EG", "en"], "ar"),
        (["<script>"], "en"),
        ([], "en"),
    ],
)
def test_a_country_gives_way_before_the_language_does(asked: list[str], lang: str) -> None:
    assert words.choose_language(asked, ["en", "es", "vi", "zh-Hans", "zh-Hant", "tl", "ar"]) == lang


def test_a_language_is_called_what_its_speakers_call_it() -> None:
    called = [words.endonym(lang) for lang in FINISHED]

    assert called == ["English", "Español", "Tiếng Việt", "简体中文", "繁體中文", "Tagalog", "العربية"]
