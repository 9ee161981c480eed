"""Vaults: a signing key under a pass-phrase."""

from __future__ import annotations

import json

import nacl.pwhash.argon2id
import pytest

from protocol.encoding import b64, canonical
from protocol.vault import generate_passphrase, open_vault, seal_vault, unwrap, wrap
from protocol.wordlist import WORDS
from tests.javascript import call
from tests.refusals import refused

NETWORK, VERIFIER, SEED = "a1" * 32, "qpzry9x8", bytes(range(32))
PHRASE = "abandon ability able about above absent"


@pytest.fixture(scope="module")
def file() -> bytes:
    """Give a vault: Argon2id with 64 MiB takes a while, so one does for all stories that only read."""
    return seal_vault(NETWORK, VERIFIER, SEED, PHRASE)


def changed(file: bytes, **changes: object) -> bytes:
    """Return the file with whole fields changed."""
    return canonical({**json.loads(file), **changes}) + b"\n"


def test_the_words_open_the_vault_however_they_are_typed(file: bytes) -> None:
    vault = open_vault(file, "  Abandon ability ABLE\tabout above\nabsent ")

    assert (vault.network, vault.verifier, vault.seed) == (NETWORK, VERIFIER, SEED)
    assert b64(SEED).encode() not in file


def test_wrong_words_open_nothing(file: bytes) -> None:
    with refused("passphrase", "their order"):
        open_vault(file, "ability abandon able about above absent")


def test_a_flipped_bit_under_the_seal_is_refused(file: bytes) -> None:
    value = json.loads(file)
    with refused("passphrase"):
        open_vault(changed(file, sealed=b64(b"\0" * 60)), PHRASE)
    with refused("passphrase"):
        open_vault(changed(file, nonce=value["nonce"].swapcase()), PHRASE)


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"kdf": "scrypt"},
        {"t": 1},
        {"m": 8},
        {"p": 4},
        {"salt": b64(bytes(8))},
        {"nonce": ""},
        {"hint": "cat"},
    ],
    ids=str,
)
def test_a_weaker_or_unknown_header_is_refused_before_any_work(file: bytes, change: dict[str, object]) -> None:
    with refused("vault"):
        open_vault(changed(file, **change), PHRASE)


@pytest.mark.parametrize("cut", [0, 1, 100, -2])
def test_half_a_vault_is_refused(file: bytes, cut: int) -> None:
    with refused("vault", "half of one"):
        open_vault(file[:cut], PHRASE)


def test_two_vaults_of_one_key_share_nothing_but_their_shape(file: bytes) -> None:
    first, second = json.loads(file), json.loads(seal_vault(NETWORK, VERIFIER, SEED, PHRASE))

    assert {name for name in first if first[name] != second[name]} == {"salt", "nonce", "sealed"}


def test_passphrases_are_six_words_of_the_list_and_never_the_same() -> None:
    phrases = [generate_passphrase() for _ in range(50)]

    assert len(set(phrases)) == 50
    assert all(len(phrase.split()) == 6 and set(phrase.split()) <= set(WORDS) for phrase in phrases)


def test_what_a_vault_wraps_only_the_same_key_and_label_unwrap() -> None:
    key = bytes(range(32))
    wrapped = wrap(key, "epoch 2961", b"a week's seed")

    assert unwrap(key, "epoch 2961", wrapped) == b"a week's seed"
    assert wrapped != wrap(key, "epoch 2961", b"a week's seed")
    for bad_key, label, data in (
        (bytes(32), "epoch 2961", wrapped),
        (key, "epoch 2962", wrapped),
        (key, "epoch 2961", wrapped[:-1]),
        (key, "epoch 2961", wrapped[:20]),
        (key, "epoch 2961", b""),
        (key, "epoch 2961", bytes([wrapped[0] ^ 1]) + wrapped[1:]),
    ):
        with refused("vault"):
            unwrap(bad_key, label, data)


def test_the_desk_derives_the_same_key_with_webassembly_and_where_there_is_none() -> None:
    password, salt = b"leopard error pistol", bytes(range(16))
    key = nacl.pwhash.argon2id.kdf(32, password, salt, opslimit=8, memlimit=2048 * 1024)

    assert call("./argon2id", "derived", password, salt) == {"key": key, "told": []}
    slower = call("./argon2id", "derivedWithoutWebAssembly", password, salt)
    assert slower["key"] == key
    assert slower["told"] == sorted(slower["told"])  # It did go the other way, and said how far it was.
    assert 0.99 < slower["told"][-1] <= 1
