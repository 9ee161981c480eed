"""What JavaScript makes Python takes, and the other way round: envelopes, vaults, keys, sets; and no forged release."""

from __future__ import annotations

from dataclasses import asdict, replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import age
from protocol import alert as alerts
from protocol.encoding import parse, unb64
from protocol.envelope import check_envelope, open_envelope, open_preview, preview_size, seal_envelope
from protocol.epoch import epoch_grace_end, epoch_of, epoch_start, open_epoch_key
from protocol.errors import Refused
from protocol.legal import ROOM, open_legal
from protocol.limits import BUCKETS, CHUNK, DAY
from protocol.publication import encode_publication
from protocol.recipients import RecipientSet, propose_set
from protocol.release import Bundle, require_timely
from protocol.signed import Signed
from protocol.tip import Attachment, Tip, day_is_off
from protocol.vault import open_vault, unwrap, wrap
from tests.javascript import call
from tests.refusals import refused
from tests.vectors_of_lists import network
from tests.world import World

PHOTO = Attachment("image/jpeg", bytes(range(256)) * 900, 6)  # 230 kB: four chunks of it.
PAGE = Attachment("image/png", b"\x89PNG", 1)
LEGAL = "I was at Pier 4. 我需要律师"


@cache
def world() -> World:
    return network()


@cache
def to() -> RecipientSet:
    return world().recipient_set()


def outcome(act: Any, *asked: Any) -> Any:
    """Return what a call gives, or the kind and sentence of its refusal."""
    try:
        return act(*asked)
    except Refused as refusal:
        return "refused", refusal.kind, refusal.sentence


def files_of(*files: Attachment) -> list[list[Any]]:
    return [[one.type, one.turn, one.data] for one in files]


def plain(tip: Tip) -> dict[str, Any]:
    """Return what JavaScript tells of the same tip."""
    header = {name: value for name, value in tip.header.items() if name != "legal"}
    found = files_of(*tip.files)
    legal = unb64(tip.header["legal"])
    return {"id": tip.id, "day": tip.day, "header": header, "legal": legal, "files": found, "isFrozen": True}


def seen_by_both(data: bytes, name: str, of: RecipientSet, *, whole: bool = True, bucket: int = CHUNK) -> Any:
    """Return what a verifier finds in an envelope, or in its beginning; both languages must agree."""
    identity, member = world().identity(name), world().id(name)
    if whole:
        mine = outcome(lambda: plain(open_envelope(data, identity, of, member)))
        assert outcome(call, "./makers", "opened", data, identity.encode(), asdict(of), member) == mine
    else:
        mine = outcome(lambda: plain(open_preview(data, bucket, identity, of, member)))
        assert outcome(call, "./makers", "previewed", data, bucket, identity.encode(), asdict(of), member) == mine
    return mine


# --- Envelopes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("maker", ["Python", "JavaScript"])
@pytest.mark.parametrize("files", [(), (PHOTO, PAGE)], ids=["words", "photos"])
def test_each_opens_what_the_other_sealed(maker: str, files: tuple[Attachment, ...]) -> None:
    form, attorneys = world().tip(words="Three vans. \U0001f600"), world().attorneys()
    if maker == "Python":
        data = seal_envelope(form, to(), attorneys, files, LEGAL)
    else:
        data = call("./makers", "sealed", form, asdict(to()), attorneys, files_of(*files), LEGAL)
    bucket = BUCKETS[1] if files else CHUNK
    start = data[: preview_size(len(to().members))]

    opened = [seen_by_both(data, name, to()) for name in ("ana", "cy", "tim")]
    assert opened[0] == opened[1] == opened[2]
    assert opened[0]["header"]["tip"] == form["tip"]
    assert opened[0]["files"] == files_of(*files)
    assert seen_by_both(start, "bo", to(), whole=False, bucket=bucket) == {**opened[0], "files": []}
    luz = world().attorney()
    assert call("./makers", "legalWords", opened[0]["legal"], luz.encode()) == LEGAL
    assert open_legal(opened[0]["legal"], luz) == LEGAL
    assert call("./makers", "outlined", data, [5, len(to().members)]) == asdict(
        check_envelope(data, [len(to().members)])
    )


