"""Words: the languages of every face, read from gettext catalogues; English is the key.

`languages/<language>/LC_MESSAGES/sereno.po` is the source of truth and is read as it is: nothing compiled is kept.
A sentence without a finished translation is shown in English, that sentence only, and marked as English.  In the
comments of an entry a reader who speaks the language writes `reviewed: who, when`; for a legal text an attorney writes
`attorney: who, when`.
"""

from __future__ import annotations

import gettext
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import read_po

FOLDER: Final = Path(__file__).with_name("languages")
TEMPLATE: Final = "sereno.pot"
SOURCE: Final = "en"
PLACEHOLDER: Final = re.compile(r"\{([a-z0-9]+)\}")
_ISOLATE, _RELEASE = "\u2066", "\u2069"
# Browsers ask for a country where what differs is the script, and know one language by two names.
_ALSO: Final = {
    "zh-tw": "zh-hant",
    "zh-hk": "zh-hant",
    "zh-mo": "zh-hant",
    "zh-hant-tw": "zh-hant",
    "zh-hant-hk": "zh-hant",
    "zh-hant-mo": "zh-hant",
    "fil": "tl",
    "fil-ph": "tl",
}
# What people call their language, where Unicode's name is another or longer.
_CALLED: Final = {"tl": "Tagalog", "zh-Hans": "简体中文", "zh-Hant": "繁體中文"}
# Every plural category of CLDR is met among these numbers, in every language it has.
_NUMBERS: Final = (*range(201), 1_000_000)


@dataclass(frozen=True, slots=True)
class Entry:
    """One sentence in one language: its finished forms (none: English is shown), and who has looked at it."""

    forms: tuple[str, ...]
    reviewed: bool
    legal: bool
    attorney: bool


class English(str):
    """A sentence that a language has no finished words for yet: English, and marked so wherever it stands.

    It stands between isolates, which keep its direction in any text; in a page they become `lang` and `dir`.  In an
    attribute or a title there is no room for these: a page says `gettext` there, and `_` everywhere else.
    """

    __slots__ = ()
    lang: Final = SOURCE

    @classmethod
    def of(cls, text: str) -> English:
        """Return English words, isolated."""
        return cls(f"{_ISOLATE}{text}{_RELEASE}")

    def bare(self) -> str:
        """Return the words without their isolates."""
        return self[1:-1]

    def __html__(self) -> str:
        return f'<span lang="{SOURCE}" dir="ltr">{escape(self.bare())}</span>'


