"""A flyer on paper: a page for each language on A4 and on Letter, and a code that leads to its own network's form."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Final

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser

from look.face import Face
from sereno.flyer import draw
from tests.browser.beside_states import face_of
from tests.browser.form_states import FORM_STATES, answer, send
from tests.browser.form_visit import Visit
from tests.browser.intake_site import IntakeSite

PAPER: Final = (703, 964)  # What twelve millimetres of margin leave of A4's width and of Letter's height, in pixels.


def seen(shot: bytes) -> list[str]:
    """Return what a stranger's decoder reads in a picture."""
    return [found.text for found in zxingcpp.read_barcodes(Image.open(io.BytesIO(shot)).convert("L"))]


def flyer_of(site: IntakeSite) -> tuple[Face, bytes]:
    face = face_of(site)
    return face, draw(face, site.network.policy, face.languages)


@pytest.mark.soak
def test_each_language_fits_on_a_page_and_its_code_is_read_from_the_print(
    chromium_browser: Browser, intake_site: IntakeSite, tmp_path: Path
) -> None:
    face, page = flyer_of(intake_site)
    file = tmp_path / "flyer.html"
    file.write_bytes(page)
    # On a dark screen too: paper is white.
    context = chromium_browser.new_context(viewport={"width": PAPER[0], "height": PAPER[1]}, color_scheme="dark")
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.goto(file.as_uri())

    for paper in ("A4", "Letter"):
        assert len(re.findall(rb"/Type /Page\b", tab.pdf(format=paper))) == len(face.languages)
    tab.emulate_media(media="print")
    read = [seen(one.screenshot()) for one in tab.locator(".sheet").all()]
    assert read == [[f"{intake_site.url}/{lang}#{intake_site.network.policy.network}"] for lang in face.languages]
    assert said == []
    context.close()


def test_the_code_opens_the_form_and_the_server_learns_nothing_of_it(visit: Visit) -> None:
    tab = visit.tab
    network = visit.site.network.policy.network
    tab.goto(f"{visit.site.url}/es#{network}")
    tab.wait_for_selector("#send:not([disabled])", state="attached")
    answer(tab)
    tab.locator('#languages a[lang="en"]').click()  # It goes along to another language.
    tab.locator('#languages a[lang="en"]').click()
    tab.wait_for_url(f"**/en#{network}")
    answer(tab)
    send(tab)
    tab.wait_for_selector("#sent:visible")

    assert [one for one in visit.asked if "#" in one.url and not one.is_navigation_request()] == []
    assert network not in "".join(one.url.split("#")[0] + (one.headers.get("referer") or "") for one in visit.asked)


def test_a_flyer_of_another_network_leads_to_nothing_but_the_number(visit: Visit) -> None:
    FORM_STATES["flyer"](visit.tab)

    assert not visit.tab.locator("#tell").is_visible()
    assert visit.tab.locator("#send").is_disabled()
    assert not visit.tab.locator("#plain").is_visible()
    assert visit.tab.locator("#closed a[href='tel:4085550100']").is_visible()
    for spoilt in ("#" + visit.site.network.policy.network.upper(), f"#{visit.site.network.policy.network}0"):
        visit.tab.goto("about:blank")
        visit.tab.goto(f"{visit.site.url}/en{spoilt}")
        visit.tab.wait_for_selector("#closed-link:visible")
    assert visit.sent() == []
