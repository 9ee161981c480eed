"""Twins: whatever bytes come, Python and JavaScript say the same of them, to the sentence."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol.encoding import MAX_INT, canonical, parse
from protocol.errors import Refused
from protocol.publication import encode_publication
from protocol.signed import Signed
from protocol.stay import encode_stay
from protocol.wordlist import WORDS
from tests import javascript, twins
from tests.vectors_of_chains import story
from tests.vectors_of_lists import network
from tests.world import CAST, World

Value = Any
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Kinds whose sentences quote a text as the language quotes it.
QUOTED: Final = twins.APART | {"note", "checkpoint", "log_proof"}
# What a hostile hand puts in the place of something else.
OTHERS: Final[list[Value]] = [
    None, True, False, 0, -1, 1, 2, 60, MAX_INT, "", "x", "é\u202e", "\U0001f600" * 3, "ab" * 32, "A" * 44, "__proto__",
    [], {}, [[]], {"__proto__": {}}, {"constructor": 1}, "north", "lead", "lent", "trainee", "confirmed", "R", "D",
]  # fmt: skip


def outcome(act: Callable[..., Any], *asked: Any) -> Any:
    """Return what a call finds, or its refusal: the kind, and the sentence where both languages must say the same."""
    try:
        return "found", act(*asked)
    except Refused as refusal:
        return refusal.kind, None if refusal.kind in QUOTED else refusal.sentence


def agreed(noun: str, **fields: Value) -> Any:
    """Return the verdict that both languages agree on."""
    mine = outcome(twins.answer, noun, fields)
    assert outcome(javascript.call, "./twins", "answer", noun, fields) == mine
    return mine


@cache
def world() -> World:
    return network(cosigners=("wit.example",))


@cache
def lists() -> dict[str, Any]:
    """Return what questions about the world's lists share."""
    return {"policy": world().policy.encode(), "roster": world().signed_roster.value(), "links": []}


def value_of(signed: Signed) -> dict[str, Any]:
    """Return a payload as a value."""
    value: dict[str, Any] = parse(signed.payload, len(signed.payload))
    return value


# --- Changes ----------------------------------------------------------------------------------------------------------


