"""Assembly: the form's page from its parts, one static file for each language.  SPEC 13.1.

Pure: the same parts give the same bytes on every machine, so that anybody can make a page again and compare it.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template

from intake.form.outline import Outline
from look.face import Face
from look.icons import icon
from look.words import Words, endonym, keys_of
from protocol.encoding import fingerprint, sha256
from protocol.manifest import page_name
from protocol.policy import Policy

_TEMPLATES: Final = Environment(
    autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What every language's page is made of: template, scripts and style, and the picture of the zones.

    `later` is the script that a page fetches once it can be used, and runs only if it has this one's hash.
    """

    template: str
    script: str
    later: str
    style: str
    outline: Outline


def assemble(parts: Parts, face: Face, policy: Policy, words: Words, catalogue: Mapping[str, Any]) -> bytes:
    """Return a page's bytes.  Raises ValueError for a script or style that could end its own element."""
    for name, text in (("script", parts.script), ("style", parts.style)):
        if re.search(rf"</{name}|<!--|\r", text, re.IGNORECASE):
            raise ValueError(f"The {name} holds </{name}, <!-- or a carriage return, and can't stand inside a page.")
    data = {
        "policy": policy.encode().decode("ascii"),
        "catalogue": catalogue,
        "hotline": face.hotline,
        "timezone": face.timezone,
        "later": {"path": later_path(parts), "sha256": fingerprint(parts.later.encode("utf-8"))},
    }
    page = _rendered(
        parts.template,
        face,
        policy,
        words,
        outline=parts.outline,
        script=_Whole(parts.script),
        style=_Whole(parts.style),
        data=_Whole(_json(data)),
        csp=content_policy(parts),
    )
    whole = page.encode("utf-8")
    own = json.dumps(manifest_hash(whole)).encode("ascii")
    return whole.replace(b'id="page-hash"></script>', b'id="page-hash">' + own + b"</script>")


def later_text(
    template: str, script: str, outline: Outline, face: Face, policy: Policy, words: Words, catalogue: Mapping[str, Any]
) -> str:
    """Return the later script of a language: its screen and its words, then the script that uses them."""
    html = _rendered(template, face, policy, words, outline=outline)
    return f"window.sereno.more={_json({'html': html, 'catalogue': catalogue})};\n{script}"


def _rendered(template: str, face: Face, policy: Policy, words: Words, **more: object) -> str:
    return _compiled(template).render(
        face=face,
        policy=policy,
        words=words,
        icon=icon,
        here=lambda texts: face.in_language(texts, words.lang),
        tel=lambda number: "tel:" + re.sub(r"[^0-9+]", "", number),
        endonym=endonym,
        unread=words.wants_reader(keys_of("intake/form/")),
        _=words.gettext,
        gettext=words.plain,
        **more,
    )


@cache
def _compiled(template: str) -> Template:
    return _TEMPLATES.from_string(template)


def manifest_hash(page: bytes) -> str:
    """Return a page's name, as manifests list it.  Raises Refused("page")."""
    return page_name("form", page)


def content_policy(parts: Parts) -> str:
    """Return the content security policy that stands inside the page: its scripts, its one style, its own door."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_source(parts.script)}' '{_source(parts.later)}'",
            f"style-src '{_source(parts.style)}'",
            "img-src blob: data:",
            "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
        )
    )


def later_path(parts: Parts) -> str:
    """Return where the later script is: named by its hash, so that what a browser kept is never another one."""
    return f"/later-{fingerprint(parts.later.encode('utf-8'))[:16]}.js"


def _source(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode("utf-8"))).decode("ascii")


def _json(value: object) -> str:
    """Return JSON that can stand inside a script element: no character of it ends one or begins a comment."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


class _Whole(str):
    """Text that goes into a page as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)
