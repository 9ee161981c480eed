"""Sealed files: what a saved form gives is what a door takes, in both languages, and nothing else is one."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import age, limits
from protocol.errors import Refused
from protocol.sealedfile import MAX_SEALED_FILE, SealedFile
from tests import javascript
from tests.refusals import refused

NAME: Final = "7d" * 32
ENVELOPE: Final = age.seal(bytes(limits.BUCKETS[0]), [age.Identity.generate().recipient for _ in range(2)])
FILE: Final = SealedFile("north", NAME, ENVELOPE)
START: Final = FILE.encode()[: -len(ENVELOPE)]

BAD: Final = {
    "nothing": (b"", "sealed_file"),
    "an envelope alone": (ENVELOPE, "sealed_file"),
    "another version": (START.replace(b"/v1", b"/v2") + ENVELOPE, "sealed_file"),
    "a desk in capitals": (START.replace(b"north", b"North") + ENVELOPE, "sealed_file"),
    "a short name": (START[:-2] + b"\n" + ENVELOPE, "sealed_file"),
    "a carriage return": (START[:-1] + b"\r\n" + ENVELOPE, "sealed_file"),
    "a byte beyond ASCII": (START.replace(b"o", b"\xc3\xb8", 1) + ENVELOPE, "sealed_file"),
    "words in the clear": (START + b"Two white vans at the ferry.", "envelope_plain"),
    "a byte less": (FILE.encode()[:-1], "bucket"),
    "a byte more": (FILE.encode() + b"\0", "bucket"),
    "a header alone": (START + b"age-encryption.org/v1\n-> X25519 " + b"A" * 43 + b"\n", "age_header"),
    "far too much": (START + bytes(MAX_SEALED_FILE), "too_large"),
}


def js(data: bytes) -> Any:
    """Return what JavaScript makes of a file, encoded again: it raises as Python does."""
    return javascript.call("./calls", "sealedFile", data)


def test_what_one_language_writes_the_other_reads() -> None:
    assert SealedFile.decode(FILE.encode()) == FILE
    assert js(FILE.encode()) == FILE.encode()


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_a_sealed_file_is_refused_alike_in_both_languages(name: str) -> None:
    data, kind = BAD[name]

    with refused(kind):
        SealedFile.decode(data)
    with refused(kind):
        js(data)


@given(st.binary(max_size=200), st.integers(0, len(START)))
def test_a_file_that_is_read_is_the_one_that_would_be_written(noise: bytes, at: int) -> None:
    data = START[:at] + noise + START[at + len(noise) :] + ENVELOPE
    try:
        read = SealedFile.decode(data)
    except Refused:
        return
    assert read.encode() == data
