"""Inline parts: what stands inside a page, and the hashes by which its content security policy lets just that in."""

from __future__ import annotations

import json
import re
from typing import Final

from protocol.encoding import b64, sha256

_ENDS: Final = r"</{name}|<!--|\r"


class Whole(str):
    """Text of ours that a template puts into a page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return itself: Jinja escapes what lacks this method."""
        return str(self)


def inline(name: str, text: str) -> Whole:
    """Return a script or style as its element can hold it.  Raises ValueError for one that could end the element."""
    if re.search(_ENDS.format(name=name), text, re.IGNORECASE):
        raise ValueError(f"The {name} holds </{name}, <!-- or a carriage return, and can't stand inside a page.")
    return Whole(text)


def inline_json(value: object) -> Whole:
    """Return JSON that can stand inside a script element: no character of it ends one or begins a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Whole(text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029"))


def source(text: str) -> str:
    """Return the source expression that lets in this script or style and no other."""
    return f"'sha256-{b64(sha256(text.encode('utf-8')))}'"