def test_both_refuse_the_same_envelopes_of_other_sets_and_people() -> None:
    data = world().seal(world().tip(), to())
    start = data[: preview_size(len(to().members))]

    more = replace(to(), members=(*to().members, "zzzzzzzz"))
    assert seen_by_both(data, "ana", more)[1] == seen_by_both(start, "ana", more, whole=False)[1] == "tip_layout"
    for changes in ({"name": "ab" * 32}, {"roster": "ab" * 32}, {"desk": "south"}, {"members": to().members[:3]}):
        other = replace(to(), **changes)
        assert seen_by_both(data, "ana", other)[1] in ("tip_layout", "age_no_match")
        assert seen_by_both(start, "ana", other, whole=False)[1] in ("tip_layout", "age_no_match")
    for name in ("len", "rae"):
        assert seen_by_both(data, name, to())[1] == "age_no_match"
        assert seen_by_both(start, name, to(), whole=False)[1] == "age_no_match"
    for wrong in (data[:-1], data + b"\0", data[:-1] + bytes([data[-1] ^ 1])):
        assert seen_by_both(wrong, "bo", to())[1] == "age_payload"
    assert seen_by_both(start[:-1], "bo", to(), whole=False)[1] == "age_payload"
    assert seen_by_both(start, "bo", to(), whole=False, bucket=BUCKETS[1])[1] == "age_payload"


@pytest.mark.parametrize("plain", [b"\xff\xff", b"\0\1ab", b"\0\2\xc3\x28"], ids=["long", "not zero", "not UTF-8"])
def test_both_refuse_the_same_legal_parts(plain: bytes) -> None:
    part = age.seal(plain.ljust(ROOM, b"\0"), [world().attorney().recipient] * 4)
    mine = outcome(open_legal, part, world().attorney())

    assert mine[0] == "refused"
    assert outcome(call, "./makers", "legalWords", part, world().attorney().encode()) == mine


def test_both_doors_refuse_the_same() -> None:
    data = world().seal(world().tip(), to())
    classic = data.replace(b"-> mlkem768x25519 ", b"-> mlkem768x25518 ", 1)

    for wrong, counts in (
        (data, []),
        (data, [7, 3]),
        (data[:-1], [4]),
        (b"a plain tip", [4]),
        (classic, [4]),
        (data[:900], [4]),
    ):
        mine = outcome(lambda wrong=wrong, counts=counts: check_envelope(wrong, counts))
        assert mine[0] == "refused"
        assert outcome(call, "./makers", "outlined", wrong, counts) == mine


def test_a_page_may_breathe_after_every_key_and_chunk() -> None:
    members = len(to().members)
    keys, chunks = 4 + 4 + members, 1 + 4 + 16  # Throw-away keys, their stanzas, the members'; legal, hashes, bucket.

    assert call("./makers", "breaths", world().tip(), asdict(to()), files_of(PHOTO)) >= keys + chunks


# --- Keys and lists ---------------------------------------------------------------------------------------------------


def lists() -> dict[str, Any]:
    return {"policy": world().policy.encode(), "roster": world().signed_roster.value(), "links": []}


def test_each_opens_the_other_s_vault() -> None:
    phrase, content = "zoo zone zero youth young you", {"network": "a1" * 32, "verifier": "k7mq2x9a", "seed": bytes(32)}
    made = call("./makers", "vaultOf", content, phrase)
    vault = open_vault(made, "  Zoo ZONE zero youth young you")

    assert {"network": vault.network, "verifier": vault.verifier, "seed": vault.seed} == content
    wrapped = call("vault", "wrap", vault.key, "epoch 2961", b"a week's seed")
    assert unwrap(vault.key, "epoch 2961", wrapped) == b"a week's seed"
    assert call("vault", "unwrap", vault.key, "epoch 2961", wrap(vault.key, "epoch 2961", b"another")) == b"another"
    for label, data in (("epoch 2962", wrapped), ("epoch 2961", wrapped[:-1]), ("epoch 2961", wrapped[:20])):
        with refused("vault", "was not sealed by this vault"):
            call("vault", "unwrap", vault.key, label, data)


