"""age files: who opens them, their exact sizes, and what happens to every changed or missing byte."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import age, xwing
from protocol.encoding import b64raw
from protocol.errors import Refused
from protocol.stanza import encode_header

ANA = age.Identity(bytes(range(32)))
BO = age.Identity(bytes(range(1, 33)))
CAL = age.Identity(bytes(range(2, 34)))
RECIPIENTS = [ANA.recipient, BO.recipient, CAL.recipient]
HYBRID_STANZA = b"-> mlkem768x25519 "


def kind_of(data: bytes, *identities: age.Identity | age.ClassicIdentity) -> str:
    """Return the kind of the refusal of a file; anything else that is raised fails the test."""
    with pytest.raises(Refused) as caught:
        age.open(data, identities or [ANA])
    return caught.value.kind


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([0, 1, age.CHUNK - 1, age.CHUNK, 2 * age.CHUNK]), st.integers(0, 2))
def test_whoever_it_is_sealed_to_opens_it(tail: bytes, length: int, who: int) -> None:
    plaintext = bytes(length) + tail
    data = age.seal(plaintext, RECIPIENTS)

    assert age.open(data, [(ANA, BO, CAL)[who]]) == plaintext
    assert len(data) == age.header_size(3) + age.chunked_size(len(plaintext))


@pytest.mark.parametrize("count", [1, 2, 12, 32, 42])
def test_a_header_takes_70_bytes_and_1557_for_each_stanza(count: int) -> None:
    header = age.parse_header(age.seal(b"", [ANA.recipient] * count))

    assert header.size == 70 + 1557 * count == age.header_size(count)
    assert [stanza.kind for stanza in header.stanzas] == ["mlkem768x25519"] * count


def test_stanzas_stand_in_the_order_of_the_recipients() -> None:
    header = age.parse_header(age.seal(b"", RECIPIENTS))

    for stanza, identity in zip(header.stanzas, (ANA, BO, CAL), strict=True):
        assert identity.opener()(stanza) is not None
    assert ANA.opener()(header.stanzas[1]) is None


@given(st.integers(0, 1 << 25))
def test_the_size_of_a_payload_tells_the_size_of_its_plaintext(length: int) -> None:
    assert age.plaintext_size(age.chunked_size(length)) == length


@given(st.integers(0, 1 << 25) | st.integers(0, 40) | st.integers(0, 20).map(lambda more: 2 * 65_552 + more))
def test_no_other_size_is_that_of_a_payload(payload: int) -> None:
    sealed = payload - age.NONCE
    if sealed < age.TAG or 0 < sealed % (age.CHUNK + age.TAG) <= age.TAG < sealed:
        with pytest.raises(Refused) as caught:
            age.plaintext_size(payload)
        assert caught.value.kind == ("age_header" if payload < age.NONCE else "age_payload")
    else:
        assert age.chunked_size(age.plaintext_size(payload)) == payload


def test_the_same_words_sealed_twice_share_no_bytes_but_the_format() -> None:
    one, other = (age.seal(bytes(100), [ANA.recipient]) for _ in range(2))

    assert age.parse_header(one).stanzas[0].share() != age.parse_header(other).stanzas[0].share()
    assert one[-132:] != other[-132:]


def test_an_opener_that_knows_its_place_tries_its_own_stanza_first() -> None:
    # A stanza that stops whoever tries it stands before Ana's: only by going straight to hers does she get past it.
    file_key = bytes(range(16))
    share, body = xwing.wrap(xwing.PublicKey.decode(xwing.PrivateKey.expand(ANA.seed).public()), file_key)
    stanzas = [
        age.Stanza(("mlkem768x25519", b64raw(share[:1088] + bytes(32))), body),
        age.Stanza(("mlkem768x25519", b64raw(share)), body),
    ]
    header = encode_header(stanzas, file_key)

    assert age.open_header(header, [ANA], at=1) == file_key
    for at in (None, 0):
        with pytest.raises(Refused, match="age_header"):
            age.open_header(header, [ANA], at=at)


@pytest.mark.parametrize("at", [-1, 0, 1, 3, 1 << 40])
def test_an_opener_sent_to_the_wrong_place_still_finds_its_own(at: int) -> None:
    assert age.open(age.seal(b"words", RECIPIENTS), [CAL], at=at) == b"words"


def test_a_stranger_opens_nothing() -> None:
    assert kind_of(age.seal(b"words", RECIPIENTS), age.Identity.generate()) == "age_no_match"


def test_a_preview_is_the_first_64_kib_without_the_rest() -> None:
    plaintext = bytes(range(256)) * 1024
    data = age.seal(plaintext, RECIPIENTS)
    size = age.parse_header(data).size
    key = age.open_header(data[:size], [BO], at=1)
    beginning = data[size : size + age.NONCE + age.CHUNK + age.TAG]

    assert age.open_first_chunk(key, beginning, last=False) == plaintext[:65_536]
    for wrong in (beginning[:-1], beginning[:8], b""):
        with pytest.raises(Refused, match=r"age_payload|age_header"):
            age.open_first_chunk(key, wrong, last=False)
    with pytest.raises(Refused, match="age_payload"):
        age.open_first_chunk(key, beginning, last=True)


def test_the_preview_of_a_file_of_one_chunk_is_all_of_it_and_nothing_may_follow() -> None:
    data = age.seal(bytes(65_536), RECIPIENTS)
    size = age.parse_header(data).size
    key = age.open_header(data, [BO])

    assert age.open_first_chunk(key, data[size:], last=True) == bytes(65_536)
    for wrong, last in ((data[size:] + b"x", True), (data[size:-1], True), (data[size:], False)):
        with pytest.raises(Refused, match="age_payload"):
            age.open_first_chunk(key, wrong, last=last)


def test_every_file_that_is_cut_short_is_refused() -> None:
    data = age.seal(b"twenty quiet words..", [ANA.recipient])

    kinds = [kind_of(data[:length]) for length in range(len(data))]
    header = age.header_size(1)
    assert set(kinds[: header + age.NONCE]) == {"age_header"}
    assert set(kinds[header + age.NONCE :]) == {"age_payload"}


@pytest.mark.parametrize("chunks", [1, 2])
def test_a_file_cut_between_two_chunks_is_refused(chunks: int) -> None:
    data = age.seal(bytes(3 * age.CHUNK), [ANA.recipient])

    assert kind_of(data[: age.header_size(1) + age.NONCE + chunks * (age.CHUNK + age.TAG)]) == "age_payload"


@pytest.mark.parametrize("bits", [1, pytest.param(8, marks=pytest.mark.soak)])
def test_every_byte_of_a_file_with_a_bit_flipped_is_refused_with_a_kind_of_age(bits: int) -> None:
    data = age.seal(b"quiet", [ANA.recipient])
    kinds = set()
    for at in range(len(data)):
        for bit in range(at, at + bits):
            changed = bytearray(data)
            changed[at] ^= 1 << bit % 8
            kinds.add(kind_of(bytes(changed)))

    assert kinds == {"age_header", "age_no_match", "age_mac", "age_payload"}


def test_chunks_that_change_places_are_refused() -> None:
    data = age.seal(bytes(3 * age.CHUNK), [ANA.recipient])
    start, step = age.header_size(1) + age.NONCE, age.CHUNK + age.TAG
    first, second, rest = data[start : start + step], data[start + step : start + 2 * step], data[start + 2 * step :]

    assert kind_of(data[:start] + second + first + rest) == "age_payload"
    assert kind_of(data[:start] + first + rest) == "age_payload"
    assert kind_of(data + rest) == "age_payload"


def test_a_stanza_dropped_added_or_moved_breaks_the_mac_for_everybody() -> None:
    data = age.seal(b"words", RECIPIENTS)
    first, second, third = (HYBRID_STANZA + part for part in data[: age.header_size(3)].split(HYBRID_STANZA)[1:])
    third, end = third[:1557], third[1557:] + data[age.header_size(3) :]
    intro = data[:22]

    assert age.open(intro + first + second + third + end, [ANA]) == b"words"
    for stanzas in (first + second, first + second + third + third, second + first + third, first + b"-> odd\n\n"):
        assert kind_of(intro + stanzas + end, ANA) == "age_mac"
