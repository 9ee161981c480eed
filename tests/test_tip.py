"""Tips: exactly one bucket of bytes, laid out in one way only."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.encoding import b64, canonical, fingerprint
from protocol.errors import Refused
from protocol.limits import BUCKETS, CHUNK, DAY, MAX_HEADER
from protocol.tip import MAGIC, Attachment, bucket_for, day_is_off, decode_preview, decode_tip, encode_tip
from tests.refusals import refused
from tests.world import World

PHOTO = Attachment("image/jpeg", b"\xff\xd8 a photo \xff\xd9", 6)
OTHER = Attachment("image/png", b"\x89PNG another", 1)


def header(**fields: Any) -> dict[str, Any]:
    """Return a whole header but for `files`, which the encoder describes."""
    told = World().tip(**fields)
    rest = {"desk": "north", "roster": "a" * 64, "set": "b" * 64, "legal": b64(bytes(12_288))}
    return {**told, **rest, **{name: value for name, value in fields.items() if name in rest}}


def laid_out(value: dict[str, Any], body: bytes = b"", bucket: int = CHUNK) -> bytes:
    """Lay a tip out by hand, as a hostile sender would."""
    text = canonical(value)
    return ((MAGIC + len(text).to_bytes(4, "big") + text).ljust(CHUNK, b"\0") + body).ljust(bucket, b"\0")


def described(*files: Attachment, **changes: Any) -> list[dict[str, Any]]:
    """Return what a header says of attachments laid back to back; `changes` are of the last one."""
    offset, found = CHUNK, []
    for one in files:
        found.append(
            {"type": one.type, "off": offset, "len": len(one.data), "sha256": fingerprint(one.data), "turn": one.turn}
        )
        offset += len(one.data)
    found[-1].update(changes)
    return found


# --- What is told comes back ------------------------------------------------------------------------------------------


def test_a_tip_without_photos_fills_64_kib_and_comes_back() -> None:
    value = header(words="Two men in vests. 你好 ñ \u202e\x00 anything a person can type")
    plain = encode_tip(value)

    assert len(plain) == CHUNK
    assert decode_tip(plain).header == {**value, "files": []}
    assert decode_preview(plain).header["tip"]["words"] == value["tip"]["words"]


def test_photos_come_back_byte_for_byte_with_their_turn() -> None:
    plain = encode_tip(header(), [PHOTO, OTHER])

    assert len(plain) == BUCKETS[1]
    assert decode_tip(plain).files == (PHOTO, OTHER)
    assert decode_preview(plain[:CHUNK]).files == ()


@pytest.mark.parametrize("bucket", BUCKETS[1:])
@pytest.mark.parametrize("spare", [0, 1])
def test_a_photo_fills_a_bucket_to_its_last_byte_and_no_further(bucket: int, spare: int) -> None:
    photo = replace(PHOTO, data=bytes([7]) * (bucket - CHUNK - spare))
    assert len(encode_tip(header(), [photo])) == bucket

    bigger = replace(PHOTO, data=photo.data + bytes([7]) * (spare + 1))
    if bucket < BUCKETS[-1]:
        assert len(encode_tip(header(), [bigger])) == BUCKETS[BUCKETS.index(bucket) + 1]
    else:
        with refused("too_large"):
            encode_tip(header(), [bigger])


@given(st.integers(0, BUCKETS[-1]))
def test_a_bucket_is_the_smallest_that_holds_its_bytes(size: int) -> None:
    bucket = bucket_for(size)

    assert size <= bucket
    assert all(size > smaller for smaller in BUCKETS if smaller < bucket)


@given(st.lists(st.binary(min_size=1, max_size=3000), max_size=3), st.text(min_size=1, max_size=280))
def test_what_is_encoded_is_decoded(photos: list[bytes], words: str) -> None:
    files = [Attachment("image/webp", data, 1 + len(data) % 8) for data in photos]
    value = {**header(), "tip": {**header()["tip"], "words": words}}
    tip = decode_tip(encode_tip(value, files))

    assert tip.files == tuple(files)
    assert {name: one for name, one in tip.header.items() if name != "files"} == value


def test_the_day_a_tip_claims_may_be_two_off() -> None:
    now = 20_780 * DAY + 7
    for day, off in ((20_777, True), (20_778, False), (20_782, False), (20_783, True)):
        assert day_is_off(decode_tip(encode_tip(header(day=day))), now) is off


# --- Bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK + 1, 2 * CHUNK, BUCKETS[1] - 1, BUCKETS[1] + 1])
def test_a_size_that_is_no_bucket_is_refused(size: int) -> None:
    plain = encode_tip(header())
    with refused("bucket"):
        decode_tip(plain[:size].ljust(size, b"\0"))


@pytest.mark.parametrize("at", range(8))
def test_every_byte_of_the_magic_counts(at: int) -> None:
    plain = bytearray(encode_tip(header()))
    plain[at] ^= 1
    with refused("tip_magic"):
        decode_tip(bytes(plain))


def test_a_chunk_cut_short_is_no_preview() -> None:
    with refused("tip_magic"):
        decode_preview(encode_tip(header())[:-1])


@pytest.mark.parametrize("off", [-1, 1])
def test_a_header_length_that_is_off_by_one_is_refused(off: int) -> None:
    plain = bytearray(encode_tip(header()))
    plain[8:12] = (int.from_bytes(plain[8:12], "big") + off).to_bytes(4, "big")
    with refused("not_json"):
        decode_tip(bytes(plain))


@pytest.mark.parametrize("length", [MAX_HEADER + 1, CHUNK, 2**32 - 1])
def test_a_header_length_beyond_its_limit_is_refused(length: int) -> None:
    plain = bytearray(encode_tip(header()))
    plain[8:12] = length.to_bytes(4, "big")
    with refused("tip_layout"):
        decode_tip(bytes(plain))


def test_a_header_that_is_not_canonical_is_refused() -> None:
    value = {**header(), "files": []}
    for text in (
        canonical(value).replace(b'"day":', b'"day": ', 1),
        canonical(value)[:-1] + b',"v":1}',
        b'{"v":1,' + canonical(value)[1:],
    ):
        plain = (MAGIC + len(text).to_bytes(4, "big") + text).ljust(CHUNK, b"\0")
        with refused("not_canonical"):
            decode_tip(plain)


@pytest.mark.parametrize("at", [-1, -CHUNK + 13 + 20_000])
def test_what_follows_the_header_is_zeros(at: int) -> None:
    plain = bytearray(encode_tip(header()))
    plain[at] = 1
    with refused("tip_padding", "first chunk"):
        decode_tip(bytes(plain))


def test_what_follows_the_last_photo_is_zeros() -> None:
    plain = bytearray(encode_tip(header(), [PHOTO]))
    for at in (-1, CHUNK + len(PHOTO.data)):
        bad = bytearray(plain)
        bad[at] = 1
        with refused("tip_padding", "last attachment"):
            decode_tip(bytes(bad))


def test_a_photo_s_every_byte_is_under_its_hash() -> None:
    plain = encode_tip(header(), [PHOTO, OTHER])
    for at in range(CHUNK, CHUNK + len(PHOTO.data) + len(OTHER.data)):
        bad = plain[:at] + bytes([plain[at] ^ 1]) + plain[at + 1 :]
        with refused("tip_digest"):
            decode_tip(bad)


@pytest.mark.parametrize("off", [CHUNK, CHUNK + len(PHOTO.data) - 1, CHUNK + len(PHOTO.data) + 1])
def test_photos_that_overlap_or_leave_a_gap_are_refused(off: int) -> None:
    value = {**header(), "files": described(PHOTO, OTHER, off=off)}
    with refused("tip_layout", "Attachment 1 begins"):
        decode_tip(laid_out(value, PHOTO.data + OTHER.data, BUCKETS[1]))


def test_a_photo_that_reaches_past_the_bucket_is_refused() -> None:
    value = {**header(), "files": described(PHOTO)}
    with refused("tip_layout", "past the bucket"):
        decode_tip(laid_out(value))
    value["files"] = described(PHOTO, len=BUCKETS[1])
    with refused("tip_layout", "past the bucket"):
        decode_tip(laid_out(value, PHOTO.data, BUCKETS[1]))


def test_a_bucket_larger_than_is_needed_is_refused() -> None:
    with refused("bucket", "belong into"):
        decode_tip(laid_out({**header(), "files": []}, bucket=BUCKETS[1]))
    with refused("bucket", "belong into"):
        decode_tip(laid_out({**header(), "files": described(PHOTO)}, PHOTO.data, BUCKETS[2]))


def test_more_than_three_photos_or_an_empty_one_are_refused() -> None:
    with refused("shape", "header.files"):
        encode_tip(header(), [PHOTO] * 4)
    with refused("shape", "len"):
        encode_tip(header(), [replace(PHOTO, data=b"")])


@pytest.mark.parametrize("turn", [0, 9])
@pytest.mark.parametrize("media", ["image/svg+xml", "text/html", "image/jpeg; x=1"])
def test_only_still_pictures_turned_in_eight_ways_are_taken(turn: int, media: str) -> None:
    with refused("shape", "header.files[0]"):
        encode_tip(header(), [replace(PHOTO, turn=turn)])
    with refused("shape", "header.files[0].type"):
        encode_tip(header(), [replace(PHOTO, type=media)])


@pytest.mark.parametrize(
    "fields",
    [
        {"v": 2},
        {"kind": "alert"},
        {"id": "0" * 31},
        {"day": 1_795_446_000},
        {"desk": "North"},
        {"set": "b" * 63},
        {"legal": b64(bytes(12_287))},
        {"legal": b64(bytes(12_289))},
        {"what": "raid"},
        {"when": {"choice": "today", "minute": 1440}},
        {"where": {"zone": "north-1", "latitude": 37}},
        {"words": "x" * 281},
        {"words": ""},
        {"name": "Somebody"},
        {"plate": "8ABC123"},
        {"thread": {"age": "age1pq1", "ed25519": b64(bytes(32))}},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_a_field_that_is_unknown_or_out_of_its_bounds_is_refused(fields: dict[str, Any]) -> None:
    with refused("shape"):
        encode_tip(header(**fields))
    with refused("shape"):
        decode_tip(laid_out({**header(**fields), "files": []}))


@pytest.mark.parametrize("name", sorted(header()))
def test_a_missing_field_is_refused(name: str) -> None:
    value = {key: one for key, one in header().items() if key != name}
    with refused("shape", f"lacks the field {name}"):
        encode_tip(value)


@given(st.binary(max_size=300))
def test_random_bytes_after_the_magic_are_refused_and_never_crash(noise: bytes) -> None:
    plain = (MAGIC + noise).ljust(CHUNK, b"\0")
    with pytest.raises(Refused):
        decode_tip(plain)