def test_passphrases_and_codes_made_by_javascript_are_words_of_the_list() -> None:
    phrases = {call("vault", "generatePassphrase") for _ in range(20)}
    codes = {call("codename", "generateCode") for _ in range(20)}

    assert len(phrases) == len(codes) == 20
    assert {len(phrase.split()) for phrase in phrases} == {6}
    assert {len(code) for code in codes} == {11}


def test_both_make_the_same_keys_sets_and_publications() -> None:
    keys = world().epoch_keys()
    values = [key.value() for key in keys]
    seed, epoch, bo = world().seed("bo"), world().epoch(), world().id("bo")
    opened = [open_epoch_key(key, world().roster) for key in keys]
    first = world().propose(keys)
    signed = world().sign("set", first, "ana", "bo")
    stays = [world().sign_stay("cy", "ana")]
    attorneys = world().attorneys()

    key = call("./makers", "epochKey", lists(), bo, epoch, parse(keys[1].payload, 9999)["age"], seed)
    assert Signed.decode(key) in keys
    assert call("./makers", "proposal", lists(), "north", epoch, values, None, []) == first
    later = propose_set(world().roster, "north", epoch, opened, to(), {bo})
    assert call("./makers", "proposal", lists(), "north", epoch, values, asdict(to()), [bo]) == later
    sentence = outcome(propose_set, world().roster, "north", epoch, opened[:1], None)
    assert outcome(call, "./makers", "proposal", lists(), "north", epoch, values[:1], None, []) == sentence
    data = encode_publication(world().signed_roster, (), attorneys, stays, [(signed, keys)])
    sets = [[signed.value(), values]]
    made = call("./makers", "published", lists()["roster"], [], attorneys, [one.value() for one in stays], sets)
    assert made == data
    policy = call("./makers", "policyAgain", world().policy.encode())
    assert policy == {"file": world().policy.encode(), "network": world().network}


def test_a_roster_takes_the_place_of_another_alike() -> None:
    one = network()
    older, first = lists(), {**lists(), "roster": one.signed_roster.value()}
    second = {**lists(), "roster": one.sign_roster(one.roster_value()).value()}
    fork = {**lists(), "roster": one.sign_roster(one.roster_value(previous="ab" * 32)).value()}

    call("./makers", "follows", first, older)
    call("./makers", "follows", second, first)
    for newer, old in ((first, second), (fork, first)):
        rosters = [one.open_roster(Signed.of(which["roster"])) for which in (newer, old)]
        mine = outcome(rosters[0].require_follows, rosters[1])
        assert mine[1] == "roster_chain"
        assert outcome(call, "./makers", "follows", newer, old) == mine


@settings(deadline=None, max_examples=50)
@given(st.integers(1_500_000_000, 4_000_000_000), st.integers(-1000, 1000), st.booleans())
def test_both_read_the_clock_alike(now: int, off: int, is_stop: bool) -> None:
    epoch = epoch_of(now)
    day = now // DAY + off % 7 - 3
    message = replace(_read(), kind="ended" if is_stop else "confirmed", issued=now + off)

    assert call("./makers", "epochs", now) == [epoch, epoch_start(epoch), epoch_grace_end(epoch)]
    assert call("./makers", "isOff", day, now) == day_is_off(Tip("", day, {}, ()), now)
    mine = outcome(require_timely, message, now)
    assert outcome(call, "./makers", "timely", is_stop, now + off, now) == mine


@cache
def _read() -> alerts.Alert:
    return alerts.read_alert(Bundle.decode(world().release().bundle).alert)


# --- The gate ---------------------------------------------------------------------------------------------------------


def test_javascript_has_no_second_way_to_a_release() -> None:
    release = world().release()
    told = call("./makers", "forgeries", release.bundle, world().policy.encode(), world().now)

    assert set(told["tries"].values()) <= {"TypeError", "Refused"}
    assert told["tries"]["bytes"] == "TypeError"
    assert told["seen"] == [True, False, False, False]
    assert told["isStop"] is False
