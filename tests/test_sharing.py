"""Shared keys: who joins in mid-week opens the very file that the desk holds, or nothing.  In both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any, Final

import pytest
from nacl.bindings import crypto_aead_chacha20poly1305_ietf_encrypt as seal_chunk

from protocol import age
from protocol.encoding import unb64
from protocol.envelope import envelope_key, open_envelope
from protocol.errors import Refused
from protocol.kdf import hkdf
from protocol.part import decode_part, require_digest
from protocol.recipients import RecipientSet
from protocol.tip import encode_tip
from tests.javascript import call
from tests.vectors_of_shares import FILE, KEY, NONCE, sealed, written
from tests.world import World

VECTORS: Final = json.loads(FILE.read_text("utf-8"))


def python(data: bytes, key: bytes, digest: str | None) -> Any:
    """Return the part that a shared key opens."""
    if digest is not None:
        event: Any = SimpleNamespace(digest=digest)  # All that is asked of an event here.
        require_digest(data, event)
    return decode_part(age.open(data, [age.FileKey(key)]))


def javascript(data: bytes, key: bytes, digest: str | None) -> Any:
    """Return the part that a shared key opens, by JavaScript."""
    return call("./casework", "openedByKey", data, key, digest)


@pytest.mark.parametrize("language", [python, javascript], ids=["Python", "JavaScript"])
@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_a_shared_key_opens_its_own_file_and_no_other(vector: dict[str, Any], language: Any) -> None:
    data = bytearray(unb64(VECTORS["sealed"]))
    for place, byte in vector["put"]:
        data[place] = byte

    if vector["kind"] is None:
        assert language(bytes(data), unb64(vector["key"]), vector["digest"]) == VECTORS["part"]
        return
    with pytest.raises(Refused) as refused:
        language(bytes(data), unb64(vector["key"]), vector["digest"])
    assert refused.value.kind == vector["kind"]


def test_the_vectors_are_those_that_are_written() -> None:
    assert FILE.read_text("utf-8") == written()


def test_a_key_is_not_shown_where_it_is_printed() -> None:
    assert KEY.hex() not in repr(age.FileKey(KEY))
    assert repr(KEY) not in repr(age.FileKey(KEY))


def test_the_key_of_a_file_is_what_its_readers_find_in_it() -> None:
    ana, bo = age.Identity.generate(), age.Identity.generate()
    file = age.seal(b"words", [ana.recipient, bo.recipient])

    keys = {age.open_header(file, [one]) for one in (ana, bo)}

    assert len(keys) == 1
    assert age.open(file, [age.FileKey(*keys)]) == b"words"
    with pytest.raises(Refused, match="AGE"):
        age.open(sealed(), [age.FileKey(*keys)])


# --- Stories of a rotation --------------------------------------------------------------------------------------------


def its_own_key(world: World, before: RecipientSet, envelope: bytes) -> tuple[bytes, bytes]:
    return envelope, key_of(world, "ana", before, envelope)


def the_key_of_another_tip(world: World, before: RecipientSet, envelope: bytes) -> tuple[bytes, bytes]:
    return envelope, key_of(world, "ana", before, world.seal(world.tip(words="Nothing."), before))


def another_tip_in_its_place(world: World, before: RecipientSet, envelope: bytes) -> tuple[bytes, bytes]:
    return world.seal(world.tip(words="Nothing."), before), key_of(world, "ana", before, envelope)


def a_tip_that_was_sealed_to_the_sharer_and_a_friend(
    world: World, before: RecipientSet, envelope: bytes
) -> tuple[bytes, bytes]:
    alone = world.recipient_set("ana", "bo")
    made = world.seal(world.tip(words="Nothing."), alone)
    return made, key_of(world, "ana", alone, made)


def another_word_by_the_sharer_and_the_server(
    world: World, before: RecipientSet, envelope: bytes
) -> tuple[bytes, bytes]:
    """What SPEC 9.6 admits: behind the header a file is sealed with its own key alone, which every member has."""
    key = key_of(world, "ana", before, envelope)
    header = world.open(envelope, "ana", before).header
    told = {name: one for name, one in header.items() if name != "files"}
    plain = encode_tip({**told, "tip": {**header["tip"], "words": "Nothing."}})
    chunk = seal_chunk(plain, b"", bytes(11) + b"\1", hkdf(key, NONCE, b"payload", 32))
    return envelope[: age.header_size(len(before.members))] + NONCE + chunk, key


# What the server hands out as the envelope and the key that was shared for it; the verdict at a newcomer's desk.
SHARES: Final[tuple[tuple[Callable[[World, RecipientSet, bytes], tuple[bytes, bytes]], str], ...]] = (
    (its_own_key, ""),
    (the_key_of_another_tip, "age_mac"),
    (another_tip_in_its_place, "age_mac"),
    (a_tip_that_was_sealed_to_the_sharer_and_a_friend, "tip_layout"),
    (another_word_by_the_sharer_and_the_server, "Nothing."),
)


def key_of(world: World, name: str, to: RecipientSet, envelope: bytes) -> bytes:
    """Return an envelope's own key, as a member of its set finds it in both languages."""
    asked = (world.identity(name, to.epoch), to, world.id(name))
    key = envelope_key(envelope, *asked)
    assert call("./makers", "keyOf", envelope, asked[0].encode(), asdict(to), asked[2]) == key
    return key


@pytest.mark.parametrize(("story", "verdict"), SHARES, ids=[one[0].__name__ for one in SHARES])
def test_who_joins_in_mid_week_opens_a_tip_from_before_by_its_own_key_alone(
    story: Callable[[World, RecipientSet, bytes], tuple[bytes, bytes]], verdict: str
) -> None:
    world = World()
    before = world.recipient_set("ana", "bo", "cy")
    tip = world.tip(words="Three people in vests.")
    envelope = world.seal(tip, before)
    assert world.id("dee") in world.recipient_set(previous=before).members
    with pytest.raises(Refused) as refused:
        world.open(envelope, "dee", before)
    assert refused.value.kind == "age_no_match"

    data, key = story(world, before, envelope)

    def by_python() -> Any:
        return open_envelope(data, age.FileKey(key), before, None).header["tip"]

    def by_javascript() -> Any:
        return call("./makers", "openedByKey", data, key, asdict(before))["header"]["tip"]

    for opening in (by_python, by_javascript):
        if verdict in ("", "Nothing."):
            assert opening() == {**tip["tip"], "words": verdict or tip["tip"]["words"]}
            continue
        with pytest.raises(Refused) as refused:
            opening()
        assert refused.value.kind == verdict
