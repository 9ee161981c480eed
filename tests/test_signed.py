"""Signed objects: the bytes that are signed, and every way to refuse an object, in both languages."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import shape, signed
from protocol.encoding import canonical
from protocol.errors import Refused
from protocol.signed import Signature, Signed
from tests import javascript

SEEDS = [bytes([number]) * 32 for number in range(1, 5)]
PUBLICS = [signed.public_key(seed) for seed in SEEDS]
IDS = [signed.key_id(public) for public in PUBLICS]
KEYS = dict(zip(IDS, PUBLICS, strict=True))


def outcome(act: Callable[..., Any], *args: Any) -> Any:
    """Return what a call gives, or the kind and sentence of its refusal."""
    try:
        return act(*args)
    except Refused as refusal:
        return ("refused", refusal.kind, refusal.sentence)


def several(noun: str, payload: bytes, *numbers: int) -> Signed:
    """Return an object that the seeds with these numbers have signed."""
    objects = [signed.sign(noun, payload, IDS[number], SEEDS[number]) for number in numbers]
    for other in objects[1:]:
        objects[0] = objects[0].joined(other)
    return objects[0]


# --- what is signed --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("noun", "payload", "expected"),
    [
        ("alert", b"", b"DSSEv1 36 application/vnd.sereno.alert.v1+json 0 "),
        ("set", b"{}", b"DSSEv1 34 application/vnd.sereno.set.v1+json 2 {}"),
        ("sign-in", "é".encode(), b"DSSEv1 38 application/vnd.sereno.sign-in.v1+json 2 \xc3\xa9"),
    ],
)
def test_what_is_signed_is_the_type_and_the_payload_with_their_lengths(
    noun: str, payload: bytes, expected: bytes
) -> None:
    assert signed.pae(noun, payload) == expected
    assert javascript.call("signed", "pae", noun, payload) == expected


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=50, deadline=None)
def test_both_name_a_key_alike(public: bytes) -> None:
    name = signed.key_id(public)

    assert javascript.call("signed", "keyId", public) == name
    shape.ID(name, "name")


def test_both_sign_the_same_object() -> None:
    mine = signed.sign("alert", b'{"a":1}', IDS[0], SEEDS[0])
    data = mine.encode()
    theirs = javascript.call("./calls", "decodeSigned", data)

    assert javascript.call("./calls", "signed", "alert", b'{"a":1}', IDS[0], SEEDS[0]) == data
    assert Signed.decode(data) == mine
    assert theirs == {
        "noun": "alert",
        "payload": mine.payload,
        "signatures": [{"keyid": IDS[0], "sig": mine.signatures[0].sig}],
        "message": mine.message(),
        "entry": mine.entry(),
        "encoded": data,
    }


# --- joined, check, read ---------------------------------------------------------------------------------------------


def test_signatures_over_the_same_bytes_are_joined_in_the_order_of_their_keys() -> None:
    one, two, three = (several("alert", b"{}", number) for number in (2, 0, 1))
    whole = one.joined(two).joined(three)
    theirs = javascript.call("./calls", "joinSigned", one.joined(two).encode(), three.encode())

    assert [signature.keyid for signature in whole.signatures] == sorted(IDS[:3])
    assert theirs == whole.encode()
    assert whole.joined(one) == whole
    assert whole.check("alert", KEYS) == tuple(sorted(IDS[:3]))


@pytest.mark.parametrize(("noun", "payload"), [("alert", b'{"a":1}'), ("roster", b"{}")])
def test_signatures_over_other_bytes_are_not_joined(noun: str, payload: bytes) -> None:
    one, other = several("alert", b"{}", 0), several(noun, payload, 1)
    mine = outcome(one.joined, other)

    assert mine[:2] == ("refused", "signature")
    assert outcome(javascript.call, "./calls", "joinSigned", one.encode(), other.encode()) == mine


def checked(data: bytes, noun: str, keys: dict[str, bytes]) -> Any:
    """Return what both languages say of an object's signatures; they must agree to the letter."""
    mine = outcome(lambda: list(Signed.decode(data).check(noun, keys)))
    assert outcome(javascript.call, "./calls", "checkSigned", data, noun, keys) == mine
    return mine


def test_a_check_gives_the_signers() -> None:
    assert checked(several("alert", b"{}", 0, 1, 2).encode(), "alert", KEYS) == sorted(IDS[:3])


def test_an_object_of_another_noun_is_refused() -> None:
    assert checked(several("roster", b"{}", 0).encode(), "alert", KEYS)[1] == "payload_type"


def test_a_signer_without_a_key_is_refused() -> None:
    keys = {name: key for name, key in KEYS.items() if name != IDS[1]}

    assert checked(several("alert", b"{}", 0, 1).encode(), "alert", keys)[1:] == (
        "signer",
        f"{IDS[1]} has no key that may sign this alert.",
    )
    assert checked(several("alert", b"{}", 0).encode(), "alert", {})[1] == "signer"


