"""Alerts: what one message may say by itself, field by field."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from protocol.alert import read_alert
from protocol.encoding import b64, canonical
from protocol.errors import Refused
from protocol.limits import LAPSE, MINUTE
from protocol.signed import Signature, Signed
from protocol.vocabulary import TEMPLATES
from tests.refusals import refused
from tests.world import Message, World

WORLD = World()  # Stories here only read what bytes say; none changes it.
NOW = WORLD.now


def read(payload: bytes, noun: str = "alert") -> Any:
    """Read a payload as an alert; who signed it is not asked here."""
    return read_alert(Signed(noun, payload, (Signature("qpzry9x8", bytes(64)),)))


def target() -> Message:
    """Return a release that stops can answer."""
    return WORLD.release()


# --- Fields -----------------------------------------------------------------------------------------------------------


def test_an_alert_says_what_its_bytes_say() -> None:
    alert = read(WORLD.alert(class_="B", template="presence", audience="responders"))

    assert (alert.kind, alert.class_, alert.audience, alert.issued) == ("confirmed", "B", "responders", NOW)
    assert alert.fields["free"]["es"] == "Cerca del mercado."
    assert not alert.is_stop


OUT_OF_BOUNDS: Final[tuple[dict[str, Any], ...]] = (
    {"v": 2},
    {"v": True},
    {"network": "A" * 64},
    {"mode": "drill"},
    {"id": "0" * 30},
    {"revision": 0},
    {"revision": 10_001},
    {"audience": "everyone"},
    {"issued": NOW * 1000},
    {"issued": 0},
    {"roster": ""},
    {"salt": b64(bytes(15))},
    {"salt": b64(bytes(16)).rstrip("=")},
    {"kind": "unverified"},
    {"kind": "withdrawn"},
    {"kind": ["confirmed"]},
    {"class": "F"},
    {"template": "raid"},
    {"place": {"zone": "north-1", "cell": "37.33,-121.89"}},
    {"place": {"zone": "north-1", "cell": "3,4", "street": "Fifth"}},
    {"place": {"zone": "North 1", "cell": "3,4"}},
    {"basis": []},
    {"basis": ["observer", "media"]},
    {"basis": ["media", "media"]},
    {"basis": ["rumour"]},
    {"officers": "4"},
    {"vehicles": "8ABC123"},
    {"marking": "badge 1234"},
    {"free": {"english": "x"}},
    {"free": {"en": ""}},
    {"free": {"en": "x" * 141}},
    {"instruction": "confront"},
    {"rights": "../kyr"},
    {"hotline": "call us"},
    {"supersedes": ["a" * 64, "a" * 64], "revision": 2},
    {"supersedes": ["b" * 64, "a" * 64], "revision": 2},
    {"supersedes": [f"{number:064x}" for number in range(9)], "revision": 2},
    {"detail": {"sha256": "a" * 64, "len": 0}},
    {"detail": {"sha256": "a" * 64}},
    {"photo": "x"},
    {"override": True},
    {"lapses": NOW + LAPSE},
    {"reason": "doubt"},
)


@pytest.mark.parametrize("change", OUT_OF_BOUNDS, ids=lambda change: json.dumps(change)[:40])
def test_a_field_that_is_unknown_or_out_of_its_bounds_is_refused(change: dict[str, Any]) -> None:
    with refused("shape"):
        read(WORLD.alert(**change))


@pytest.mark.parametrize("name", sorted(json.loads(WORLD.alert())))
def test_a_missing_field_is_refused(name: str) -> None:
    with refused("shape"):
        read(canonical({key: one for key, one in json.loads(WORLD.alert()).items() if key != name}))


@pytest.mark.parametrize("kind", ["suspended", "retracted", "ended"])
def test_a_stop_has_its_own_fields_and_no_others(kind: str) -> None:
    payload = WORLD.stop(kind, target())
    value = json.loads(payload)

    assert read(payload).is_stop
    for name in value:
        with refused("shape"):
            read(canonical({key: one for key, one in value.items() if key != name}))
    for extra in ({"free": {"en": "It is safe."}}, {"expires": NOW}, {"class": "A"}, {"reason": "because"}):
        with refused("shape"):
            read(canonical({**value, **extra}))
    with refused("shape"):
        read(WORLD.stop(kind, target(), supersedes=[]))


def test_reasons_belong_to_their_kinds() -> None:
    for kind, reason in (("ended", "doubt"), ("retracted", "gone"), ("suspended", "fabricated"), ("ended", "safe")):
        with refused("shape", "reason"):
            read(WORLD.stop(kind, target(), reason=reason))


def test_another_signed_object_is_no_alert() -> None:
    with refused("payload_type"):
        read(WORLD.alert(), noun="event")


# --- Bytes ------------------------------------------------------------------------------------------------------------


def test_one_alert_has_one_spelling() -> None:
    plain = WORLD.alert()
    value = json.loads(plain)
    for other in (
        json.dumps(dict(reversed(value.items())), separators=(",", ":"), ensure_ascii=False).encode(),
        json.dumps(value, sort_keys=True).encode(),  # White space.
        plain.replace(b"Near", b"\\u004eear"),
        plain.replace(b'"v":1', b'"v":1.0'),
        plain.replace(b'"v":1', b'"v":1e0'),
        plain + b"\n",
        b"\xef\xbb\xbf" + plain,
        plain.replace(b'"class":"A"', b'"class":"D","class":"A"'),
        plain.replace(b'"class":"A"', b'"class":"A","class":"A"'),
    ):
        assert other != plain
        with pytest.raises(Refused) as caught:
            read(other)
        assert caught.value.kind in ("not_canonical", "not_json")


def test_an_alert_over_64_kib_is_refused_before_it_is_read() -> None:
    with refused("too_large"):
        read(b" " * (64 * 1024 + 1))


UNSEEN = "\x00\x07\t\n\r\x1b\x7f\x85\xad\u034f\u061c\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202e\u2060\u2066"
UNSEEN += "\u2069\ufeff\ufe0f\ufff9\ue000\U000e0041\U000e0100\U0001d173\u115f\u3164"


@pytest.mark.parametrize("char", UNSEEN, ids=lambda char: f"U+{ord(char):04X}")
def test_no_unseen_character_is_displayed(char: str) -> None:
    with refused("text", f"U+{ord(char):04X}"):
        read(WORLD.alert(free={"en": f"At the{char}market."}))


@pytest.mark.parametrize("text", ["Cerca del río", "附近的市场。", "Gần chợ", "قرب السوق", "café 🏪", "x" * 140])
def test_words_of_every_language_are_displayed(text: str) -> None:
    assert read(WORLD.alert(free={"en": text})).fields["free"]["en"] == text


def test_half_a_surrogate_pair_is_refused() -> None:
    with pytest.raises(Refused):
        read(WORLD.alert().replace(b"Near", b"\\ud800"))


@given(st.binary(max_size=200))
@example(b"{}")
@example(b"[]")
@example(b'{"kind":{}}')
@example(b"[" * 200)
def test_random_bytes_are_refused_and_never_crash(noise: bytes) -> None:
    with pytest.raises(Refused):
        read(noise)


# --- Times ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"first": NOW - 1},
        {"first": NOW + 1},
        {"seen": NOW + 1},
        {"expires": NOW},
        {"expires": NOW - 1},
        {"expires": NOW + 240 * MINUTE + 1},
        {"revision": 2, "supersedes": ["a" * 64], "first": NOW + 1},
        {"revision": 2, "supersedes": ["a" * 64], "first": NOW - 120 * MINUTE, "expires": NOW + 120 * MINUTE + 1},
    ],
    ids=str,
)
def test_times_that_contradict_each_other_are_refused(change: dict[str, Any]) -> None:
    with refused("alert_times"):
        read(WORLD.alert(**change))


@pytest.mark.parametrize(
    "change",
    [
        {"seen": NOW},
        {"expires": NOW + 1},
        {"expires": NOW + 240 * MINUTE},
        {"revision": 2, "supersedes": ["a" * 64], "first": NOW - 120 * MINUTE, "expires": NOW + 120 * MINUTE},
        {"revision": 2, "supersedes": ["a" * 64], "first": NOW - 239 * MINUTE, "expires": NOW + MINUTE},
    ],
    ids=str,
)
def test_times_at_their_bounds_are_taken(change: dict[str, Any]) -> None:
    assert read(WORLD.alert(**change)).issued == NOW


@pytest.mark.parametrize("off", [-LAPSE, -1, 1, 3600])
def test_a_suspension_lapses_ten_minutes_after_its_issue(off: int) -> None:
    assert read(WORLD.stop("suspended", target())).lapses == NOW + 10 * MINUTE
    with refused("alert_times", "neither sooner nor later"):
        read(WORLD.stop("suspended", target(), lapses=NOW + LAPSE + off))


# --- Revisions and classes --------------------------------------------------------------------------------------------


def test_the_first_revision_supersedes_nothing_and_every_other_something() -> None:
    with refused("alert_chain"):
        read(WORLD.alert(supersedes=["a" * 64]))
    with refused("alert_chain"):
        read(WORLD.alert(revision=2))


def test_a_stop_is_never_the_first_message() -> None:
    with refused("alert_chain", "at least 2"):
        read(WORLD.stop("ended", target(), revision=1))


@pytest.mark.parametrize("class_", [one for one in TEMPLATES if one not in "DR"])
def test_every_class_has_its_own_templates(class_: str) -> None:
    for other, templates in TEMPLATES.items():
        for template in templates:
            if other == class_:
                assert read(WORLD.alert(class_=class_, template=template)).class_ == class_
            else:
                with refused("alert_vocabulary"):
                    read(WORLD.alert(class_=class_, template=template))


def test_a_private_residence_is_never_public() -> None:
    with refused("alert_class", "never public"):
        read(WORLD.alert(class_="D", template="residence"))
    assert read(WORLD.alert(class_="D", template="residence", audience="responders")).class_ == "D"


def test_only_a_rumour_is_checked_and_a_rumour_is_never_confirmed() -> None:
    assert read(WORLD.rumour(expires=NOW + 240 * MINUTE)).kind == "checked"
    with refused("alert_class", "Class R"):
        read(WORLD.rumour(kind="confirmed"))
    with refused("alert_class", "Class R"):
        read(WORLD.alert(kind="checked"))


def test_a_rumour_is_told_as_checked_once() -> None:
    with refused("alert_chain", "told as checked once"):
        read(WORLD.rumour(revision=2, supersedes=["a" * 64]))
