"""The look: colours that can be read, pictures that are ours, a style that fits into a page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

import pytest

from look import generate, icons, style
from protocol.vocabulary import WORDS
from tests import javascript

CSS: Final = re.sub(r"/\*.*?\*/", "", style.SOURCE.read_text("utf-8"), flags=re.DOTALL)
# A scheme is its tokens over those before it.
SCHEMES: Final = {
    "light": [""],
    "dark": ["", "(prefers-color-scheme: dark)"],
    "light, more contrast": ["", "(prefers-contrast: more)"],
    "dark, more contrast": [
        "",
        "(prefers-color-scheme: dark)",
        "(prefers-contrast: more)",
        "(prefers-contrast: more) and (prefers-color-scheme: dark)",
    ],
    "print": ["", "print"],
    "print, from a dark screen": ["", "(prefers-color-scheme: dark)", "print"],
}
TEXT: Final = 4.5
SHAPE: Final = 3.0  # WCAG 1.4.11: what has to be seen to find and understand a control.
GROUNDS: Final = ("paper", "card")
TURNED: Final = re.compile(r"(?<![\w-])(margin|padding|border|inset)?-?(left|right)\b\s*:|text-align:\s*(left|right)")
PICTOGRAPHS: Final = re.compile("[\u2600-\u27bf\u2b00-\u2bff\ufe0f\U0001f000-\U0001faff]")


def blocks(css: str) -> Iterator[tuple[str, str, str]]:
    """Give (media query or "", selector, declarations) of every rule."""
    position, media = 0, ""
    while found := re.compile(r"\s*(?:@media\s+([^{]+?)\s*\{|([^{}]+?)\s*\{([^}]*)\}|\})").match(css, position):
        position = found.end()
        if found[1]:
            media = found[1]
        elif found[2]:
            yield media, found[2], found[3]
        else:
            media = ""
    assert not css[position:].strip(), f"house.css could not be read from: {css[position : position + 60]}"


def declared(body: str) -> dict[str, str]:
    pairs = (one.split(":", 1) for one in body.split(";") if ":" in one)
    return {name.strip(): value.strip() for name, value in pairs}


RULES: Final = list(blocks(CSS))


def tokens(scheme: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for wanted in SCHEMES[scheme]:
        for media, selector, body in RULES:
            if media == wanted and selector == ":root":
                found |= {name[2:]: value for name, value in declared(body).items() if name.startswith("--")}
    return found


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(one * 2 for one in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def text_pairs() -> set[tuple[str, str]]:
    """Every (text, ground) that a rule of house.css makes; text without a ground of its own may lie on any."""
    found = set()
    for _, _, body in RULES:
        given = declared(body)
        text = re.fullmatch(r"var\(--([a-z-]+)\)", given.get("color", ""))
        ground = re.fullmatch(r"var\(--([a-z-]+)\)", given.get("background", ""))
        if text:
            found |= {(text[1], one) for one in ([ground[1]] if ground else GROUNDS)}
    return found


def test_contrast_is_reckoned_as_the_guidelines_do() -> None:
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_text_can_be_read_on_every_ground_it_is_put_on(scheme: str) -> None:
    colours = tokens(scheme)
    needed = 7 if "more" in scheme else TEXT

    faint = {
        f"{text} on {ground}": round(contrast(colours[text], colours[ground]), 2)
        for text, ground in text_pairs()
        if contrast(colours[text], colours[ground]) < needed
    }

    assert faint == {}
    assert {("ink", "paper"), ("night", "lantern"), ("stop", "card"), ("bright", "yes")} <= text_pairs()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_edge_of_a_control_and_the_ring_of_the_focus_can_be_seen(scheme: str) -> None:
    colours = tokens(scheme)

    edges = {ground: contrast(colours["edge"], colours[ground]) for ground in GROUNDS}
    rings = {
        ground: max(contrast(colours[ring], colours[ground]) for ring in ("night", "lantern"))
        for ground in (*GROUNDS, "lantern", "night", "act", "glow")
    }

    assert min(edges.values()) >= SHAPE
    assert min(rings.values()) >= SHAPE


def test_the_lantern_is_a_surface_and_never_text_on_paper() -> None:
    assert {ground for text, ground in text_pairs() if text == "lantern"} <= {"night"}


def test_a_colour_is_named_in_the_tokens_and_nowhere_else() -> None:
    loose = [
        (selector, value)
        for _, selector, body in RULES
        for name, value in declared(body).items()
        if not name.startswith("--") and name != "border-image" and re.search(r"#[0-9a-f]{3}|rgb|hsl", value)
    ]

    assert loose == []


def test_each_public_word_has_a_picture_and_a_style_of_its_own() -> None:
    styles = {word: declared(body) for _, selector, body in RULES for word in WORDS if selector == f".word-{word}"}

    assert set(styles) == set(WORDS) <= set(icons.names())
    assert len({str(one) for one in styles.values()}) == len(WORDS)
    assert len({str(icons.shapes(word)) for word in WORDS}) == len(WORDS)  # Told apart without colour too.


def test_the_style_reads_from_either_side() -> None:
    assert [found[0] for found in TURNED.finditer(CSS)] == []
    assert TURNED.search("a { margin-left: 4px }")
    assert TURNED.search("a { left : 0 }")


def test_the_style_needs_nothing_from_elsewhere_and_fits_into_a_page() -> None:
    css = style.house_css()

    assert not re.search(r"url\(|@import|@font-face|https?:", css)
    assert len(css.encode()) <= 9 * 1024
    assert [(one, two.strip(), declared(body)) for one, two, body in blocks(css)] == [
        (style.squeeze(one), style.squeeze(two), declared(style.squeeze(body + ";"))) for one, two, body in RULES
    ]


@pytest.mark.parametrize("query", ["prefers-reduced-motion: reduce", "forced-colors: active", "print"])
def test_the_style_answers_what_a_reader_asked_the_machine_for(query: str) -> None:
    assert any(query in media for media, _, _ in RULES)


@pytest.mark.parametrize("name", icons.names())
def test_an_icon_is_a_small_picture_of_ours_in_the_colour_of_its_text(name: str) -> None:
    root = ElementTree.fromstring((icons.FOLDER / f"{name}.svg").read_text("utf-8"))
    allowed = {"d", "cx", "cy", "r", "x", "y", "width", "height", "rx", "stroke-dasharray"}

    assert root.attrib["viewBox"] == "0 0 24 24"
    assert (root.attrib["stroke"], root.attrib["stroke-width"], root.attrib["fill"]) == ("currentColor", "2", "none")
    assert icons.shapes(name)
    for _, attributes in icons.shapes(name):
        assert attributes.keys() <= allowed
    numbers = [float(n) for tag, given in icons.shapes(name) if tag != "path" for k, n in given.items() if len(k) <= 2]
    assert all(0 <= number <= 24 for number in numbers)


def test_an_icon_in_a_page_is_well_formed_silent_and_not_escaped() -> None:
    drawn = icons.icon("lantern", "large")

    root = ElementTree.fromstring(drawn)
    assert root.attrib["aria-hidden"] == "true"
    assert root.attrib["class"] == "icon icon-large"
    assert drawn.__html__() == drawn
    assert 'class="icon icon-turns"' in icons.icon("arrow")
    with pytest.raises(KeyError, match="no icon badge"):
        icons.icon("badge")


def test_an_icon_with_anything_but_shapes_in_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.svg").write_text(f'<svg xmlns="{icons.SVG}"><script>1</script></svg>')
    monkeypatch.setattr(icons, "FOLDER", tmp_path)
    icons.names.cache_clear()
    try:
        with pytest.raises(ValueError, match="not script"):
            icons.shapes("odd")
    finally:
        icons.names.cache_clear()


def test_scripts_have_the_same_icons() -> None:
    given = javascript.call("./look", "icons")

    assert given["shapes"] == {name: [[tag, found] for tag, found in icons.shapes(name)] for name in icons.names()}
    assert set(given["turns"]) == icons.TURNS <= set(icons.names())


def test_made_files_are_what_their_sources_give(capsys: pytest.CaptureFixture[str]) -> None:
    assert generate.main(["--check"]) == 0, capsys.readouterr().err


def test_no_picture_is_a_character() -> None:
    folder = Path(style.__file__).parent
    texts = [path for path in folder.rglob("*") if path.suffix in {".css", ".po", ".json", ".svg", ".js", ".pot"}]

    assert {path.name: found[0] for path in texts if (found := PICTOGRAPHS.search(path.read_text("utf-8")))} == {}
    assert PICTOGRAPHS.search(unicodedata.lookup("POLICE CAR"))
