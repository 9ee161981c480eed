"""What the public face stands on: the store to read, the policy it checks by, the network's face, its looks."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app
from sqlalchemy import Engine

from look.face import Face
from look.inline import source
from look.words import Words, languages, translator
from protocol.errors import Refused
from protocol.policy import Policy


@dataclass(frozen=True, slots=True)
class Ground:
    """Read once, at the start.  `style` and `script` stand inside every page."""

    engine: Engine
    policy: Policy
    face: Face
    style: str
    script: str

    @property
    def languages(self) -> tuple[str, ...]:
        """The face's languages that there is a catalogue for, in its order."""
        return tuple(one for one in self.face.languages if one in languages())

    @property
    def content_policy(self) -> str:
        """The content security policy of pages: one style, one script, which asks its own origin only."""
        return (
            f"default-src 'none'; style-src {source(self.style)}; script-src {source(self.script)}; "
            "img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    def words(self, code: str) -> Words:
        """Return the words of a language.  Raises Refused("not_found") for one that the network does not speak."""
        if code not in self.languages:
            raise Refused("not_found", f"This network does not speak {code[:12]}.")
        return translator(code)


def ground() -> Ground:
    """Return what the running public face stands on."""
    found: Ground = current_app.extensions["sereno"]
    return found
