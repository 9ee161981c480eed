"""Envelopes: what the door takes without a key, and what an opener demands."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from protocol import age
from protocol.encoding import b64, b64raw
from protocol.envelope import check_envelope, envelope_size, open_envelope, open_preview, preview_size, sealed_to
from protocol.errors import Refused
from protocol.limits import BUCKETS, CHUNK, LEGAL_BYTES
from protocol.recipients import RecipientSet
from protocol.stanza import CLASSIC, HYBRID, Stanza, encode_header, parse_header
from protocol.tip import Attachment, encode_tip
from tests.refusals import refused
from tests.world import World

MEMBERS = ("ana", "bo", "cy", "dee", "tim")
PHOTO = Attachment("image/jpeg", b"\xff\xd8 a photo \xff\xd9" * 300)


@pytest.fixture(scope="module")
def world() -> World:
    """Give one network for all stories of this file: none of them changes it."""
    return World()


@pytest.fixture(scope="module")
def to(world: World) -> RecipientSet:
    """Give this week's set of five."""
    return world.recipient_set()


@pytest.fixture(scope="module")
def sealed(world: World, to: RecipientSet) -> bytes:
    """Give the envelope of a tip without photos."""
    return world.seal(world.tip(words="Three vans."), to)


def sealed_by_hand(world: World, to: RecipientSet, keys: tuple[str, ...], **changes: str) -> bytes:
    """Return a well-formed envelope whose header says something else than the set it was sealed to."""
    header = {**world.tip(), "desk": to.desk, "roster": to.roster, "set": to.name, "legal": b64(bytes(LEGAL_BYTES))}
    return age.seal(encode_tip({**header, **changes}), keys)


# --- Opening ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MEMBERS)
def test_every_member_opens_the_same_words(world: World, to: RecipientSet, sealed: bytes, name: str) -> None:
    tip = world.open(sealed, name, to)

    assert tip.header["tip"]["words"] == "Three vans."
    assert (tip.header["desk"], tip.header["roster"], tip.header["set"]) == ("north", to.roster, to.name)


def test_a_preview_reads_the_words_and_not_the_photos(world: World, to: RecipientSet) -> None:
    data = world.seal(world.tip(words="Look."), to, [PHOTO])
    start = data[: preview_size(len(to.members))]
    preview = world.preview(start, "bo", to, bucket=BUCKETS[1])

    assert (preview.header["tip"]["words"], preview.files) == ("Look.", ())
    assert world.open(data, "bo", to).files == (PHOTO,)


def test_a_preview_needs_its_whole_first_chunk_and_the_true_bucket(world: World, to: RecipientSet) -> None:
    data = world.seal(world.tip(), to, [PHOTO])
    end = preview_size(len(to.members))

    with refused("age_payload"):
        world.preview(data[: end - 1], "bo", to, bucket=BUCKETS[1])
    with refused("age_payload"):  # Who says that no photos follow is not believed.
        world.preview(data[:end], "bo", to, bucket=BUCKETS[0])


def test_a_preview_of_a_tip_without_photos_is_all_of_it(world: World, to: RecipientSet, sealed: bytes) -> None:
    assert world.preview(sealed, "cy", to).header == world.open(sealed, "cy", to).header


@pytest.mark.parametrize("name", ["lou", "rae", "len"])
def test_who_is_not_in_the_set_opens_nothing(world: World, to: RecipientSet, sealed: bytes, name: str) -> None:
    with refused("age_no_match", "is not in set 1"):
        world.open(sealed, name, to)
    with refused("age_no_match"):
        world.preview(sealed, name, to)


def test_another_week_s_key_opens_nothing(world: World, to: RecipientSet, sealed: bytes) -> None:
    old = world.identity("ana", world.epoch() - 1)
    with refused("age_no_match"):
        open_envelope(sealed, old, to, world.id("ana"))
    with refused("age_no_match"):
        open_preview(sealed, CHUNK, old, to, world.id("ana"))


def test_the_order_of_stanzas_costs_a_try_and_no_more(world: World, to: RecipientSet) -> None:
    data = sealed_by_hand(world, to, to.recipients[::-1])

    assert world.open(data, "ana", to).header["set"] == to.name


