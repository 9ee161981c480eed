"""Whoever reads the log: the same questions, with plain answers, to Python and to JavaScript (tests/js/log.mjs)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest

from protocol import log, note
from protocol.errors import Refused
from protocol.signed import Signed
from tests.javascript import call

Reader = Callable[..., Any]  # (name of a question, arguments) -> plain value; raises Refused


def _plain(one: note.Note) -> dict[str, Any]:
    return {"text": one.text, "lines": [[line.name, line.key_hash, line.sig] for line in one.lines]}


def _stated(one: note.Checkpoint) -> dict[str, Any]:
    return {"origin": one.origin, "size": one.size, "root": one.root}


def decode_key(text: str) -> dict[str, Any]:
    key = note.Key.decode(text)
    return {"name": key.name, "typeByte": key.type_byte, "publicKey": key.public, "encoded": key.encode()}


def decode_note(text: str) -> dict[str, Any]:
    one = note.Note.decode(text)
    return {**_plain(one), "encoded": one.encode()}


def decode_checkpoint(text: str) -> dict[str, Any]:
    one = note.Checkpoint.decode(text)
    return {**_stated(one), "encoded": one.encode()}


def decode_proof(text: str) -> dict[str, Any]:
    one = log.Proof.decode(text)
    return {"index": one.index, "hashes": list(one.hashes), "note": _plain(one.note), "encoded": one.encode()}


def entry_of(kind: str, signed: bytes) -> bytes:
    return log.entry(kind, Signed.decode(signed))


def check_log(text: str, origin: str, key: bytes) -> dict[str, Any]:
    return _stated(note.check_log(note.Note.decode(text), origin, key))


def check_cosignature(text: str, line: str, key: bytes) -> int:
    return note.check_cosignature(text, note.Line.decode(line), key)


def check_all(text: str, origin: str, key: bytes, cosigners: Mapping[str, bytes]) -> list[Any]:
    checkpoint, witnessed = note.check_all(note.Note.decode(text), origin, key, cosigners)
    return [_stated(checkpoint), [list(one) for one in witnessed]]


def check_proof(data: bytes, leaf: bytes, origin: str, key: bytes, cosigners: Mapping[str, bytes]) -> dict[str, Any]:
    logged = log.Proof.decode(note.text_of(data)).check(leaf, origin, key, cosigners)
    witnessed = [list(one) for one in logged.witnessed]
    return {"index": logged.index, "size": logged.size, "root": logged.root, "witnessed": witnessed}


QUESTIONS: Final[dict[str, Reader]] = {
    "decodeKey": decode_key,
    "decodeNote": decode_note,
    "decodeCheckpoint": decode_checkpoint,
    "decodeProof": decode_proof,
    "entryOf": entry_of,
    "checkLog": check_log,
    "checkCosignature": check_cosignature,
    "checkAll": check_all,
    "checkProof": check_proof,
}


def in_python(question: str, *args: Any) -> Any:
    """Return what Python answers, or raise Refused."""
    return QUESTIONS[question](*args)


def in_javascript(question: str, *args: Any) -> Any:
    """Return what JavaScript answers, or raise Refused."""
    return call("./log", question, *args)


def verdict(read: Reader, *args: Any) -> tuple[str, Any]:
    """Return ("taken", value), or the kind of the refusal and nothing."""
    try:
        return "taken", read(*args)
    except Refused as refusal:
        return refusal.kind, None


both = pytest.mark.parametrize("read", [in_python, in_javascript], ids=["Python", "JavaScript"])
