"""The form: where a witness tells what they saw, one static file for each language.  SPEC 13.1.

Everything in the file is in the file: one script, one style, no picture or font to fetch.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, current_app, request

from intake.encoded import Encoded
from intake.form.assemble import Parts, assemble, content_policy, later_path, later_text, manifest_hash
from intake.form.outline import draw
from look.face import Face
from look.style import house_css, squeeze
from look.words import catalogue_for_js, choose_language, keys_of, languages, translator
from protocol.errors import Refused
from protocol.policy import Policy

FOLDER: Final = Path(__file__).parent
# What only the later script says.
LATER: Final = ("back.js", "coming-back.js", "dropped.js", "given.js", "hints.js", "saving.js", "typed.js")

form = Blueprint("form", __name__)


@dataclass(frozen=True, slots=True)
class Page:
    """One language's page: its encodings, the policy it is served under, the name it puts into tips.

    `later` is what it fetches once it can be used, from `later_path`.
    """

    encoded: Encoded
    csp: str
    hash: str
    later_path: str
    later: Encoded


def build_pages(face: Face, policy: Policy) -> dict[str, Page]:
    """Return a page for each language of the face that there is a catalogue for, in the face's order.

    Raises OSError where the built script is missing, and ValueError if no language of the face has a catalogue.
    """
    whole, back = ((FOLDER / name).read_text("utf-8") for name in ("form.html", "back.html"))
    macros = whole[: whole.index("<!doctype html>")]
    coming_back = (FOLDER / "built" / "coming-back.js").read_text("utf-8").strip()
    parts = Parts(
        template=whole,
        script=(FOLDER / "built" / "form.js").read_text("utf-8").strip(),
        later="",
        style=house_css() + squeeze((FOLDER / "form.css").read_text("utf-8")),
        outline=draw(face.zones),
    )
    first = keys_of(*(f"intake/form/{path.name}" for path in sorted(FOLDER.glob("*.js")) if path.name not in LATER))
    then = keys_of(*(f"intake/form/{name}" for name in LATER))
    pages = {}
    for lang in (one for one in face.languages if one in languages()):
        words = translator(lang)
        more = catalogue_for_js(lang, then)
        later = later_text(macros + back, coming_back, parts.outline, face, policy, words, more)
        mine = replace(parts, later=later)
        body = assemble(mine, face, policy, words, catalogue_for_js(lang, first))
        csp = content_policy(mine) + "; frame-ancestors 'none'"
        pages[lang] = Page(Encoded(body), csp, manifest_hash(body), later_path(mine), Encoded(later.encode("utf-8")))
    if not pages:
        raise ValueError(f"No language of the face ({', '.join(face.languages)}) has a catalogue.")
    return pages


def _pages() -> Mapping[str, Page]:
    pages: Mapping[str, Page] = current_app.extensions["sereno"].pages
    return pages


@form.get("/")
def show_first() -> Response:
    """Answer with the form in the language that the browser asks for, else in the network's first."""
    asked = [tag for tag, quality in request.accept_languages if quality > 0]
    response = _answer(choose_language(asked, list(_pages())))
    response.vary.add("Accept-Language")
    return response


@form.get("/later-<name>.js")
def show_later(name: str) -> Response:
    """Answer with a language's script of return codes, by its hash.  Raises Refused("not_found") for another."""
    found = next((page for page in _pages().values() if page.later_path == f"/later-{name}.js"), None)
    if found is None:
        raise Refused("not_found", "There is nothing at this address.")
    response = found.later.answer("text/javascript")
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@form.get("/<lang>")
def show_form(lang: str) -> Response:
    """Answer with the form in a language.  Raises Refused("not_found")."""
    if lang not in _pages():
        raise Refused("not_found", "There is nothing at this address.")
    return _answer(lang)


def _answer(lang: str) -> Response:
    page = _pages()[lang]
    response = page.encoded.answer("text/html")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = page.csp
    response.content_language.add(lang)
    return lead_to_onion(response)


def lead_to_onion(response: Response) -> Response:
    """Return a page that says where the onion service is, if there is one: Tor Browser offers to go there."""
    onion: str = current_app.extensions["sereno"].onion
    if onion:
        response.headers["Onion-Location"] = f"{onion}{request.path}"
    return response
