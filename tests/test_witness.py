"""What a witness signs: growth and nothing else; C2SP's own request is read; every other body has its refusal."""

# ruff: noqa: E501 (signature lines are as long as they are)

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import merkle, note
from protocol.encoding import sha256
from protocol.errors import KINDS, Refused
from protocol.logkey import LogKey, WitnessKey
from protocol.note import Checkpoint, Note
from protocol.signed import public_key
from protocol.witness import AddCheckpoint, read_cosignature, read_size, write_cosignatures
from tests.refusals import refused

# The example body of C2SP tlog-witness, which gives no key.  Its second line is of another kind of key.
C2SP_BODY = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
""".encode()
# The cosignature line of the same checkpoint in C2SP tlog-cosignature, which gives no key either.
C2SP_LINE = "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="

ORIGIN, NAME = "log.example.org/sereno", "witness.example.org"
LOG, EVE, WITNESS = (sha256(name) for name in (b"log", b"eve", b"witness"))
LOG_KEY = public_key(LOG)
NOW = 1_795_446_000


class Tree:
    """A log that is told what its leaves say."""

    def __init__(self, *leaves: bytes) -> None:
        self.rows: dict[tuple[int, int], bytes] = {}
        for size, leaf in enumerate(leaves):
            for level, index, hash_ in merkle.append(size, merkle.leaf_hash(leaf), self.node):
                self.rows[level, index] = hash_

    def node(self, level: int, index: int) -> bytes:
        return self.rows[level, index]

    def checkpoint(self, size: int) -> Checkpoint:
        return Checkpoint(ORIGIN, size, merkle.root(size, self.node))

    def ask(self, old: int, size: int, seed: bytes = LOG) -> AddCheckpoint:
        hashes = merkle.consistency(old, size, self.node) if 0 < old < size else []
        return AddCheckpoint(old, tuple(hashes), note.sign(ORIGIN, self.checkpoint(size).encode(), seed))


TREE = Tree(*(bytes([number]) for number in range(40)))
FORK = Tree(*(bytes([number if number != 5 else 200]) for number in range(40)))


def check(request: AddCheckpoint, last: Checkpoint | None) -> Checkpoint:
    """Ask as a witness does that gets these bytes."""
    return AddCheckpoint.decode(request.encode()).check(ORIGIN, LOG_KEY, last)


def test_the_request_that_c2sp_publishes_is_read_and_written_back() -> None:
    request = AddCheckpoint.decode(C2SP_BODY)

    assert (request.old, len(request.hashes), request.origin) == (20_852_014, 4, "example.com/behind-the-sofa")
    assert Checkpoint.decode(request.note.text).size == 20_852_163
    assert request.encode() == C2SP_BODY


def test_the_cosignature_that_c2sp_publishes_is_read_and_says_its_time() -> None:
    line = note.Line.decode(C2SP_LINE)

    assert (line.name, len(line.sig), int.from_bytes(line.sig[:8], "big")) == (
        "witness.example.com/w1",
        72,
        1_679_315_147,
    )
    assert line.encode() == C2SP_LINE
    # What is signed begins with the two lines that the specification shows.
    text = AddCheckpoint.decode(C2SP_BODY).note.text
    assert note._cosigned(text, 1_679_315_147).decode().split("\n")[:4] == [
        "cosignature/v1",
        "time 1679315147",
        "example.com/behind-the-sofa",
        "20852163",
    ]


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (0, 40), (1, 2), (8, 16), (13, 40), (40, 40)])
def test_growth_is_signed(old: int, new: int) -> None:
    last = TREE.checkpoint(old) if old else None

    assert check(TREE.ask(old, new), last) == TREE.checkpoint(new)


HELD = TREE.checkpoint(13)
REFUSED = [
    ("log_key", TREE.ask(13, 40, EVE), HELD),
    ("witness_request", TREE.ask(13, 12), HELD),  # A rollback, said openly.
    ("witness_size", TREE.ask(0, 12), HELD),  # And one that acts as if the witness were new.
    ("witness_size", TREE.ask(12, 40), HELD),
    ("witness_size", TREE.ask(13, 40), None),
    ("log_fork", FORK.ask(13, 13), HELD),
    ("log_fork", FORK.ask(0, 0), Checkpoint(ORIGIN, 0, sha256(b"not empty"))),
    ("witness_proof", FORK.ask(13, 40), HELD),
    ("witness_proof", replace(TREE.ask(13, 40), hashes=()), HELD),
    ("witness_proof", replace(TREE.ask(13, 40), hashes=TREE.ask(13, 40).hashes[:-1]), HELD),
    ("witness_proof", replace(TREE.ask(0, 40), hashes=(sha256(b"from nothing"),)), None),
    ("witness_proof", replace(TREE.ask(13, 13), hashes=(sha256(b"from itself"),)), HELD),
]


@pytest.mark.parametrize(("kind", "request_", "last"), REFUSED)
def test_nothing_else_is_signed(kind: str, request_: AddCheckpoint, last: Checkpoint | None) -> None:
    with refused(kind):
        check(request_, last)


def test_a_refusal_has_the_status_that_c2sp_asks_for() -> None:
    kinds = {
        "witness_request": 400,
        "log_key": 403,
        "not_found": 404,
        "witness_size": 409,
        "log_fork": 409,
        "witness_proof": 422,
    }
    assert {kind: KINDS[kind].status for kind in kinds} == kinds


def test_another_log_s_checkpoint_is_not_this_one_s() -> None:
    text = Checkpoint("other.example.org/log", 13, HELD.root).encode()
    with refused("log_key"):
        check(AddCheckpoint(0, (), note.sign("other.example.org/log", text, LOG)), None)
    with refused("checkpoint"):  # Signed by our log's key under our log's name, over another origin.
        check(AddCheckpoint(0, (), note.sign(ORIGIN, text, LOG)), None)


def test_two_lines_of_the_log_s_key_are_one_too_many() -> None:
    request = TREE.ask(0, 3)
    (line,) = request.note.lines
    with refused("log_key", "it signs 2 times"):
        check(replace(request, note=replace(request.note, lines=(line, line))), None)


BODY = TREE.ask(13, 40).encode().decode()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("witness_request", ""),
        ("witness_request", "old 13"),
        ("witness_request", BODY.replace("old 13", "old  13")),
        ("witness_request", BODY.replace("old 13", "old 013")),
        ("witness_request", BODY.replace("old 13", "old -1")),
        ("witness_request", BODY.replace("old 13", "new 13")),
        ("witness_request", BODY.replace("old 13\n", "old 13\nAAAA\n")),
        ("witness_request", BODY.replace("old 13\n", "old 13\n" + "A" * 43 + "=\n" * 1 + ("A" * 43 + "=\n") * 63)),
        ("note", BODY[:-1]),
        ("note", BODY.split("\n\n— ")[0] + "\n"),
        ("too_large", BODY + "a" * 30_000),
    ],
)
def test_what_is_no_request_is_refused(kind: str, text: str) -> None:
    with refused(kind):
        AddCheckpoint.decode(text.encode())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(BODY.encode()) - 1), st.integers(0, 255))
def test_a_request_that_is_taken_is_the_one_we_would_write(at: int, byte: int) -> None:
    data = BODY.encode()
    data = data[:at] + bytes([byte]) + data[at + 1 :]
    try:
        request = AddCheckpoint.decode(data)
        request.check(ORIGIN, LOG_KEY, HELD)
    except Refused:
        return
    assert request.encode() == data == BODY.encode()


# --- Whoever asks -----------------------------------------------------------------------------------------------------

TEXT = HELD.encode()
LINE = note.cosign(NAME, TEXT, WITNESS, NOW)


def read(data: bytes, now: int = NOW) -> note.Line:
    return read_cosignature(data, TEXT, NAME, public_key(WITNESS), now)


def test_a_line_of_the_cosigner_is_taken_and_others_are_passed_over() -> None:
    other = note.cosign("eve.example.org", TEXT, EVE, NOW)

    assert read(write_cosignatures([LINE])) == LINE
    assert read(write_cosignatures([other, LINE])) == LINE


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("note", b""),
        ("note", b"ok\n"),
        ("log_witness", write_cosignatures([note.cosign("eve.example.org", TEXT, EVE, NOW)])),
        ("log_witness", write_cosignatures([note.cosign(NAME, TEXT, EVE, NOW)])),
        ("log_witness", write_cosignatures([note.cosign(NAME, FORK.checkpoint(13).encode(), WITNESS, NOW)])),
        ("log_witness", write_cosignatures([LINE, LINE])),
        ("log_witness", write_cosignatures([note.cosign(NAME, TEXT, WITNESS, NOW + 301)])),
        ("log_witness", write_cosignatures([note.cosign(NAME, TEXT, WITNESS, NOW - 301)])),
        ("too_large", b"a" * 5000),
        ("not_utf8", b"\xff\n"),
    ],
)
def test_an_answer_that_is_not_the_cosigner_s_word_on_this_checkpoint_is_refused(kind: str, data: bytes) -> None:
    with refused(kind):
        read(data)


def test_the_size_that_a_witness_holds_is_read() -> None:
    assert read_size(b"20852014\n") == 20_852_014
    for kind, bad in (("witness_size", b"many"), ("witness_size", b"-1\n"), ("too_large", b"1" * 99)):
        with refused(kind):
            read_size(bad)


def test_a_witness_key_is_no_log_s_key_and_is_read_back() -> None:
    key = WitnessKey(NAME, WITNESS)

    assert WitnessKey.decode(key.encode()) == key
    assert note.Key.decode(key.public.encode()).type_byte == note.COSIGNER
    with refused("log_key", "not that of a log"):
        LogKey.decode(key.encode())
    with refused("log_key", "not that of a witness"):
        WitnessKey.decode(LogKey(ORIGIN, LOG).encode())
    assert WITNESS.hex() not in repr(key)


def test_a_note_joined_by_a_witness_checks_as_a_bundle_s_does() -> None:
    signed = Note.decode(note.sign(ORIGIN, TEXT, LOG).encode()).joined(read(write_cosignatures([LINE])))

    assert note.check_all(signed, ORIGIN, LOG_KEY, {NAME: public_key(WITNESS)})[1] == ((NAME, NOW),)
