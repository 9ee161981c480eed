"""age files: the verdicts of the public test kit, and Wycheproof's on what they are made of."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nacl.bindings
import nacl.exceptions
import pytest

from protocol import age
from protocol.errors import Refused
from protocol.kdf import hkdf
from tests import vectors

KINDS = {
    "header failure": "age_header",
    "no match": "age_no_match",
    "HMAC failure": "age_mac",
    "payload failure": "age_payload",
    "armor failure": "age_scope",
}


@dataclass
class Vector:
    """One file of the test kit: what it says of itself, and the age file."""

    expect: str = ""
    payload: str = ""
    file_key: bytes = b""
    identities: list[age.Identity | age.ClassicIdentity] = field(default_factory=list)
    passphrase: bool = False
    armored: bool = False
    file: bytes = b""

    @property
    def verdict(self) -> str:
        """What we must say: armored and passphrase files are out of scope, whatever is wrong with them."""
        return "age_scope" if self.armored or self.passphrase else KINDS.get(self.expect, self.expect)


def read_vector(data: bytes) -> Vector:
    head, _, body = data.partition(b"\n\n")
    vector = Vector(file=body)
    for line in head.decode().splitlines():
        key, _, value = line.partition(": ")
        match key:
            case "expect":
                vector.expect = value
            case "payload":
                vector.payload = value
            case "file key":
                vector.file_key = bytes.fromhex(value)
            case "identity":
                hybrid = value.startswith("AGE-SECRET-KEY-PQ-1")
                vector.identities.append((age.Identity if hybrid else age.ClassicIdentity).decode(value))
            case "passphrase":
                vector.passphrase = True
            case "armored":
                assert value == "yes"
                vector.armored = True
            case "compressed":
                assert value == "zlib"
                vector.file = zlib.decompress(body)
            case "comment":
                pass
            case _:
                pytest.fail(f"The test kit has a key that nobody here knows: {line}")
    assert vector.expect == "success" or vector.expect in KINDS, vector.expect
    return vector


def verdict(vector: Vector) -> str:
    """Return what we say of a vector: success, or the kind of the refusal."""
    try:
        plaintext = age.open(vector.file, vector.identities)
    except Refused as error:
        return error.kind
    assert hashlib.sha256(plaintext).hexdigest() == vector.payload
    assert age.open_header(vector.file, vector.identities) == vector.file_key
    return "success"


def vector_files() -> list[Path]:
    return sorted(path for path in vectors.folder("age").iterdir() if path.is_file())


def test_every_file_of_the_public_test_kit_gets_its_verdict() -> None:
    seen: dict[str, int] = {}
    wrong: dict[str, tuple[str, str]] = {}
    for path in vector_files():
        vector = read_vector(path.read_bytes())
        said = verdict(vector)
        seen[said] = seen.get(said, 0) + 1
        if said != vector.verdict:
            wrong[path.name] = (vector.verdict, said)

    assert wrong == {}
    assert seen.keys() == {"success", "age_header", "age_no_match", "age_payload", "age_scope"}
    assert seen["success"] >= 8


def test_the_test_kit_dies_on_a_key_it_does_not_know() -> None:
    with pytest.raises(pytest.fail.Exception, match="nobody here knows"):
        read_vector(b"expect: success\nweather: fine\n\nbody")


def test_the_first_chunk_of_every_public_file_that_opens_is_the_beginning_of_its_plaintext() -> None:
    count = 0
    for path in vector_files():
        vector = read_vector(path.read_bytes())
        if vector.verdict != "success":
            continue
        payload = vector.file[age.parse_header(vector.file).size :]
        plaintext = age.open(vector.file, vector.identities)
        first = age.open_first_chunk(vector.file_key, payload, last=len(plaintext) <= age.CHUNK)
        assert first == plaintext[: age.CHUNK]
        count += 1
    assert count > 0


def test_wycheproof_hkdf() -> None:
    count = 0
    for case in wycheproof("hkdf_sha256_test.json"):
        ikm, salt, info = (bytes.fromhex(case[name]) for name in ("ikm", "salt", "info"))
        if case["result"] == "valid":
            assert hkdf(ikm, salt, info, case["size"]).hex() == case["okm"], case["tcId"]
        else:
            with pytest.raises(ValueError, match="HKDF-SHA-256 gives 0 to 8160 bytes"):
                hkdf(ikm, salt, info, case["size"])
        count += 1
    assert count > 80


def test_wycheproof_chacha20_poly1305_through_the_library_that_we_lean_on() -> None:
    count = 0
    for case in wycheproof("chacha20_poly1305_test.json"):
        key, nonce, aad, message, box = (
            bytes.fromhex(text)
            for text in (case["key"], case["iv"], case["aad"], case["msg"], case["ct"] + case["tag"])
        )
        if len(nonce) != 12:
            continue
        if case["result"] == "valid":
            assert nacl.bindings.crypto_aead_chacha20poly1305_ietf_encrypt(message, aad, nonce, key) == box
            assert nacl.bindings.crypto_aead_chacha20poly1305_ietf_decrypt(box, aad, nonce, key) == message
        else:
            with pytest.raises(nacl.exceptions.CryptoError):
                nacl.bindings.crypto_aead_chacha20poly1305_ietf_decrypt(box, aad, nonce, key)
        count += 1
    assert count > 300


def wycheproof(name: str) -> list[dict[str, Any]]:
    groups = json.loads((vectors.folder("wycheproof") / name).read_text())["testGroups"]
    return [case for group in groups for case in group["tests"]]
