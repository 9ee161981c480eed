"""The desk's page: one static file for each language, and the worker's script beside it.  SPEC 14.

The same parts give the same bytes on every machine, so that anybody can make a page again and compare it; `sereno desk`
serves the same from a verifier's own machine.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, request
from jinja2 import Environment, StrictUndefined, Template

from look.face import Face
from look.icons import favicon
from look.style import house_css, squeeze
from look.words import catalogue_for_js, keys_of, languages, translator
from protocol.encoding import sha256
from protocol.errors import Refused
from protocol.policy import Policy
from verifier.desk import desk

FOLDER: Final = Path(__file__).with_name("page")
WORKER: Final = "/desk-worker.js"
# It asks nobody for anything.  WebAssembly is Argon2's, of which this script holds the code; the page itself has none.
WORKER_POLICY: Final = "default-src 'none'; script-src 'wasm-unsafe-eval'"
_TEMPLATES: Final = Environment(autoescape=True, undefined=StrictUndefined, keep_trailing_newline=False)

pages = Blueprint("pages", __name__)


@dataclass(frozen=True, slots=True)
class Page:
    """One language's page and the policy that it is served under."""

    body: bytes
    csp: str


@dataclass(frozen=True, slots=True)
class Pages:
    """Every page by language, in the face's order, and the worker's script."""

    by_language: Mapping[str, Page]
    worker: bytes


@dataclass(frozen=True, slots=True)
class Parts:
    """What every language's page is made of: template, script and style."""

    template: str
    script: str
    style: str


def build_pages(face: Face, policy: Policy, api: str = "") -> Pages:
    """Return the pages of a face and policy.  `api` is the interface's origin where it is not the page's own.

    Raises OSError where a built script is missing, and ValueError if no language of the face has a catalogue.
    """
    parts = Parts(
        template=(FOLDER / "page.html").read_text("utf-8"),
        script=(FOLDER / "built" / "desk.js").read_text("utf-8").strip(),
        style=house_css() + squeeze((FOLDER / "page.css").read_text("utf-8")),
    )
    spoken = [one for one in face.languages if one in languages()]
    if not spoken:
        raise ValueError(f"No language of the face ({', '.join(face.languages)}) has a catalogue.")
    csp = content_policy(parts, api)
    made = {lang: Page(assemble(parts, face, policy, api, lang, spoken), csp) for lang in spoken}
    return Pages(made, (FOLDER / "built" / "worker.js").read_bytes())


def assemble(parts: Parts, face: Face, policy: Policy, api: str, lang: str, spoken: list[str]) -> bytes:
    """Return a page's bytes.  Raises ValueError for a script or style that could end its own element."""
    for name, text in (("script", parts.script), ("style", parts.style)):
        if re.search(rf"</{name}|<!--|\r", text, re.IGNORECASE):
            raise ValueError(f"The {name} holds </{name}, <!-- or a carriage return, and can't stand inside a page.")
    words = translator(lang)
    told = keys_of("look/templates.json")
    data = {
        "policy": policy.encode().decode("ascii"),
        "face": _shown(face, spoken),
        "api": api,
        "catalogue": catalogue_for_js(lang, (*keys_of("verifier/page/"), *told)),
        "alerts": {one: catalogue_for_js(one, told) for one in spoken},
    }
    page = _compiled(parts.template).render(
        words=words,
        name=face.in_language(face.name, lang),
        favicon=favicon(),
        csp=content_policy(parts, api),
        script=_Whole(parts.script),
        style=_Whole(parts.style),
        data=_Whole(_json(data)),
        _=words.gettext,
    )
    return page.encode("utf-8")


@cache
def _compiled(template: str) -> Template:
    return _TEMPLATES.from_string(template)


def content_policy(parts: Parts, api: str) -> str:
    """Return the policy that stands inside the page: its script, its style, its interface, its worker."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_source(parts.script)}'",
            f"style-src '{_source(parts.style)}'",
            f"connect-src 'self' {api}".rstrip(),
            "img-src blob: data:",
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types sereno",
        )
    )


def _shown(face: Face, spoken: list[str]) -> dict[str, Any]:
    return {
        "name": dict(face.name),
        "hotline": face.hotline,
        "languages": spoken,
        "timezone": face.timezone,
        "demo": face.demo,
        "alerts": face.addresses["alerts"],
        "zones": [dict(one) for one in face.zones],
        "rights": [{"id": one["id"], "lines": one["lines"]} for one in face.rights],
    }


def _source(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode("utf-8"))).decode("ascii")


def _json(value: object) -> str:
    """Return JSON that can stand inside a script element: no character of it ends one or begins a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


class _Whole(str):
    """Text that goes into a page as it is: ours, and looked through above."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


@pages.get("/")
def show_first() -> Response:
    """Answer with the desk in the language that the browser asks for, else in the network's first."""
    made = desk().pages.by_language
    response = answer(made, request.accept_languages.best_match(list(made)) or next(iter(made)))
    response.vary.add("Accept-Language")
    return response


@pages.get("/<lang>")
def show_page(lang: str) -> Response:
    """Answer with the desk in a language.  Raises Refused("not_found")."""
    return answer(desk().pages.by_language, lang)


@pages.get(WORKER)
def show_worker() -> Response:
    """Answer with the script of the page's worker."""
    return worker_answer(desk().pages)


@pages.get("/face.json")
def show_face() -> dict[str, Any]:
    """Answer with the network's face, for whoever serves this page from their own machine."""
    return {"v": 1, **asdict(desk().face)}


def answer(made: Mapping[str, Page], lang: str) -> Response:
    """Return a page as it is served.  Raises Refused("not_found") for a language that there is none in."""
    if lang not in made:
        raise Refused("not_found", "There is nothing at this address.")
    response = Response(made[lang].body, mimetype="text/html")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = f"{made[lang].csp}; frame-ancestors 'none'"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    response.content_language.add(lang)
    return response


def worker_answer(made: Pages) -> Response:
    """Return the worker's script as it is served."""
    response = Response(made.worker, mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Content-Security-Policy"] = WORKER_POLICY
    return response
