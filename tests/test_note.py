"""Notes, keys, checkpoints and cosignatures: public examples and every rule once, in both languages."""

# ruff: noqa: E501 (signature lines are as long as they are)

from __future__ import annotations

import base64
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import note
from protocol.encoding import b64, sha256
from protocol.signed import public_key
from tests.readers import Reader, both, in_javascript, in_python, verdict
from tests.refusals import refused

# The key pair and the note that Go's golang.org/x/mod/sumdb/note publishes with its tests.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
GO_NOTE = f"{GO_TEXT}\n{GO_LINE}\n"
# The example of C2SP signed-note, which gives no key.
C2SP_NOTE = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""
# A checkpoint that a public certificate-transparency log (a test one) signed with two keys and a public witness cosigned.
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
ANA, BO = "ana.example.org", "bo.example.org/w1"
COSIGNERS = {ANA: public_key(ANA_SEED), BO: public_key(BO_SEED)}
NOW = 1_790_000_000
ROOT = b64(sha256(b"root"))
CHECKPOINT = note.Checkpoint(ORIGIN, 13, sha256(b"root"))
PLAIN = note.sign(ORIGIN, CHECKPOINT.encode(), LOG_SEED)
BY_ANA = note.cosign(ANA, PLAIN.text, ANA_SEED, NOW + 1)
BY_BO = note.cosign(BO, PLAIN.text, BO_SEED, NOW + 2)
WITNESSED = PLAIN.joined(BY_BO).joined(BY_ANA)


# --- Notes and keys ---------------------------------------------------------------------------------------------------


@both
def test_the_key_and_the_note_that_go_publishes_are_read_as_published(read: Reader) -> None:
    key = read("decodeKey", GO_KEY)

    assert (key["name"], key["typeByte"], key["publicKey"]) == ("PeterNeumann", note.LOG, public_key(GO_SEED))
    assert key["encoded"] == GO_KEY
    assert read("decodeNote", GO_NOTE)["encoded"] == GO_NOTE


def test_the_note_that_go_publishes_is_the_one_we_write() -> None:
    assert note.sign("PeterNeumann", GO_TEXT, GO_SEED).encode() == GO_NOTE


@both
def test_the_note_that_c2sp_publishes_is_read_and_written_back(read: Reader) -> None:
    opened = read("decodeNote", C2SP_NOTE)

    assert opened["text"].endswith("\n\ned è subito sera.\n")
    assert [name for name, _, _ in opened["lines"]] == ["quasimodo.example/salvatore"]
    assert opened["encoded"] == C2SP_NOTE


BAD_NOTES = [
    "\n\n",
    GO_TEXT + "\n",
    GO_NOTE[:-1],
    "\x01" + GO_NOTE,
    GO_NOTE.replace("\n", "\r\n"),
    "\ud800" + GO_NOTE,
    GO_NOTE + "Unexpected line.\n",
    GO_NOTE + "\n",
    GO_NOTE.replace("—", "-"),
    GO_NOTE.replace("— ", "—"),
    GO_NOTE.replace(" x08", "  x08"),
    GO_NOTE.replace("PeterNeumann", "Peter Neumann"),
    GO_NOTE.replace("PeterNeumann", "Peter+Neumann"),
    GO_NOTE.replace("PeterNeumann", "Peter\u00a0Neumann"),
    GO_NOTE.replace("PeterNeumann", "P" * 129),
    GO_NOTE.replace("PeterNeumann ", ""),
    GO_NOTE.replace("AM=", "AM= "),
    GO_NOTE.replace("AM=", "AM"),
    GO_NOTE.replace("AM=", "AN="),  # Bits that base64 throws away.
    GO_TEXT + "\n— PeterNeumann x08gow==\n",  # A hash and no signature.
    GO_NOTE + (GO_LINE + "\n") * 32,
]


@both
@pytest.mark.parametrize("text", BAD_NOTES)
def test_what_is_not_a_note_is_refused(read: Reader, text: str) -> None:
    with refused("note"):
        read("decodeNote", text)


@both
def test_as_many_lines_as_we_say_and_names_as_long_are_taken(read: Reader) -> None:
    full = GO_TEXT + "\n" + (GO_LINE.replace("PeterNeumann", "P" * 128) + "\n") * note.MAX_LINES
    assert len(read("decodeNote", full)["lines"]) == note.MAX_LINES


