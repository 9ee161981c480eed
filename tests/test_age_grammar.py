"""Headers of age files in both languages: what is outside the grammar, and the one sentence each is refused with."""

from __future__ import annotations

import pytest

from protocol import age
from protocol.errors import Refused
from tests import javascript

ANA = age.Identity(bytes(range(32)))
FILE = age.seal(b"words", [ANA.recipient])
STANZA = age.parse_header(FILE).stanzas[0].encode()
REST = FILE[len("age-encryption.org/v1\n") :]
HEADERS = [
    (b"", "age_header"),
    (b"age-encryption.org/v2\n" + REST, "age_header"),
    (b"age-encryption.org/v1\r\n" + REST, "age_header"),
    (b"age-encryption.org/v1\n--- " + b"A" * 43 + b"\n" + bytes(32), "age_header"),
    (b"age-encryption.org/v1\n---" + b"A" * 43 + b"\n" + bytes(32), "age_header"),
    (b"age-encryption.org/v1\n" + STANZA + b"---\n", "age_header"),
    (b"age-encryption.org/v1\n" + STANZA + b"--- \n", "age_header"),
    (b"age-encryption.org/v1\n" + STANZA + b"--- " + b"A" * 44 + b"\n" + bytes(32), "age_header"),
    (b"age-encryption.org/v1\n->  x\n\n" + REST, "age_header"),
    (b"age-encryption.org/v1\n-> x \n\n" + REST, "age_header"),
    (b"age-encryption.org/v1\n-> \xc3\xa9\n\n" + REST, "age_header"),
    (b"age-encryption.org/v1\n-> x\nQUI\n" + REST, "age_mac"),
    (b"age-encryption.org/v1\n-> x\nQUJ\n" + REST, "age_header"),
    (b"age-encryption.org/v1\n-> x\nQUI=\n" + REST, "age_header"),
    (b"age-encryption.org/v1\n-> x\n" + b"A" * 64 + b"\n" + REST, "age_header"),
    (b"age-encryption.org/v1\n-> x\n" + b"A" * 64 + b"\n\n" + REST, "age_mac"),
    (b"age-encryption.org/v1\n-> x\n" + b"A" * 65 + b"\n\n" + REST, "age_header"),
    (b"age-encryption.org/v1\n-> x\n\n\n" + REST, "age_header"),
    (b"age-encryption.org/v1\n-> scrypt AAAA 18\n\n" + REST, "age_scope"),
    (b"age-encryption.org/v1\n-> X25519 AAAA\n\n" + REST, "age_header"),
    (b"age-encryption.org/v1\n-> __proto__\n\n" + REST, "age_mac"),
    (b"age-encryption.org/v1\n" + STANZA + REST, "age_mac"),
    (b"age-encryption.org/v1\n-> x\n" + (b"A" * 64 + b"\n") * 1100 + b"\n" + REST, "age_header"),
    (b"-----BEGIN AGE ENCRYPTED FILE-----\n", "age_scope"),
    (b"\n\n-----BEGIN PGP MESSAGE-----\n", "age_scope"),
    (b" " * 1020 + b"-----BEGIN AGE ENCRYPTED FILE-----\n", "age_header"),
    (b"I saw it at the corner.", "age_header"),
]


@pytest.mark.parametrize(("data", "kind"), HEADERS, ids=[f"{n}-{kind}" for n, (_, kind) in enumerate(HEADERS)])
def test_both_refuse_a_header_outside_the_grammar_with_one_sentence(data: bytes, kind: str) -> None:
    with pytest.raises(Refused) as mine:
        age.open(data, [ANA])
    with pytest.raises(Refused) as theirs:
        javascript.call("./calls", "openAge", data, [ANA.encode()], None)

    assert mine.value.kind == kind
    assert (theirs.value.kind, theirs.value.sentence) == (kind, mine.value.sentence)
