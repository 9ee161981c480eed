"""The drop: cells that all look alike, and questions and replies that only their own thread makes sense of."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from protocol import age
from protocol.codename import Thread, derive_thread
from protocol.drop import ROOM, decode_drop, drop_size, dummy_cell, encode_drop, open_cell, seal_cell
from protocol.encoding import b64, canonical, fingerprint
from protocol.limits import CELL
from protocol.question import open_question, sign_question, thread_name
from protocol.reply import Reply, sign_reply
from protocol.shape import UNSEEN
from protocol.signed import Signed
from tests import javascript
from tests.refusals import refused
from tests.test_twins import agreed, changed_bytes, changed_values
from tests.vectors_of_drops import CODE, asked
from tests.vectors_of_lists import network, of
from tests.world import World

quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORST: Final = '"\\' * 140  # What takes the most bytes: each is escaped twice.


@cache
def world() -> World:
    return network()


@cache
def thread() -> Thread:
    return derive_thread(CODE, world().network)


def question(words: str) -> Signed:
    return sign_question(asked(world(), words=words), world().id("bo"), world().seed("bo"))


@given(
    st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=280).filter(
        lambda one: not UNSEEN.search(one)
    )
)
@settings(quick, max_examples=15)
def test_a_question_comes_out_of_its_cell_for_its_own_thread_only(words: str) -> None:
    signed = question(words)
    cell = seal_cell(signed, thread().age.recipient)

    assert len(cell) == CELL
    found = open_cell(cell, thread().age)
    assert found == signed
    assert open_question(found, world().roster, thread().value(), world().now).words == words
    assert open_cell(cell, derive_thread(bytes(11), world().network).age) is None


@pytest.mark.parametrize("words", [WORST, "\U0001f600" * 280, "x"])
def test_javascript_opens_what_python_sealed_and_the_other_way_round(words: str) -> None:
    signed, seed = question(words), thread().age.seed
    theirs = javascript.call("./makers", "cell", signed.value(), thread().age.recipient)

    assert open_cell(theirs, thread().age) == signed
    mine = b64(seal_cell(signed, thread().age.recipient))
    assert agreed("cell", cell=mine, seed=seed.hex()) == ("found", signed.value())
    assert open_cell(javascript.call("./makers", "dummy"), thread().age) is None


def test_a_cell_and_a_dummy_differ_in_nothing_that_can_be_seen() -> None:
    cells = [
        seal_cell(question("x"), thread().age.recipient),
        dummy_cell(),
        seal_cell(question(WORST), thread().age.recipient),
    ]

    headers = [age.parse_header(cell) for cell in cells]
    assert {(len(cell), header.size, len(header.stanzas)) for cell, header in zip(cells, headers, strict=True)} == {
        (CELL, 1627, 1)
    }
    assert {(one.stanzas[0].kind, len(one.stanzas[0].body)) for one in headers} == {("mlkem768x25519", 32)}
    for cell in cells:
        assert cell.count(b"\n") - cell[1627:].count(b"\n") == 4


def test_what_a_cell_can_not_hold_is_refused() -> None:
    long = Signed("question", bytes(ROOM).replace(b"\0", b"x"), question("x").signatures)
    with refused("too_large", f"a cell holds {ROOM - 2}"):
        seal_cell(long, thread().age.recipient)


def test_a_drop_is_filled_to_sixteen_times_a_power_of_two_and_sorted() -> None:
    assert [drop_size(count) for count in (0, 16, 17, 33, 1024)] == [16, 16, 32, 64, 1024]
    with refused("drop", "at most 1024"):
        drop_size(1025)
    cells = [dummy_cell() for _ in range(16)]

    assert decode_drop(encode_drop(cells)) == tuple(sorted(cells))
    with refused("drop"):
        encode_drop(cells[:15])


@quick
@given(st.data())
def test_cells_of_which_any_byte_was_changed(data: st.DataObject) -> None:
    whole = seal_cell(question("x"), thread().age.recipient)
    cell = data.draw(changed_bytes(whole))

    kind, found = agreed("cell", cell=b64(cell), seed=thread().age.seed.hex())
    assert (kind == "found" and found is not None) == (cell == whole)


@quick
@given(st.data())
def test_questions_and_replies_with_anything_changed(data: st.DataObject) -> None:
    value: Any = data.draw(changed_values(asked(world())))
    signed = world().sign("question", canonical(value), "bo")
    agreed("question", **of(world()), question=signed.value(), thread=thread().value(), now=world().now)

    said = {"v": 1, "network": world().network, "thread": thread_name(thread().value()), "question": "ab" * 32}
    reply = sign_reply("answer", {**said, "words": "I saw it."}, thread().seed)
    header = {"kind": "answer", "network": world().network, "thread": thread().value(), "said": reply.value()}
    changed = data.draw(changed_values({"said": reply.value()}).filter(lambda one: type(one) is dict and "said" in one))
    agreed("reply", header={**header, **changed})


def test_a_reply_travels_as_any_tip_does() -> None:
    """The same bucket, the same stanzas, the same legal part: the door can't tell it from a tip."""
    home, value = world(), thread().value()
    said = {
        "v": 1,
        "network": home.network,
        "thread": thread_name(value),
        "question": "ab" * 32,
        "words": "Three vests.",
    }
    form = {name: one for name, one in home.tip().items() if name != "tip"}
    reply = {**form, "kind": "answer", "thread": value, "said": sign_reply("answer", said, thread().seed).value()}
    envelope = home.seal(reply)

    opened = home.open(envelope, "bo")
    name = fingerprint(reply["said"]["payload"].encode())
    assert opened.reply == Reply(name, "answer", thread_name(value), "ab" * 32, "Three vests.")
    assert len(envelope) == len(home.seal(home.tip(words="Two vans.")))
    assert home.open(home.seal(home.tip()), "bo").reply is None
    other = sign_reply("answer", said, bytes(32)).value()
    with refused("signer"):
        home.open(home.seal({**reply, "said": other}), "bo")
    with refused("shape", "tip"):
        home.seal({**reply, "tip": home.tip()["tip"]})


def test_the_thread_of_a_question_is_named_by_both_its_halves() -> None:
    value = thread().value()

    assert thread_name(value) == fingerprint(canonical(value))
    assert thread_name(value) != thread_name({**value, "ed25519": b64(bytes(32))})
