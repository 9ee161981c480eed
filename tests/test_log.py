"""Log entries and proofs: what a proof tells, what it refuses, and every byte changed, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings

from protocol import log, merkle, note
from protocol.encoding import b64, canonical, sha256
from protocol.signed import public_key, sign
from tests.readers import Reader, both, in_javascript, in_python, verdict
from tests.refusals import refused
from tests.test_note import ANA, ANA_SEED, BO, BO_SEED, COSIGNERS, EVE_SEED, LOG_KEY, LOG_SEED, NOW, ORIGIN, ROOT, near

OBJECT = sign("alert", canonical({"words": "a signed object"}), "qpzry9x8", sha256(b"verifier"))
ENTRY = log.entry("release", OBJECT)
LEAVES = [*(b"\x01" + sha256(bytes([number])) for number in range(11)), ENTRY, b"\x02" + sha256(b"later")]
INDEX, SIZE = 11, 13


def row(level: int, index: int) -> bytes:
    if level == 0:
        return merkle.leaf_hash(LEAVES[index])
    return merkle.node_hash(row(level - 1, 2 * index), row(level - 1, 2 * index + 1))


CHECKPOINT = note.Checkpoint(ORIGIN, SIZE, merkle.root(SIZE, row))
PLAIN = note.sign(ORIGIN, CHECKPOINT.encode(), LOG_SEED)
WITNESSED = PLAIN.joined(note.cosign(BO, PLAIN.text, BO_SEED, NOW + 2)).joined(
    note.cosign(ANA, PLAIN.text, ANA_SEED, NOW + 1)
)
PATH = tuple(merkle.inclusion(INDEX, SIZE, row))
PROOF = log.Proof(INDEX, PATH, WITNESSED)
TEXT = PROOF.encode()
WITH_FEWER_COSIGNERS = {
    replace(PROOF, note=replace(WITNESSED, lines=(WITNESSED.lines[0], *others))).encode()
    for others in (WITNESSED.lines[1:], WITNESSED.lines[1:2], WITNESSED.lines[2:], ())
}
ASKED = ENTRY, ORIGIN, LOG_KEY, COSIGNERS


@both
def test_an_entry_is_a_type_and_the_hash_of_the_object_with_its_signatures(read: Reader) -> None:
    data = OBJECT.encode()

    assert read("entryOf", "release", data) == b"\x01" + sha256(data)
    assert [read("entryOf", kind, data)[0] for kind in log.TYPES] == [1, 2, 3, 4, 5, 6, 7]
    with refused("shape"):
        read("entryOf", "rumour", data)
    with refused("shape"):
        read("entryOf", "__proto__", data)


@both
def test_a_proof_tells_where_the_entry_is_and_who_witnessed_it_when(read: Reader) -> None:
    logged = {"index": INDEX, "size": SIZE, "root": CHECKPOINT.root, "witnessed": [[ANA, NOW + 1], [BO, NOW + 2]]}

    assert read("checkProof", TEXT.encode(), *ASKED) == logged
    unwitnessed = replace(PROOF, note=PLAIN).encode().encode()
    assert read("checkProof", unwitnessed, *ASKED) == {**logged, "witnessed": []}


def test_a_proof_has_the_layout_that_c2sp_publishes() -> None:
    lines = replace(PROOF, note=PLAIN).encode().split("\n")
    hashes = [b64(one) for one in PATH]

    assert lines[: 2 + len(hashes)] == ["c2sp.org/tlog-proof@v1", "index 11", *hashes]
    assert lines[2 + len(hashes) : 6 + len(hashes)] == ["", ORIGIN, "13", b64(CHECKPOINT.root)]


@both
def test_a_proof_of_another_entry_or_another_log_is_refused(read: Reader) -> None:
    data = TEXT.encode()
    for kind, proof, asked in (
        ("log_proof", data, (log.entry("stop", OBJECT), ORIGIN, LOG_KEY, COSIGNERS)),
        ("log_key", data, (ENTRY, "log.example.org/other", LOG_KEY, COSIGNERS)),
        ("log_key", data, (ENTRY, ORIGIN, public_key(EVE_SEED), COSIGNERS)),
        ("log_witness", data, (ENTRY, ORIGIN, LOG_KEY, {ANA: COSIGNERS[ANA]})),
        ("log_proof", replace(PROOF, index=INDEX - 1).encode().encode(), ASKED),
        ("log_proof", replace(PROOF, index=SIZE).encode().encode(), ASKED),
        ("log_proof", replace(PROOF, hashes=PATH[::-1]).encode().encode(), ASKED),
        ("log_proof", replace(PROOF, hashes=PATH[:-1]).encode().encode(), ASKED),
        ("log_proof", replace(PROOF, hashes=(*PATH, PATH[0])).encode().encode(), ASKED),
    ):
        with refused(kind):
            read("checkProof", proof, *asked)


BAD_PROOFS = [
    ("log_proof", ""),
    ("log_proof", "\n\n"),
    ("log_proof", "c2sp.org/tlog-proof@v1\n\n"),
    ("log_proof", "c2sp.org/tlog-proof@v1\nindex 0"),
    ("log_proof", TEXT.replace("@v1", "@v2")),
    ("log_proof", TEXT.replace("@v1\n", "@v1\nextra AAAA\n")),
    ("log_proof", TEXT.replace("index 11", "index  11")),
    ("log_proof", TEXT.replace("index 11", "index 011")),
    ("log_proof", TEXT.replace("index 11", "index 11 ")),
    ("log_proof", TEXT.replace("index 11", "index 9007199254740992")),
    ("log_proof", TEXT.replace("index 11\n", "index 11\n" + (ROOT + "\n") * 50)),
    ("log_proof", TEXT.replace("index 11\n", "index 11\nAAAA\n")),
    ("note", "c2sp.org/tlog-proof@v1\nindex 0\n\n"),
    ("note", TEXT[:-1]),
    ("note", TEXT + "\n"),
    ("too_large", TEXT + "a" * note.MAX_NOTE),
]


@both
@pytest.mark.parametrize(("kind", "text"), BAD_PROOFS)
def test_what_is_not_a_proof_is_refused(read: Reader, kind: str, text: str) -> None:
    with refused(kind):
        read("decodeProof", text)


def flipped(data: bytes, bits: Iterable[int]) -> Iterator[bytes]:
    """Each byte with each of these bits flipped."""
    for bit in bits:
        yield from (data[:at] + bytes([byte ^ 1 << bit]) + data[at + 1 :] for at, byte in enumerate(data))


def changed(data: bytes) -> Iterator[bytes]:
    """Every byte lost or said twice, and bytes that mean something put in its place."""
    for at, byte in enumerate(data):
        yield from (data[:at] + bytes([other]) + data[at + 1 :] for other in b"\n =+/0Az" if other != byte)
        yield data[:at] + data[at + 1 :]
        yield data[:at] + data[at : at + 1] + data[at:]


def test_every_change_of_one_byte_of_a_proof_is_refused() -> None:
    data = TEXT.encode()
    kinds = {verdict(in_python, "checkProof", other, *ASKED)[0] for other in (*flipped(data, range(8)), *changed(data))}
    assert kinds == {"not_utf8", "note", "log_proof", "log_key", "log_witness"}


def test_javascript_refuses_every_changed_byte_for_the_same_reason() -> None:
    for other in flipped(TEXT.encode(), range(1)):
        expected = verdict(in_python, "checkProof", other, *ASKED)
        assert expected[0] != "taken"
        assert verdict(in_javascript, "checkProof", other, *ASKED) == expected


@settings(max_examples=400, deadline=None)
@given(near(TEXT))
def test_a_proof_that_is_taken_is_one_that_we_would_write_and_both_languages_agree(text: str) -> None:
    kind, value = verdict(in_python, "decodeProof", text)

    assert verdict(in_javascript, "decodeProof", text) == (kind, value)
    assert kind != "taken" or value["encoded"] == text


@settings(max_examples=150, deadline=None)
@given(near(TEXT).filter(lambda text: "\ud800" not in text))
def test_no_near_miss_of_a_proof_checks_in_either_language(text: str) -> None:
    data = text.encode()
    found = verdict(in_python, "checkProof", data, *ASKED)

    assert verdict(in_javascript, "checkProof", data, *ASKED) == found
    assert (found[0] == "taken") == (text in WITH_FEWER_COSIGNERS)
