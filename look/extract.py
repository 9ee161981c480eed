"""Extraction: `python -m look.extract` collects what every face says in English and brings the catalogues up to date.

Marked are, in Python and pages, `_("…")`, `gettext`, `ngettext` and `legal`; in scripts `t("…")`, `tn` and `legal`; and
all of templates.json.  New sentences come without a translation, those that nothing says any more go.  `--check` writes
nothing and exits 1 naming the catalogues that are behind.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel import Locale
from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import write_po

from look.words import FOLDER, SOURCE, TEMPLATE, languages, read_catalogue

ROOT: Final = Path(__file__).resolve().parent.parent
FACES: Final = ("alerts", "intake", "look", "sereno", "verifier", "worker")
METHODS: Final = {".py": "python", ".html": "jinja2", ".txt": "jinja2", ".js": "javascript"}
NOT_OURS: Final = frozenset({"built", "vendor", "node_modules", "__pycache__", "languages"})
OPTIONS: Final[dict[str, Any]] = {"parse_template_string": True}  # A script also says things inside `${…}`.
MADE: Final = ("look/templates.js", "look/icons.js")
SAY: Final[dict[str, Any]] = {"_": None, "gettext": None, "ngettext": (1, 2)}
SAY_JS: Final[dict[str, Any]] = {"t": None, "tn": (1, 2)}
LEGAL: Final[dict[str, Any]] = {"legal": None}
# What a day of making adds to a file and says nothing about it.
NOISE: Final = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator', '"Language-Team')
HEADER: Final = """\
What Sereno says, in {language}.  GNU Affero General Public License, version 3 or later.
Made and kept in step by `python -m look.extract`, which never changes what is translated.
In the comments of an entry, `reviewed: who, when` says that a reader who speaks the language has,
and `attorney: who, when` that an attorney has.  No legal text is final without the latter."""
# From the first empty line on, the comment at the head of a catalogue is its translators' own: their glossary.
_OWN: Final = re.compile(r"\n#\n.*", re.DOTALL)

Message = str | tuple[str, ...]


def sources() -> Iterator[Path]:
    """Give every file of the faces that may say something to people, sorted."""
    found = (path for face in FACES for path in sorted((ROOT / face).rglob("*")) if path.suffix in METHODS)
    for path in found:
        inside = path.relative_to(ROOT)
        if not NOT_OURS.intersection(inside.parts) and inside.as_posix() not in MADE:
            yield path


def messages_of(path: Path) -> Iterator[tuple[Message, bool]]:
    """Give the messages of one file, and whether each is a legal text."""
    yield from _messages(METHODS[path.suffix], path.read_bytes())


@cache
def _messages(method: str, data: bytes) -> tuple[tuple[Message, bool], ...]:
    found: list[tuple[Message, bool]] = []
    for keywords, legal in ((SAY_JS if method == "javascript" else SAY, False), (LEGAL, True)):
        if legal and b"legal" not in data:  # To read a file takes long, and few say anything legal.
            continue
        for _, message, _, _ in extract(method, BytesIO(data), keywords=keywords, options=OPTIONS):
            found.append(((message if isinstance(message, str) else tuple(message)), legal))
    return tuple(found)


def templates() -> Iterator[Message]:
    """Give every sentence of templates.json."""
    value = json.loads(Path(__file__).with_name("templates.json").read_text("utf-8"))
    for group in value["texts"].values():
        yield from group.values()
    for group in value["lists"].values():
        yield from (line for lines in group.values() for line in lines)
    for group in value["plurals"].values():
        yield from (tuple(forms) for forms in group.values())


def collect() -> Catalog:
    """Return the template: every sentence, where it is said, and whether it is a legal text."""
    catalogue = Catalog(project="Sereno", version="1", charset="utf-8", header_comment=_header("English"))
    for message in templates():
        catalogue.add(message, locations=[("look/templates.json", 0)])
    for path in sources():
        for message, legal in messages_of(path):
            where = path.relative_to(ROOT).as_posix()
            catalogue.add(message, locations=[(where, 0)], auto_comments=["legal"] if legal else [])
    return catalogue


def updated(lang: str, template: Catalog) -> Catalog:
    """Return a language's catalogue brought in step with the template; what is translated stays."""
    path = FOLDER / lang / "LC_MESSAGES" / "sereno.po"
    locale = Locale.parse(lang, sep="-")
    catalogue = read_catalogue(path, lang) if path.exists() else Catalog(locale=str(locale), fuzzy=False)
    own = _OWN.search(catalogue.header_comment)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.fuzzy, catalogue.project, catalogue.version = False, template.project, template.version
    catalogue.header_comment = _header(locale.get_display_name("en") or lang) + (own[0] if own else "")
    return catalogue


def text_of(catalogue: Catalog) -> str:
    """Return a catalogue as its file's text: the same sentences give the same bytes on every day and machine."""
    out = BytesIO()
    write_po(out, catalogue, width=120, include_lineno=False, sort_by_file=True)
    return "".join(line for line in out.getvalue().decode().splitlines(True) if not line.startswith(NOISE))


def _header(language: str) -> str:
    return "\n".join(f"# {line}" for line in HEADER.format(language=language).split("\n"))


def behind(langs: Iterable[str]) -> dict[Path, str]:
    """Return the files that are behind what is said, with the text they should have."""
    template = collect()
    wanted = {FOLDER / lang / "LC_MESSAGES" / "sereno.po": text_of(updated(lang, template)) for lang in langs}
    template.fuzzy = False
    wanted[FOLDER / TEMPLATE] = text_of(template)
    return {path: text for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text}


def main(arguments: list[str]) -> int:
    """Bring the catalogues up to date, and those of the languages named, which may be new.  Returns an exit code."""
    named = [one for one in arguments if not one.startswith("-")]
    stale = behind(sorted({SOURCE, *languages(), *named}))
    for path, text in stale.items():
        if "--check" in arguments:
            print(f"{os.path.relpath(path, ROOT)} is behind what is said: run python -m look.extract.", file=sys.stderr)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
