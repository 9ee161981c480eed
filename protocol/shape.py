"""Shapes: what fields an object has and what each may hold.  SPEC 3.4.

A shape is a function (value, path) that returns nothing or raises Refused("shape") with the path, the rule and
what was found.  Unknown and missing fields are both refused: a field we don't know may be one we must obey.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from protocol.encoding import MAX_INT, canonical, unb64, unbech32
from protocol.errors import Refused

Shape = Callable[[Any, str], None]

# Characters that change how a line looks without being seen: controls, bidi controls and marks, zero-width and
# other default-ignorable characters, line separators, private use, noncharacters, surrogates.  Spelled out, not
# taken from a Unicode library: Python and browsers carry different Unicode versions and must agree for ever.
UNSEEN: Final = re.compile(
    "[\u0000-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ue000-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff]"
)


def _found(value: Any) -> str:
    try:
        text = canonical(value).decode("utf-8")
    except Refused:
        text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def refuse(path: str, rule: str, value: Any) -> Refused:
    """Return (not raise) the refusal of `value` at `path`."""
    return Refused("shape", f"{path} must be {rule}; it is {_found(value)}.")


def exactly(wanted: Any) -> Shape:
    """The one value `wanted`."""

    def check(value: Any, path: str) -> None:
        if type(value) is not type(wanted) or value != wanted:
            raise refuse(path, _found(wanted), value)

    return check


def one_of(*wanted: str) -> Shape:
    """One of these strings."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, str) or value not in wanted:
            raise refuse(path, "one of " + ", ".join(wanted), value)

    return check


def integer(low: int, high: int = MAX_INT) -> Shape:
    """A whole number from `low` to `high`, both included."""

    def check(value: Any, path: str) -> None:
        if type(value) is not int or not low <= value <= high:
            raise refuse(path, f"a whole number from {low} to {high}", value)

    return check


def boolean(value: Any, path: str) -> None:
    """true or false."""
    if not isinstance(value, bool):
        raise refuse(path, "true or false", value)


def matching(pattern: str, rule: str) -> Shape:
    """A string that `pattern` matches as a whole; `rule` says it in words."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: Any, path: str) -> None:
        if not isinstance(value, str) or compiled.fullmatch(value) is None:
            raise refuse(path, rule, value)

    return check


def hexadecimal(length: int) -> Shape:
    """`length` bytes in lower-case hexadecimal."""
    return matching(f"[0-9a-f]{{{2 * length}}}", f"{length} bytes in lower-case hexadecimal")


def base64(length: int) -> Shape:
    """`length` bytes in padded base64."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, str):
            raise refuse(path, f"{length} bytes in base64", value)
        try:
            unb64(value, length)
        except Refused as error:
            raise refuse(path, f"{length} bytes in base64", value) from error

    return check


def recipient(value: Any, path: str) -> None:
    """An age hybrid recipient, `age1pq1…`, of 1,216 bytes."""
    if not isinstance(value, str) or len(value) != 1959:
        raise refuse(path, "an age1pq recipient of 1959 characters", value)
    try:
        _require_recipient(value)
    except Refused as error:
        raise refuse(path, "an age1pq recipient", value) from error


@lru_cache(maxsize=256)
def _require_recipient(text: str) -> None:
    unbech32("age1pq", text)


def words(most: int, least: int = 1) -> Shape:
    """Displayed text of `least` to `most` characters, none of them unseen; raises Refused("text") for those."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, str) or not least <= len(value) <= most:
            raise refuse(path, f"text of {least} to {most} characters", value)
        unseen = UNSEEN.search(value)
        if unseen is not None:
            raise Refused(
                "text",
                f"{path} may hold no unseen character; U+{ord(unseen.group()):04X} stands at {unseen.start()}.",
            )

    return check


def typed(most: int) -> Shape:
    """What a person typed, of 1 to `most` characters: never refused for its characters, shown only inside the desk."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, str) or not 1 <= len(value) <= most:
            raise refuse(path, f"text of 1 to {most} characters", value)

    return check


def list_of(shape: Shape, most: int, least: int = 0) -> Shape:
    """A list of `least` to `most` values of one shape."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, list) or not least <= len(value) <= most:
            held = len(value) if isinstance(value, list) else _found(value)
            raise Refused("shape", f"{path} must be a list of {least} to {most}; it is {held}.")
        for index, item in enumerate(value):
            shape(item, f"{path}[{index}]")

    return check


def sorted_set_of(shape: Shape, most: int, least: int = 0) -> Shape:
    """A list of distinct values in ascending order, so that one set has one spelling."""
    plain = list_of(shape, most, least)

    def check(value: Any, path: str) -> None:
        plain(value, path)
        if any(a >= b for a, b in pairwise(value)):
            raise Refused("shape", f"{path} must be in ascending order with nothing twice.")

    return check


def record(required: dict[str, Shape], optional: dict[str, Shape] | None = None) -> Shape:
    """An object with all `required` fields, any of the `optional` ones, and no other."""
    optional = optional or {}
    known = {**required, **optional}

    def check(value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise refuse(path, "an object", value)
        for name in sorted(value):
            if name not in known:
                raise Refused("shape", f"{path} has the field {_found(name)}; its fields are {', '.join(known)}.")
        for name in required:
            if name not in value:
                raise Refused("shape", f"{path} lacks the field {name}.")
        for name in known:
            if name in value:
                known[name](value[name], f"{path}.{name}")

    return check


def mapping(key: Shape, shape: Shape, most: int) -> Shape:
    """An object of at most `most` fields, whose names have the shape `key` and whose values have `shape`."""

    def check(value: Any, path: str) -> None:
        if not isinstance(value, dict) or len(value) > most:
            raise refuse(path, f"an object of at most {most} fields", value)
        for name in sorted(value):
            key(name, f"{path} field name")
            shape(value[name], f"{path}.{name}")

    return check


ID: Final = matching("[02-9ac-hj-np-z]{8}", "an id of 8 bech32 characters")
CODE: Final = matching("[a-z][a-z0-9-]{0,31}", "a code of lower-case letters, digits and hyphens")
LANGUAGE: Final = matching("[a-z]{2,3}(-[A-Z][a-z]{3})?", "a language tag such as en or zh-Hans")
SHA256: Final = hexadecimal(32)
TIME: Final = integer(1_500_000_000, 9_999_999_999)  # Unix seconds; the bounds catch milliseconds and zero.
