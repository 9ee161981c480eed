"""Without JavaScript: from the form to a page that takes a sealed file, for everyone who can't or won't run scripts."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.sync_api import Browser

from protocol import limits
from protocol.envelope import seal_envelope
from protocol.sealedfile import SealedFile
from sereno import clock
from tests.again import again
from tests.browser.beside_states import hand_in
from tests.browser.intake_site import IntakeSite
from tests.browser.test_form_access import SIZES, SMALL
from tests.browser.watched import faults


def sealed(site: IntakeSite) -> bytes:
    """Return a sealed file, as a saved copy of the form gives it."""
    network = site.network
    to = network.set_at(clock.now())
    tip = {"what": "waiting", "where": {"zone": "harbor"}, "when": {"choice": "now"}, "seen": "saw", "words": "A van."}
    header = {"v": 1, "kind": "tip", "id": "cd" * 16, "day": clock.now() // limits.DAY, "form": "0" * 64, "tip": tip}
    attorneys = [network.recipients[one.id] for one in network.roster.attorneys()]
    envelope = seal_envelope({**header, "network": network.policy.network}, to, attorneys)
    return SealedFile(to.desk, to.name, envelope).encode()


def test_a_sealed_file_goes_in_without_any_script(chromium_browser: Browser, intake_site: IntakeSite) -> None:
    context = chromium_browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    before = intake_site.count()
    tab.goto(f"{intake_site.url}/es")
    tab.locator("noscript a[href='/age/es']").click()
    hand_in(tab, b"Vi dos camionetas.")
    assert tab.locator("[role=status]").text_content() is not None
    assert intake_site.count() == before
    hand_in(tab, sealed(intake_site))

    assert "sellado" in (tab.locator("[role=status]").text_content() or "")
    assert tab.locator("html").get_attribute("lang") == "es"
    assert intake_site.count() == before + 1
    context.close()


LOOKS: Final = {"en": "light", "ar": "dark"}


@pytest.mark.parametrize("lang", ["ar", *again("en")])
def test_the_page_serves_everyone(chromium_browser: Browser, intake_site: IntakeSite, lang: str) -> None:
    scheme: Any = LOOKS[lang]
    context = chromium_browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    tab = context.new_page()
    tab.goto(f"{intake_site.url}/age/{lang}")
    found = [faults(tab)]
    hand_in(tab, b"no")
    found.append(faults(tab))
    width, height = SIZES["smallest"]
    tab.set_viewport_size({"width": width, "height": height})

    assert found == [[], []]
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate(SMALL) == []
    context.close()
