"""The words of an alert: every template in every language, complete, in order, the same in Python and JavaScript."""

from __future__ import annotations

import dataclasses
import itertools
import random
import shutil
from pathlib import Path
from typing import Any, Final

import pytest

from look import words
from look.face import Face
from look.render import DO, STANDS, TEXTS, Locality, Standing, alert_text
from protocol import vocabulary
from tests import catalogues, javascript
from tests.again import again

NOW: Final = 1_790_000_000
PLACES: Final = Locality("Example network", {"east": "Eastside"}, "America/Los_Angeles", "alerts.example/c/K7MQ")
FIELDS: Final[dict[str, Any]] = {
    "kind": "confirmed",
    "mode": "actual",
    "audience": "public",
    "template": "detention",
    "place": {"zone": "east", "cell": "1,2"},
    "seen": NOW - 1500,
    "issued": NOW - 700,
    "expires": NOW + 4000,
    "basis": ["media", "observer"],
    "officers": "3-5",
    "vehicles": "2",
    "marking": "immigration",
    "free": {"en": "By the north gate.", "es": "Junto a la puerta norte."},
    "instruction": "observe-only",
    "hotline": "(408) 555-0100",
}
CONFIRMED: Final = Standing("confirmed", "signed", NOW - 700, 2, 2)
# Every way `protocol.state` lets a chain stand, with the reasons that its messages may give.
STANDINGS: Final = [
    CONFIRMED,
    Standing("checked", "signed", NOW - 700, 3, 2),
    *(Standing("under-review", "suspended", NOW - 60, 2, 2, one) for one in vocabulary.SUSPEND_REASONS),
    Standing("under-review", "forked", NOW - 60, 2, 2),
    Standing("withdrawn", "lapsed", NOW - 30, 2, 2),
    *(Standing("retracted", "signed", NOW - 30, 2, 2, one) for one in vocabulary.RETRACT_REASONS),
    *(Standing("ended", "signed", NOW - 30, 2, 2, one) for one in vocabulary.END_REASONS),
    Standing("ended", "time", NOW - 30, 2, 2),
]
TEMPLATES: Final = [(class_, one) for class_, every in vocabulary.TEMPLATES.items() for one in every]


def about(template: str, standing: Standing = CONFIRMED, **changes: Any) -> tuple[dict[str, Any], Standing]:
    """An alert of a template and how it stands: what is `confirmed` of another is `checked` of a rumour."""
    kind = "checked" if template == "rumour" else "confirmed"
    word = kind if standing.word in STANDS else standing.word
    return {**FIELDS, "template": template, "kind": kind, **changes}, dataclasses.replace(standing, word=word)


def compared(lang: str, cases: list[tuple[dict[str, Any], Standing, int, Locality]]) -> tuple[list[Any], list[Any]]:
    asked = [
        {
            "fields": fields,
            "standing": dataclasses.asdict(standing),
            "now": now,
            "locality": dataclasses.asdict(locality),
        }
        for fields, standing, now, locality in cases
    ]
    here = [dataclasses.asdict(alert_text(fields, stand, lang, now, place)) for fields, stand, now, place in cases]
    there = javascript.call("./look", "told", asked, words.catalogue_for_js(lang, words.keys_of("look/")))
    return [{**one, "do": list(one["do"])} for one in here], there


def test_the_closed_vocabulary_has_a_sentence_for_each_of_its_words() -> None:
    named = {template for _, template in TEMPLATES}

    assert set(TEXTS["title"]) == named == set(TEXTS["what"]) - {"was"}
    assert set(TEXTS["word"]) == set(vocabulary.WORDS)
    assert set(TEXTS["officers"]) == set(vocabulary.OFFICERS)
    assert set(TEXTS["vehicles"]) == set(vocabulary.VEHICLES)
    assert set(TEXTS["marking"]) == set(vocabulary.MARKINGS)
    assert set(TEXTS["basis"]) - {"and"} == set(vocabulary.BASES)
    assert {f"confirmed {one}" for one in vocabulary.INSTRUCTIONS} <= set(DO)
    assert {len(lines) for lines in DO.values()} == {3}