@both
def test_what_is_too_large_is_refused_by_its_bytes(read: Reader) -> None:
    with refused("too_large"):
        read("decodeNote", "è" * (note.MAX_NOTE // 2) + GO_NOTE)
    with refused("too_large"):
        read("checkProof", bytes(note.MAX_NOTE + 1), b"", ORIGIN, LOG_KEY, {})
    with refused("not_utf8"):
        read("checkProof", b"\xff", b"", ORIGIN, LOG_KEY, {})


@both
def test_every_part_and_every_change_of_a_key_is_refused(read: Reader) -> None:
    parts = {GO_KEY[start:end] for start in range(len(GO_KEY)) for end in range(start + 1, len(GO_KEY) + 1)} - {GO_KEY}
    parts |= {GO_KEY[:at] + chr(ord(char) + 1) + GO_KEY[at + 1 :] for at, char in enumerate(GO_KEY)}
    assert {verdict(read, "decodeKey", text) for text in parts} == {("public_key", None)}


@both
def test_a_key_of_another_type_or_off_the_prime_order_group_is_refused(read: Reader) -> None:
    for other in (note.Key("peter", 0x06, LOG_KEY), note.Key("peter", note.LOG, bytes([1]) + bytes(31))):
        with refused("public_key"):
            read("decodeKey", other.encode())


# --- Checkpoints ------------------------------------------------------------------------------------------------------

BAD_CHECKPOINTS = [
    "",
    f"{ORIGIN}\n5\n{ROOT}",
    f"{ORIGIN}\n5\n{ROOT}\nan extension line\n",
    f"{ORIGIN}\n5\n\n",
    f"{ORIGIN}\n05\n{ROOT}\n",
    f"{ORIGIN}\n+5\n{ROOT}\n",
    f"{ORIGIN}\n-0\n{ROOT}\n",
    f"{ORIGIN}\n٥\n{ROOT}\n",
    f"{ORIGIN}\n5e0\n{ROOT}\n",
    f"{ORIGIN}\n{2**53}\n{ROOT}\n",
    f"{ORIGIN}\n1{'0' * 20}\n{ROOT}\n",
    f"{ORIGIN}\n5\n{ROOT[:-1]}\n",
    f"{ORIGIN}\n5\n{ROOT[4:]}\n",
    f"{ORIGIN}\n5\n {ROOT}\n",
    f"\n5\n{ROOT}\n",
    f"two words\n5\n{ROOT}\n",
]


@both
@pytest.mark.parametrize("text", BAD_CHECKPOINTS)
def test_what_is_not_a_checkpoint_is_refused(read: Reader, text: str) -> None:
    with refused("checkpoint"):
        read("decodeCheckpoint", text)


@both
@settings(max_examples=40, deadline=None)
@given(size=st.integers(0, 2**53 - 1), root=st.binary(min_size=32, max_size=32))
def test_a_checkpoint_is_read_as_it_was_written(read: Reader, size: int, root: bytes) -> None:
    text = note.Checkpoint(ORIGIN, size, root).encode()
    assert read("decodeCheckpoint", text) == {"origin": ORIGIN, "size": size, "root": root, "encoded": text}


@both
def test_a_checkpoint_and_a_cosignature_of_the_public_web_check(read: Reader) -> None:
    log_key, cosigner = note.Key.decode(PUBLIC_LOG), note.Key.decode(PUBLIC_COSIGNER)
    text, line = PUBLIC_NOTE.split("\n\n")[0] + "\n", PUBLIC_NOTE.split("\n")[-2]

    assert (log_key.type_byte, cosigner.type_byte) == (note.LOG, note.COSIGNER)
    assert read("checkLog", PUBLIC_NOTE, log_key.name, log_key.public)["size"] == 1_432_088_532
    assert read("checkCosignature", text, line, cosigner.public) == 0x6A122120
    with refused("log_key"):
        read("checkLog", PUBLIC_NOTE.replace("1432088532", "1432088533"), log_key.name, log_key.public)
    with refused("log_witness"):
        read("checkCosignature", text.replace("1432088532", "1432088533"), line, cosigner.public)


@both
def test_a_checkpoint_must_be_signed_once_by_the_key_of_its_origin(read: Reader) -> None:
    elsewhere = note.sign(ORIGIN, replace(CHECKPOINT, origin="log.example.org/other").encode(), LOG_SEED)

    assert read("checkLog", PLAIN.encode(), ORIGIN, LOG_KEY)["root"] == CHECKPOINT.root
    for kind, wrong in (
        ("log_key", note.sign(ORIGIN, PLAIN.text, EVE_SEED)),
        ("log_key", note.sign("log.example.org/other", PLAIN.text, LOG_SEED)),
        ("log_key", replace(PLAIN, lines=PLAIN.lines * 2)),
        ("log_key", replace(PLAIN, lines=(replace(PLAIN.lines[0], sig=bytes(64)),))),
        ("checkpoint", elsewhere),
        ("checkpoint", note.sign(ORIGIN, "no checkpoint\n", LOG_SEED)),
    ):
        with refused(kind):
            read("checkLog", wrong.encode(), ORIGIN, LOG_KEY)


# --- Cosignatures -----------------------------------------------------------------------------------------------------


@both
def test_a_cosignature_gives_its_time_and_binds_it(read: Reader) -> None:
    later = replace(BY_ANA, sig=(NOW + 2).to_bytes(8, "big") + BY_ANA.sig[8:])
    far = note.cosign(ANA, PLAIN.text, ANA_SEED, 2**53)
    never = note.cosign(ANA, PLAIN.text, ANA_SEED, 0)

    assert read("checkCosignature", PLAIN.text, BY_ANA.encode(), COSIGNERS[ANA]) == NOW + 1
    for wrong in (later, far, never, BY_BO, replace(BY_ANA, sig=BY_ANA.sig + b"\0"), replace(BY_ANA, name=BO)):
        with refused("log_witness"):
            read("checkCosignature", PLAIN.text, wrong.encode(), COSIGNERS[ANA])


@both
def test_every_line_of_our_notes_must_count(read: Reader) -> None:
    first = PLAIN.lines[0]
    eve = note.cosign("eve.example.org", PLAIN.text, EVE_SEED, NOW)
    as_ana = note.cosign(ANA, PLAIN.text, EVE_SEED, NOW)
    as_log = note.sign(ANA, PLAIN.text, ANA_SEED).lines[0]  # Ana's key, but used as a log's.

    checkpoint, witnessed = read("checkAll", WITNESSED.encode(), ORIGIN, LOG_KEY, COSIGNERS)
    assert checkpoint["origin"] == ORIGIN
    assert witnessed == [[ANA, NOW + 1], [BO, NOW + 2]]
    for kind, lines in (
        ("log_witness", (first, BY_ANA, eve)),
        ("log_witness", (first, as_ana, BY_BO)),
        ("log_witness", (first, as_log, BY_BO)),
        ("log_witness", (first, BY_BO, BY_ANA)),
        ("log_witness", (first, BY_ANA, BY_ANA)),
        ("log_key", (first, first, BY_ANA)),
        ("log_key", (BY_ANA, first, BY_BO)),
        ("log_key", (BY_ANA, BY_BO)),
    ):
        with refused(kind):
            read("checkAll", replace(PLAIN, lines=lines).encode(), ORIGIN, LOG_KEY, COSIGNERS)
    with refused("log_witness"):
        read("checkAll", WITNESSED.encode(), ORIGIN, LOG_KEY, {})


@both
def test_lines_that_nobody_checks_are_passed_over_elsewhere_but_not_in_our_bundles(read: Reader) -> None:
    log_key, cosigner = note.Key.decode(PUBLIC_LOG), note.Key.decode(PUBLIC_COSIGNER)
    opened = note.Note.decode(PUBLIC_NOTE)
    known = replace(opened, lines=opened.lines[1:])
    asked = log_key.name, log_key.public, {cosigner.name: cosigner.public}

    assert read("checkAll", known.encode(), *asked)[1] == [["remora.n621.de", 0x6A122120]]
    with refused("log_key"):
        read("checkAll", opened.encode(), *asked)


def test_a_cosigner_who_signs_again_replaces_the_older_line() -> None:
    newer = WITNESSED.joined(note.cosign(ANA, PLAIN.text, ANA_SEED, NOW + 60))
    assert note.check_all(newer, ORIGIN, LOG_KEY, COSIGNERS)[1] == ((ANA, NOW + 60), (BO, NOW + 2))


# --- Near misses ------------------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    ["\n", "\n\n", " ", "=", "—", "0", "index ", ORIGIN, ROOT, "A", "è", "\r", "\x00", "\ud800", "\u2028", GO_LINE]
)


@st.composite
def near(draw: st.DrawFn, text: str) -> str:
    """A text a few cuts and pieces away from `text`."""
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 60)))
        text = text[:start] + draw(PIECES | st.text(max_size=4)) + text[end:]
    return text


@settings(max_examples=400, deadline=None)
@given(
    question=st.sampled_from(["decodeNote", "decodeCheckpoint", "decodeKey"]),
    text=near(GO_NOTE) | near(PUBLIC_NOTE) | near(CHECKPOINT.encode()) | near(GO_KEY) | st.text(),
)
def test_what_is_taken_is_what_we_would_write_and_both_languages_agree(question: str, text: str) -> None:
    kind, value = verdict(in_python, question, text)

    assert verdict(in_javascript, question, text) == (kind, value)
    assert kind != "taken" or value["encoded"] == text
