"""The privacy screen: what it finds, where, and that both languages find the same in any text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import diction
from protocol.alert import Alert, read_alert
from protocol.errors import Refused
from protocol.patterns import RULES, SAYS
from protocol.screen import fold, require_clean, require_clean_alert, screen_alert, screen_text
from tests.javascript import call
from tests.refusals import refused
from tests.story import in_javascript, plain
from tests.world import World

VECTORS: Final = json.loads((Path(__file__).parent.parent / "protocol" / "vectors" / "screen.json").read_text())[
    "vectors"
]
LISTS: Final = ("ACTIONS", "LODGING", "ALARM", "EVERYWHERE", "DRILL", "BORN", "SOCIAL", "PEOPLE", "STREETS", "UNITS")
MORE_LISTS: Final = ("COUNTED", "MONTHS", "TITLES", "LANGUAGES", "PLACE_WORDS", "AGENCIES")

# Text near what the rules look for: their own words, digits, separators, capitals, and characters of every sort.
PIECES: Final = st.sampled_from(
    "1234 Main St|calle Hidalgo|123|#4|A-123456789|408-555|@ana|.com|a@b|Officer|agente|Smith|PÉREZ|raid|hide|huyan|"
    "warn  them|home depot|ABC 123|7ABC123|born|3/4/85|4 de mayo de 1985|not a drill|"
    "also|and on|,|;|.|-|'|’|“| |  |\u00a0|"
    "\u0301|\u00ad|é|Ñ|ß|ﬁ|İ|ı|K|ſ|٣|４|🚐|電|~|\n|\t|X|y|Maria Lopez|ICE|white man|everywhere".split("|")
)
TEXTS: Final = st.lists(PIECES | st.text(max_size=3), max_size=14).map("".join)


def seen(text: str, language: str) -> list[dict[str, Any]]:
    """Return what both languages find in a text."""
    ours = [plain(hit) for hit in screen_text(text, language)]
    assert call("screen", "screenText", text, language) == ours
    return ours


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_of_the_screen_has_its_outcome(vector: dict[str, Any]) -> None:
    text = vector["text"]
    hits = seen(text, vector["language"])
    found = [[hit["rule"], hit["level"], text[hit["start"] : hit["end"]], hit["rewrite"]] for hit in hits]

    assert found == vector["hits"]


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.sampled_from(["en", "es", "vi", "zh-Hans"]))
def test_both_languages_find_the_same_in_any_text(text: str, language: str) -> None:
    hits = seen(text, language)

    assert all(0 <= hit["start"] <= hit["end"] <= len(text) for hit in hits)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_both_languages_fold_alike_into_ascii(text: str) -> None:
    folded, origin = fold(text)

    assert folded.isascii()
    assert len(folded) == len(origin)
    assert call("screen", "fold", text) == {"folded": folded, "origin": list(origin)}


def test_both_languages_fold_every_character_alike() -> None:
    points = [code for code in range(0x11000) if not 0xD800 <= code <= 0xDFFF]
    text = "".join(map(chr, points))
    folded, origin = fold(text)

    assert call("screen", "fold", text) == {"folded": folded, "origin": list(origin)}
    assert set(folded) == {chr(code) for code in range(0x20, 0x7F)}


def test_both_languages_hold_the_same_words_and_patterns() -> None:
    for name in (*LISTS, *MORE_LISTS):
        ours = json.loads(json.dumps(getattr(diction, name)))
        assert call("diction", name) == ours, name
    assert call("patterns", "RULES") == [plain(rule) for rule in RULES]
    assert call("patterns", "SAYS") == SAYS


def test_every_language_with_lists_has_all_of_them() -> None:
    for name in (*LISTS, "COUNTED", "MONTHS", "TITLES"):
        words = getattr(diction, name)
        assert sorted(words) == sorted(diction.LANGUAGES)
        assert all(words[language] for language in words), name


def test_every_rule_has_a_vector_that_it_finds() -> None:
    found = {hit[0] for vector in VECTORS for hit in vector["hits"]}

    assert found == {rule.name for rule in RULES} | {"language"}


def test_what_is_blocked_is_refused_with_the_span_and_a_mend() -> None:
    cases = [
        ("At 1234 Main St now", 'has a house number with its street ("1234 Main St")', ' Say "Main St" instead.'),
        ("Call 408-555-0134", 'has a telephone number ("408-555-0134")', " Leave it out."),
        ("Please hide", 'approach, obstruct or flee ("hide"), which strangers must not read.', "."),
    ]
    for text, says, mend in cases:
        with pytest.raises(Refused) as caught:
            require_clean(text, "en")
        with refused("privacy", says):
            raise caught.value
        assert caught.value.sentence.endswith(mend)
        with refused("privacy", caught.value.sentence):
            call("screen", "requireClean", text, "en")


def test_a_warning_refuses_nothing() -> None:
    for text in ("There is a raid", "MANY OFFICERS", "Có 3 xe ở chợ"):
        assert screen_text(text, "vi")
        require_clean(text, "vi")
        call("screen", "requireClean", text, "vi")


# --- Alerts ---------------------------------------------------------------------------------------------------------


def read(world: World, payload: bytes) -> Alert:
    """Return the alert of a payload, unsigned by anybody who matters."""
    return read_alert(world.attest(payload, "ana"))


def screened(alert: Alert) -> dict[str, list[str]]:
    """Return the rules that both languages break an alert by, by path."""
    ours = {path: plain(hits) for path, hits in screen_alert(alert).items()}
    told = {"isStop": alert.is_stop, "issued": alert.issued, "fields": dict(alert.fields)}
    assert in_javascript("screenedAlert", told) == ("taken", ours)
    blocked = any(hit["level"] == "block" for hits in ours.values() for hit in hits)
    sentence = None
    if blocked:
        with pytest.raises(Refused) as caught:
            require_clean_alert(alert)
        sentence = caught.value.sentence
    else:
        require_clean_alert(alert)
    assert in_javascript("mustBeClean", told) == (("privacy", sentence) if blocked else ("taken", None))
    return {path: [hit["rule"] for hit in hits] for path, hits in ours.items()}


def test_a_clean_alert_passes() -> None:
    world = World()

    assert screened(read(world, world.alert())) == {}


def test_every_language_of_an_alert_is_screened() -> None:
    world = World()
    alert = read(world, world.alert(free={"en": "They hide.", "es": "Hay una redada.", "vi": "Gần chợ."}))

    assert screened(alert) == {"free.en": ["action"], "free.es": ["alarm"], "free.vi": ["language"]}


@pytest.mark.parametrize(("minutes", "found"), [(60, {}), (61, {"seen": ["old"]})])
def test_what_was_seen_more_than_an_hour_ago_is_warned_of(minutes: int, found: dict[str, list[str]]) -> None:
    world = World()

    assert screened(read(world, world.alert(seen=world.now - 60 * minutes))) == found


def test_an_alert_without_expiry_rights_or_source_would_be_blocked() -> None:
    world = World()
    alert = read(world, world.alert())
    for name, rule in (("expires", "expiry"), ("rights", "rights"), ("basis", "source")):
        fields = {**alert.fields, name: [] if name == "basis" else None}
        less = Alert(**{field: getattr(alert, field) for field in alert.__slots__} | {"fields": fields})

        assert screened(less) == {name: [rule]}


def test_a_stop_has_no_free_text() -> None:
    world = World()

    assert screened(read(world, world.stop("ended", world.release()))) == {}
