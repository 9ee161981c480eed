"""Shapes: what each takes, what each refuses, and that both languages say the same of anything."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocol import shape
from protocol.age import Identity
from protocol.encoding import canonical
from protocol.errors import Refused
from tests import javascript

Spec = list[Any]  # ["list_of", ["integer", 1, 5], 3]: a shape as both languages can build it.

RECORD: Spec = ["record", {"id": ["id"], "n": ["integer", 1, 5]}, {"note": ["words", 3], "toString": ["boolean"]}]
SPECS: list[Spec] = [
    ["exactly", 1],
    ["exactly", "one"],
    ["exactly", True],
    ["one_of", "yes", "no"],
    ["integer", 0, 10],
    ["boolean"],
    ["matching", "[a-c]+|x", "letters"],
    ["hexadecimal", 2],
    ["base64", 2],
    ["recipient"],
    ["words", 4],
    ["words", 4, 0],
    ["typed", 4],
    ["list_of", ["integer", 0, 10], 3, 1],
    ["sorted_set_of", ["words", 3], 4],
    ["sorted_set_of", ["integer", 0, 99], 4],
    RECORD,
    ["mapping", ["matching", "[a-z_A-Z]+", "a name"], ["words", 3], 3],
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-2, 12)
    | st.text(max_size=5)
    | st.sampled_from(
        ["one", "yes", "ab", "x\n", "c0de", "AQI=", "acde2345", "a\u200bb", "\U0001f600" * 4, "\U0001f600" * 5]
    ),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "n", "note", "__proto__", "toString", "b", "\U0001f600", "ﬀ"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)


def build(spec: Spec) -> shape.Shape:
    name, *args = spec
    if name == "id":
        return shape.ID
    if name in ("boolean", "recipient"):
        found: shape.Shape = getattr(shape, name)
        return found
    if name == "record":
        return shape.record(*({field: build(inner) for field, inner in fields.items()} for fields in args))
    make: Callable[..., shape.Shape] = getattr(shape, name)
    return make(*(build(arg) if isinstance(arg, list) else arg for arg in args))


def refusal(act: Callable[..., Any], *args: Any) -> tuple[str, str] | None:
    try:
        act(*args)
    except Refused as refused:
        return refused.kind, refused.sentence
    return None


def both(spec: Spec, value: Any) -> tuple[str, str] | None:
    """Return the kind and sentence of the refusal that Python and JavaScript agree on, or None."""
    mine = refusal(build(spec), value, "value")
    assert refusal(javascript.call, "./calls", "shaped", spec, canonical(value)) == mine
    return mine


TAKEN: list[tuple[Spec, Any]] = [
    (["exactly", 1], 1),
    (["one_of", "yes", "no"], "no"),
    (["integer", 0, 10], 0),
    (["integer", 0, 10], 10),
    (["boolean"], False),
    (["matching", "[a-c]+|x", "letters"], "x"),
    (["hexadecimal", 2], "c0de"),
    (["base64", 2], "AQI="),
    (["recipient"], Identity(bytes(32)).recipient),
    (["words", 4], "\U0001f600" * 4),
    (["words", 4, 0], ""),
    (["typed", 4], "a\u200b\n"),
    (["list_of", ["integer", 0, 10], 3, 1], [1, 1, 1]),
    (["sorted_set_of", ["words", 3], 4], ["", "a", "ﬀ", "\U0001f600"][1:]),
    (["sorted_set_of", ["integer", 0, 99], 4], [9, 10]),
    (RECORD, {"id": "acde2345", "n": 5}),
    (RECORD, {"id": "acde2345", "n": 1, "note": "ok", "toString": True}),
    (["mapping", ["matching", "[a-z_A-Z]+", "a name"], ["words", 3], 3], {"__proto__": "a", "constructor": "b"}),
]
REFUSED: list[tuple[Spec, Any, str]] = [
    (["exactly", 1], True, "value must be 1; it is true."),
    (["exactly", True], 1, "value must be true; it is 1."),
    (["one_of", "yes", "no"], "maybe", 'value must be one of yes, no; it is "maybe".'),
    (["integer", 0, 10], 11, "value must be a whole number from 0 to 10; it is 11."),
    (["integer", 0, 10], True, "value must be a whole number from 0 to 10; it is true."),
    (["boolean"], 0, "value must be true or false; it is 0."),
    (["matching", "[a-c]+|x", "letters"], "x\n", 'value must be letters; it is "x\\n".'),
    (["matching", "[a-c]+|x", "letters"], "a!", 'value must be letters; it is "a!".'),
    (["matching", "[a-c]+|x", "letters"], "!x", 'value must be letters; it is "!x".'),
    (["matching", "[a-c]+|x", "letters"], "xa", 'value must be letters; it is "xa".'),
    (["hexadecimal", 2], "C0DE", 'value must be 2 bytes in lower-case hexadecimal; it is "C0DE".'),
    (["base64", 2], "AQ==", 'value must be 2 bytes in base64; it is "AQ==".'),
    (["base64", 2], "AQJ=", 'value must be 2 bytes in base64; it is "AQJ=".'),
    (["words", 4], "\U0001f600" * 5, 'value must be text of 1 to 4 characters; it is "' + "\U0001f600" * 5 + '".'),
    (["list_of", ["integer", 0, 10], 3, 1], [], "value must be a list of 1 to 3; it is 0."),
    (["list_of", ["integer", 0, 10], 3, 1], {}, "value must be a list of 1 to 3; it is {}."),
    (["list_of", ["integer", 0, 10], 3, 1], [0, 99], "value[1] must be a whole number from 0 to 10; it is 99."),
    (["sorted_set_of", ["words", 3], 4], ["\U0001f600", "ﬀ"], "value must be in ascending order with nothing twice."),
    (["sorted_set_of", ["integer", 0, 99], 4], [9, 9], "value must be in ascending order with nothing twice."),
    (RECORD, {"id": "acde2345", "n": 1, "x": 1}, 'value has the field "x"; its fields are id, n, note, toString.'),
    (RECORD, {"id": "acde2345"}, "value lacks the field n."),
    (["record", {"toString": ["boolean"]}, {}], {}, "value lacks the field toString."),
    (
        RECORD,
        {"n": 1, "id": "acde2345", "__proto__": {}},
        'value has the field "__proto__"; its fields are id, n, note, toString.',
    ),
    (RECORD, ["id", "n"], 'value must be an object; it is ["id","n"].'),
    (
        ["mapping", ["id"], ["words", 3], 1],
        {"a": "a", "b": "b"},
        'value must be an object of at most 1 fields; it is {"a":"a","b":"b"}.',
    ),
    (["recipient"], "age1pq1" + "q" * 1952, 'value must be an age1pq recipient; it is "age1pq1' + "q" * 49 + "...."),
    (["typed", 4], "", 'value must be text of 1 to 4 characters; it is "".'),
]


@pytest.mark.parametrize(("spec", "value"), TAKEN)
def test_both_take_what_has_the_shape(spec: Spec, value: Any) -> None:
    assert both(spec, value) is None


@pytest.mark.parametrize(("spec", "value", "sentence"), REFUSED)
def test_both_refuse_the_rest_with_one_sentence(spec: Spec, value: Any, sentence: str) -> None:
    assert both(spec, value) == ("shape", sentence)


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(SPECS), VALUES)
@example(["mapping", ["words", 3], ["integer", 0, 1], 3], {"\U0001f600": 5, "ﬀ": "no"})  # Which is looked at first?
def test_both_say_the_same_of_any_value(spec: Spec, value: Any) -> None:
    both(spec, value)


def test_a_string_of_half_the_characters_is_not_counted_twice() -> None:
    assert both(["words", 4], "\U0001f600" * 4) is None
    assert both(["words", 3], "\U0001f600" * 4) is not None


def test_both_hold_the_same_characters_unseen() -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    mine = [ord(char) for char in every if shape.UNSEEN.match(char)]

    assert javascript.call("./calls", "unseen") == mine
    assert len(mine) > 130_000  # The private planes are most of it.


@pytest.mark.parametrize("char", "\x00\n\x7f\u00ad\u200b\u200f\u202e\u2066\ufeff\ue000\U000e0001\U0010ffff")
def test_displayed_text_holds_nothing_that_can_not_be_seen(char: str) -> None:
    text = f"\U0001f600{char}"

    assert both(["words", 9], text) == (
        "text",
        f"value may hold no unseen character; U+{ord(char):04X} stands at 1.",
    )
    assert both(["typed", 9], text) is None


def test_a_long_value_is_shown_cut() -> None:
    found = both(["boolean"], ["\U0001f600" * 100])

    assert found == ("shape", 'value must be true or false; it is ["' + "\U0001f600" * 55 + "....")
