"""Assembly: "Is this real?" from its parts, one static file for each language.

Pure: the same parts give the same bytes on every machine, so that anybody can make a page again and compare it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from jinja2 import Environment, StrictUndefined, Template

from look.face import Face
from look.icons import favicon, icon
from look.inline import inline, inline_json, source
from look.words import Words, endonym, keys_of
from protocol.manifest import page_name
from protocol.policy import Policy
from protocol.sixwords import fingerprint_words

_TEMPLATES: Final = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@dataclass(frozen=True, slots=True)
class Parts:
    """What every language's page is made of."""

    template: str
    script: str
    style: str

    @property
    def content_policy(self) -> str:
        """The content security policy inside the page: its one script, its one style, its own site."""
        return (
            f"default-src 'none'; script-src {source(self.script)}; style-src {source(self.style)}; "
            "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
        )


def assemble(
    parts: Parts, face: Face, policy: Policy, words: Words, languages: Sequence[str], catalogue: Mapping[str, Any]
) -> bytes:
    """Return a page's bytes.  Raises ValueError for a script or style that could end its own element."""
    name = face.in_language(face.name, words.lang)
    carried = {
        "policy": policy.encode().decode("ascii"),
        "catalogue": catalogue,
        "network": name,
        "zones": {zone["id"]: face.in_language(zone["name"], words.lang) for zone in face.zones},
        "timezone": face.timezone,
        "alerts": face.addresses["alerts"],
    }
    page = _compiled(parts.template).render(
        face=face,
        name=name,
        policy=policy,
        words=words,
        languages=languages,
        six=fingerprint_words(policy.encode()).split(),
        tel="tel:" + re.sub(r"[^0-9+]", "", face.hotline),
        file=f"sereno-check-{words.lang}-{policy.network[:8]}",
        script=inline("script", parts.script),
        style=inline("style", parts.style),
        carried=inline_json(carried),
        csp=parts.content_policy,
        icon=icon,
        favicon=favicon(),
        endonym=endonym,
        unread=words.wants_reader(keys_of("alerts/check/", "look/templates.json")),
        _=words.gettext,
        gettext=words.plain,
    )
    whole = page.encode("utf-8")
    own = json.dumps(page_hash(whole)).encode("ascii")
    return whole.replace(b'id="page-hash"></script>', b'id="page-hash">' + own + b"</script>")


def page_hash(page: bytes) -> str:
    """Return a page's name, as manifests list it.  Raises Refused("page")."""
    return page_name("check", page)


@cache
def _compiled(template: str) -> Template:
    return _TEMPLATES.from_string(template)