def test_an_envelope_of_another_set_desk_or_roster_is_refused(world: World, to: RecipientSet) -> None:
    for name, value in (("set", "a" * 64), ("desk", "south"), ("roster", "b" * 64)):
        data = sealed_by_hand(world, to, to.recipients, **{name: value})
        with refused("tip_layout", f"names {name}"):
            world.open(data, "ana", to)
        with refused("tip_layout", f"names {name}"):
            world.preview(data, "ana", to)


def test_an_envelope_of_last_week_s_set_is_refused_under_this_week_s(world: World, to: RecipientSet) -> None:
    newer = world.recipient_set("ana", "bo", "cy", "dee", "tim", previous=to)
    assert newer.recipients == to.recipients  # The same keys, so that only the set's name tells them apart.

    with refused("tip_layout", "names set"):
        world.open(world.seal(world.tip(), to), "ana", newer)


def test_a_copy_sealed_to_fewer_keys_than_its_set_is_refused(world: World, to: RecipientSet) -> None:
    place = to.members.index(world.id("ana"))
    alone = sealed_by_hand(world, to, (to.recipients[place],))

    with refused("tip_layout", "must have 5 stanzas"):
        world.open(alone, "ana", to)
    with refused("tip_layout", "must have 5 stanzas"):
        world.preview(alone, "ana", to)


def test_another_network_s_member_reads_nothing(world: World, sealed: bytes) -> None:
    other = World(name="birch")
    with refused("age_no_match", "None of the 5 stanzas"):
        other.open(sealed, "ana")


def test_a_stanza_added_for_a_stranger_is_noticed(world: World, to: RecipientSet, sealed: bytes) -> None:
    header = parse_header(sealed)
    added = [*header.stanzas, header.stanzas[0]]
    data = encode_header(added, bytes(16)) + sealed[header.size :]

    with refused("age_mac"):
        world.open(data, "ana", to)


@pytest.mark.parametrize("cut", [1, age.TAG, age.TAG + 1, CHUNK, CHUNK + age.TAG])
def test_a_cut_payload_is_refused(world: World, to: RecipientSet, sealed: bytes, cut: int) -> None:
    with refused("age_payload"):
        world.open(sealed[:-cut], "ana", to)


def test_photos_cut_off_at_a_chunk_s_end_are_missed(world: World, to: RecipientSet) -> None:
    data = world.seal(world.tip(), to, [PHOTO])

    with refused("age_payload"):
        world.open(data[: -CHUNK - age.TAG], "ana", to)
    with refused("age_payload"):  # Cut to one chunk, it would be a tip of the smallest bucket.
        end = age.header_size(5) + age.NONCE + CHUNK + age.TAG
        world.open(data[:end], "ana", to)


# --- The door ---------------------------------------------------------------------------------------------------------


def test_the_door_sees_stanzas_and_bucket_and_nothing_else(world: World, to: RecipientSet, sealed: bytes) -> None:
    with_photo = world.seal(world.tip(), to, [PHOTO])

    assert (check_envelope(sealed, {5}).stanzas, check_envelope(sealed, {4, 5}).bucket) == (5, BUCKETS[0])
    assert check_envelope(with_photo, {5}).bucket == BUCKETS[1]
    assert len(sealed) == envelope_size(5, BUCKETS[0]) == 70 + 5 * 1557 + 16 + CHUNK + 16


@pytest.mark.parametrize(
    "plaintext",
    [b"", b'{"what":"taking"}', b"what=taking&zone=north-1", b"sereno1\0".ljust(CHUNK, b"\0"), b"age-encryption.org/v"],
)
def test_plaintext_is_refused(plaintext: bytes) -> None:
    with refused("envelope_plain"):
        check_envelope(plaintext, {5})


def test_a_tip_that_was_never_sealed_is_refused(world: World, to: RecipientSet) -> None:
    header = {**world.tip(), "desk": to.desk, "roster": to.roster, "set": to.name, "legal": b64(bytes(LEGAL_BYTES))}
    with refused("envelope_plain"):
        check_envelope(encode_tip(header), {5})


