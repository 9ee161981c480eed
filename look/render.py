"""Rendering: what an alert says to people, in their language, from the closed vocabulary alone.

The same sentences in the same order everywhere: source, hazard, place, time, action.  `render.js` is the twin, and both
take them from templates.json.  No word of an alert is ever translated by a machine: `free` text is shown only in a
language that its signers read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from look.face import Face
from look.words import Words, translator

_ALL: Final[dict[str, Any]] = json.loads(Path(__file__).with_name("templates.json").read_text("utf-8"))
TEXTS: Final[dict[str, dict[str, str]]] = _ALL["texts"]
DO: Final[dict[str, list[str]]] = _ALL["lists"]["do"]
COUNTS: Final[dict[str, list[str]]] = _ALL["plurals"]["count"]
STANDS: Final = ("confirmed", "checked")
# Beyond this many minutes a distance in minutes helps nobody: no alert stands for longer.
FARTHEST: Final = 240
# An embedded number or address keeps its own direction inside a text that is read from the right.
ISOLATE, RELEASE = "\u2068", "\u2069"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a chain stands: word, cause and since (Unix seconds) as `protocol.state.State` has them.

    `reason` is that of the message that stopped it ("" without one); the numbers are those who signed the alert.
    """

    word: str
    cause: str
    since: int
    verifiers: int
    organizations: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Locality:
    """What a network calls itself and its zones (code → name), its IANA time zone, and where its alert is checked."""

    network: str
    zones: Mapping[str, str]
    timezone: str
    check: str

    @classmethod
    def of(cls, face: Face, lang: str, check: str) -> Locality:
        """Return what a network's face says of itself in a language."""
        zones = {zone["id"]: face.in_language(zone["name"], lang) for zone in face.zones}
        return cls(face.in_language(face.name, lang), zones, face.timezone, check)


@dataclass(frozen=True, slots=True)
class Rendered:
    """An alert in words.  Parts that have nothing to say are empty; `text` is the whole, to be forwarded as it is.

    `state` is the public word's code (its icon and its CSS class), `word` what people read.  `when` and `until` tell
    the distance in time too, which `text` does not: it may be read at any time.
    """

    lang: str
    direction: str
    state: str
    word: str
    drill: str
    audience: str
    title: str
    what: str
    why: str
    details: str
    free: str
    where: str
    when: str
    until: str
    do: tuple[str, ...]
    how: str
    text: str


@dataclass(frozen=True, slots=True)
class _Telling:
    """One rendering under way: the alert's fields, how it stands, in which words, for whom, at what time."""

    fields: Mapping[str, Any]
    standing: Standing
    words: Words
    locality: Locality
    now: int

    @property
    def stands(self) -> bool:
        """Whether the alert counts now."""
        return self.standing.word in STANDS

    @property
    def at(self) -> int:
        """The time that identifies it: when it was seen, or when it was sent if what it said no longer counts."""
        seen: int = self.fields["seen" if self.stands else "issued"]
        return seen

    def say(self, group: str, key: str, **values: object) -> str:
        """Return one sentence of templates.json in the language of the reader."""
        return _say(self.words, group, key, **values)

    def count(self, key: str, number: int) -> str:
        """Return a number with its noun."""
        one, many = COUNTS[key]
        return self.words.ngettext(one, many, number)

    def own(self, value: str) -> str:
        """Return a name, number or address so that it keeps its own direction."""
        return f"{ISOLATE}{value}{RELEASE}" if self.words.direction == "rtl" and value else value

    def time(self, at: int, dated: bool) -> str:
        """Return the clock's time at the network's place, with the date if asked for or if it is another day."""
        return time_text(at, self.words, self.now, self.locality.timezone, dated)

    def near(self, line: str, key: str, seconds: int) -> str:
        """Return a line of time with how far it is from now, while that is near enough to help."""
        minutes = seconds // 60
        if seconds < 0 or minutes > FARTHEST:
            return line
        distance = self.count(key, minutes) if minutes else self.say("line", "moment")
        return self.say("line", "near", line=line, distance=distance)

    def when(self, dated: bool) -> str:
        """Return when it was seen, or a rumour checked; of an alert that does not stand, only when it was sent."""
        line = "looked" if self.fields["kind"] == "checked" else "seen"
        return self.say("line", line if self.stands else "sent", time=self.time(self.at, dated))

    def until(self, dated: bool) -> str:
        """Return until when it stands, or since when it does not."""
        at = self.fields["expires"] if self.stands else self.standing.since
        return self.say("until", "stands" if self.stands else self.standing.word, time=self.time(at, dated))

    def what(self) -> str:
        """Return what happens; of an alert that does not stand, only what it said."""
        template = self.fields["template"]
        if self.stands:
            return self.say("what", template)
        return self.say("what", "was", title=self.say("title", template))

    def why(self) -> str:
        """Return why an alert no longer stands."""
        word, cause, kind = self.standing.word, self.standing.cause, self.fields["kind"]
        if self.stands:
            return ""
        if word == "withdrawn":
            return self.say("why", word)
        if cause == "time":
            return self.say("why", "ended time checked" if kind == "checked" else "ended time")
        return self.say("why", f"{word} {'forked' if cause == 'forked' else self.standing.reason}")

    def details(self) -> str:
        """Return how many were seen and what marked them; nothing for a rumour that was checked."""
        if self.fields["kind"] == "checked":
            return ""
        return " ".join(self.say(group, self.fields[group]) for group in ("officers", "vehicles", "marking"))

    def do(self) -> tuple[str, ...]:
        """Return what to do, in three lines."""
        word, instruction = self.standing.word, self.fields["instruction"]
        if self.fields["audience"] == "responders" and instruction == "avoid-rumours":
            instruction = "observe-only"  # What is not for sharing must not say "share only this".
        if self.fields["template"] == "impersonation":
            instruction = "impersonation"
        lines = DO[f"confirmed {instruction}" if word == "confirmed" else word]
        hotline = self.own(self.fields["hotline"])
        return tuple(self.words.gettext(line, hotline=hotline) for line in lines)

    def how(self) -> str:
        """Return who signed and on what grounds."""
        grounds = [self.say("basis", one) for one in self.fields["basis"]]
        basis = grounds[-1]
        for one in reversed(grounds[:-1]):
            basis = self.say("basis", "and", first=one, rest=basis)
        signed = {key: self.count(key, getattr(self.standing, key)) for key in ("verifiers", "organizations")}
        return self.say("line", "how", basis=basis, **signed)


