"""The style: house.css as pages carry it, with comments and spaces gone."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Final

SOURCE: Final = Path(__file__).with_name("house.css")


def squeeze(css: str) -> str:
    """Return a style sheet without comments and needless spaces.

    Made for sheets written like house.css: no quoted text in it holds a comment, a brace or two spaces in a row.
    """
    text = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    text = re.sub(r" ?([{};,>]) ?", r"\1", text)
    text = re.sub(r"(?<=[{;(])([a-z-]+): ", r"\1:", text)
    return text.replace(";}", "}").strip()


@cache
def house_css() -> str:
    """Return the shared style, to be put inline into a page or served as a file."""
    return squeeze(SOURCE.read_text("utf-8"))
