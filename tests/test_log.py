"""Notes, checkpoints, cosignatures and log proofs: public examples, every rule once, and every byte changed."""

# ruff: noqa: E501 (signature lines are as long as they are)

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import log, merkle, note
from protocol.encoding import b64, canonical, sha256
from protocol.errors import Refused
from protocol.signed import public_key, sign

# The key pair and the note that Go's golang.org/x/mod/sumdb/note publishes with its tests.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
# The example of C2SP signed-note, which gives no key.
C2SP_NOTE = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""
# A checkpoint that a public certificate-transparency log (a test one) signed and that public witnesses cosigned.
PUBLIC_NOTE = """arche2025h1.staging.ct.transparency.dev
1432088532
U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=

— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGREPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=
— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzbC3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=
— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobWX9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==
"""
PUBLIC_LOG = "arche2025h1.staging.ct.transparency.dev+ba2f06c0+AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f"
PUBLIC_COSIGNER = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"

ORIGIN = "log.example.org/sereno"
LOG_SEED, ANA_SEED, BO_SEED, EVE_SEED = (sha256(name) for name in (b"log", b"ana", b"bo", b"eve"))
LOG_KEY = public_key(LOG_SEED)
COSIGNERS = {"ana.example.org": public_key(ANA_SEED), "bo.example.org/w1": public_key(BO_SEED)}
NOW = 1_790_000_000

OBJECT = sign("alert", canonical({"words": "a signed object"}), "qpzry9x8", sha256(b"verifier"))
ENTRY = log.entry("release", OBJECT)
LEAVES = [*(b"\x01" + sha256(bytes([number])) for number in range(11)), ENTRY, b"\x02" + sha256(b"later")]
INDEX, SIZE = 11, 13


def row(level: int, index: int) -> bytes:
    if level == 0:
        return merkle.leaf_hash(LEAVES[index])
    return merkle.node_hash(row(level - 1, 2 * index), row(level - 1, 2 * index + 1))


def checkpoint() -> note.Checkpoint:
    return note.Checkpoint(ORIGIN, SIZE, merkle.root(SIZE, row))


def signed_note() -> note.Note:
    return note.sign(ORIGIN, checkpoint().encode(), LOG_SEED)


def witnessed_note() -> note.Note:
    plain = signed_note()
    bo = note.cosign("bo.example.org/w1", plain.text, BO_SEED, NOW + 2)
    ana = note.cosign("ana.example.org", plain.text, ANA_SEED, NOW + 1)
    return plain.joined(bo).joined(ana)


def proof(of: note.Note | None = None) -> log.Proof:
    return log.Proof(INDEX, tuple(merkle.inclusion(INDEX, SIZE, row)), of or witnessed_note())


def checked(text: str) -> log.Logged:
    return log.Proof.decode(text).check(ENTRY, ORIGIN, LOG_KEY, COSIGNERS)


def refused(kind: str, act: Any, *arguments: Any) -> None:
    with pytest.raises(Refused) as refusal:
        act(*arguments)
    assert refusal.value.kind == kind


# --- Notes ------------------------------------------------------------------------------------------------------------


def test_the_note_that_go_publishes_is_what_we_write_and_what_we_read() -> None:
    key = note.Key.decode(GO_KEY)
    published = GO_TEXT + "\n" + GO_LINE + "\n"

    assert (key.name, key.type_byte, key.public) == ("PeterNeumann", note.LOG, public_key(GO_SEED))
    assert key.encode() == GO_KEY
    assert note.sign("PeterNeumann", GO_TEXT, GO_SEED).encode() == published
    assert note.Note.decode(published).encode() == published


def test_the_note_that_c2sp_publishes_is_read_and_written_back() -> None:
    opened = note.Note.decode(C2SP_NOTE)

    assert opened.text.endswith("\n\ned è subito sera.\n")
    assert [line.name for line in opened.lines] == ["quasimodo.example/salvatore"]
    assert opened.encode() == C2SP_NOTE


