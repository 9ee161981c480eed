"""Ed25519: PyNaCl's verdict on keys and signatures, crafted ones too, in both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import nacl.bindings
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import signed
from protocol.errors import Refused
from tests import javascript, vectors

SEEDS = [bytes([number]) * 32 for number in range(1, 5)]
PUBLICS = [signed.public_key(seed) for seed in SEEDS]
ORDER = 2**252 + 27742317777372353535851937790883648493  # RFC 8032, section 5.1: L.
# Points of order 1, 2, 4 and 8, and spellings of them that are not canonical (RFC 8032, section 5.1.3).
SMALL = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


def refusal(act: Callable[..., Any], *args: Any) -> str | None:
    """Return what a call is refused with, kind and sentence."""
    try:
        act(*args)
    except Refused as refused:
        return f"{refused.kind} {refused.sentence}"
    return None


def verdict(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return the verdict that both languages agree on."""
    mine: bool = signed.is_signature(public, message, signature)
    assert javascript.call("signed", "isSignature", public, message, signature) == mine
    return mine


def is_admitted(public: bytes) -> bool:
    """Return whether both languages admit a key to a roster; they must agree."""
    mine = refusal(signed.admit_key, public)
    assert refusal(javascript.call, "signed", "admitKey", public) == mine
    assert mine is None or mine.startswith("public_key ")
    return mine is None


def test_of_914_crafted_signatures_both_accept_the_same_43() -> None:
    cases = json.loads((vectors.folder("ed25519-cctv") / "ed25519vectors.json").read_bytes())
    accepted = [
        case["number"]
        for case in cases
        if verdict(bytes.fromhex(case["key"]), case["msg"].encode(), bytes.fromhex(case["sig"]))
    ]

    assert (len(cases), len(accepted)) == (914, 43)


def test_both_admit_the_same_keys_to_a_roster() -> None:
    cases = json.loads((vectors.folder("ed25519-cctv") / "ed25519vectors.json").read_bytes())
    keys = {bytes.fromhex(case["key"]) for case in cases}
    admitted = {key for key in keys if is_admitted(key)}

    assert admitted
    assert admitted == {key for key in keys if nacl.bindings.crypto_core_ed25519_is_valid_point(key)}
    assert len(admitted) < len(keys)


@pytest.mark.parametrize("key", SMALL)
def test_no_key_of_small_order_is_admitted_or_signs(key: str) -> None:
    public = bytes.fromhex(key)

    assert not is_admitted(public)
    assert not verdict(public, b"", public + bytes(32))
    assert not verdict(public, b"", bytes.fromhex(SMALL[0]) + bytes(32))


def test_no_second_spelling_of_a_point_is_admitted() -> None:
    """A y below 19 can also be written as y + p; two libraries that read it alike may still hash it apart."""
    keys = [(y + 2**255 - 19 | sign << 255).to_bytes(32, "little") for y in range(19) for sign in (0, 1)]

    assert not [key.hex() for key in keys if is_admitted(key)]


@pytest.mark.parametrize("key", [b"", bytes(31), bytes(33), b"\x02" + bytes(31), b"\xff" * 32])
def test_what_is_no_point_is_not_admitted(key: bytes) -> None:
    assert not is_admitted(key)


def test_both_say_what_wycheproof_says() -> None:
    groups = json.loads((vectors.folder("wycheproof") / "ed25519_test.json").read_bytes())["testGroups"]
    cases = [(bytes.fromhex(group["publicKey"]["pk"]), case) for group in groups for case in group["tests"]]
    wrong = [
        case["tcId"]
        for public, case in cases
        if verdict(public, bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])) is not (case["result"] == "valid")
    ]

    assert len(cases) > 100
    assert wrong == []


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=99), st.integers(0, 63), st.integers(1, 255))
def test_both_make_the_same_signature_and_no_changed_one_passes(
    seed: bytes, payload: bytes, at: int, flip: int
) -> None:
    public = signed.public_key(seed)
    message = signed.pae("alert", payload)
    signature = bytearray(signed.sign("alert", payload, signed.key_id(public), seed).signatures[0].sig)

    assert javascript.call("signed", "publicKey", seed) == public
    assert is_admitted(public)
    assert verdict(public, message, bytes(signature))
    signature[at] ^= flip
    assert not verdict(public, message, bytes(signature))
    assert not verdict(public, message, bytes(signature)[:63])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SMALL), st.sampled_from(SMALL), st.sampled_from(range(4)), st.integers(0, 1 << 30))
def test_both_say_the_same_where_a_part_of_small_order_was_added(a: str, r: str, who: int, salt: int) -> None:
    """A forger who knows the secret adds small points to the key and to R; noble alone would take them."""
    add = nacl.bindings.crypto_core_ed25519_add
    secret = nacl.bindings.crypto_core_ed25519_scalar_reduce(SEEDS[who] + salt.to_bytes(32, "little"))
    nonce = nacl.bindings.crypto_core_ed25519_scalar_reduce(salt.to_bytes(64, "big"))
    base = nacl.bindings.crypto_scalarmult_ed25519_base_noclamp
    public = add(base(secret), bytes.fromhex(a))
    point = add(base(nonce), bytes.fromhex(r)) if any(nonce) else bytes.fromhex(r)
    challenge = nacl.bindings.crypto_core_ed25519_scalar_reduce(nacl.bindings.crypto_hash_sha512(point + public + b"m"))
    rest = nacl.bindings.crypto_core_ed25519_scalar_mul(challenge, secret)
    signature = point + nacl.bindings.crypto_core_ed25519_scalar_add(nonce, rest)

    verdict(public, b"m", signature)
    is_admitted(public)
    is_admitted(point)


def test_a_signature_whose_s_is_not_reduced_is_refused() -> None:
    one = signed.sign("alert", b"{}", signed.key_id(PUBLICS[0]), SEEDS[0]).signatures[0].sig
    s = int.from_bytes(one[32:], "little") + ORDER
    message = signed.pae("alert", b"{}")

    assert verdict(PUBLICS[0], message, one)
    assert not verdict(PUBLICS[0], message, one[:32] + s.to_bytes(32, "little"))


def test_what_was_found_good_is_remembered_of_these_very_bytes_alone() -> None:
    message = signed.pae("alert", b"{}")
    good = (PUBLICS[0], message, signed.sign("alert", b"{}", signed.key_id(PUBLICS[0]), SEEDS[0]).signatures[0].sig)
    assert verdict(*good)

    for part, data in enumerate(good):
        for at in range(len(data)):
            changed = [*good]
            changed[part] = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
            assert not javascript.call("signed", "isSignature", *changed), (part, at)
    key, _, signature = good
    # The same bytes in a row, cut elsewhere: what is hashed is R, the key and the message, one after another.
    assert not javascript.call("signed", "isSignature", key[1:] + message[:1], message[1:], signature)
    assert verdict(*good)


def test_only_the_newest_that_are_good_are_remembered() -> None:
    names = ["a", "a", "bad", "bad", "b", "a", "c", "b", "c", "a"]

    answers = javascript.call("./remembering", "asked", 2, names)

    assert [held for held, _ in answers] == [name != "bad" for name in names]
    # "a" once, "bad" each time, "b", then "c", which takes the place of "a", and "a" again.
    assert [found for _, found in answers] == [1, 1, 2, 3, 4, 4, 5, 5, 5, 6]