def test_one_bad_signature_refuses_the_whole_object() -> None:
    good = several("alert", b"{}", 0, 1, 2)
    for at, one in enumerate(good.signatures):
        bad = [*good.signatures]
        bad[at] = Signature(one.keyid, bytes([one.sig[0] ^ 1]) + one.sig[1:])
        assert checked(Signed("alert", b"{}", tuple(bad)).encode(), "alert", KEYS)[1] == "signature"


def test_a_signature_of_one_noun_does_not_pass_for_another() -> None:
    stolen = Signed("roster", b"{}", several("alert", b"{}", 0).signatures)

    assert checked(stolen.encode(), "roster", KEYS)[1] == "signature"


def test_a_key_id_is_only_a_hint_and_a_wrong_one_does_not_pass() -> None:
    swapped = Signed("alert", b"{}", (Signature(IDS[1], several("alert", b"{}", 0).signatures[0].sig),))

    assert checked(swapped.encode(), "alert", KEYS)[1] == "signature"


SOUND = json.loads(several("alert", b"{}", 0, 1).encode())
TYPE = "application/vnd.sereno.alert.v1+json"
CHANGES: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("no payload", lambda value: value.pop("payload")),
    ("payload is no text", lambda value: value.update(payload=1)),
    ("one more field", lambda value: value.update(x=1)),
    ("a field with the prototype's name", lambda value: value.update(__proto__={})),
    ("no signature", lambda value: value.update(signatures=[])),
    ("65 signatures", lambda value: value.update(signatures=value["signatures"] * 33)),
    ("the same signature twice", lambda value: value["signatures"].__setitem__(1, value["signatures"][0])),
    ("descending key ids", lambda value: value["signatures"].reverse()),
    ("a short signature", lambda value: value["signatures"][0].update(sig=base64.b64encode(bytes(63)).decode())),
    ("a signature in raw base64", lambda value: value["signatures"][0].update(sig="A" * 86)),
    ("a key id in upper case", lambda value: value["signatures"][0].update(keyid=IDS[0].upper())),
    ("a key id with a letter that bech32 lacks", lambda value: value["signatures"][0].update(keyid="bbbbbbbb")),
    ("another family of types", lambda value: value.update(payloadType="application/vnd.other.alert.v1+json")),
    ("another version", lambda value: value.update(payloadType="application/vnd.sereno.alert.v2+json")),
    ("a type with a line feed", lambda value: value.update(payloadType=TYPE + "\n")),
    ("a type in upper case", lambda value: value.update(payloadType=TYPE.replace("alert", "Alert"))),
]


@pytest.mark.parametrize(("name", "change"), CHANGES, ids=[name for name, _ in CHANGES])
def test_both_refuse_an_object_of_another_shape_with_one_sentence(
    name: str, change: Callable[[dict[str, Any]], Any]
) -> None:
    value = json.loads(json.dumps(SOUND))
    change(value)
    mine = outcome(Signed.decode, canonical(value))

    assert mine[:2] == ("refused", "shape")
    assert outcome(javascript.call, "./calls", "decodeSigned", canonical(value)) == mine


def test_an_object_that_is_not_canonical_or_too_long_is_refused() -> None:
    data = several("alert", b"{}", 0).encode()

    assert outcome(Signed.decode, data + b" ")[1] == "not_canonical"
    assert outcome(javascript.call, "./calls", "decodeSigned", data + b" ")[1] == "not_canonical"
    long = Signed("alert", b"x" * signed.MAX_SIGNED, several("alert", b"{}", 0).signatures).encode()
    mine = outcome(Signed.decode, long)
    assert mine[1] == "too_large"
    assert outcome(javascript.call, "./calls", "decodeSigned", long) == mine


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_both_say_the_same_of_a_changed_object_and_never_take_it_for_signed(data: st.DataObject) -> None:
    whole = several("alert", b'{"a":1}', 0, 1).encode()
    at = data.draw(st.integers(0, len(whole) - 1))
    changed = whole[:at] + data.draw(st.binary(min_size=0, max_size=2)) + whole[at + 1 :]
    if changed == whole:
        return
    mine = outcome(lambda: list(Signed.decode(changed).check("alert", KEYS)))
    theirs = outcome(javascript.call, "./calls", "checkSigned", changed, "alert", KEYS)

    assert mine[0] == theirs[0] == "refused"
    assert mine[1] == theirs[1]


@pytest.mark.parametrize(
    ("payload", "kind"),
    [(b'{"a":1}', ""), (b'{"a":2}', "shape"), (b'{"a": 1}', "not_canonical"), (b'{"a":1.0}', "not_json")],
)
def test_a_payload_is_read_only_as_canonical_json_of_its_shape(payload: bytes, kind: str) -> None:
    whole = several("alert", payload, 0)
    spec = ["record", {"a": ["exactly", 1]}, {}]
    read = partial(whole.read, shape.record({"a": shape.exactly(1)}), 99)
    mine = outcome(read)

    assert (mine == {"a": 1}) if not kind else mine[:2] == ("refused", kind)
    assert outcome(javascript.call, "./calls", "readSigned", whole.encode(), spec, 99) == mine
    assert outcome(whole.read, shape.record({}), 3)[1] == "too_large"
