"""A reader of the public pages: their tab, what it asked for, and what went wrong in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Page

from tests.browser.alerts_states import Stand, open_check

WATCH: Final = """
  window.violations = [];
  addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective));
"""


@dataclass
class Reading:
    """A reader's tab, what it asked for and what went wrong in it."""

    tab: Page
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def answer(self) -> str:
        """Return which kind of answer is shown; "" for none."""
        found = re.search(r"answer-([a-z]+)", self.tab.locator("#answer").get_attribute("class") or "")
        return found[1] if found and self.tab.locator("#answer").is_visible() else ""


def begin(reading: Reading, stand: Stand) -> Page:
    """Open the check page and return its tab."""
    open_check(reading.tab, f"{stand.site.url}/en/check")
    return reading.tab