def places(value: Value, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the path of everything in a value."""
    yield path
    if isinstance(value, (dict, list)):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))


@st.composite
def changed_values(draw: st.DrawFn, value: Value) -> Value:
    """Give a value with one thing in it changed."""
    root = [copy.deepcopy(value)]
    path = (0, *draw(st.sampled_from(list(places(value)))))
    parent: Any = root
    for key in path[:-1]:
        parent = parent[key]
    last, found = path[-1], parent[path[-1]]
    ways = ["other"]
    ways += ["near"] if type(found) in (int, str) and found else []
    ways += ["drop", "twice", "swap"] if isinstance(parent, list) and parent is not root else []
    ways += ["drop", "more"] if isinstance(parent, dict) else []
    way = draw(st.sampled_from(ways))
    if way == "other":
        parent[last] = copy.deepcopy(draw(st.sampled_from(OTHERS)))
    elif way == "near" and isinstance(found, int):
        parent[last] = found + draw(st.sampled_from([-86_400, -600, -1, 1, 60, 86_400]))
    elif way == "near":
        at = draw(st.integers(0, len(found) - 1))
        parent[last] = found[:at] + draw(st.sampled_from("0aZ9-=é\u0000")) + found[at + 1 :]
    elif way == "drop":
        del parent[last]
    elif way == "twice":
        parent.insert(last, copy.deepcopy(found))
    elif way == "swap":
        parent[last], parent[0] = parent[0], parent[last]
    else:
        parent[draw(st.sampled_from(["zz", "__proto__", "toString"]))] = found
    return root[0]


@st.composite
def changed_bytes(draw: st.DrawFn, data: bytes) -> bytes:
    """Give bytes of which one was changed, left out, doubled or put in."""
    at = draw(st.integers(0, len(data) - 1))
    byte = bytes([draw(st.one_of(st.integers(0, 255), st.sampled_from(b'"{}[]:,0aA\\ ')))])
    way = draw(st.sampled_from(["change", "flip", "drop", "put", "cut"]))
    if way == "flip":
        return data[:at] + bytes([data[at] ^ 1 << draw(st.integers(0, 7))]) + data[at + 1 :]
    if way == "change":
        return data[:at] + byte + data[at + 1 :]
    return data[:at] + {"drop": data[at + 1 :], "put": byte + data[at:], "cut": b""}[way]


# --- Lists ------------------------------------------------------------------------------------------------------------


@quick
@given(st.data())
def test_policies_of_which_anything_was_changed(data: st.DataObject) -> None:
    file = world().policy.encode()

    agreed("policy", policy=data.draw(changed_bytes(file)))
    agreed("policy", policy=canonical(data.draw(changed_values(parse(file[:-1], 9999)))))


@quick
@given(st.data())
def test_rosters_that_the_roots_signed_with_anything_changed(data: st.DataObject) -> None:
    value = data.draw(changed_values(value_of(world().signed_roster)))

    agreed("roster", **{**lists(), "roster": world().sign_roster(value).value(), "now": world().now})


@quick
@given(st.data())
def test_sets_that_their_verifiers_signed_with_anything_changed(data: st.DataObject) -> None:
    keys = [key.value() for key in epoch_keys()]
    value = data.draw(changed_values(parse(world().propose(epoch_keys()), 9999)))
    signed = world().sign("set", canonical(value), "ana", "bo")

    agreed("set", **lists(), set=signed.value(), keys=keys, now=world().now)


@cache
def epoch_keys() -> tuple[Signed, ...]:
    return tuple(world().epoch_keys("ana", "bo", "cy"))


@quick
@given(st.data())
def test_epoch_keys_stays_and_notices_with_anything_changed(data: st.DataObject) -> None:
    def changed(noun: str, good: Signed, by: str) -> Value:
        return world().sign(noun, canonical(data.draw(changed_values(value_of(good)))), by).value()

    agreed("epoch-key", **lists(), key=changed("epoch-key", epoch_keys()[1], "bo"))
    agreed("stay", **lists(), stay=changed("stay", world().sign_stay("bo", "ana"), "ana"))
    agreed("notice", **lists(), notice=changed("notice", world().sign_notice(), "ana"), now=world().now)


@cache
def publication() -> tuple[World, bytes]:
    one = network(verifiers=CAST[:2])
    keys = one.epoch_keys()
    signed = one.sign("set", one.propose(keys), "ana", "bo")
    return one, encode_publication(one.signed_roster, (), one.attorneys(), (), [(signed, keys)], [one.sign_notice()])


@quick
@given(st.data())
def test_publications_of_which_anything_was_changed(data: st.DataObject) -> None:
    one, file = publication()
    value = canonical(data.draw(changed_values(parse(file, len(file)))))

    for changed in (value, data.draw(changed_bytes(file))):
        agreed("publication", policy=one.policy.encode(), publication=changed, now=one.now)


@quick
@given(st.data())
def test_stays_that_travel_with_anything_changed(data: st.DataObject) -> None:
    file = encode_stay(world().sign_stay("bo", "ana"), world().signed_roster, world().links)
    value = canonical(data.draw(changed_values(parse(file, len(file)))))

    for changed in (value, data.draw(changed_bytes(file))):
        agreed("stay-bundle", policy=world().policy.encode(), bundle=changed)


# --- Tips and codes ---------------------------------------------------------------------------------------------------


@quick
@given(st.data())
def test_tips_with_anything_changed(data: st.DataObject) -> None:
    told = {**world().tip(words="Look.", thread={"age": "", "ed25519": ""}), "desk": "north", "files": []}
    header = {**told, "roster": "ab" * 32, "set": "cd" * 32}
    value = data.draw(changed_values({**header, "thread": None} if data.draw(st.booleans()) else header))
    put = data.draw(st.lists(st.tuples(st.integers(0, 20_000), st.integers(0, 255)), max_size=2))

    if isinstance(value, dict) and len(canonical(value)) < 40_000:
        agreed("tip", header=value, bucket=65_536, put=[list(one) for one in put])


@quick
@given(st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=24)), min_size=6, max_size=9))
def test_return_codes_however_they_are_typed(words: list[str]) -> None:
    agreed("code", words=" ".join(words))


# --- Alerts -----------------------------------------------------------------------------------------------------------


@quick
@given(st.data())
def test_alerts_that_two_people_signed_with_anything_changed(data: st.DataObject) -> None:
    payload = data.draw(st.sampled_from([world().alert(), *stop_payloads()]))
    signed = world().attest(canonical(data.draw(changed_values(parse(payload, 9999)))), "ana", "bo")

    agreed("alert", alert=signed.value())
    agreed("bundle", policy=world().policy.encode(), bundle=world().bundle(signed), now=world().now)


@cache
def stop_payloads() -> tuple[bytes, ...]:
    first = world().release()
    return tuple(world().stop(kind, first) for kind in ("suspended", "retracted", "ended"))


@cache
def bundle() -> bytes:
    one = world()
    first = one.release()
    doubt = one.attest(one.stop("suspended", first), "cy")
    signed = one.attest(one.following(first, [one.send(doubt)]), "ana", "bo")
    return one.bundle(signed, suspensions=[doubt], cosigned=["wit.example"])


@settings(quick, max_examples=80)
@given(st.data())
def test_bundles_of_which_anything_was_changed(data: st.DataObject) -> None:
    value = canonical(data.draw(changed_values(parse(bundle(), len(bundle())))))
    changed = data.draw(changed_bytes(bundle()))

    agreed("bundle", policy=world().policy.encode(), bundle=value, now=world().now)
    kind, _ = agreed("bundle", policy=world().policy.encode(), bundle=changed, now=world().now)
    assert (kind == "found") == (changed == bundle())  # No byte of it is without meaning.


def test_the_bundle_itself_is_found_and_written_again_as_it_came() -> None:
    assert agreed("bundle", policy=world().policy.encode(), bundle=bundle(), now=world().now)[0] == "found"
    assert agreed("decoded-bundle", bundle=bundle()) == ("found", bundle())


# --- States -----------------------------------------------------------------------------------------------------------


@cache
def told() -> dict[str, Any]:
    one, messages = story()
    values = {name: parse(message.bundle, len(message.bundle)) for name, message in messages.items()}
    return {"policy": one.policy.encode(), "messages": values, "checked": one.now, "began": one.now - 120}


@quick
@given(st.lists(st.sampled_from(sorted(told()["messages"])), max_size=8), st.integers(-1, 250), st.randoms())
def test_a_state_is_the_same_in_any_order_and_language(chain: list[str], minutes: int, chance: Any) -> None:
    fields = {name: value for name, value in told().items() if name != "began"} | {
        "now": told()["began"] + minutes * 60
    }
    shuffled = chance.sample(chain, len(chain))

    assert agreed("state", **fields, chain=chain) == agreed("state", **fields, chain=shuffled)


@quick
@given(st.permutations(["first", "doubt", "unlogged", "restore", "here", "there", "over"]), st.data())
def test_a_chain_takes_the_same_messages_in_both_languages(order: list[str], data: st.DataObject) -> None:
    chain = order[: data.draw(st.integers(0, 4))]
    fields = {name: value for name, value in told().items() if name != "began"}
    alert = fields["messages"][data.draw(st.sampled_from(sorted(fields["messages"])))]["alert"]

    agreed("chain", **fields, chain=chain, alert=alert, now=told()["checked"])


def test_the_twins_have_the_same_nouns() -> None:
    for noun in (*twins.NOUNS, "rumour"):
        said = ""
        try:
            javascript.call("./twins", "answer", noun, {})
        except (RuntimeError, Refused) as error:
            said = str(error)
        assert ("Nobody asks" in said) == (noun == "rumour"), noun
