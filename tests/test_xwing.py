"""X-Wing: who a file may be sealed to, how identities are spelled, and the self-test that fails closed."""

from __future__ import annotations

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from protocol import age, xwing
from protocol.encoding import bech32, unbech32
from protocol.errors import Refused
from tests import javascript

ANA = age.Identity(bytes(range(32)))
# The pair that the age specification prints: the identity, and how its recipient begins and ends.
SPEC_IDENTITY = "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR"
SPEC_RECIPIENT_BEGINS = "age1pq1x34nzsvr0rxjsgdn8zgyhfe8j7ceq5r9rdelkjuh3y235jzxshfg87pzf5zrqtzdxz95paef6caq5aapdmw"
SPEC_RECIPIENT_ENDS = "gjtqmwze9pyyzk3tlhl53k2ykx3qheyty7saeq0d3fzv49zc0k"


def test_the_pair_in_the_age_specification_is_a_pair() -> None:
    identity = age.Identity.decode(SPEC_IDENTITY)

    assert identity.encode() == SPEC_IDENTITY
    assert identity.recipient.startswith(SPEC_RECIPIENT_BEGINS)
    assert identity.recipient.endswith(SPEC_RECIPIENT_ENDS)
    assert age.open(age.seal(b"words", [identity.recipient]), [identity]) == b"words"


@given(st.binary(min_size=32, max_size=32))
def test_an_identity_reads_as_it_was_written(seed: bytes) -> None:
    assert age.Identity.decode(age.Identity(seed).encode()) == age.Identity(seed)


@pytest.mark.parametrize(
    "text",
    [
        "",
        SPEC_IDENTITY.lower(),
        SPEC_IDENTITY[:-1] + SPEC_IDENTITY[-1].lower(),
        SPEC_IDENTITY.replace("K", "\u212a"),  # The Kelvin sign, whose lower case is a k.
        SPEC_IDENTITY[:-1] + "Q",
        SPEC_IDENTITY + " ",
        bech32("age-secret-key-pq-", bytes(31)).upper(),
        bech32("age-secret-key-pq-", bytes(33)).upper(),
        bech32("age-secret-key-", bytes(32)).upper(),
    ],
)
def test_what_does_not_spell_a_hybrid_identity_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        age.Identity.decode(text)
    assert caught.value.kind == "age_recipient"


def test_an_identity_shows_no_secret() -> None:
    shown = repr(ANA) + repr(age.ClassicIdentity(bytes(range(32)))) + repr(xwing.PrivateKey.expand(ANA.seed))

    assert "\\x01" not in shown.replace(repr(xwing.PrivateKey.expand(ANA.seed).public_x), "")


def public_with(at: int, part: bytes) -> str:
    encoded = bytearray(unbech32("age1pq", ANA.recipient))
    encoded[at : at + len(part)] = part
    return bech32("age1pq", bytes(encoded))


LOW_ORDER = [
    bytes(32),
    b"\x01" + bytes(31),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
    bytes.fromhex("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
]


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj",
        ANA.recipient.upper(),
        ANA.recipient[:-1] + "q",
        ANA.recipient[:100] + "b" + ANA.recipient[101:],
        bech32("age1pq", bytes(1215)),
        bech32("age1pqx", bytes(1215)),
        public_with(0, b"\xff\xff\xff"),  # Two coefficients of 4095; ML-KEM's modulus is 3329.
        public_with(0, b"\x01\x0d\x00"),  # One coefficient of exactly 3329.
        public_with(1149, b"\xff\xff\xff"),  # The last two.
        *(public_with(1184, point) for point in LOW_ORDER),
        *(public_with(1184, point[:31] + bytes([point[31] | 0x80])) for point in LOW_ORDER),
    ],
    ids=lambda recipient: recipient[:12],
)
def test_nothing_is_sealed_if_one_recipient_is_unsound(recipient: str) -> None:
    with pytest.raises(Refused) as caught:
        age.seal(b"words", [ANA.recipient, recipient])
    assert caught.value.kind == "age_recipient"


