"""The sealed part of an event: the words, codes and drafts that only the desk reads.  SPEC 9.5.

    0    u32 big-endian length of the JSON
    4    canonical JSON, zeros to the next multiple of 4,096, so that a length tells little

These bytes are sealed as an age file to the members of the desk's current recipient set; the event carries the SHA-256
of that file.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from protocol import limits
from protocol.alert import AUDIENCE
from protocol.encoding import canonical, fingerprint, parse, unb64
from protocol.errors import Refused
from protocol.event import NAMES, Event
from protocol.evidence import BASIS, CLASSES
from protocol.moves import OUTCOMES, URGENCIES
from protocol.question import ENDINGS
from protocol.shape import (
    ID,
    SHA256,
    Shape,
    base64,
    boolean,
    exactly,
    hexadecimal,
    integer,
    list_of,
    mapping,
    one_of,
    record,
    refuse,
    sorted_set_of,
    typed,
)
from protocol.stanza import FILE_KEY
from protocol.vocabulary import RETRACT_REASONS, SUSPEND_REASONS

STEP: Final = 4096
MAX_PART: Final = 2 << 20  # A detail sealed to 256 organisations takes 400 kB, a third more in base64.
MAX_WORDS: Final = 500
MAX_DETAIL: Final = 1 << 20
MAX_ASKED: Final = 16  # Threads of one case that are asked, or told, at once.
MAX_LENT: Final = 8  # Lent verifiers whom one share reaches besides the set: more than a neighbour lends at a time.
MAX_SHARED: Final = 4096  # Keys of each sort in one share: 800 kB, and more than any case has.

WAYS: Final = ("field", "media", "official", "question")  # How a check is made.
LACKING: Final = (*BASIS, "freshness", "lead", "other", "place", "privacy", "wording")  # What a refusal misses.

_WORDS: Final = typed(MAX_WORDS)
# Admiralty: who says it (F: can't be judged, which an anonymous source stays) and what they say, scored apart.
GRADE: Final = record({"source": one_of("A", "B", "C", "D", "E", "F"), "information": integer(1, 6)})


def _payload(value: Any, path: str) -> None:
    if not isinstance(value, str) or not 1 <= len(value) <= limits.MAX_ALERT:
        raise refuse(path, "an alert's payload as text", value)


def _detail(value: Any, path: str) -> None:
    if not isinstance(value, str) or not 1 <= len(unb64(value)) <= MAX_DETAIL:
        raise refuse(path, f"a file of 1 to {MAX_DETAIL} bytes in base64", value)


_DRAFT: Final[dict[str, Shape]] = {
    "alert": _payload,
    "class": one_of(*CLASSES),
    "audience": AUDIENCE,
    "signature": record({"keyid": ID, "sig": base64(64)}),
    "grade": GRADE,
}
_DETAIL: Final[dict[str, Shape]] = {"detail": _detail}
# What went into the drop, by the names of thread, question and cell: every desk then knows its own cells.
_CELLS: Final = list_of(record({"thread": SHA256, "question": SHA256, "cell": SHA256}), MAX_ASKED, 1)

_ASKED: Final = record({"words": typed(limits.MAX_QUESTION), "cells": _CELLS})
_ENDED: Final = record({"ending": one_of(*ENDINGS), "cells": _CELLS})
_FILE_KEY: Final = base64(FILE_KEY)

# By move: the fields it needs, and those it may have; `words` and `set`, what it is sealed to, may always come along.
_FIELDS: Final[dict[str, tuple[dict[str, Shape], dict[str, Shape]]]] = {
    "attest": ({"conflict": exactly("none"), "privacy": exactly(True), "grade": GRADE}, {}),
    "check": ({"ways": sorted_set_of(one_of(*WAYS), len(WAYS), 1)}, {"asked": _ASKED}),
    "close": ({"outcome": one_of(*OUTCOMES)}, {"told": _ENDED}),
    "finding": (
        {"basis": one_of(*BASIS), "says": one_of("for", "against", "over"), "words": _WORDS},
        {"grade": GRADE, "site": boolean, "answer": SHA256},
    ),
    "hold": ({"words": _WORDS}, {}),
    "link": ({"duplicate": one_of("found", "suggested")}, {}),
    "merge": ({}, {}),
    "open": ({"duplicate": one_of("none-suggested", "refused")}, {}),
    "over": ({}, {}),
    "propose": (_DRAFT, _DETAIL),
    "refuse": ({"missing": sorted_set_of(one_of(*LACKING), len(LACKING), 1), "words": _WORDS}, {}),
    "released": ({"message": SHA256}, {}),
    "restore": (_DRAFT, _DETAIL),
    "resume": ({}, {}),
    "retract": ({"reason": one_of(*RETRACT_REASONS)}, {"alert": _payload, "signature": _DRAFT["signature"]}),
    "share": (
        {
            "tips": mapping(hexadecimal(16), _FILE_KEY, MAX_SHARED),  # By the envelope's id.
            "parts": mapping(SHA256, _FILE_KEY, MAX_SHARED),  # By the name of the event whose part it opens.
        },
        {"lent": sorted_set_of(ID, MAX_LENT, 1)},
    ),
    "suspend": ({"reason": one_of(*SUSPEND_REASONS)}, {}),
    "triage": ({"urgency": one_of(*URGENCIES)}, {}),
    "update": (_DRAFT, _DETAIL),
}
_EVERY: Final[dict[str, Shape]] = {"v": exactly(1), "minute": integer(15_000 * 1440, 60_001 * 1440)}
PARTS: Final[dict[str, Shape]] = {
    move: record({**_EVERY, "move": exactly(move), **needed}, {"words": _WORDS, "set": SHA256, **optional})
    for move, (needed, optional) in _FIELDS.items()
}


def encode_part(value: Mapping[str, Any]) -> bytes:
    """Return the bytes to be sealed of a part `{v, minute, move, ...}`; `minute` is the Unix time divided by 60.

    Raises Refused: shape, too_large.
    """
    _check(dict(value))
    text = canonical(value)
    size = -(-(4 + len(text)) // STEP) * STEP
    if size > MAX_PART:
        raise Refused("too_large", f"The part takes {size} bytes; at most {MAX_PART} are taken.")
    return (len(text).to_bytes(4, "big") + text).ljust(size, b"\0")


def decode_part(data: bytes) -> dict[str, Any]:
    """Return the part that opened bytes hold.

    Raises Refused: tip_layout (size, length), tip_padding, and as `parse` and the shape.
    """
    length = int.from_bytes(data[:4], "big")
    if not 0 < len(data) <= MAX_PART or len(data) != -(-(4 + length) // STEP) * STEP:
        raise Refused(
            "tip_layout", f"A part of {length} bytes fills the next multiple of {STEP}; this has {len(data)} bytes."
        )
    value = parse(data[4 : 4 + length], MAX_PART)
    _check(value)
    if any(data[4 + length :]):
        raise Refused("tip_padding", "What follows the part must be zeros.")
    return dict(value)


def read_part(data: bytes, event: Event) -> dict[str, Any]:
    """Return the part of an event.  Raises as `decode_part`, and Refused("move") for another move's or day's part."""
    value = decode_part(data)
    if value["move"] != event.move or value["minute"] // 1440 != event.day:
        raise Refused(
            "move",
            f"The event is {event.move} on day {event.day}; its sealed part is {value['move']} on day "
            f"{value['minute'] // 1440}.",
        )
    return value


def require_digest(sealed: bytes, event: Event) -> None:
    """Raise Refused("digest") unless `sealed` is the age file that the event names."""
    found = fingerprint(sealed)
    if found != event.digest:
        raise Refused("digest", f"The event names the sealed part {event.digest[:16]}; this is {found[:16]}.")


def _check(value: Any) -> None:
    move = value.get("move") if isinstance(value, dict) else None
    one_of(*NAMES)(move, "part.move")
    PARTS[move if isinstance(move, str) else ""](value, "part")
    if value.get("site") and value["basis"] != "D3":
        raise Refused("shape", f"Only a D3 is from the site's own contact; this finding is {value['basis']}.")
    if "answer" in value and value["basis"] != "D4":
        raise Refused("shape", f"Only a D4 rests on the source's answer; this finding is {value['basis']}.")
    if "asked" in value and "question" not in value["ways"]:
        raise Refused("shape", "What was asked comes with the way question, and with no other.")
    if value["move"] == "share" and not (value["tips"] or value["parts"]):
        raise Refused("shape", "A share gives the key of a tip or of a part; this one gives none.")
    if ("alert" in value) != ("signature" in value):
        raise Refused("shape", "A draft and its first signature come together or not at all.")
    if "alert" in value:
        _check_draft(value)


def _check_draft(value: Mapping[str, Any]) -> None:
    """Refuse a draft whose labels are not what its bytes say: people judge by the labels and sign the bytes."""
    alert = parse(value["alert"].encode("utf-8"), limits.MAX_ALERT)
    for name in ("class", "audience"):
        said = alert.get(name) if isinstance(alert, dict) else None
        if name in value and said != value[name]:
            raise Refused("shape", f"The part says {name} {value[name]}; the alert in it says {said or 'nothing'}.")
