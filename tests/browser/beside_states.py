"""What stands beside the form, by the step that leads there: a shift's notice, the page for sealed files, the flyer."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from playwright.sync_api import Page

from look.face import Face
from sereno import demonet
from sereno.flyer import draw
from tests.browser.form_states import open_form
from tests.browser.intake_site import IntakeSite

Step = Callable[[Page, IntakeSite, str], None]


def face_of(site: IntakeSite) -> Face:
    """Return the face of an intake's network."""
    return Face.decode(json.dumps(demonet.face(dict.fromkeys(("intake", "desk", "alerts"), site.url))).encode())


def hand_in(tab: Page, data: bytes) -> None:
    """Choose a file on the page for sealed files and hand it in, with the page's own button."""
    file: Any = {"name": "tip.sealed", "mimeType": "application/octet-stream", "buffer": data}
    tab.locator("#file").set_input_files([file])
    tab.locator("form button").click()
    tab.wait_for_selector("[role=status]")


def _notice(tab: Page, site: IntakeSite, lang: str) -> None:
    """Show what a witness reads where a lead has told that nobody can check now."""
    site.put_notice("ana")
    with tab.expect_response("**/later-*"):
        open_form(tab, site.url, lang)
    tab.wait_for_selector("#shift-notice:visible")


def _by_hand(tab: Page, site: IntakeSite, lang: str) -> None:
    tab.goto(f"{site.url}/age/{lang}")


def _refused(tab: Page, site: IntakeSite, lang: str) -> None:
    _by_hand(tab, site, lang)
    hand_in(tab, b"Two vans.")


def _flyer(tab: Page, site: IntakeSite, lang: str) -> None:
    tab.set_content(draw(face_of(site), site.network.policy, [lang]).decode())


BESIDE_STATES: Final[Mapping[str, Step]] = MappingProxyType(
    {"by-hand": _by_hand, "by-hand-refused": _refused, "flyer-sheet": _flyer, "notice": _notice}
)