def test_a_checkpoint_and_a_cosignature_of_the_public_web_check() -> None:
    log_key, cosigner = note.Key.decode(PUBLIC_LOG), note.Key.decode(PUBLIC_COSIGNER)
    opened = note.Note.decode(PUBLIC_NOTE)

    assert note.check_log(opened, log_key.name, log_key.public).size == 1_432_088_532
    assert cosigner.type_byte == note.COSIGNER
    assert note.check_cosignature(opened.text, opened.lines[2], cosigner.public) == 0x6A122120
    refused(
        "log_key", note.check_log, replace(opened, text=opened.text.replace("532", "533")), log_key.name, log_key.public
    )
    refused("log_witness", note.check_cosignature, opened.text + "\n", opened.lines[2], cosigner.public)


def test_our_bundles_do_not_take_lines_that_nobody_checks() -> None:
    log_key, cosigner = note.Key.decode(PUBLIC_LOG), note.Key.decode(PUBLIC_COSIGNER)
    opened = note.Note.decode(PUBLIC_NOTE)

    refused("log_key", note.check_all, opened, log_key.name, log_key.public, {cosigner.name: cosigner.public})
    known = replace(opened, lines=opened.lines[1:])
    found, witnessed = note.check_all(known, log_key.name, log_key.public, {cosigner.name: cosigner.public})
    assert found.origin == log_key.name
    assert witnessed == (("remora.n621.de", 0x6A122120),)


BAD_NOTES = [
    GO_TEXT,
    GO_TEXT + "\n",
    GO_TEXT + "\n" + GO_LINE,
    "\x01" + GO_TEXT + "\n" + GO_LINE + "\n",
    GO_TEXT.replace("\n", "\r\n") + "\n" + GO_LINE + "\n",
    GO_TEXT + "\ud800\n" + GO_LINE + "\n",
    GO_TEXT + "\n" + GO_LINE + "\nUnexpected line.\n",
    GO_TEXT + "\n" + GO_LINE + "\n\n",
    GO_TEXT + "\n\n" + GO_LINE.replace("—", "-") + "\n",
    GO_TEXT + "\n" + GO_LINE.replace(" x08", "  x08") + "\n",
    GO_TEXT + "\n" + GO_LINE.replace("PeterNeumann", "Peter Neumann") + "\n",
    GO_TEXT + "\n" + GO_LINE.replace("PeterNeumann", "Peter+Neumann") + "\n",
    GO_TEXT + "\n" + GO_LINE.replace("PeterNeumann", "Peter\u00a0Neumann") + "\n",
    GO_TEXT + "\n" + GO_LINE.replace("PeterNeumann", "P" * 129) + "\n",
    GO_TEXT + "\n" + GO_LINE.replace("PeterNeumann ", "") + "\n",
    GO_TEXT + "\n" + GO_LINE + " \n",
    GO_TEXT + "\n" + GO_LINE[:-1] + "\n",
    GO_TEXT + "\n" + GO_LINE.replace("AM=", "AN=") + "\n",  # Bits that base64 throws away.
    GO_TEXT + "\n— PeterNeumann x08gow==\n",
    GO_TEXT + "\n" + (GO_LINE + "\n") * 33,
]


@pytest.mark.parametrize("text", BAD_NOTES)
def test_what_is_not_a_note_is_refused(text: str) -> None:
    refused("note", note.Note.decode, text)


