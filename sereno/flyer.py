"""`sereno flyer`: a sheet of paper for each language that leads to the form, with the words of the root keys.

One file that needs nothing else and runs nothing: to be printed from any browser, on A4 or Letter.  What the code of a
flyer brings to the form, and what that is good for, is SPEC 13.5.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import segno
from jinja2 import Environment, StrictUndefined

import look.flyer
from look.face import Face
from look.icons import Svg, icon
from look.inline import inline, source
from look.words import Words, keys_of, languages, translator
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.sixwords import fingerprint_words
from sereno.breakglass import write_new

QUIET: Final = 4  # Modules of white around a code; ISO/IEC 18004 asks for four.
_TEMPLATES: Final = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One language's page of a flyer.  `address` is the form's, to be typed; `code` also brings the network's name."""

    words: Words
    name: str
    address: str
    code: Svg
    unread: bool


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--policy", type=Path, required=True, help="the network's policy.json")
    parser.add_argument("--face", type=Path, required=True, help="the network's face.json")
    parser.add_argument("--out", type=Path, required=True, help="where the flyer goes; never overwritten")
    parser.add_argument("--language", nargs="+", default=[], help="which languages (default: all of the face)")


def run(arguments: argparse.Namespace) -> int:
    """Write the flyer and say what stands on it."""
    policy, face = Policy.decode(arguments.policy.read_bytes()), Face.read(arguments.face)
    langs = _chosen(face, arguments.language)
    write_new(arguments.out, draw(face, policy, langs))
    print(f"{arguments.out} has {len(langs)} pages: {', '.join(langs)}. Open it in a browser and print it.")
    print(f"Its six words are those of the policy file: {fingerprint_words(policy.encode())}.")
    return 0


def _chosen(face: Face, asked: Sequence[str]) -> list[str]:
    offered = [lang for lang in face.languages if lang in languages()]
    for lang in asked:
        if lang not in offered:
            raise Refused("shape", f"The form is not in {lang}; this network's face has {', '.join(offered)}.")
    return [lang for lang in offered if not asked or lang in asked]


def draw(face: Face, policy: Policy, langs: Sequence[str]) -> bytes:
    """Return a flyer's HTML file: the same parts give the same bytes."""
    template, style = look.flyer.template(), look.flyer.style()
    page = _TEMPLATES.from_string(template).render(
        sheets=[_sheet(face, policy, lang) for lang in langs],
        name=face.in_language(face.name, langs[0]),
        exercise=policy.mode == "exercise",
        demo=face.demo,
        hotline=face.hotline,
        check=f"{face.addresses['alerts']}/check",
        six=fingerprint_words(policy.encode()).split(),
        style=inline("style", style),
        csp=f"default-src 'none'; style-src {source(style)}; img-src data:; base-uri 'none'; form-action 'none'",
        icon=icon,
    )
    return page.encode("utf-8")


def _sheet(face: Face, policy: Policy, lang: str) -> Sheet:
    words, address = translator(lang), f"{face.addresses['intake']}/{lang}"
    code = segno.make_qr(f"{address}#{policy.network}", error="m")
    drawn = code.svg_inline(omitsize=True, border=QUIET, light="#fff", dark="#000", svgclass=None, lineclass=None)
    unread = words.wants_reader(keys_of("look/flyer.html"))
    return Sheet(words, face.in_language(face.name, lang), address, Svg(drawn), unread)
