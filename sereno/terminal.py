"""The terminal: it obeys control characters, so what may be a stranger's words is shown without them."""

from __future__ import annotations

import unicodedata


def shown(words: str) -> str:
    """Return words for a terminal: what would move its cursor, hide or turn a line around is spelled out."""
    return "".join(
        one if one in "\n\t" or unicodedata.category(one)[0] != "C" else f"\\u{{{ord(one):x}}}" for one in words
    )