def test_an_armored_file_is_refused(sealed: bytes) -> None:
    armored = b"-----BEGIN AGE ENCRYPTED FILE-----\n" + b64(sealed).encode() + b"\n-----END AGE ENCRYPTED FILE-----\n"
    with refused("envelope_plain"):
        check_envelope(armored, {5})


def test_classical_stanzas_are_refused_even_beside_good_ones(sealed: bytes) -> None:
    header = parse_header(sealed)
    classic = Stanza((CLASSIC, b64raw(b"\x09" + bytes(31))), bytes(32))
    for stanzas in ([classic] * 5, [*header.stanzas[:4], classic], [*header.stanzas, classic]):
        data = encode_header(stanzas, bytes(16)) + sealed[header.size :]
        with refused("stanza_kind", "X25519"):
            check_envelope(data, {5, 6})


def test_an_unknown_stanza_is_refused_even_as_grease(sealed: bytes) -> None:
    header = parse_header(sealed)
    stanzas = [*header.stanzas, Stanza(("joint-oil-and-vinegar", "x"), b"")]
    data = encode_header(stanzas, bytes(16)) + sealed[header.size :]

    with refused("stanza_kind", "joint-oil"):
        check_envelope(data, {5, 6})


@pytest.mark.parametrize("counts", [set(), {4}, {6}, {1, 4, 6, 32}])
def test_an_envelope_with_another_number_of_stanzas_than_an_accepted_set_is_refused(
    sealed: bytes, counts: set[int]
) -> None:
    with refused("stanza_count", "Seal it again"):
        check_envelope(sealed, counts)


@pytest.mark.parametrize("off", [-CHUNK, -16, -1, 1, 16, CHUNK])
def test_a_length_that_is_off_by_any_bytes_is_refused(sealed: bytes, off: int) -> None:
    data = sealed[:off] if off < 0 else sealed + bytes(off)
    with refused("bucket"):
        check_envelope(data, {5})


@pytest.mark.parametrize("size", [30, 70, 1000, 70 + 5 * 1557 - 1])
def test_a_file_that_ends_inside_its_header_is_refused(sealed: bytes, size: int) -> None:
    with refused("age_header"):
        check_envelope(sealed[:size], {5})


def test_a_hybrid_stanza_of_the_wrong_size_is_refused(sealed: bytes) -> None:
    header = parse_header(sealed)
    first = header.stanzas[0]
    for bad in (replace(first, body=bytes(31)), Stanza((HYBRID, b64raw(bytes(32))), first.body)):
        data = encode_header([bad, *header.stanzas[1:]], bytes(16)) + sealed[header.size :]
        with refused("age_header"):
            check_envelope(data, {5})


def test_no_words_of_a_tip_are_in_its_envelope(world: World, to: RecipientSet) -> None:
    tip = world.tip(words="marked-words-here")
    data = world.seal(tip, to, legal="marked-legal-here")

    for mark in (b"marked-words-here", b"marked-legal-here", b"north-1", json.dumps(tip["id"]).encode(), b"sereno1"):
        assert mark not in data


def hybrid(data: bytes) -> int:
    """Return how many stanzas a header has if they are all hybrid; 0 for what is no such header."""
    try:
        kinds = [stanza.kind for stanza in parse_header(data).stanzas]
    except Refused:
        return 0
    return len(kinds) if set(kinds) == {HYBRID} else 0


@pytest.mark.parametrize("byte", [b"A", b"B", b"/", b"=", b"-", b" ", b"\n", b"\r", b"\x80"])
def test_the_quick_look_at_a_header_takes_exactly_what_the_careful_one_takes(sealed: bytes, byte: bytes) -> None:
    end = parse_header(sealed).size
    start = sealed.index(b"->", sealed.index(b"->") + 1)  # The first stanza is like the others.
    places = [*range(80), *range(start - 60, start + 80), *range(end - 130, end + 1)]
    changed = [sealed[:at] + new + sealed[at + 1 :] for at in places for new in (byte, b"", byte + sealed[at : at + 1])]

    for data in (sealed, *changed):
        found = hybrid(data)
        assert [count for count in range(1, 8) if sealed_to(count).match(data)] == ([found] if found else [])
    assert hybrid(sealed) == 5
    assert 0 < sum(hybrid(data) > 0 for data in changed) < len(changed)
