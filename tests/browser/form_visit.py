"""A witness's visit: a tab with the form, what it asked the server for, and what went wrong in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Page, Request

from tests.browser.intake_site import IntakeSite

# Without motion, which a tenth of a visit's time goes into; test_journey's phones have it.
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "reduce",
}
WATCH: Final = """
  window.violations = [];
  addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
  window.taps = 0;
  addEventListener("pointerdown", () => window.taps++, true);
"""


@dataclass
class Visit:
    """A witness's tab, what it asked for, and what went wrong in it."""

    tab: Page
    site: IntakeSite
    asked: list[Request] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def sent(self) -> list[Request]:
        return [one for one in self.asked if "/envelopes" in one.url]

    def told(self, request: Request) -> Any:
        """Return the tip's header in the envelope that a request carried."""
        body = request.post_data_buffer
        assert body is not None
        return self.site.open(body, request.url.split("set=")[1]).header