def test_bytes_that_are_no_text_or_too_many_are_refused() -> None:
    refused("not_utf8", note.text_of, b"\xff")
    refused("too_large", note.text_of, b"a" * (note.MAX_NOTE + 1))
    refused("too_large", note.Note.decode, "è" * (note.MAX_NOTE // 2) + "\n\n" + GO_LINE + "\n")
    assert note.text_of("è".encode()) == "è"


def test_every_part_and_every_change_of_a_key_is_refused() -> None:
    for start in range(len(GO_KEY) + 1):
        for end in range(start + 1, len(GO_KEY) + 1):
            if (start, end) != (0, len(GO_KEY)):
                refused("public_key", note.Key.decode, GO_KEY[start:end])
    for at, char in enumerate(GO_KEY):
        refused("public_key", note.Key.decode, GO_KEY[:at] + chr(ord(char) + 1) + GO_KEY[at + 1 :])


def test_a_key_of_another_type_or_off_the_prime_order_group_is_refused() -> None:
    other = note.Key("PeterNeumann", 0x06, note.Key.decode(GO_KEY).public)
    small = note.Key("PeterNeumann", note.LOG, bytes([1]) + bytes(31))
    refused("public_key", note.Key.decode, other.encode())
    refused("public_key", note.Key.decode, small.encode())


# --- Checkpoints ------------------------------------------------------------------------------------------------------

ROOT = b64(sha256(b"root"))
BAD_CHECKPOINTS = [
    "",
    f"{ORIGIN}\n5\n{ROOT}",
    f"{ORIGIN}\n5\n{ROOT}\nan extension line\n",
    f"{ORIGIN}\n5\n\n",
    f"{ORIGIN}\n05\n{ROOT}\n",
    f"{ORIGIN}\n+5\n{ROOT}\n",
    f"{ORIGIN}\n-0\n{ROOT}\n",
    f"{ORIGIN}\n٥\n{ROOT}\n",
    f"{ORIGIN}\n{2**53}\n{ROOT}\n",
    f"{ORIGIN}\n1{'0' * 20}\n{ROOT}\n",
    f"{ORIGIN}\n5\n{ROOT[:-1]}\n",
    f"{ORIGIN}\n5\n{ROOT[4:]}\n",
    f"{ORIGIN}\n5\n {ROOT}\n",
    f"\n5\n{ROOT}\n",
    f"two words\n5\n{ROOT}\n",
]


@pytest.mark.parametrize("text", BAD_CHECKPOINTS)
def test_what_is_not_a_checkpoint_is_refused(text: str) -> None:
    refused("checkpoint", note.Checkpoint.decode, text)


@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_as_it_was_written(size: int, root: bytes) -> None:
    written = note.Checkpoint(ORIGIN, size, root)
    assert note.Checkpoint.decode(written.encode()) == written


def test_a_checkpoint_must_be_signed_once_by_the_key_of_its_origin() -> None:
    plain = signed_note()
    elsewhere = replace(checkpoint(), origin="log.example.org/other")
    by_eve = note.sign(ORIGIN, plain.text, EVE_SEED)

    assert note.check_log(plain, ORIGIN, LOG_KEY) == checkpoint()
    refused("log_key", note.check_log, by_eve, ORIGIN, LOG_KEY)
    refused("log_key", note.check_log, plain, "log.example.org/other", LOG_KEY)
    refused("log_key", note.check_log, replace(plain, lines=plain.lines * 2), ORIGIN, LOG_KEY)
    refused("log_key", note.check_log, replace(plain, lines=(replace(plain.lines[0], sig=bytes(64)),)), ORIGIN, LOG_KEY)
    refused("checkpoint", note.check_log, note.sign(ORIGIN, elsewhere.encode(), LOG_SEED), ORIGIN, LOG_KEY)
    refused("checkpoint", note.check_log, note.sign(ORIGIN, "no checkpoint\n", LOG_SEED), ORIGIN, LOG_KEY)


# --- Cosignatures -----------------------------------------------------------------------------------------------------


def test_a_cosignature_gives_its_time_and_binds_it() -> None:
    text = checkpoint().encode()
    line = note.cosign("ana.example.org", text, ANA_SEED, NOW)
    key = COSIGNERS["ana.example.org"]
    later = replace(line, sig=(NOW + 1).to_bytes(8, "big") + line.sig[8:])
    far = note.cosign("ana.example.org", text, ANA_SEED, 2**53)
    never = note.cosign("ana.example.org", text, ANA_SEED, 0)

    assert note.check_cosignature(text, line, key) == NOW
    for wrong in (later, far, never, replace(line, sig=line.sig + b"\0"), replace(line, name="bo.example.org")):
        refused("log_witness", note.check_cosignature, text, wrong, key)
    refused("log_witness", note.check_cosignature, text, line, COSIGNERS["bo.example.org/w1"])


def test_a_log_key_can_not_be_taken_for_a_cosigner() -> None:
    plain = signed_note()
    as_log = note.sign("ana.example.org", plain.text, ANA_SEED).lines[0]
    refused("log_witness", note.check_all, plain.joined(as_log), ORIGIN, LOG_KEY, COSIGNERS)


def test_every_line_of_our_notes_must_count() -> None:
    both = witnessed_note()
    first, ana, bo = both.lines
    eve = note.cosign("eve.example.org", both.text, EVE_SEED, NOW)
    as_ana = note.cosign("ana.example.org", both.text, EVE_SEED, NOW)
    names = tuple(name for name, _ in note.check_all(both, ORIGIN, LOG_KEY, COSIGNERS)[1])

    assert names == ("ana.example.org", "bo.example.org/w1")
    for kind, lines in (
        ("log_witness", (first, ana, eve)),
        ("log_witness", (first, as_ana, bo)),
        ("log_witness", (first, bo, ana)),
        ("log_witness", (first, ana, ana)),
        ("log_key", (first, first, ana)),
        ("log_key", (ana, first, bo)),
        ("log_key", (ana, bo)),
    ):
        refused(kind, note.check_all, replace(both, lines=lines), ORIGIN, LOG_KEY, COSIGNERS)
    refused("log_witness", note.check_all, both, ORIGIN, LOG_KEY, {})


def test_a_cosigner_who_signs_again_replaces_the_older_line() -> None:
    both = witnessed_note()
    newer = both.joined(note.cosign("ana.example.org", both.text, ANA_SEED, NOW + 60))
    assert note.check_all(newer, ORIGIN, LOG_KEY, COSIGNERS)[1] == (
        ("ana.example.org", NOW + 60),
        ("bo.example.org/w1", NOW + 2),
    )


# --- Entries and proofs -----------------------------------------------------------------------------------------------


def test_an_entry_is_a_type_and_the_hash_of_the_object_with_its_signatures() -> None:
    assert b"\x01" + sha256(OBJECT.encode()) == ENTRY
    assert [log.entry(kind, OBJECT)[0] for kind in log.TYPES] == [1, 2, 3, 4, 5, 6, 7]
    refused("shape", log.entry, "rumour", OBJECT)


def test_a_proof_tells_where_the_entry_is_and_who_witnessed_it_when() -> None:
    logged = checked(proof().encode())

    assert (logged.index, logged.size, logged.root) == (INDEX, SIZE, merkle.root(SIZE, row))
    assert logged.witnessed == (("ana.example.org", NOW + 1), ("bo.example.org/w1", NOW + 2))
    assert checked(proof(signed_note()).encode()).witnessed == ()


def test_a_proof_has_the_layout_that_c2sp_publishes() -> None:
    lines = proof(signed_note()).encode().split("\n")
    hashes = [b64(one) for one in merkle.inclusion(INDEX, SIZE, row)]

    assert lines[: 2 + len(hashes)] == ["c2sp.org/tlog-proof@v1", "index 11", *hashes]
    assert lines[2 + len(hashes) : 6 + len(hashes)] == ["", ORIGIN, "13", b64(merkle.root(SIZE, row))]


def test_a_proof_of_another_entry_or_another_log_is_refused() -> None:
    text = proof().encode()
    opened = log.Proof.decode(text)

    refused("log_proof", opened.check, log.entry("stop", OBJECT), ORIGIN, LOG_KEY, COSIGNERS)
    refused("log_key", opened.check, ENTRY, "log.example.org/other", LOG_KEY, COSIGNERS)
    refused("log_key", opened.check, ENTRY, ORIGIN, public_key(EVE_SEED), COSIGNERS)
    refused("log_proof", replace(opened, index=INDEX - 1).check, ENTRY, ORIGIN, LOG_KEY, COSIGNERS)
    refused("log_proof", replace(opened, hashes=opened.hashes[::-1]).check, ENTRY, ORIGIN, LOG_KEY, COSIGNERS)


BAD_PROOFS = [
    ("log_proof", ""),
    ("log_proof", "c2sp.org/tlog-proof@v1\n\n"),
    ("log_proof", "c2sp.org/tlog-proof@v1\nindex 0"),
    ("log_proof", proof().encode().replace("@v1", "@v2")),
    ("log_proof", proof().encode().replace("@v1\n", "@v1\nextra AAAA\n")),
    ("log_proof", proof().encode().replace("index 11", "index 011")),
    ("log_proof", proof().encode().replace("index 11", "index 11 ")),
    ("log_proof", proof().encode().replace("index 11", "index 9007199254740992")),
    ("log_proof", proof().encode().replace("index 11\n", "index 11\n" + (ROOT + "\n") * 50)),
    ("log_proof", proof().encode().replace("index 11\n", "index 11\nAAAA\n")),
    ("note", "c2sp.org/tlog-proof@v1\nindex 0\n\n"),
    ("note", proof().encode()[:-1]),
    ("note", proof().encode() + "\n"),
    ("too_large", proof().encode() + "a" * note.MAX_NOTE),
]


@pytest.mark.parametrize(("kind", "text"), BAD_PROOFS)
def test_what_is_not_a_proof_is_refused(kind: str, text: str) -> None:
    refused(kind, log.Proof.decode, text)


def changed(data: bytes) -> Iterator[bytes]:
    """Every bit flipped, every byte lost, every byte said twice, and bytes that mean something put everywhere."""
    for at, byte in enumerate(data):
        yield from (data[:at] + bytes([byte ^ 1 << bit]) + data[at + 1 :] for bit in range(8))
        yield from (data[:at] + bytes([other]) + data[at + 1 :] for other in b"\n =+/0Az" if other != byte)
        if data[at : at + 1] != data[at + 1 : at + 2]:  # Of two equal bytes, losing either gives the same text.
            yield data[:at] + data[at + 1 :]
            yield data[:at] + data[at : at + 1] + data[at:]


def check_bytes(data: bytes) -> log.Logged:
    return checked(note.text_of(data))


def kind_of(act: Callable[[], Any]) -> str:
    """Return the kind by which `act` is refused, or "taken"."""
    try:
        act()
    except Refused as refusal:
        return refusal.kind
    return "taken"


def test_every_change_of_one_byte_of_a_proof_is_refused() -> None:
    data = proof().encode().encode()
    assert kind_of(partial(check_bytes, data)) == "taken"

    kinds = {kind_of(partial(check_bytes, other)) for other in changed(data)}
    assert kinds == {"not_utf8", "note", "log_proof", "log_key", "log_witness"}


PIECES = st.sampled_from(
    ["\n", "\n\n", " ", "=", "—", "0", "index ", ORIGIN, ROOT, "A", "è", "\r", "\x00", "\ud800", GO_LINE]
)


@st.composite
def near(draw: st.DrawFn, text: str) -> str:
    """A text a few cuts and pieces away from `text`."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 60)))
        text = text[:start] + draw(PIECES | st.text(max_size=4)) + text[end:]
    return text


@settings(max_examples=300, deadline=None)
@given(near(proof().encode()))
def test_a_proof_that_is_taken_is_one_that_we_would_write(text: str) -> None:
    kind = kind_of(lambda: log.Proof.decode(text))
    assert kind in {"taken", "note", "log_proof", "too_large"}
    assert kind != "taken" or log.Proof.decode(text).encode() == text


@settings(max_examples=300, deadline=None)
@given(near(C2SP_NOTE) | near(PUBLIC_NOTE) | st.text())
def test_a_note_that_is_taken_is_one_that_we_would_write(text: str) -> None:
    kind = kind_of(lambda: note.Note.decode(text))
    assert kind in {"taken", "note", "too_large"}
    assert kind != "taken" or note.Note.decode(text).encode() == text


@settings(max_examples=200, deadline=None)
@given(near(checkpoint().encode()))
def test_a_checkpoint_that_is_taken_is_one_that_we_would_write(text: str) -> None:
    kind = kind_of(lambda: note.Checkpoint.decode(text))
    assert kind in {"taken", "checkpoint"}
    assert kind != "taken" or note.Checkpoint.decode(text).encode() == text
