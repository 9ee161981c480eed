"""The privacy screen's rules: each a pattern over folded text.  SPEC 11.1.

A pattern is one that Python (re.ASCII) and JavaScript (no flag) read alike: no look-behind, no group by name, no class
that a Unicode library would widen.  Both languages hold the same strings, and a test compares them.

Pure: constants only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from protocol.diction import (
    ACTIONS,
    AGENCIES,
    ALARM,
    BORN,
    COUNTED,
    DRILL,
    EVERYWHERE,
    LANGUAGES,
    LODGING,
    MONTHS,
    PEOPLE,
    PLACE_WORDS,
    SOCIAL,
    STREETS,
    TITLES,
    UNITS,
)

BLOCK: Final = "block"
WARN: Final = "warn"
WITHOUT_NUMBER: Final = "<without number>"
LOWER_CASE: Final = "<lower case>"


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern.  `cased`: over folded text as it was written, else in lower case.

    `rewrite` is what may stand there instead: a text ("" leaves the span out), `WITHOUT_NUMBER`, `LOWER_CASE`, or None
    where only a person can say it better.
    """

    name: str
    level: str
    pattern: str
    cased: bool = False
    rewrite: str | None = None


def _words(*lists: dict[str, tuple[str, ...]]) -> str:
    """Return the alternatives of every language's list: words may not hide behind another language's name."""
    found = [entry for one in lists for language in LANGUAGES for entry in one[language]]
    return "(?:" + "|".join(found).replace(" ", " +") + ")"


def _any_case(words: str) -> str:
    return "".join(f"[{char.upper()}{char}]" if char.isascii() and char.isalpha() else char for char in words)


_STREET: Final = _words(STREETS)
_NAMED: Final = rf"(?:(?!{_words(COUNTED)}\b)[a-z0-9'.-]+ +)"
_SPANISH: Final = "(?:" + "|".join(STREETS["es"]) + ")"
_TITLE: Final = "(?:" + "|".join(_any_case(word) for language in LANGUAGES for word in TITLES[language]) + ")"
_YEAR: Final = "(?:19|20)[0-9]{2}"
_MONTH: Final = _words(MONTHS)