def time_text(at: int, words: Words, now: int, timezone: str, dated: bool = False) -> str:
    """Return what a clock in an IANA time zone shows at `at` (Unix seconds), dated if asked or on another day."""
    zone = ZoneInfo(timezone)
    then, today = datetime.fromtimestamp(at, zone), datetime.fromtimestamp(now, zone)
    half = "pm" if then.hour >= 12 else "am"
    hour, minute, hour24 = (then.hour + 11) % 12 + 1, f"{then.minute:02}", f"{then.hour:02}"
    text = _say(words, "clock", half, hour=hour, minute=minute, hour24=hour24)
    if not dated and then.date() == today.date():
        return text
    date = _say(words, "date", str(then.month), day=then.day)
    return _say(words, "line", "dated", time=text, date=date)


def _say(words: Words, group: str, key: str, /, **values: object) -> str:
    return words.gettext(TEXTS[group][key], **values)


def alert_text(fields: Mapping[str, Any], standing: Standing, lang: str, now: int, locality: Locality) -> Rendered:
    """Return what an alert says at `now` (Unix seconds) in a language.

    `fields` are those of the chain's head, a confirmed or checked alert as `protocol.alert.read_alert` gives it.
    Raises KeyError for a language without a catalogue and for words that are not in the vocabulary.
    """
    words = translator(lang)
    telling = _Telling(fields, standing, words, locality, now)
    stands = telling.stands
    until, free = telling.until(False), fields["free"].get(lang, "")
    parts = {
        "drill": telling.say("mode", "exercise") if fields["mode"] == "exercise" else "",
        "audience": telling.say("mode", "responders") if fields["audience"] == "responders" else "",
        "word": telling.say("word", standing.word),
        "title": telling.say("title", fields["template"]),
        "what": telling.what(),
        "why": telling.why(),
        "details": telling.details() if stands else "",
        "free": telling.say("line", "free", words=telling.own(free)) if free and stands else "",
        "where": telling.say("line", "where", zone=telling.own(_zone(fields, locality))),
        "when": telling.near(telling.when(False), "ago", now - telling.at),
        "until": telling.near(until, "left", fields["expires"] - now) if stands else until,
        "how": telling.how(),
    }
    do = telling.do()
    text = _forwarded(telling, parts, do)
    return Rendered(lang=lang, direction=words.direction, state=standing.word, do=do, text=text, **parts)


def _zone(fields: Mapping[str, Any], locality: Locality) -> str:
    code: str = fields["place"]["zone"]
    return locality.zones.get(code, code)


def _forwarded(telling: _Telling, parts: Mapping[str, str], do: tuple[str, ...]) -> str:
    """Return the plain text that may be passed on: every time in it has its date, and it ends with where to check."""
    until, check = telling.until(True), telling.own(telling.locality.check)
    lines = [
        parts["drill"],
        telling.say("line", "source", word=parts["word"], network=telling.own(telling.locality.network)),
        parts["audience"],
        parts["how"] if telling.stands else "",
        parts["why"],
        parts["what"],
        parts["details"],
        parts["free"],
        parts["where"],
        telling.when(True),
        *do,
        telling.say("line", "check", until=until, address=check) if check else until,
        parts["drill"],
    ]
    return "\n".join(line for line in lines if line)
