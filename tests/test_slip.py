"""Slips: the bundle without its trail, byte for byte the same again, and read back from pictures of a QR code."""

from __future__ import annotations

import io
from typing import Final

import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageFilter

from bench.stage import twelve
from protocol import packed
from protocol.base45 import b45, from_fragment, to_fragment, unb45
from protocol.encoding import MAX_INT, canonical, parse
from protocol.errors import Refused
from protocol.release import Bundle, check
from protocol.slip import Slip
from protocol.trail import Trail
from tests import javascript
from tests.refusals import refused
from tests.vectors_of_slips import slip_of, trail_of
from tests.world import NOW, World

ENTRIES: Final = 5_000
ORIGIN: Final = "https://alerts.example.org"


@pytest.fixture(scope="module")
def full() -> tuple[World, bytes]:
    """Give a network of twelve and its bundle: three signatures, 5,000 entries, the longest path among them."""
    world = twelve(NOW)
    for _ in range(ENTRIES // 2):
        world.log.append("roster", world.signed_roster)
    signed = world.attest(world.alert(), "ana", "bo", "cy")
    index = world.log.append("release", signed)
    while world.log.size < ENTRIES:
        world.log.append("roster", world.signed_roster)
    return world, Bundle(signed, world.signed_roster, (), (), world.log.proof(index)).encode()


def test_a_bundle_of_twelve_verifiers_three_signatures_and_five_thousand_entries_is_at_most_6_kb(
    full: tuple[World, bytes],
) -> None:
    world, data = full
    release = check(data, world.policy, world.now)
    bundle = Bundle.decode(data)
    assert release.logged is not None
    assert bundle.proof is not None

    assert len(release.roster.verifiers) == 12
    assert len(bundle.alert.signatures) == 3
    assert (release.logged.size, len(bundle.proof.hashes)) == (ENTRIES, 13)
    assert len(data) <= 6_000
    address = slip_of(data).address(ORIGIN)
    print(f"bundle {len(data)} bytes, slip {len(slip_of(data).encode())} bytes, address {len(address)} characters")
    assert len(address) < 2_300


def test_the_gate_takes_what_a_slip_becomes(full: tuple[World, bytes]) -> None:
    world, data = full
    found = Slip.find(slip_of(data).address(ORIGIN))

    assert found is not None
    assert found.bundle([trail_of(World(name="other")), trail_of(world)]) == data


def test_a_slip_under_a_roster_that_is_not_at_hand_says_which(world: World) -> None:
    slip = slip_of(world.release().bundle)

    with refused("slip_roster", slip.trail[:16]):
        slip.bundle([])


@pytest.mark.parametrize("kind", ["release", "restore", "handed over", "unlogged stop"])
def test_no_slip_with_one_byte_changed_passes_the_check(kind: str) -> None:
    world = World(cosigners=("wit.example/one",))
    if kind == "handed over":
        world.hand_over("wim", "xia", "yves")
        world.publish()
    first = world.check(world.bundle(world.attest(world.alert(), "ana", "bo"), cosigned=["wit.example/one"]))
    doubt = world.suspend(first, logged=False)
    data = {"unlogged stop": doubt, "restore": world.restore(first, doubt)}.get(kind, first).bundle
    slip, trail = slip_of(data).encode(), trail_of(world)
    assert Slip.decode(slip).bundle([trail]) == data

    for at in range(len(slip)):
        changed = slip[:at] + bytes([slip[at] ^ (0x01, 0x20, 0x80)[at % 3]]) + slip[at + 1 :]
        with pytest.raises(Refused):
            world.check(Slip.decode(changed).bundle([trail]))


@pytest.mark.parametrize("file", ["trail", "bundle", "roster"])
def test_a_trail_is_read_from_every_file_that_carries_one(world: World, file: str) -> None:
    data = world.release().bundle
    files = {"trail": trail_of(world).encode(), "bundle": data, "roster": world.signed_roster.encode() + b"\n"}

    assert Trail.decode(files[file]) == trail_of(world)
    with refused("shape"):
        Trail.decode(b"[]")


# --- Pictures ---------------------------------------------------------------------------------------------------------


def picture(address: str) -> Image.Image:
    """Return the QR code of an address as a PNG picture, drawn by segno as a printer would be given it."""
    out = io.BytesIO()
    segno.make(address, boost_error=False).save(out, kind="png", scale=5, border=4)
    return Image.open(out).convert("L")


def seen(image: Image.Image) -> list[str]:
    """Return what a stranger's decoder reads in a picture."""
    return [found.text for found in zxingcpp.read_barcodes(image)]


def test_a_rendered_slip_is_read_back_and_checks(full: tuple[World, bytes]) -> None:
    world, data = full
    address = slip_of(data).address(ORIGIN)
    (text,) = seen(picture(address))
    found = Slip.find(text)

    assert text == address
    assert found is not None
    assert check(found.bundle([trail_of(world)]), world.policy, world.now).bundle == data


@pytest.mark.parametrize(
    ("turn", "scale", "blur"), [(7, 1.0, 0), (-12, 0.62, 0), (3, 1.4, 1.5), (93, 0.8, 0.8)], ids=str
)
def test_a_photographed_slip_is_read_back(full: tuple[World, bytes], turn: int, scale: float, blur: float) -> None:
    address = slip_of(full[1]).address(ORIGIN)
    whole = picture(address)
    small = whole.resize((round(whole.width * scale), round(whole.height * scale)), Image.Resampling.BICUBIC)
    photo = small.rotate(turn, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    dim = photo.filter(ImageFilter.GaussianBlur(blur)).point(lambda level: 60 + level * 0.55)  # Indoors, on grey paper.

    assert seen(dim) == [address]


# --- Bytes and letters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"AB", "BB8"), (b"Hello!!", "%69 VD92EX0"), (b"base-45", "UJCLQE7W581"), (b"ietf!", "QED8WEX0")],
)
def test_the_examples_of_rfc_9285_are_encoded_and_decoded(data: bytes, text: str) -> None:
    assert (b45(data), unb45(text)) == (text, data)
    assert javascript.call("base45", "b45", data) == text
    assert javascript.call("base45", "unb45", text) == data


@pytest.mark.parametrize("bad", ["GGW", ":::", "A", "AAAA", "::", "ab1", "é12", "AB\n"])
def test_text_that_no_bytes_encode_to_is_refused(bad: str) -> None:
    for act in (unb45, lambda text: javascript.call("base45", "unb45", text)):
        with refused("shape"):
            act(bad)


@given(st.binary(max_size=200))
def test_every_byte_string_comes_back_from_an_address(data: bytes) -> None:
    assert from_fragment(to_fragment(data)) == data
    assert not set(to_fragment(data)) & set(' "<>`#')
    if data:
        assert b45(data)[-1].isalnum()


@given(st.text(st.sampled_from("019AZ%25 :."), max_size=12))
def test_a_fragment_has_one_spelling(text: str) -> None:
    try:
        data = from_fragment(text)
    except Refused:
        return
    assert to_fragment(data) == text


TEXTS: Final = st.one_of(st.text(max_size=20), st.sampled_from(packed.WORDS), st.binary(max_size=9).map(bytes.hex))
VALUES: Final = st.recursive(
    st.one_of(TEXTS, st.integers(-MAX_INT, MAX_INT)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXTS, inner, max_size=4)),
    max_leaves=12,
)


@given(VALUES)
def test_every_value_is_unpacked_as_it_was(value: object) -> None:
    data = packed.pack(value)
    reader = packed.Reader(data)
    assert (reader.value(), reader.at_end) == (value, True)


@given(st.binary(max_size=60))
def test_bytes_that_unpack_pack_to_the_same_or_are_found_out(data: bytes) -> None:
    try:
        slip = Slip.decode(b"\1" + bytes(32) + data)
    except Refused:
        return
    assert slip.encode()[33:] == data


def test_both_languages_pack_the_same(world: World) -> None:
    assert javascript.call("packed", "WORDS") == packed.WORDS
    assert len(set(packed.WORDS)) == len(packed.WORDS) <= 128
    value = parse(slip_of(world.release().bundle).alert.payload, 1 << 16)
    odd = {**value, "x": [0, -7, MAX_INT, "", "0" * 40, "AAAAAAAA", "é"], "__proto__": {"a": 1}}
    for one in (value, odd):
        assert javascript.call("packed", "pack", one) == packed.pack(one)
        assert canonical(packed.Reader(packed.pack(one)).value()) == canonical(one)
