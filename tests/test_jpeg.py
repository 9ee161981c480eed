"""Photos, byte by byte: the picture stays, whatever else there was is gone, and both languages say the same."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import limits
from protocol.errors import Refused
from protocol.jpeg import Jpeg, read_jpeg, require_bare
from tests import javascript, vectors
from tests.pictures import MARK, exif, jpeg, photographed, segment, told_apart
from tests.refusals import refused

quick = settings(max_examples=60, deadline=None)


def outcome(act: Any, *asked: Any) -> Any:
    """Return what a walk found, or its refusal to the sentence."""
    try:
        found = act(*asked)
    except Refused as refusal:
        return refusal.kind, refusal.sentence
    return [found.width, found.height, found.turn, found.bare] if isinstance(found, Jpeg) else list(found.values())


def agreed(data: bytes) -> Any:
    """Return what both languages find in the same bytes."""
    mine = outcome(read_jpeg, data)
    assert outcome(javascript.call, "jpeg", "readJpeg", data) == mine
    assert outcome(javascript.call, "jpeg", "requireBare", data) == outcome(require_bare, data)
    return mine


def test_nothing_is_left_of_a_phones_photo_but_its_picture_and_its_turn() -> None:
    found = read_jpeg(photographed(6))

    assert (found.width, found.height, found.turn) == (24, 32, 6)
    assert found.bare == jpeg()
    assert MARK in photographed(6)
    assert require_bare(found.bare).turn == 1


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize(("written", "turn"), [(1, 1), (3, 3), (8, 8), (0, 1), (9, 1), (65_535, 1)])
def test_the_turn_is_read_in_both_orders_of_bytes(order: str, written: int, turn: int) -> None:
    assert agreed(photographed(written, order=order))[2] == turn


EXTRAS = {
    **{f"APP{number}": jpeg(before=segment(0xE0 + number, MARK)) for number in range(16)},
    "a comment": jpeg(before=segment(0xFE, MARK)),
    "a film": jpeg(after=MARK),
    "one byte": jpeg(after=b"\0"),
    "a fill byte": jpeg(before=b"\xff"),
}


@pytest.mark.parametrize("name", EXTRAS)
def test_an_opener_refuses_a_photo_with(name: str) -> None:
    with refused("photo"):
        require_bare(EXTRAS[name])
    assert agreed(EXTRAS[name])[3] == jpeg()


def changed(old: bytes, new: bytes) -> bytes:
    """Return the picture with the first of some bytes exchanged."""
    assert old in jpeg()
    return jpeg().replace(old, new, 1)


BROKEN = {
    "nothing": b"",
    "a PNG named jpg": b"\x89PNG\r\n\x1a\n" + bytes(99),
    "cut off in its scan": jpeg()[:-2],
    "cut off in a segment": jpeg()[:30],
    "no scan": b"\xff\xd8\xff\xd9",
    "no frame": changed(b"\xff\xc0\0\x0b", b"\xff\xe0\0\x0b"),
    "a table that hides words": jpeg(before=segment(0xDB, bytes(65) + MARK)),
    "a Huffman table that hides words": jpeg(before=segment(0xC4, bytes(17) + MARK)),
    "a restart interval that hides words": jpeg(before=segment(0xDD, bytes(2) + MARK)),
    "a frame that hides words": changed(b"\xff\xc0\0\x0b", b"\xff\xc0\0\x0c"),
    "a length of one": jpeg(before=b"\xff\xe1\0\1"),
    "words between segments": jpeg(before=MARK),
    "no height": changed(b"\x08\0\x20", b"\x08\0\0"),
    "more pixels than a desk can show": changed(b"\x08\0\x20\0\x18", b"\x08\xff\xff\xff\xff"),
    "an arithmetic coder": changed(b"\xff\xc0", b"\xff\xc9"),
    "twelve bits": changed(b"\xff\xc0\0\x0b\x08", b"\xff\xc0\0\x0b\x0c"),
    "RGB by Adobe's mark": jpeg(before=segment(0xEE, b"Adobe" + bytes(7))).replace(
        b"\xff\xc0\0\x0b\x08\0\x20\0\x18\1\1\x11\0", segment(0xC0, b"\x08\0\x20\0\x18\3" + b"\1\x11\0" * 3)
    ),
    "a thousand scans": jpeg()[:-2] + segment(0xDA, bytes([1, 1, 0, 0, 63, 0])) * 1000 + b"\xff\xd9",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_photo_is_refused(name: str) -> None:
    kind, _ = agreed(BROKEN[name])
    assert kind == "photo"


@pytest.mark.parametrize("run", [b"\xff" * 20_000 + b"\0", b"\xff\0" * 20_000, b"\xff" * 20_000])
def test_a_run_of_one_byte_in_a_scan_takes_no_longer_than_a_picture_of_its_length(run: bytes) -> None:
    whole = jpeg()[:-2] + run + b"\xff\xd9"
    began = time.process_time()
    read_jpeg(whole)

    assert time.process_time() - began < 1
    agreed(whole)
    assert agreed(whole[:-2])[0] == "photo"


@quick
@given(st.data())
def test_whatever_comes_both_languages_agree_and_what_comes_out_is_bare(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([photographed(6), photographed(3, order=">"), jpeg(before=exif(8))]))
    body = bytearray(whole)
    for _ in range(data.draw(st.integers(0, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        body[place] = data.draw(st.sampled_from([0, 1, 0xFF, 0xD8, 0xD9, 0xDA, 0xE1, 0x7F]))
    body = body[: data.draw(st.sampled_from([len(body), len(body) // 2, len(body) - 1]))]
    found = agreed(bytes(body))

    if found[0] != "photo":
        assert require_bare(found[3]).bare == found[3]
        assert 0 < found[0] * found[1] <= limits.MAX_PIXELS


def photos() -> Iterator[Path]:
    yield from sorted(vectors.folder("photos").rglob("*.*"))


def test_of_every_public_photo_the_picture_alone_is_left() -> None:
    """They show real places: only their lengths are ever printed."""
    cleaned, turns = 0, set[int]()
    for path in photos():
        data = path.read_bytes()
        found = agreed(data)
        if found[0] == "photo":
            continue
        pieces = told_apart(data)
        # A thumbnail is coded by the same tables as its picture; they have been looked at, and tell of nobody.
        scans = found[3][found[3].index(b"\xff\xda") :]
        assert not [one for one in pieces if one in scans], path.name
        assert b"Exif" not in found[3]
        assert b"http" not in found[3]
        assert require_bare(found[3]).bare == found[3]
        cleaned, turns = cleaned + 1, turns | {found[2]}

    assert cleaned >= 10
    assert len(turns) >= 3
