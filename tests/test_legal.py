"""The legal part: every tip has one of the same size, and only an attorney can open it."""

from __future__ import annotations

import pytest

from protocol import age
from protocol.encoding import unb64
from protocol.envelope import envelope_size
from protocol.legal import MAX_WORDS, ROOM, open_legal, seal_legal, seal_original
from protocol.limits import BUCKETS, LEGAL_BYTES
from protocol.recipients import RecipientSet
from protocol.stanza import parse_header
from tests import javascript
from tests.refusals import refused
from tests.world import World


@pytest.fixture(scope="module")
def world() -> World:
    """Give one network for all stories of this file: none of them changes it."""
    return World()


@pytest.fixture(scope="module")
def to(world: World) -> RecipientSet:
    """Give this week's set of five."""
    return world.recipient_set()


def test_asking_for_a_lawyer_can_not_be_seen_in_sizes_or_shape(world: World, to: RecipientSet) -> None:
    none = world.open(world.seal(world.tip(), to), "ana", to).header
    some = world.open(world.seal(world.tip(), to, legal="Please call my sister. " * 200), "ana", to).header
    parts = [unb64(header["legal"]) for header in (none, some)]

    assert {len(part) for part in parts} == {LEGAL_BYTES}
    assert {len(parse_header(part).stanzas) for part in parts} == {4}
    assert {len(world.seal(world.tip(), to, legal=words)) for words in ("", "x", "x" * MAX_WORDS)} == {
        envelope_size(5, BUCKETS[0])
    }
    assert set(none) == set(some)


def test_only_an_attorney_reads_the_legal_part(world: World, to: RecipientSet) -> None:
    data = world.seal(world.tip(), to, legal="Llame a mi hermana.")
    part = unb64(world.open(data, "ana", to).header["legal"])

    assert open_legal(part, world.attorney()) == "Llame a mi hermana."
    for name in ("ana", "bo", "cy"):
        with refused("age_no_match"):
            open_legal(part, world.identity(name))


def test_an_unused_legal_part_opens_for_nobody(world: World, to: RecipientSet) -> None:
    part = unb64(world.open(world.seal(world.tip(), to), "ana", to).header["legal"])
    with refused("age_no_match"):
        open_legal(part, world.attorney())


def test_words_for_a_lawyer_who_does_not_exist_are_refused() -> None:
    with refused("shape", "no attorney"):
        seal_legal("Help.", [])


def test_the_legal_part_holds_its_words_and_not_one_byte_more(world: World) -> None:
    full = "ñ" * (MAX_WORDS // 2)
    assert open_legal(seal_legal(full, world.attorneys()), world.attorney()) == full
    with refused("too_large"):
        seal_legal("x" * (MAX_WORDS + 1), world.attorneys())


def test_a_legal_part_with_another_layout_is_refused(world: World) -> None:
    for plain, kind in (
        ((1).to_bytes(2, "big") + b"x" + bytes(ROOM - 4) + b"\1", "tip_layout"),
        ((MAX_WORDS + 1).to_bytes(2, "big") + bytes(ROOM - 2), "tip_layout"),
        (bytes(ROOM - 1), "tip_layout"),
        ((1).to_bytes(2, "big") + b"\xff" + bytes(ROOM - 3), "not_utf8"),
    ):
        with refused(kind):
            open_legal(age.seal(plain, world.attorneys()), world.attorney())


def test_an_original_opens_for_an_attorney_alone_whichever_language_sealed_it(world: World) -> None:
    photo = bytes(range(256)) * 300
    theirs = javascript.call("legal", "sealOriginal", photo, world.attorneys())

    for sealed in (seal_original(photo, world.attorneys()), theirs):
        assert age.open(sealed, [world.attorney()]) == photo
        assert len(parse_header(sealed).stanzas) == 4
        with refused("age_no_match"):
            age.open(sealed, [world.identity("ana")])
    with refused("shape"):
        seal_original(photo, [])
