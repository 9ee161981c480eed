"""Stanzas: what a header may be, whatever its keys are."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import age
from protocol.errors import Refused
from protocol.stanza import encode_header

ANA = age.Identity(bytes(range(32)))


def headed(*lines: bytes) -> bytes:
    """Return a file with this text for a header, after the version line, and a payload of zeros."""
    return b"age-encryption.org/v1\n" + b"\n".join(lines) + b"\n" + bytes(64)


def kind_of(data: bytes) -> str:
    """Return the kind of the refusal of a header; anything else that is raised fails the test."""
    with pytest.raises(Refused) as caught:
        age.parse_header(data)
    return caught.value.kind


MAC_LINE = b"--- " + b"A" * 43


@pytest.mark.parametrize(
    "lines",
    [
        (MAC_LINE,),
        (b"-> grease", b""),
        (b"-> grease", b"", b"---"),
        (b"-> grease", b"", MAC_LINE + b"="),
        (b"-> grease", b"", MAC_LINE + b"\r"),
        (b"-> grease", b"", b"----" + b"A" * 43),
        (b"-> grease", b"", b"--- " + b"A" * 42 + b"B"),
        (b"-> grease", b"", b"--- " + b"A" * 44),
        (b"-> grease ", b"", MAC_LINE),
        (b"->  grease", b"", MAC_LINE),
        (b"-> gr\tease", b"", MAC_LINE),
        ("-> grasé".encode(), b"", MAC_LINE),
        (b"-> grease", b"AAAA=", MAC_LINE),
        (b"-> grease", b"AA AA", MAC_LINE),
        (b"-> grease", b"\xff", MAC_LINE),
        (b"-> grease", b"AB", MAC_LINE),
        (b"-> grease", b"A", MAC_LINE),
        (b"-> grease", b"A" * 64, MAC_LINE),
        (b"-> grease", b"A" * 68, MAC_LINE),
        (b"-> grease", MAC_LINE),
        (b"grease", b"", MAC_LINE),
        (b"-> mlkem768x25519", b"A" * 43, MAC_LINE),
        (b"-> mlkem768x25519 AAAA", b"A" * 43, MAC_LINE),
        (b"-> mlkem768x25519 " + b"A" * 1494, b"A" * 42, MAC_LINE),
        (b"-> mlkem768x25519 " + b"A" * 1494 + b" A", b"A" * 43, MAC_LINE),
        (b"-> X25519 " + b"A" * 43, b"A" * 64, b"", MAC_LINE),
        (b"-> X25519 " + b"A" * 42 + b"B", b"A" * 43, MAC_LINE),
    ],
)
def test_a_header_outside_the_grammar_is_refused(lines: tuple[bytes, ...]) -> None:
    assert kind_of(headed(*lines)) == "age_header"


def test_stanzas_of_kinds_that_nobody_knows_are_kept() -> None:
    header = age.parse_header(headed(b"-> !~ *-grease", b"A" * 64, b"", MAC_LINE))

    assert header.stanzas == (age.Stanza(("!~", "*-grease"), bytes(48)),)
    assert header.mac == bytes(32)
    assert header.unmaced.endswith(b"\n---")


@pytest.mark.parametrize(
    "intro", [b"", b"age-encryption.org/v1", b"age-encryption.org/v1\r\n", b"age-encryption.org/v2\n"]
)
def test_a_file_that_does_not_begin_as_age_is_refused(intro: bytes) -> None:
    assert kind_of(intro) == "age_header"


@pytest.mark.parametrize(
    "data",
    [
        b"-----BEGIN AGE ENCRYPTED FILE-----\n",
        b" \r\n\t-----BEGIN AGE ENCRYPTED FILE-----\n",
        b"Dear friends,\n-----BEGIN AGE ENCRYPTED FILE-----\n",
        headed(b"-> scrypt AAAAAAAAAAAAAAAAAAAAAA 18", b"A" * 43, MAC_LINE),
        headed(b"-> grease", b"", b"-> scrypt", b"A" * 43, MAC_LINE),
    ],
)
def test_armored_and_passphrase_files_are_out_of_scope(data: bytes) -> None:
    assert kind_of(data) == "age_scope"


def test_no_more_than_the_limit_is_read_of_a_header() -> None:
    data = age.seal(b"", [ANA.recipient])
    size = age.header_size(1)

    assert age.parse_header(data, limit=size).size == size
    with pytest.raises(Refused, match=f"must end within {size - 1} bytes"):
        age.parse_header(data, limit=size - 1)
    for filler in (b"A", b"-> a\n\n", b"A" * 64 + b"\n"):
        hostile = b"age-encryption.org/v1\n-> a\n" + filler * ((16 << 20) // len(filler))
        assert kind_of(hostile) == "age_header"


ARGUMENTS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20).filter(
    lambda text: text not in ("scrypt", "X25519", "mlkem768x25519")
)
STANZAS = st.builds(age.Stanza, st.lists(ARGUMENTS, min_size=1, max_size=4).map(tuple), st.binary(max_size=200))


@given(st.lists(STANZAS, min_size=1, max_size=5), st.binary(min_size=16, max_size=16), st.binary(max_size=40))
def test_a_header_reads_as_it_was_written(stanzas: list[age.Stanza], file_key: bytes, rest: bytes) -> None:
    data = encode_header(stanzas, file_key)
    header = age.parse_header(data + rest)

    assert header.stanzas == tuple(stanzas)
    assert header.size == len(data)
    header.check(file_key)


@settings(max_examples=300)
@given(st.data())
def test_what_is_read_is_only_what_our_own_encoder_writes(data: st.DataObject) -> None:
    text = bytearray(encode_header([age.Stanza(("a", "bc"), bytes(50)), age.Stanza(("d",), b"")], bytes(16)))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(22, len(text)))
        text[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.binary(max_size=2) | st.sampled_from([b"\n", b" ", b"->"])
        )
    try:
        header = age.parse_header(bytes(text))
    except Refused as error:
        assert error.kind in ("age_header", "age_scope")  # noqa: PT017 - what else is raised must fail as it is
    else:
        written = encode_header(header.stanzas, bytes(16))
        assert written[: len(header.unmaced)] == header.unmaced
        assert len(written) == header.size


@given(st.binary(max_size=400))
def test_bytes_of_chance_are_refused_and_nothing_else_happens(data: bytes) -> None:
    for file in (data, b"age-encryption.org/v1\n" + data, b"age-encryption.org/v1\n-> " + data):
        assert kind_of(file) in ("age_header", "age_scope")
