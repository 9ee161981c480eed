"""Icons: our own pictures, 24 px wide with 2 px strokes in the colour of the text beside them.

Each is one file of icons/, made of paths, circles and rectangles only.  `icons.js` carries the same shapes as data for
pages whose script builds its own elements; `look.generate` writes it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote
from xml.etree import ElementTree

FOLDER: Final = Path(__file__).with_name("icons")
SVG: Final = "http://www.w3.org/2000/svg"
NIGHT, LANTERN = "#12233f", "#f2b134"  # As house.css has them, which a browser's own bar does not read.
SHAPES: Final = frozenset({"path", "circle", "rect"})
# What points along the line of reading turns round in languages that are read from the right.
TURNS: Final = frozenset({"arrow", "ended", "exit", "taking", "told", "withdrawn"})
FRAME: Final = (
    'viewBox="0 0 24 24" width="24" height="24" fill="none" stroke="currentColor" '
    'stroke-width="2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"'
)

Shape = tuple[str, dict[str, str]]


class Svg(str):
    """Markup made from our own files only, which a template puts into a page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return itself: Jinja escapes what lacks this method."""
        return str(self)


@cache
def names() -> tuple[str, ...]:
    """Return the names of all icons, sorted."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.svg")))


@cache
def shapes(name: str) -> tuple[Shape, ...]:
    """Return an icon's shapes: element and attributes, in the order of drawing.

    Raises KeyError for a name that is no icon, and ValueError for a file with any other element in it.
    """
    if name not in names():
        raise KeyError(f"There is no icon {name}; there are {', '.join(names())}.")
    root = ElementTree.fromstring((FOLDER / f"{name}.svg").read_text("utf-8"))  # noqa: S314 - our own files
    found = []
    for element in root:
        tag = element.tag.removeprefix(f"{{{SVG}}}")
        if tag not in SHAPES or len(element):
            raise ValueError(f"icons/{name}.svg: an icon is made of {', '.join(sorted(SHAPES))}, not {tag}.")
        found.append((tag, dict(element.attrib)))
    return tuple(found)


@cache
def icon(name: str, size: str = "") -> Svg:
    """Return an icon as inline SVG, hidden from screen readers: the words beside it say the same.

    `size` may be "large".  Raises as `shapes`.
    """
    drawn = "".join(_element(tag, attributes) for tag, attributes in shapes(name))
    return Svg(f'<svg class="{classes(name, size)}" {FRAME}>{drawn}</svg>')


@cache
def favicon() -> str:
    """Return the lantern as an address that a page's icon may have: nothing is fetched for it.

    Without one some browsers ask for /favicon.ico.  Needs `img-src data:` in the page's policy.
    """
    drawn = "".join(_element(tag, attributes) for tag, attributes in shapes("lantern"))
    pen = f'fill="none" stroke="{NIGHT}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
    ground = f'<rect x="-4" y="-4" width="32" height="32" rx="7" fill="{LANTERN}"/>'
    svg = f'<svg xmlns="{SVG}" viewBox="-4 -4 32 32">{ground}<g {pen}>{drawn}</g></svg>'
    return "data:image/svg+xml," + quote(svg)


def classes(name: str, size: str = "") -> str:
    """Return the classes of an icon's element."""
    return "icon" + (f" icon-{size}" if size else "") + (" icon-turns" if name in TURNS else "")


def _element(tag: str, attributes: dict[str, str]) -> str:
    inside = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f"<{tag}{inside}/>"