@dataclass(frozen=True, slots=True)
class Words:
    """One language: what it says for an English sentence, and which way it is read ("ltr" or "rtl")."""

    lang: str
    direction: str
    entries: Mapping[str, Entry]
    form_of: Callable[[int], int]

    def gettext(self, text: str, /, **values: object) -> str:
        """Return `text` in this language with its {placeholders} filled.  Raises KeyError for one without a value."""
        forms = self._forms(text)
        return fill(forms[0], values) if forms else self._english(fill(text, values))

    def plain(self, text: str, /, **values: object) -> str:
        """Return `text` as `gettext` does, never marked: for an attribute or a title."""
        said = self.gettext(text, **values)
        return said.bare() if isinstance(said, English) else said

    def legal(self, text: str, /, **values: object) -> str:
        """Return `text` as `gettext` does; the name marks it, in the code, as one that an attorney has to review."""
        return self.gettext(text, **values)

    def ngettext(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return the form for `number` in this language; {n} is the number itself."""
        forms = self._forms(one)
        filled = {"n": number, **values}
        if forms:
            return fill(forms[self.form_of(number)], filled)
        return self._english(fill(one if number == 1 else many, filled))

    def is_translated(self, text: str) -> bool:
        """Whether this language has finished words for `text`; English always has."""
        return self.lang == SOURCE or bool(self._forms(text))

    def is_reviewed(self, text: str) -> bool:
        """Whether a named person has reviewed the words shown for `text`."""
        return text in self.entries and self.entries[text].reviewed

    def wants_reader(self, texts: Iterable[str]) -> bool:
        """Whether among the words shown for `texts` are some that nobody who speaks the language has reviewed."""
        return self.lang != SOURCE and any(self.is_translated(text) and not self.is_reviewed(text) for text in texts)

    def wants_attorney(self, text: str) -> bool:
        """Whether `text` is a legal text that no attorney has reviewed in this language."""
        return text in self.entries and self.entries[text].legal and not self.entries[text].attorney

    def _english(self, text: str) -> str:
        return text if self.lang == SOURCE else English.of(text)

    def _forms(self, text: str) -> tuple[str, ...]:
        entry = self.entries.get(text)
        return entry.forms if entry else ()


def fill(text: str, values: Mapping[str, object]) -> str:
    """Return `text` with each {name} replaced by its value.  Raises KeyError for a name without one."""
    return PLACEHOLDER.sub(lambda found: str(values[found[1]]), text)


def languages() -> tuple[str, ...]:
    """Return the tags of the languages there are, English first."""
    found = sorted(path.parents[1].name for path in FOLDER.glob("*/LC_MESSAGES/sereno.po"))
    return (SOURCE, *(lang for lang in found if lang != SOURCE))


def path_of(lang: str) -> Path:
    """Return where the catalogue of a language is.  Raises KeyError for a language that has none."""
    if lang not in languages():
        raise KeyError(f"There is no catalogue for {lang}; there are {', '.join(languages())}.")
    return FOLDER / lang / "LC_MESSAGES" / "sereno.po"


def read_catalogue(path: Path, lang: str) -> Catalog:
    """Return a catalogue as Babel reads it.  Raises babel.messages.pofile.PoFileError for a file that is none."""
    with path.open("rb") as file:
        return read_po(file, locale=str(Locale.parse(lang, sep="-")), abort_invalid=True)


@cache
def translator(lang: str) -> Words:
    """Return the words of a language, read once.  Raises KeyError for a language that has no catalogue."""
    catalogue = read_catalogue(path_of(lang), lang)
    entries = {_key(message.id): _entry(message) for message in catalogue if message.id}
    # The header's own expression, as gettext of the standard library reads it.
    form_of = gettext.c2py(catalogue.plural_expr)
    return Words(lang, Locale.parse(lang, sep="-").text_direction, entries, form_of)


def _key(message: str | Iterable[str]) -> str:
    return message if isinstance(message, str) else next(iter(message))


def _entry(message: Any) -> Entry:
    forms = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    finished = all(forms) and not message.fuzzy
    said = [comment.strip() for comment in message.user_comments]
    return Entry(
        forms=forms if finished else (),
        reviewed=finished and any(comment.startswith("reviewed:") for comment in said),
        legal="legal" in message.auto_comments,
        attorney=any(comment.startswith("attorney:") for comment in said),
    )


@cache
def keys_of(*starts: str) -> tuple[str, ...]:
    """Return the English sentences of the files whose paths begin with one of `starts`, such as "intake/form/"."""
    return tuple(key for key, paths in _places() if any(path.startswith(starts) for path in paths))


@cache
def _places() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return every English sentence with the paths of the files that say it."""
    with (FOLDER / TEMPLATE).open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    return tuple((_key(message.id), tuple(path for path, _ in message.locations)) for message in messages)


def catalogue_for_js(lang: str, keys: Iterable[str]) -> dict[str, Any]:
    """Return what a page's script needs of a language: `wordsOf` of words.js reads it.

    `messages` holds the translated among `keys`, a list of forms where the sentence has a plural; `plurals` says which
    form each CLDR category takes.  English needs no messages.
    """
    words = translator(lang)
    found = {key: words.entries[key].forms for key in keys if lang != SOURCE and words.is_translated(key)}
    return {
        "lang": lang,
        "dir": words.direction,
        "plurals": _plurals(lang),
        "messages": {key: forms[0] if len(forms) == 1 else list(forms) for key, forms in found.items()},
    }


@cache
def _plurals(lang: str) -> Mapping[str, int]:
    words, rule = translator(lang), Locale.parse(lang, sep="-").plural_form
    return {rule(number): words.form_of(number) for number in reversed(_NUMBERS)}


def endonym(lang: str) -> str:
    """Return what a language calls itself, e.g. Español."""
    name = _CALLED.get(lang) or Locale.parse(lang, sep="-").get_display_name() or lang
    return name[:1].upper() + name[1:]


def choose_language(asked: Sequence[str], offered: Sequence[str]) -> str:
    """Return the first language asked for that is offered, else the first offered.

    A region gives way before the next language is tried: who asks for es-MX and then en reads Spanish.
    """
    by_name = {lang.lower(): lang for lang in offered}
    for tag in asked:
        name, base = tag.lower(), tag.lower().split("-")[0]
        for one in (name, _ALSO.get(name, name), base, _ALSO.get(base, base), f"{base}-hans"):
            if one in by_name:
                return by_name[one]
    return offered[0]
