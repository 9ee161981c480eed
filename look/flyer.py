"""The flyer: its template and style, as the command that prints flyers puts them together."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from look.style import squeeze

_FOLDER: Final = Path(__file__).parent


def template() -> str:
    """Return the flyer's template."""
    return (_FOLDER / "flyer.html").read_text("utf-8")


def style() -> str:
    """Return the flyer's style: paper takes none of the house's colours."""
    return squeeze((_FOLDER / "flyer.css").read_text("utf-8"))
