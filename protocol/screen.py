"""The privacy screen: what must not, and what should not, stand in words that strangers will read.  SPEC 11.

It runs on free text and place words in both signers' browsers and again at the gate.  A screen misses misspelt names;
the second human is the control.  Both languages find the same: text is first folded to ASCII by a table of our own, and
patterns use nothing that a Unicode library or a locale would change.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from protocol import limits
from protocol.alert import Alert
from protocol.diction import LANGUAGES
from protocol.errors import Refused
from protocol.patterns import BLOCK, LOWER_CASE, RULES, SAYS, WARN, WITHOUT_NUMBER, Rule

OLD: Final = 60 * limits.MINUTE

_ACCENTED: Final = "ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöøùúûüýÿªº‘’ʼ“”–—−‐‑‒"
_PLAIN: Final = "AAAAAACEEEEIIIINOOOOOOUUUUYaaaaaaceeeeiiiinoooooouuuuyyao'''\"\"------"
_FOLDED: Final = dict(zip(_ACCENTED, _PLAIN, strict=True))
_OTHER: Final = "~"  # Any character that no rule speaks of; no part of a word.
_COMPILED: Final = tuple((rule, re.compile(rule.pattern, re.ASCII)) for rule in RULES)
_NUMBER: Final = re.compile(r"#?\b[0-9]+[A-Za-z]?\b *", re.ASCII)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found in code points `start` to `end` (not included).

    `level` is "block" or "warn".  `rewrite` is a safe text to stand there instead: "" where the span is simply left
    out, None where only a person can say it better.
    """

    start: int
    end: int
    rule: str
    level: str
    rewrite: str | None


def fold(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the text in ASCII, and for each of its characters the code point that it stands for.

    Accents fall, full-width and Arabic digits become ASCII ones, what joins or has no width is left out, and every
    other character becomes `~`.
    """
    out: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        folded = _fold_one(char, ord(char))
        if folded:
            out.append(folded)
            origin.append(index)
    return "".join(out), tuple(origin)


def _fold_one(char: str, code: int) -> str:
    if 0x20 <= code < 0x7F:
        return char
    if code in (0x09, 0x0A, 0x0D, 0xA0, 0x202F, 0x205F, 0x3000) or 0x2000 <= code <= 0x200A:
        return " "
    if 0x300 <= code <= 0x36F or 0x200B <= code <= 0x200F or code in (0xAD, 0x2060, 0xFEFF):
        return ""
    if 0xFF01 <= code <= 0xFF5E:
        return chr(code - 0xFEE0)
    for zero in (0x660, 0x6F0):
        if zero <= code <= zero + 9:
            return chr(0x30 + code - zero)
    return _FOLDED.get(char, _OTHER)


def screen_text(text: str, language: str) -> tuple[Hit, ...]:
    """Return what the rules find in `text`, in the order of places.

    Every list holds in every language; `language` (a tag such as es) only tells whether it has lists of its own.
    """
    cased, origin = fold(text)
    lower = cased.lower()
    hits = [
        _hit(rule, match, cased, origin, len(text))
        for rule, regex in _COMPILED
        for match in regex.finditer(cased if rule.cased else lower)
    ]
    if language.partition("-")[0] not in LANGUAGES:
        hits.append(Hit(0, len(text), "language", WARN, None))
    return tuple(sorted(set(hits), key=lambda hit: (hit.start, hit.end, hit.rule)))


def _hit(rule: Rule, match: re.Match[str], cased: str, origin: tuple[int, ...], length: int) -> Hit:
    end = origin[match.end()] if match.end() < len(origin) else length
    said = cased[match.start() : match.end()]
    rewrite = rule.rewrite
    if rewrite == WITHOUT_NUMBER:
        rewrite = _NUMBER.sub("", said).strip(" ")
    elif rewrite == LOWER_CASE:
        rewrite = said.lower()
    return Hit(origin[match.start()], end, rule.name, rule.level, rewrite)


def require_clean(text: str, language: str) -> None:
    """Raise Refused("privacy") for the first thing in `text` that is blocked; warnings are for people to weigh."""
    for hit in screen_text(text, language):
        if hit.level == BLOCK:
            raise _refusal("The text", hit, text)


def screen_alert(alert: Alert) -> Mapping[str, tuple[Hit, ...]]:
    """Return what is found in an alert by the path of its field, in the order of fields; stops have no free text."""
    if alert.is_stop:
        return {}
    found: dict[str, tuple[Hit, ...]] = {}
    for rule, name in (("expiry", "expires"), ("rights", "rights"), ("source", "basis")):
        if not alert.fields.get(name):
            found[name] = (Hit(0, 0, rule, BLOCK, None),)
    if alert.issued - alert.fields["seen"] > OLD:
        found["seen"] = (Hit(0, 0, "old", WARN, None),)
    for language in sorted(alert.fields["free"]):
        hits = screen_text(alert.fields["free"][language], language)
        if hits:
            found[f"free.{language}"] = hits
    return found


def require_clean_alert(alert: Alert) -> None:
    """Raise Refused("privacy") for the first thing in an alert that is blocked."""
    for path, hits in screen_alert(alert).items():
        for hit in hits:
            if hit.level == BLOCK:
                raise _refusal(path, hit, str(alert.fields["free"].get(path.removeprefix("free."), "")))


def _refusal(where: str, hit: Hit, text: str) -> Refused:
    said = f' ("{text[hit.start : hit.end][:40]}")' if hit.end else ""
    mend = f' Say "{hit.rewrite}" instead.' if hit.rewrite else " Leave it out." if hit.rewrite == "" else ""
    return Refused("privacy", f"{where} has {SAYS[hit.rule]}{said}, which strangers must not read.{mend}")