def test_a_coefficient_just_below_the_modulus_is_sealed_to() -> None:
    assert age.seal(b"words", [public_with(0, b"\x00\x0d\x00")])  # 3328


@pytest.mark.parametrize("count", [0, 43])
def test_nothing_is_sealed_to_nobody_or_to_more_than_a_header_holds(count: int) -> None:
    with pytest.raises(Refused) as caught:
        age.seal(b"words", [ANA.recipient] * count)
    assert caught.value.kind == "age_recipient"


@pytest.mark.parametrize("point", LOW_ORDER)
def test_a_public_key_of_low_order_never_becomes_a_value(point: bytes) -> None:
    with pytest.raises(Refused) as caught:
        xwing.PublicKey.decode(xwing.PrivateKey.expand(ANA.seed).public()[:1184] + point)
    assert caught.value.kind == "age_recipient"


SEVENTEEN = [(2**255 - 19 + above).to_bytes(32, "little") for above in range(2, 19)]  # No other spelling is above p.


@pytest.mark.parametrize("point", [*LOW_ORDER, *SEVENTEEN, bytes([9, *bytes(31)]), bytes([2, *bytes(31)])])
@pytest.mark.parametrize("bit", [0, 0x80])
def test_javascript_knows_by_sight_which_points_agree_on_nothing(point: bytes, bit: int) -> None:
    spelled = point[:31] + bytes([point[31] | bit])
    known = javascript.call("xwing", "isLowOrder", spelled)

    assert known == (point in LOW_ORDER)
    assert known == (javascript.call("xwing", "agree", ANA.seed, spelled) is None)


@pytest.mark.parametrize(("has", "asked"), [(True, 6), (False, 2)])
def test_javascript_seals_alike_with_an_x25519_of_the_browser_s_own_and_without(has: bool, asked: int) -> None:
    bo = age.Identity(bytes(range(1, 33)))
    sealed = javascript.call("./agreeing", "sealWhere", has, b"words", [ANA.recipient, bo.recipient])

    assert [age.open(sealed["gave"], [one]) for one in (ANA, bo)] == [b"words"] * 2
    assert sealed["asked"] == asked


@pytest.mark.parametrize("has", [True, False])
@pytest.mark.parametrize("point", LOW_ORDER)
def test_javascript_seals_to_no_point_of_low_order_that_nobody_looked_at(point: bytes, has: bool) -> None:
    key = xwing.PrivateKey.expand(ANA.seed).public()[:1184] + point
    with pytest.raises(Refused) as caught:
        javascript.call("./agreeing", "encapsulateWhere", has, key)
    assert caught.value.kind == "age_recipient"


@pytest.mark.parametrize("point", LOW_ORDER)
def test_a_share_of_low_order_is_refused_by_whoever_tries_it(point: bytes) -> None:
    share = age.parse_header(age.seal(b"", [ANA.recipient])).stanzas[0].share()
    with pytest.raises(Refused) as caught:
        xwing.PrivateKey.expand(ANA.seed).decapsulate(share[:1088] + point)
    assert caught.value.kind == "age_header"


def test_the_self_test_passes_on_the_installed_libraries() -> None:
    age.self_test()


def test_the_self_test_fails_closed_where_ml_kem_is_listed_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Listed:
        @staticmethod
        def from_seed_bytes(_seed: bytes) -> MLKEM768PrivateKey:
            raise UnsupportedAlgorithm("ML-KEM-768 is not supported by this version of OpenSSL.")

    monkeypatch.setattr(xwing, "MLKEM768PrivateKey", Listed)
    with pytest.raises(RuntimeError, match=r"install 48\.0\.1 or later"):
        age.self_test()


def test_the_self_test_fails_closed_where_ml_kem_gives_other_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    class Other:
        @staticmethod
        def from_seed_bytes(seed: bytes) -> MLKEM768PrivateKey:
            return MLKEM768PrivateKey.from_seed_bytes(seed[::-1])

    monkeypatch.setattr(xwing, "MLKEM768PrivateKey", Other)
    with pytest.raises(RuntimeError, match="wrongly"):
        age.self_test()
