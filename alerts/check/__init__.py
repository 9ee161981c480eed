""" "Is this real?": a page that checks an alert's proof in the reader's own browser, one static file per language.

Everything in the file is in the file: it works saved, from disk, without a network.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import brotli
from flask import Blueprint, Response, current_app, request
from werkzeug.wrappers import Response as AnyResponse

from alerts.check.assemble import Parts, assemble
from look.face import Face
from look.style import house_css, squeeze
from look.words import catalogue_for_js, keys_of, languages, translator
from protocol.encoding import fingerprint
from protocol.errors import Refused
from protocol.policy import Policy

FOLDER: Final = Path(__file__).parent
# What the page's script says, and the words of alerts that it shows.
SAID: Final = ("alerts/check/", "look/templates.json")

check = Blueprint("check", __name__)


@dataclass(frozen=True, slots=True)
class Page:
    """One language's page, and the policy it is served under."""

    body: bytes
    csp: str


def build_pages(face: Face, policy: Policy) -> dict[str, Page]:
    """Return a page for each language of the face that there is a catalogue for.

    Raises OSError where the built script is missing.
    """
    parts = Parts(
        template=(FOLDER / "check.html").read_text("utf-8"),
        script=(FOLDER / "built" / "check.js").read_text("utf-8").strip(),
        style=house_css() + squeeze((FOLDER.parent / "alerts.css").read_text("utf-8") + _own_style()),
    )
    spoken = [one for one in face.languages if one in languages()]
    said = keys_of(*SAID)
    pages = {}
    for lang in spoken:
        body = assemble(parts, face, policy, translator(lang), spoken, catalogue_for_js(lang, said))
        pages[lang] = Page(body, f"{parts.content_policy}; frame-ancestors 'none'")
    return pages


@cache
def _encoded(body: bytes, encoding: str) -> bytes:
    """Return a page as somebody first asked for it, for everyone: with no time in it, it is the same bytes anywhere."""
    if encoding == "br":
        return bytes(brotli.compress(body))
    return gzip.compress(body, 9, mtime=0) if encoding == "gzip" else body


def _own_style() -> str:
    return (FOLDER / "check.css").read_text("utf-8")


@check.get("/<code>/check")
def show_check(code: str) -> AnyResponse:
    """Answer with the page of a language.  Raises Refused("not_found") for one that the network does not speak."""
    pages: Mapping[str, Page] = current_app.extensions["sereno.check"]
    if code not in pages:
        raise Refused("not_found", f"This network does not speak {code[:12]}.")
    page = pages[code]
    taken = next((one for one in ("br", "gzip") if request.accept_encodings.quality(one) > 0), "plain")
    response = Response(_encoded(page.body, taken), mimetype="text/html")
    response.vary.add("Accept-Encoding")
    if taken != "plain":
        response.content_encoding = taken
    response.set_etag(f"{fingerprint(page.body)[:32]}-{taken}")
    response.headers["Content-Security-Policy"] = page.csp
    return response.make_conditional(request)
