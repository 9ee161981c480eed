"""A network's static pages: what this checkout makes of a policy and a face, and what each page is called.  SPEC 5.8.

Pure but for this checkout's own files: the same checkout, policy and face give the same list on every machine.
"""

from __future__ import annotations

from typing import Final

import alerts.check
import intake.form
import verifier.pages
from look.face import Face
from protocol.manifest import Place, encode_listing, page_name
from protocol.policy import Policy

WORKER: Final = verifier.pages.WORKER
WORKER_POLICY: Final = verifier.pages.WORKER_POLICY


def make_pages(face: Face, policy: Policy) -> dict[Place, bytes]:
    """Return the bytes of every page by face and path.  Raises OSError, ValueError as the faces' `build_pages`."""
    desk = verifier.pages.build_pages(face, policy)
    made: dict[Place, bytes] = {("desk", WORKER): desk.worker}
    made |= {("desk", f"/{lang}"): page.body for lang, page in desk.by_language.items()}
    made |= {("form", f"/{lang}"): page.encoded.body for lang, page in intake.form.build_pages(face, policy).items()}
    made |= {("check", f"/{lang}/check"): page.body for lang, page in alerts.check.build_pages(face, policy).items()}
    return made


def list_pages(face: Face, policy: Policy) -> bytes:
    """Return the unsigned list of this checkout's pages, as custodians compare and sign it."""
    made = make_pages(face, policy)
    return encode_listing(policy, {place: page_name(place[0], body) for place, body in made.items()})