@pytest.mark.parametrize("lang", words.languages())
@pytest.mark.parametrize(("class_", "template"), TEMPLATES)
def test_every_template_tells_the_whole_in_every_standing(class_: str, template: str, lang: str) -> None:
    for standing in STANDINGS:
        fields, stands = about(template, standing)
        told = alert_text(fields, stands, lang, NOW, PLACES)

        parts = (told.word, told.title, told.what, told.where, told.when, told.until, told.how, *told.do)
        assert all(parts)
        assert len(told.do) == 3
        assert bool(told.why) == (stands.word not in STANDS)
        assert "{" not in told.text
        assert told.text.startswith(told.word)
        assert told.text.removesuffix("\u2069").endswith("alerts.example/c/K7MQ")
        assert "\u2066" not in told.text  # Nothing of it is left in English.


def test_a_forwarded_alert_says_source_hazard_place_time_action_and_where_to_check() -> None:
    told = alert_text(FIELDS, CONFIRMED, "en", NOW, PLACES)
    grounds = "a photo or video that was checked; a trained observer on site"

    assert told.text.split("\n") == [
        "CONFIRMED · Example network",
        f"Signed by 2 trained verifiers from 2 organizations. Based on: {grounds}.",
        "Officers are detaining someone in a public place.",
        "Officers: 3 to 5. Vehicles: 2. Markings: immigration enforcement.",
        "In the verifiers' words: “By the north gate.”",
        "Where: Eastside",
        "Seen: 6:48 am, Sep 21",
        "Keep your distance. Watch, and do not step in.",
        "Note the place, the time and how many. No names, no faces.",
        "If you see more, tell the hotline: (408) 555-0100",
        "Ends: 8:20 am, Sep 21. Check at alerts.example/c/K7MQ",
    ]
    assert (told.when, told.until) == ("Seen: 6:48 am (25 minutes ago)", "Ends: 8:20 am (66 minutes left)")


def test_what_no_longer_stands_is_not_told_as_if_it_did() -> None:
    told = alert_text(FIELDS, Standing("retracted", "signed", NOW - 30, 2, 2, "misidentified"), "es", NOW, PLACES)

    assert told.text.split("\n") == [
        "DESMENTIDO · Example network",
        "Lo que se vio era otra cosa.",
        "Lo que decía esta alerta: Detención en un lugar público.",
        "Dónde: Eastside",
        "Enviado: 7:01 a. m., 21 sep",
        "Ya no compartas esta alerta.",
        "Avisa a quienes se la enviaste que fue desmentida.",
        "Si tienes preguntas o viste algo: (408) 555-0100",
        "Desmentido: 7:12 a. m., 21 sep. Compruébalo en alerts.example/c/K7MQ",
    ]
    assert (told.details, told.free) == ("", "")


@pytest.mark.parametrize(("lang", "drill"), [("en", "DRILL"), ("es", "SIMULACRO")])
@pytest.mark.parametrize("standing", STANDINGS, ids=lambda one: f"{one.word} {one.cause} {one.reason}")
def test_an_exercise_begins_and_ends_with_the_word_for_it(lang: str, drill: str, standing: Standing) -> None:
    fields, stands = about("rumour" if standing.word == "checked" else "school", standing, mode="exercise")

    lines = alert_text(fields, stands, lang, NOW, PLACES).text.split("\n")

    assert (lines[0], lines[-1]) == (drill, drill)


def test_what_is_for_responders_says_so_and_does_not_ask_to_be_shared() -> None:
    fields, standing = about("residence", audience="responders", instruction="avoid-rumours")

    told = alert_text(fields, standing, "en", NOW, PLACES)

    assert told.text.split("\n")[1] == "For responders only. Do not pass this on."
    assert "Share" not in told.text


def test_people_who_present_themselves_as_officers_call_for_911() -> None:
    fields, standing = about("impersonation")

    assert alert_text(fields, standing, "es", NOW, PLACES).do[0] == "Si estás en peligro, llama al 911."


def test_free_words_are_shown_only_in_the_language_they_were_written_in() -> None:
    told = alert_text({**FIELDS, "free": {"es": "Junto a la puerta."}}, CONFIRMED, "en", NOW, PLACES)

    assert told.free == ""
    assert "puerta" not in told.text


