"""age files in JavaScript: the public test kit's verdicts, and that each language opens what the other sealed.

A stranger stands by: age-encryption, written by age's own author, opens ours and seals for us.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocol import age
from protocol.encoding import bech32, unbech32
from protocol.errors import Refused
from tests import javascript, vectors
from tests.test_age_vectors import read_vector

ANA = age.Identity(bytes(range(32)))
BO = age.Identity(bytes(range(1, 33)))
RECIPIENTS = [ANA.recipient, BO.recipient]
SIZES = [0, 1, 15, 16, 17, age.CHUNK - 1, age.CHUNK, age.CHUNK + 1, 2 * age.CHUNK, 3 * age.CHUNK + 5]


def js(name: str, *args: Any) -> Any:
    return javascript.call("age", name, *args)


def outcome(act: Any, *args: Any) -> Any:
    """Return what a call gives, or the kind and sentence of its refusal."""
    try:
        return act(*args)
    except Refused as refusal:
        return ("refused", refusal.kind, refusal.sentence)


def opened(data: bytes, *identities: age.Identity, at: int | None = None) -> Any:
    """Return what both languages say of a file; they must agree to the letter."""
    mine = outcome(age.open, data, identities, at)
    assert outcome(javascript.call, "./calls", "openAge", data, [one.encode() for one in identities], at) == mine
    return mine


# --- the public test kit ---------------------------------------------------------------------------------------------


def kit() -> list[Path]:
    return sorted(vectors.folder("age").iterdir())


def test_javascript_gives_the_verdict_of_every_file_of_the_test_kit() -> None:
    wrong = {}
    for path in kit():
        data = path.read_bytes()
        vector = read_vector(data)
        identities = [
            line.removeprefix(b"identity: ").decode()
            for line in data.split(b"\n\n")[0].splitlines()
            if line.startswith(b"identity: ")
        ]
        said = outcome(javascript.call, "./calls", "openAge", vector.file, identities, None)
        verdict = said[1] if isinstance(said, tuple) else "success"
        if verdict != vector.verdict or (verdict == "success" and hashlib.sha256(said).hexdigest() != vector.payload):
            wrong[path.name] = verdict

    assert len(kit()) >= 70
    assert wrong == {}


def test_both_languages_read_the_same_header_of_every_file_of_the_test_kit() -> None:
    for path in kit():
        vector = read_vector(path.read_bytes())
        mine = outcome(age.parse_header, vector.file)
        theirs = outcome(javascript.call, "./calls", "readHeader", vector.file)
        if isinstance(mine, age.Header):
            assert theirs == {
                "stanzas": [{"args": list(one.args), "body": one.body} for one in mine.stanzas],
                "mac": mine.mac,
                "size": mine.size,
                "unmaced": mine.unmaced,
            }
        else:
            assert theirs == mine, path.name


# --- each opens what the other sealed --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_each_language_opens_what_the_other_sealed(size: int) -> None:
    plaintext = bytes(number % 251 for number in range(size))
    mine, theirs = age.seal(plaintext, RECIPIENTS), js("seal", plaintext, RECIPIENTS)

    for data in (mine, theirs):
        assert len(data) == age.header_size(2) + age.chunked_size(size)
        assert opened(data, ANA) == opened(data, BO, at=1) == plaintext


@pytest.mark.parametrize("size", [0, 5, age.CHUNK, age.CHUNK + 1])
def test_a_stranger_opens_ours_and_both_languages_open_the_stranger_s(size: int) -> None:
    javascript.packages()
    plaintext = bytes(number % 251 for number in range(size))

    for data in (age.seal(plaintext, RECIPIENTS), js("seal", plaintext, RECIPIENTS)):
        assert javascript.call("./stranger", "open", data, BO.encode()) == plaintext
    assert opened(javascript.call("./stranger", "seal", plaintext, RECIPIENTS), BO) == plaintext


def test_a_classic_file_of_a_stranger_opens_in_both_languages() -> None:
    javascript.packages()
    text = javascript.call("./stranger", "classic")
    data = javascript.call("./stranger", "seal", b"hello", [javascript.call("./stranger", "recipientOf", text)])

    assert age.open(data, [age.ClassicIdentity.decode(text)]) == b"hello"
    assert javascript.call("./calls", "openAge", data, [text], None) == b"hello"


def test_stanzas_stand_in_the_order_of_the_recipients() -> None:
    identities = [age.Identity(bytes([number]) * 32) for number in range(12)]
    header = age.parse_header(js("seal", b"", [one.recipient for one in identities]))

    for stanza, identity in zip(header.stanzas, identities, strict=True):
        assert identity.opener()(stanza) is not None


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=15, deadline=None)
def test_a_seed_has_one_identity_and_one_recipient(seed: bytes) -> None:
    mine = age.Identity(seed)

    assert javascript.call("./calls", "identityOf", seed) == {
        "encoded": mine.encode(),
        "recipient": mine.recipient,
        "seed": seed,
    }


def test_nothing_is_sealed_twice_into_the_same_bytes() -> None:
    one, other = (age.parse_header(js("seal", b"same", RECIPIENTS)) for _ in range(2))

    assert not {stanza.args[1] for stanza in one.stanzas} & {stanza.args[1] for stanza in other.stanzas}


def test_sealing_lets_the_page_breathe_in_every_stanza_and_after_it_and_after_every_chunk() -> None:
    assert javascript.call("./calls", "breaths", bytes(3 * age.CHUNK), RECIPIENTS) == 2 * len(RECIPIENTS) + 3


def test_a_preview_opens_from_the_beginning_of_a_file() -> None:
    plaintext = bytes(age.CHUNK) + b"photo"
    data = js("seal", plaintext, RECIPIENTS)
    head = age.header_size(2)
    start = data[head : head + age.NONCE + age.CHUNK + 16]
    file_key = javascript.call("./calls", "openHeader", data[:head], [BO.encode()], 1)

    assert file_key == age.open_header(data, [BO], 1)
    assert age.open_first_chunk(file_key, start, False) == bytes(age.CHUNK)
    assert js("openFirstChunk", file_key, start, False) == bytes(age.CHUNK)
    for wrong, last in (
        (start, True),
        (start[:-1], False),
        (start[:99], False),
        (start[:3], True),
        (start + b"x", True),
    ):
        mine = outcome(age.open_first_chunk, file_key, wrong, last)
        assert mine[0] == "refused"
        assert outcome(js, "openFirstChunk", file_key, wrong, last) == mine


@given(st.integers(0, 1 << 25) | st.integers(0, 40) | st.integers(65_500, 65_700))
@settings(max_examples=80, deadline=None)
def test_both_compute_the_same_sizes(size: int) -> None:
    assert js("chunkedSize", size) == age.chunked_size(size)
    assert js("headerSize", size % 50) == age.header_size(size % 50)
    assert outcome(js, "plaintextSize", size) == outcome(age.plaintext_size, size)


# --- what both refuse ------------------------------------------------------------------------------------------------

FILE = age.seal(b"words", RECIPIENTS)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_both_say_the_same_of_a_changed_file_and_never_take_it(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(FILE) - 1))
    change = st.binary(max_size=2) | st.sampled_from(
        [b"A", b"b", b"/", b"\n", b" ", b"\r\n", b"=", b"-> scrypt a 18\n\n", b"---"]
    )
    changed = FILE[:at] + data.draw(change) + FILE[at + data.draw(st.integers(0, 2)) :]

    assert changed == FILE or opened(changed, ANA)[0] == "refused"


@settings(max_examples=100, deadline=None)
@given(st.integers(0, len(FILE) - 1))
@example(70 + 2 * 1557)
@example(70 + 2 * 1557 + 15)
def test_both_say_the_same_of_a_file_that_was_cut(end: int) -> None:
    assert opened(FILE[:end], ANA)[0] == "refused"


def test_a_file_for_somebody_else_matches_nobody() -> None:
    assert opened(FILE, age.Identity(bytes(32)))[:2] == ("refused", "age_no_match")
    assert opened(FILE)[:2] == ("refused", "age_no_match")


@pytest.mark.parametrize("at", [None, 0, 1, 2, -1, 99])
def test_where_to_look_first_changes_nothing_but_the_way(at: int | None) -> None:
    assert opened(FILE, BO, at=at) == b"words"


def low_order() -> str:
    public = bytearray(unbech32("age1pq", ANA.recipient))
    public[1184:] = bytes(32)
    return bech32("age1pq", bytes(public))


def with_coefficients(at: int, low: int, high: int) -> str:
    """Return ANA's recipient with two coefficients of its ML-KEM key changed, which three bytes hold."""
    public = bytearray(unbech32("age1pq", ANA.recipient))
    public[at : at + 3] = (low | high << 12).to_bytes(3, "little")
    return bech32("age1pq", bytes(public))


