"""Sealed parts: what each move says to the desk, in steps of 4,096 bytes that tell no length."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.encoding import b64, canonical, fingerprint
from protocol.errors import Refused
from protocol.event import NAMES, Event
from protocol.limits import DAY, MINUTE
from protocol.part import MAX_DETAIL, MAX_SHARED, STEP, decode_part, encode_part, read_part, require_digest
from tests.refusals import refused
from tests.story import Story, agreed, in_javascript, plain
from tests.world import World
from tests.world_network import NOW

WORLD: Final = World()
GRADE: Final = {"source": "F", "information": 2}
SIGNATURE: Final = {"keyid": WORLD.id("bo"), "sig": b64(bytes(64))}
DRAFT: Final = {
    "alert": WORLD.alert().decode(),
    "class": "A",
    "audience": "public",
    "signature": SIGNATURE,
    "grade": GRADE,
}
CELLS: Final = [{"thread": "ab" * 32, "question": "cd" * 32, "cell": "ef" * 32}]
KEY: Final = b64(bytes(16))
ASKED: Final = {"words": "How do you know?", "cells": CELLS}
FULL: Final[dict[str, dict[str, Any]]] = {
    "attest": {"conflict": "none", "privacy": True, "grade": GRADE},
    "check": {"ways": ["field", "question"], "asked": ASKED},
    "close": {"outcome": "not-confirmed", "told": {"ending": "nothing-found", "cells": CELLS}},
    "finding": {"basis": "D3", "says": "for", "words": "The clerk at the door.", "grade": GRADE, "site": True},
    "hold": {"words": "Waiting for a call."},
    "link": {"duplicate": "suggested"},
    "merge": {},
    "open": {"duplicate": "none-suggested"},
    "over": {},
    "propose": {**DRAFT, "detail": b64(b"age-encryption.org/v1")},
    "refuse": {"missing": ["D1", "wording"], "words": "Somebody has to look."},
    "released": {"message": "ab" * 32},
    "restore": DRAFT,
    "resume": {},
    "retract": {"reason": "misidentified", "alert": DRAFT["alert"], "signature": SIGNATURE},
    "share": {"tips": {"0e" * 16: KEY}, "parts": {"ab" * 32: KEY}, "lent": [WORLD.id("len")]},
    "suspend": {"reason": "doubt"},
    "triage": {"urgency": "P1"},
    "update": DRAFT,
}


def part(move: str, /, **changes: Any) -> dict[str, Any]:
    """Return a full part of a move, with changes; a field that becomes None is left out."""
    value = {"v": 1, "minute": NOW // MINUTE, "move": move, **FULL[move], **changes}
    return {name: one for name, one in value.items() if one is not None}


def encoded(value: dict[str, Any]) -> bytes:
    """Return what both languages encode a part to, or raise a kind that both raise."""
    kind, theirs = in_javascript("encodedPart", value)
    if kind == "taken":
        assert encode_part(value) == theirs
        return bytes(theirs)
    with refused(kind):
        encode_part(value)
    raise Refused(kind, theirs)


def decoded(data: bytes) -> dict[str, Any]:
    """Return what both languages decode, or raise a kind that both raise."""
    kind, theirs = in_javascript("decodedPart", data)
    if kind == "taken":
        assert decode_part(data) == theirs
        return dict(theirs)
    with refused(kind):
        decode_part(data)
    raise Refused(kind, theirs)


@pytest.mark.parametrize("move", NAMES)
def test_a_part_is_read_back_as_it_was_written(move: str) -> None:
    value = part(move)
    data = encoded(value)

    assert len(data) % STEP == 0
    assert decoded(data) == value
    more = part(move, words="Because.", set="5e" * 32)
    assert decoded(encoded(more)) == more


@pytest.mark.parametrize("move", NAMES)
def test_a_part_lacks_nothing_and_has_nothing_unknown(move: str) -> None:
    optional = {
        "check": {"asked"},
        "close": {"told"},
        "propose": {"detail"},
        "finding": {"grade", "site"},
        "retract": {"alert", "signature"},
        "share": {"lent"},
    }
    for name in set(part(move)) - optional.get(move, set()):
        with refused("shape"):
            encoded(part(move, **{name: None}))
    with refused("shape", 'has the field "more"'):
        encoded(part(move, more=1))


WRONG: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("attest", {"conflict": "some"}),
    ("attest", {"privacy": False}),
    ("finding", {"basis": "D5"}),
    ("finding", {"basis": "D1"}),  # Only a D3 is from the site's own contact.
    ("finding", {"words": "x" * 501}),
    ("finding", {"grade": {"source": "G", "information": 1}}),
    ("propose", {"class": "B"}),  # The alert in it says A.
    ("propose", {"audience": "responders"}),
    ("propose", {"alert": '{"class": "A"}'}),
    ("propose", {"alert": '{"audience":"public"}'}),
    ("propose", {"detail": "AAA"}),
    ("propose", {"detail": ""}),
    ("retract", {"signature": None}),
    ("retract", {"alert": None}),
    ("refuse", {"missing": []}),
    ("refuse", {"missing": ["wording", "D1"]}),
    ("triage", {"urgency": "P4"}),
    ("close", {"outcome": "fine"}),
    ("check", {"minute": 1}),
    ("check", {"ways": ["field"]}),  # Asked, and not by the way question.
    ("check", {"asked": {**ASKED, "cells": []}}),
    ("check", {"asked": {**ASKED, "words": ""}}),
    ("close", {"told": {"ending": "arrested", "cells": CELLS}}),
    ("share", {"tips": {}, "parts": {}}),
    ("share", {"tips": {"0e" * 15: KEY}}),
    ("share", {"parts": {"ab" * 32: b64(bytes(15))}}),
    ("share", {"parts": {f"{one:064x}": KEY for one in range(MAX_SHARED + 1)}}),
    ("share", {"set": "north"}),
    ("share", {"lent": []}),
    ("share", {"lent": [WORLD.id("len")] * 2}),
    ("finding", {"answer": "ab" * 32}),  # A D3 does not rest on the source's answer.
)


@pytest.mark.parametrize(("move", "changes"), WRONG, ids=str)
def test_a_part_that_says_something_else_is_refused(move: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        encode_part(part(move, **changes))
    assert caught.value.kind in ("shape", "not_canonical")
    assert in_javascript("encodedPart", part(move, **changes))[0] == caught.value.kind


def test_a_detail_has_a_bound() -> None:
    fits = part("propose", detail=b64(bytes(MAX_DETAIL)))
    assert len(encoded(fits)) > MAX_DETAIL

    with refused("shape"):
        encoded(part("propose", detail=b64(bytes(MAX_DETAIL + 1))))


def test_parts_of_one_step_have_one_length() -> None:
    lengths = {len(encoded(part("finding", words="x" * count))) for count in (1, 100, 500)}

    assert lengths == {STEP}
    text = canonical(part("triage"))
    assert encoded(part("triage")) == len(text).to_bytes(4, "big") + text + bytes(STEP - 4 - len(text))


def test_every_departure_from_the_layout_is_refused() -> None:
    good = encoded(part("triage"))
    for data, kind in (
        (b"", "tip_layout"),
        (good[:3], "tip_layout"),
        (good[:-1], "tip_layout"),
        (good + bytes(STEP), "tip_layout"),
        (bytes(STEP), "not_json"),
        (b"\xff" * 4 + good[4:], "tip_layout"),
        (good[:-1] + b"\1", "tip_padding"),
        (good.replace(b'"P1"', b'"P4"'), "shape"),
        (good.replace(b'"urgency"', b'"urgenCy"'), "shape"),
    ):
        with refused(kind):
            decoded(data)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 400), st.integers(0, 255))
def test_a_decoder_takes_only_what_the_encoder_writes(at: int, byte: int) -> None:
    data = bytearray(encode_part(part("finding")))
    data[at % len(data)] = byte
    try:
        value = decoded(bytes(data))
    except Refused:
        return

    assert encode_part(value) == bytes(data)


def test_a_part_belongs_to_its_event_by_move_day_and_digest() -> None:
    story = Story()
    data = encoded(part("open"))
    event = story.open_event(story.sign("open", "bo", digest=fingerprint(b"sealed")))
    assert read_part(data, event) == part("open")
    assert in_javascript("partOf", data, plain(event)) == ("taken", part("open"))

    require_digest(b"sealed", event)
    assert in_javascript("mustBeSealed", b"sealed", plain(event)) == ("taken", None)
    with refused("digest"):
        require_digest(b"other", event)
    assert in_javascript("mustBeSealed", b"other", plain(event))[0] == "digest"

    for other in (part("triage"), part("open", minute=(NOW + DAY) // MINUTE)):
        assert misfit(encoded(other), event) == "move"


def misfit(data: bytes, event: Event) -> str:
    """Return the kind by which both languages refuse a part for an event."""
    with pytest.raises(Refused) as caught:
        read_part(data, event)
    assert in_javascript("partOf", data, plain(event)) == agreed(caught.value)
    return caught.value.kind
