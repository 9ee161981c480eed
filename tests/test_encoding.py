"""Bytes and text: canonical JSON by public vectors, and the two languages against each other on anything at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocol import encoding
from protocol.encoding import MAX_DEPTH, MAX_INT
from protocol.errors import Refused
from tests import javascript, vectors

JCS = ["arrays", "french", "structures", "unicode", "values", "weird"]
LIMIT = 1 << 20
NAMES = st.text(max_size=4) | st.sampled_from(["__proto__", "constructor", "toJSON", "10", "9", "é", "\U0001f600", "ﬀ"])
LEAVES = st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | st.text(max_size=12)
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)

# What is not canonical JSON, and the kind that says why.  Both languages must give this kind.
REFUSED = [
    (b"", "not_json"),
    (b" ", "not_json"),
    (b"nul", "not_json"),
    (b"[1,]", "not_json"),
    (b"[01]", "not_json"),
    (b"{'a':1}", "not_json"),
    (b'"\n"', "not_json"),
    (b"[1] ", "not_canonical"),
    (b'{"b":1,"a":2}', "not_canonical"),
    (b'{"a":1,"a":1}', "not_canonical"),
    (b'{"a":1.0,"a":1}', "not_json"),
    (b'{"a":9007199254740992,"a":1}', "not_canonical"),
    (b'"\\u0061"', "not_canonical"),
    (b'"\\/"', "not_canonical"),
    (b'"\\u000A"', "not_canonical"),
    (b"-0", "not_canonical"),
    (b"1.0", "not_json"),
    (b"1e2", "not_json"),
    (b"[1E400]", "not_json"),
    (b"0.5", "not_json"),
    (b"NaN", "not_json"),
    (b"-Infinity", "not_json"),
    (b"9007199254740992", "not_json"),
    (b"-9007199254740992", "not_json"),
    (b"1" * 5000, "not_json"),
    (b'{"a":' + b"1" * 5000 + b',"a":1}', "not_json"),
    (b'"\\ud800"', "not_json"),
    (b'{"\\udfff":1}', "not_json"),
    (b"[" * 14 + b"]" * 14, "not_json"),
    (b"[" * 13 + b"1" + b"]" * 13, "not_json"),
    (b"[" * 100_000, "not_json"),
    (b"\xef\xbb\xbf1", "not_json"),
    (b'"\xff"', "not_utf8"),
    (b'"\xed\xa0\x80"', "not_utf8"),
    (b'"\xc0\x80"', "not_utf8"),
    (b'"\xf4\x90\x80\x80"', "not_utf8"),
]
TAKEN = [
    b"null",
    b"true",
    b"0",
    b"-9007199254740991",
    b"9007199254740991",
    b"[]",
    b"[" * 13 + b"]" * 13,
    b"[" * 12 + b"1" + b"]" * 12,
    b'{"__proto__":{"toString":1},"constructor":null}',
    b'{"10":1,"9":2}',
    '"\ufeff\u2028é\U0001f600"'.encode(),
    b'"1.0e5"',
]


def outcome(act: Callable[..., Any], *args: Any) -> Any:
    """Return what a call gives, or the kind of its refusal."""
    try:
        return act(*args)
    except Refused as refusal:
        return ("refused", refusal.kind)


def both(name: str, python: Callable[..., Any], *args: Any) -> Any:
    """Return the outcome that Python and JavaScript agree on."""
    mine = outcome(python, *args)
    assert outcome(javascript.call, "encoding", name, *args) == mine
    return mine


def parsed(data: bytes) -> Any:
    """Return what both languages read, and that JavaScript reads it into the same value."""
    mine = outcome(encoding.parse, data, LIMIT)
    theirs = outcome(javascript.call, "./calls", "parsed", data, LIMIT)
    assert (json.loads(theirs) if isinstance(theirs, str) else theirs) == mine
    return mine


def jcs(name: str) -> tuple[Path, bytes]:
    folder = vectors.folder("jcs")
    return folder / "input" / f"{name}.json", (folder / "output" / f"{name}.json").read_bytes()


@pytest.mark.parametrize("name", JCS)
def test_the_libraries_underneath_pass_the_public_vectors(name: str) -> None:
    source, expected = jcs(name)

    assert rfc8785.dumps(json.loads(source.read_bytes())) == expected
    assert javascript.call("./calls", "canonicalText", source.read_text("utf-8")) == expected


@pytest.mark.parametrize("name", JCS)
def test_of_the_public_vectors_only_those_with_floats_are_refused(name: str) -> None:
    _, expected = jcs(name)
    mine = parsed(expected)

    assert mine == (("refused", "not_json") if name == "values" else json.loads(expected))


@pytest.mark.parametrize(("data", "kind"), REFUSED, ids=[repr(data[:24]) for data, _ in REFUSED])
def test_what_is_not_canonical_is_refused_by_both_with_one_kind(data: bytes, kind: str) -> None:
    assert parsed(data) == ("refused", kind)


@pytest.mark.parametrize("data", TAKEN, ids=[repr(data[:24]) for data in TAKEN])
def test_what_is_canonical_is_taken_by_both(data: bytes) -> None:
    assert encoding.canonical(parsed(data)) == data


def test_a_text_is_measured_before_it_is_read() -> None:
    assert both("parse", encoding.parse, b"[1,2,3]", 6) == ("refused", "too_large")
    assert both("parse", encoding.parse, b"[1,2,3]", 7) == [1, 2, 3]


def test_refusals_of_canonical_json_say_the_same_sentence_in_both_languages() -> None:
    for data, limit in (
        (b'{"b":1,"a":2}', 99),
        (b"[1,2]", 3),
        (b"9007199254740992", 99),
        (b"1e2", 99),
        (b"[" * 14 + b"]" * 14, 99),
    ):
        with pytest.raises(Refused) as mine:
            encoding.parse(data, limit)
        with pytest.raises(Refused) as theirs:
            javascript.call("encoding", "parse", data, limit)
        assert theirs.value.sentence == mine.value.sentence


@settings(max_examples=200, deadline=None)
@given(VALUES)
@example({"\U0001f600": 1, "ﬀ": 2})  # UTF-16 puts the first before the second, code points after it.
def test_both_write_the_same_bytes_and_read_them_back(value: Any) -> None:
    data: bytes = both("canonical", encoding.canonical, value)

    assert parsed(data) == value


@settings(max_examples=400, deadline=None)
@given(VALUES, st.data())
def test_both_say_the_same_of_bytes_that_were_changed(value: Any, data: st.DataObject) -> None:
    canonical = bytearray(encoding.canonical(value))
    at = data.draw(st.integers(0, len(canonical)))
    canonical[at : at + data.draw(st.integers(0, 2))] = data.draw(
        st.binary(max_size=3) | st.sampled_from([b" ", b'"', b",", b"0", b".0", b"e1", b"\\u0041", b"\\", b"[", b"-"])
    )
    changed = bytes(canonical)
    mine = parsed(changed)

    assert isinstance(mine, tuple) or encoding.canonical(mine) == changed


@pytest.mark.parametrize("value", [1.5, 1e300, MAX_INT + 1, -MAX_INT - 1, "\ud800", {"\ud800": 1}, [["a", 0.1]]])
def test_what_json_can_not_say_in_both_languages_is_not_written(value: Any) -> None:
    assert both("canonical", encoding.canonical, value) == ("refused", "not_json")


def test_a_value_nests_no_deeper_than_twelve_levels() -> None:
    value: Any = 1
    for _ in range(MAX_DEPTH):
        value = [value]

    assert both("canonical", encoding.canonical, value) == b"[" * 12 + b"1" + b"]" * 12
    assert both("canonical", encoding.canonical, [value]) == ("refused", "not_json")


ALPHABET = "ABCDabcdwxyz0189+/-_= \n"


@settings(max_examples=300, deadline=None)
@given(
    st.binary(max_size=70).map(encoding.b64) | st.text(ALPHABET, max_size=12) | st.text(max_size=6),
    st.none() | st.integers(0, 9),
)
@example("QUJ=", None)  # The last character holds bits that no byte takes.
@example("QUI", None)
@example("QU I=", None)
def test_both_read_only_the_base64_that_they_write(text: str, length: int | None) -> None:
    padded = both("unb64", encoding.unb64, text, *([] if length is None else [length]))
    raw = both("unb64raw", encoding.unb64raw, text)

    assert isinstance(padded, tuple) or both("b64", encoding.b64, padded) == text
    assert isinstance(raw, tuple) or both("b64raw", encoding.b64raw, raw) == text


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(["age1pq", "age-secret-key-pq-", "a"]), st.data())
def test_both_read_only_the_bech32_that_they_write(data: bytes, prefix: str, draw: st.DataObject) -> None:
    text: str = both("bech32", encoding.bech32, prefix, data)
    at = draw.draw(st.integers(0, len(text) - 1))
    changed = text[:at] + draw.draw(st.sampled_from(["", *encoding.BECH32, "b", "1", "Q", "é"])) + text[at + 1 :]

    assert both("unbech32", encoding.unbech32, prefix, text) == data
    assert changed == text or both("unbech32", encoding.unbech32, prefix, changed) == ("refused", "shape")
    assert both("unbech32", encoding.unbech32, prefix, text.upper()) == ("refused", "shape")


def test_bech32_with_padding_that_is_not_zero_is_refused_though_its_checksum_fits() -> None:
    words = "qp"  # Ten bits: one byte of zeros and two bits of padding, which must be zeros and are 01.
    checksum = encoding._polymod("a", words + "qqqqqq") ^ 1
    text = f"a1{words}" + "".join(encoding.BECH32[checksum >> 5 * (5 - i) & 31] for i in range(6))

    assert both("unbech32", encoding.unbech32, "a", text) == ("refused", "shape")


@given(st.binary(max_size=40))
@settings(deadline=None)
def test_both_name_bytes_by_the_same_digest(data: bytes) -> None:
    assert both("sha256", encoding.sha256, data) == bytes.fromhex(both("fingerprint", encoding.fingerprint, data))
    assert javascript.call("encoding", "hex", data) == data.hex()
    assert javascript.call("encoding", "unhex", data.hex()) == data


@pytest.mark.parametrize("text", ["0", "0G", "AB", " 00", "00\n"])
def test_javascript_reads_only_lower_case_hexadecimal(text: str) -> None:
    with pytest.raises(Refused):
        javascript.call("encoding", "unhex", text)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(max_size=4), max_size=8))
@example(["\U0001f600", "ﬀ", "a", ""])
def test_javascript_sorts_text_as_python_does(texts: list[str]) -> None:
    assert javascript.call("./calls", "sortedText", texts) == sorted(texts)


def test_half_a_character_has_no_utf8() -> None:
    with pytest.raises(Refused) as caught:
        javascript.call("encoding", "utf8", "a\ud83d")
    assert caught.value.kind == "not_utf8"
    assert javascript.call("encoding", "utf8", "é\U0001f600") == "é\U0001f600".encode()