@pytest.mark.parametrize(
    "recipients",
    [
        [],
        [ANA.recipient] * 43,
        [""],
        [ANA.recipient.upper()],
        [ANA.recipient[:-1]],
        [ANA.recipient[:-1] + "q"],
        [ANA.recipient, "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"],
        [low_order()],
        [with_coefficients(0, 3329, 0)],
        [with_coefficients(0, 0, 3329)],
        [with_coefficients(1149, 0, 4095)],
    ],
    ids=[
        "none",
        "43",
        "empty",
        "upper",
        "short",
        "changed",
        "classic",
        "low-order",
        "modulus",
        "modulus-high",
        "modulus-last",
    ],
)
def test_both_seal_to_sound_recipients_only_and_say_why_in_one_sentence(recipients: list[str]) -> None:
    mine = outcome(age.seal, b"", recipients)

    assert mine[:2] == ("refused", "age_recipient")
    assert outcome(js, "seal", b"", recipients) == mine


def test_a_coefficient_just_below_the_modulus_is_sound() -> None:
    recipient = with_coefficients(0, 3328, 3328)

    assert len(age.seal(b"", [recipient])) == len(js("seal", b"", [recipient]))


@pytest.mark.parametrize(
    "text",
    [
        "AGE-SECRET-KEY-PQ-",
        "AGE-SECRET-KEY-PQ-1QQ",
        ANA.encode().lower(),
        ANA.encode().replace("AGE", "age"),
        ANA.encode()[:-1],
        ANA.encode() + "Q",
        bech32("age-secret-key-pq-", bytes(31)).upper(),
    ],
)
def test_both_refuse_what_is_no_identity_and_do_not_repeat_it(text: str) -> None:
    mine = outcome(age.Identity.decode, text)

    assert mine[:2] == ("refused", "age_recipient")
    assert outcome(javascript.call, "./calls", "openAge", FILE, [text], None) == mine
    assert text[19:30] not in mine[2] or len(text) < 30


def test_a_seed_of_another_length_is_no_identity() -> None:
    with pytest.raises(Refused) as caught:
        javascript.call("./calls", "identityOf", bytes(31))
    assert caught.value.kind == "age_recipient"