def test_a_word_that_is_not_in_the_vocabulary_is_refused_in_both() -> None:
    with pytest.raises(KeyError, match="ambush"):
        alert_text({**FIELDS, "template": "ambush"}, CONFIRMED, "en", NOW, PLACES)
    ask = {"fields": {**FIELDS, "template": "ambush"}, "standing": dataclasses.asdict(CONFIRMED), "now": NOW}
    with pytest.raises(RuntimeError, match="ambush is not in the vocabulary"):
        javascript.call("./look", "told", [{**ask, "locality": {"zones": {}}}], words.catalogue_for_js("en", []))


@pytest.mark.parametrize("lang", words.languages())
def test_browsers_tell_every_template_and_standing_as_python_does(lang: str) -> None:
    cases = [(*about(template, standing), NOW, PLACES) for _, template in TEMPLATES for standing in STANDINGS]

    here, there = compared(lang, cases)

    assert there == here
    assert len({one["text"] for one in here}) > 100


@pytest.mark.parametrize("lang", ["en", "ar", "zh-Hans", *again("es", "tl", "vi", "zh-Hant")])
def test_browsers_read_the_clock_as_python_does(lang: str) -> None:
    chance = random.Random(7)
    zones = ("America/Los_Angeles", "America/New_York", "Asia/Kathmandu", "UTC", "Pacific/Auckland")
    # Both hours of a night when clocks change, midnight, noon and any time.
    moments = [1_793_520_000 - 7200 + 900 * step for step in range(24)] + [
        chance.randrange(NOW, NOW + 10**8) for _ in range(60)
    ]
    cases = []
    for zone, seen in itertools.product(zones, moments):
        fields = {**FIELDS, "seen": seen, "issued": seen + 60, "expires": seen + chance.randrange(61, 14_400)}
        now = seen + chance.randrange(-5, 20_000)
        cases.append((fields, CONFIRMED, now, dataclasses.replace(PLACES, timezone=zone)))

    here, there = compared(lang, cases)

    assert there == here


def test_browsers_choose_as_python_does_among_all_other_words() -> None:
    choices = itertools.product(
        ("actual", "exercise"),
        ("public", "responders"),
        vocabulary.INSTRUCTIONS,
        vocabulary.OFFICERS,
        vocabulary.VEHICLES,
    )
    cases = []
    for at, (mode, audience, instruction, officers, vehicles) in enumerate(choices):
        fields = {**FIELDS, "mode": mode, "audience": audience, "instruction": instruction, "officers": officers}
        fields |= {
            "vehicles": vehicles,
            "marking": vocabulary.MARKINGS[at % 5],
            "basis": list(vocabulary.BASES[: at % 5 + 1]),
        }
        fields |= {
            "free": {} if at % 2 else FIELDS["free"],
            "place": {"zone": "west" if at % 3 else "east", "cell": "0,0"},
        }
        cases.append((fields, CONFIRMED, NOW, dataclasses.replace(PLACES, check="" if at % 7 == 0 else PLACES.check)))

    here, there = compared("es", cases)

    assert there == here


def test_numbers_and_addresses_keep_their_direction_where_text_is_read_from_the_right(tmp_path: Path) -> None:
    shutil.copy(words.FOLDER / words.TEMPLATE, tmp_path)
    with catalogues.elsewhere(tmp_path):
        catalogues.write(tmp_path, "ar", *catalogues.ARABIC)
        here, there = compared("ar", [(FIELDS, CONFIRMED, NOW, PLACES)])

    assert there == here
    assert "\u2068(408) 555-0100\u2069" in here[0]["do"][2]
    assert here[0]["text"].endswith("\u2068alerts.example/c/K7MQ\u2069\u2069")  # Inside a sentence not yet translated.
    assert "many 25" in here[0]["when"]


def test_a_networks_face_says_what_it_and_its_zones_are_called() -> None:
    face = Face(
        name={"en": "Example network", "es": "Red de ejemplo"},
        hotline="911",
        languages=("en", "es"),
        timezone="UTC",
        demo=True,
        addresses={},
        zones=({"id": "east", "name": {"en": "Eastside"}, "outline": []},),
        rights=(),
    )

    assert Locality.of(face, "es", "a.example") == Locality("Red de ejemplo", {"east": "Eastside"}, "UTC", "a.example")
