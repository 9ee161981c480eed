"""Catalogues for tests: a folder that stands in for look/languages, and two languages that English is unlike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

from look import extract, words

HEADER: Final = (
    'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals={plural};\\n"\n\n'
)
TWO: Final = "2; plural=(n != 1)"
ARABIC: Final = (
    "6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5)",
    'msgid "{n} minute ago"\nmsgid_plural "{n} minutes ago"\n'
    + "".join(f'msgstr[{at}] "{name} {{n}}"\n' for at, name in enumerate("zero one two few many other".split())),
)
CHINESE: Final = (
    "1; plural=0",
    'msgid "{n} minute ago"\nmsgid_plural "{n} minutes ago"\nmsgstr[0] "{n} 分钟前"\n\nmsgid "DRILL"\nmsgstr "演习"\n',
)


@contextmanager
def elsewhere(folder: Path) -> Iterator[Path]:
    """Let the catalogues be those of `folder` for a while."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (words, extract):
            patch.setattr(module, "FOLDER", folder)
        _forget()
        yield folder
    _forget()


def _forget() -> None:
    words.translator.cache_clear()
    words.keys_of.cache_clear()


def write(folder: Path, lang: str, plural: str, entries: str) -> None:
    """Write a language's catalogue, with the header that says how it counts."""
    path = folder / lang / "LC_MESSAGES" / "sereno.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEADER.format(plural=plural) + entries, "utf-8")