RULES: Final = (
    Rule("phone", BLOCK, r"[+(]{0,2}[0-9](?:[ ().-]{0,3}[0-9]){6,14}", rewrite=""),
    Rule("mail", BLOCK, r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+", rewrite=""),
    Rule(
        "link",
        BLOCK,
        r"\b(?:https?|ftp|geo|tel|sms|mailto):[^ ]+|\bwww\.[^ ]+|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\."
        r"(?:com|org|net|info|gov|edu|us|io|me|co|app|link|gg|ly|tv|mx|xyz|biz|site|online|live|chat|gl)\b(?:/[^ ]*)?",
        rewrite="",
    ),
    Rule("address", BLOCK, rf"\b[0-9]{{1,6}}[a-z]? +{_NAMED}{{0,3}}{_STREET}\b", rewrite=WITHOUT_NUMBER),
    Rule(
        "address",
        BLOCK,
        rf"\b{_SPANISH}\.? +{_NAMED}{{1,4}}(?:#|no\.? *|num\.? *|numero +)?[0-9]{{1,6}}[a-z]?\b"
        rf"(?! *{_words(COUNTED)}\b)",
        rewrite=WITHOUT_NUMBER,
    ),
    Rule(
        "unit", BLOCK, rf"\b{_words(UNITS)}\.? *(?:#|no\.? *|num\.? *)?[0-9]{{1,5}}[a-z]?\b|# ?[0-9]{{1,5}}", rewrite=""
    ),
    Rule(
        "a_number", BLOCK, r"\ba[- #]{0,2}[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{1,3}\b|\balien +(?:number|no\b|#)", rewrite=""
    ),
    Rule("ssn", BLOCK, rf"\b[0-9]{{3}}[- ][0-9]{{2}}[- ][0-9]{{4}}\b|\b{_words(SOCIAL)}\b", rewrite=""),
    Rule(
        "birth",
        BLOCK,
        rf"\b{_words(BORN)}\b|\b[0-9]{{1,2}}[/.-][0-9]{{1,2}}[/.-](?:[0-9]{{4}}|[0-9]{{2}})\b"
        rf"|\b{_YEAR}[/.-][0-9]{{1,2}}[/.-][0-9]{{1,2}}\b|\b{_MONTH}\.? +[0-9]{{1,2}}(?:st|nd|rd|th)?,? +{_YEAR}\b"
        rf"|\b[0-9]{{1,2}} +(?:de +)?{_MONTH},? +(?:del? +)?{_YEAR}\b",
        rewrite="",
    ),
    Rule(
        "plate",
        BLOCK,
        r"\b(?!(?:[0-9]{1,4}(?:am|pm|st|nd|rd|th|mins?|hrs?|ft|km|mph)|[0-9]{1,2}h[0-9]{2}"
        r"|(?:i|us|ca|sr|hwy|rt|rte|route|exit|gate|pier|line|bus)[0-9]{1,3})\b)"
        r"(?=(?:[a-z]*[0-9]){2})(?=[0-9]*[a-z])[a-z0-9]{5,8}\b",
        rewrite="",
    ),
    Rule(
        "plate",
        BLOCK,
        r"\b(?!(?:HWY|US|SR|RT|RTE|CA|BUS|ICE|CBP|HSI|DHS|ERO)\b)[A-Z]{2,3}[ -][0-9]{3,4}\b"
        r"|\b[0-9]{3,4}[ -](?!(?:AM|PM|ICE|CBP|HSI|DHS|ERO|SUV|ST|AVE|RD|DR)\b)[A-Z]{2,3}\b",
        cased=True,
        rewrite="",
    ),
    Rule(
        "officer",
        BLOCK,
        rf"\b{_TITLE}(?: *[#:] *| +(?:[Nn]o\.? *|[Nn]umber +|[Nn]umero +)?#?)"
        rf"(?:(?!(?:{AGENCIES})\b)[A-Z](?:[A-Za-z'-]+|\.)|[0-9]{{2,}})",
        cased=True,
    ),
    Rule("handle", BLOCK, r"\B@[a-z0-9_]{2,}", rewrite=""),
    Rule(
        "attachment",
        BLOCK,
        r"\bdata:[a-z]+/[^ ]*|\b[a-z0-9_-]+\.(?:jpe?g|png|gif|webp|heic|mp4|mov|avi|pdf|docx?)\b",
        rewrite="",
    ),
    Rule("action", BLOCK, rf"\b{_words(ACTIONS)}\b"),
    Rule("lodging", BLOCK, rf"\b{_words(LODGING)}\b"),
    Rule("drill", BLOCK, rf"\b{_words(DRILL)}\b"),
    Rule(
        "name",
        WARN,
        rf"\b(?!(?:{PLACE_WORDS})\b)[A-Z][a-z]+(?: +[A-Z]\.?)? +(?!(?:{PLACE_WORDS})\b)[A-Z][a-z]+\b",
        cased=True,
    ),
    Rule("people", WARN, rf"\b{_words(PEOPLE)}\b", rewrite=""),
    Rule("alarm", WARN, rf"\b{_words({'en': ALARM['en'], 'es': ()})}\b", rewrite="activity"),
    Rule("alarm", WARN, rf"\b{_words({'en': (), 'es': ALARM['es']})}\b", rewrite="actividad"),
    Rule("everywhere", WARN, rf"\b{_words(EVERYWHERE)}\b", rewrite=""),
    Rule("capitals", WARN, r"^(?=(?:[^A-Z]*[A-Z]){8})[^a-z]+$", cased=True, rewrite=LOWER_CASE),
    Rule(
        "places",
        WARN,
        rf"\b{_STREET}\b.*?(?:[,;]|\b(?:also|another|and (?:at|on|near)|plus|tambien|y en|otr[oa])\b).*?\b{_STREET}\b",
    ),
)

# What a rule keeps from strangers, for the sentence of a refusal.
SAYS: Final[dict[str, str]] = {
    "phone": "a telephone number",
    "mail": "a mail address",
    "link": "a web address",
    "address": "a house number with its street",
    "unit": "a flat or room number",
    "a_number": "an A-number",
    "ssn": "a social security number",
    "birth": "a date of birth or an age",
    "plate": "what looks like a number plate",
    "officer": "an officer's name or badge number",
    "handle": "an account's name",
    "attachment": "an attachment",
    "action": "a word that would have people approach, obstruct or flee",
    "lodging": "a hotel, a home or an off-duty place",
    "drill": "a sentence that is forbidden everywhere, because drills must be told from the real thing",
    "expiry": "no expiry",
    "rights": "no know-your-rights text",
    "source": "no source line",
    "name": "what looks like a person's name",
    "people": "a word for who people are",
    "alarm": "a word that frightens more than it tells",
    "everywhere": "a word that makes one place into all",
    "capitals": "capitals only",
    "places": "more than one place",
    "old": "something seen more than 60 minutes ago",
    "language": "a language without word lists; a signer who reads it has to look twice",
}
