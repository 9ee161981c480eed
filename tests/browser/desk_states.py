"""The desk's states, each reached by a named step: for the desk's own tests and for pictures of every screen.

A step takes a tab that shows what the step before left, and leaves it in the state it is named after.  Elements are
found by their ids, never by their words, so that every step works in every language.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from playwright.sync_api import BrowserContext, Page

Step = Callable[[Page], None]
PATIENCE: Final = 60_000.0  # Milliseconds: a pass-phrase takes its time on a machine that is busy with other things.


class Site(Protocol):
    """Where a desk is served, and the folder of its people's vaults, words and weekly keys."""

    @property
    def url(self) -> str:
        """Its origin."""

    @property
    def people(self) -> Path:
        """The folder."""


def open_desk(context: BrowserContext, site: Site, lang: str = "en", url: str = "") -> Page:
    """Open the locked desk in a tab of its own."""
    tab = context.new_page()
    tab.set_default_timeout(PATIENCE)
    tab.goto(f"{url or site.url}/{lang}")
    tab.wait_for_selector("#unlock")
    return tab


def fill_in(tab: Page, site: Site, handle: str, *, words: str = "", weeks: bool = True) -> None:
    """Choose a person's vault and weekly keys, and type the pass-phrase."""
    tab.set_input_files("#vault", site.people / f"{handle}.vault")
    if weeks:
        tab.set_input_files("#weeks", sorted(site.people.glob(f"{handle}.epoch-*")))
    tab.fill("#words", words or (site.people / f"{handle}.words").read_text("ascii").strip())


def unlock(tab: Page, site: Site, handle: str, *, weeks: bool = True) -> None:
    """Unlock the desk as a demo person and wait for its queue."""
    fill_in(tab, site, handle, weeks=weeks)
    tab.click("#unlock")
    tab.wait_for_selector("#queue > *", state="attached")


def newcomer(tab: Page) -> None:
    """Go from the locked desk to where somebody new makes a vault."""
    tab.click("#newcomer")
    tab.wait_for_selector("#make-vault")


def newcomer_refused(tab: Page) -> None:
    """Give a code that is none."""
    tab.fill("#desk", "North Desk")
    tab.click("#make-vault")
    tab.wait_for_selector("#fault:not(:empty)")


def newcomer_made(tab: Page) -> None:
    """Make the vault: words, file and request."""
    tab.fill("#desk", "north")
    tab.click("#make-vault")
    tab.wait_for_selector("#passphrase")


def copy_week(tab: Page) -> Path:
    """Take a week's dated file along, from the shift's page; it is listed from then on."""
    show_tab(tab, "shift")
    with tab.expect_download() as handed:
        tab.locator("[id^=copy-]").first.click()
    tab.wait_for_selector("#copies")
    return Path(handed.value.path())


def renew_vault(tab: Page) -> None:
    """Ask for another pass-phrase, from the shift's page: the new words are shown."""
    show_tab(tab, "shift")
    tab.click("#renew-vault")
    tab.wait_for_selector("#new-words")


def use_vault(tab: Page) -> None:
    """Go on with the new words."""
    tab.check("#saved")
    tab.click("#use-vault")
    tab.wait_for_selector("#gone-vault")


def choose(tab: Page, name: str, value: str) -> None:
    """Tap a chip, as a finger does: on what is seen of it."""
    tab.locator(f'label:has(input[name="{name}"][value="{value}"])').click()


def show_tab(tab: Page, name: str) -> None:
    """Go to one of the three tabs where the screen is a phone's."""
    if tab.locator("#tabs").is_visible():
        tab.click(f"#tab-{name}")


def open_tip(tab: Page, envelope: str) -> None:
    """Choose a tip from the queue."""
    show_tab(tab, "queue")
    tab.click(f"#tip-{envelope}")
    tab.wait_for_selector("#new-case")


def new_case(tab: Page) -> None:
    """Open a case for the tip that is looked at."""
    tab.click("#new-case")
    tab.wait_for_selector(".case-head")
    tab.wait_for_selector("#next")


def next_form(tab: Page) -> None:
    """Take the one next step of the case: its form."""
    tab.click("#next")
    tab.wait_for_selector("#back")


def make(tab: Page) -> None:
    """Hand the form in and wait until the case has moved."""
    tab.click("#make")
    tab.wait_for_selector("#make", state="detached")


def triage(tab: Page, class_: str = "A") -> None:
    """Sort the case."""
    next_form(tab)
    choose(tab, "urgency", "P1")
    choose(tab, "class", class_)
    make(tab)


def check(tab: Page) -> None:
    """Start a check."""
    next_form(tab)
    choose(tab, "ways", "field")
    make(tab)


def finding(tab: Page, code: str = "D1", says: str = "for") -> None:
    """Write down a finding in the form that is open."""
    choose(tab, "basis", code)
    choose(tab, "says", says)
    tab.fill("#words", "Our checker stands across the street and sees it.")
    make(tab)


def find(tab: Page) -> None:
    """Write down what a checker on site sees."""
    next_form(tab)
    finding(tab)


def draft(tab: Page) -> None:
    """Draft an alert for everybody, in two languages."""
    tab.click("#next[data-mode=draft]")
    tab.wait_for_selector("#propose")
    choose(tab, "audience", "public")
    tab.fill("#free-en", "Near the ferry landing.")
    tab.fill("#free-es", "Cerca del embarcadero.")
    tab.select_option("#grade-source", "F")
    tab.select_option("#grade-information", "2")


def blocked_draft(tab: Page) -> None:
    """Type into the draft what must never be sent."""
    tab.fill("#free-en", "Call 415 555 0142, near Pier 4.")
    tab.wait_for_selector("#free-en-screen .hit-block")


def draft_again(tab: Page) -> None:
    """Type something that may be sent."""
    tab.fill("#free-en", "Near the ferry landing.")
    tab.wait_for_selector("#free-en-screen .hit-block", state="detached")


def propose(tab: Page) -> None:
    """Sign as the first key."""
    tab.click("#propose")
    tab.wait_for_selector("#propose", state="detached")


def work(tab: Page, envelope: str) -> None:
    """Take a tip all the way to a proposed alert."""
    open_tip(tab, envelope)
    for step in (new_case, triage, check, find, draft, propose):
        step(tab)


def second_evidence(tab: Page) -> None:
    """Look at the case that waits as the second key: the evidence first."""
    show_tab(tab, "queue")
    tab.click("#queue [id^=case-]")
    tab.click("#next[data-mode=second]")
    tab.wait_for_selector("#compare")


def second_compare(tab: Page) -> None:
    """Give one's own grade, and see the first's."""
    tab.select_option("#grade-source", "F")
    tab.select_option("#grade-information", "3")
    tab.click("#compare")
    tab.wait_for_selector("#sign")


def other_finding(tab: Page, code: str = "D1", says: str = "for") -> None:
    """Write down another finding, from wherever the case offers it."""
    if tab.locator("#do-finding").count():
        tab.click(".others summary")
        tab.click("#do-finding")
    else:
        tab.click("#next")
    tab.wait_for_selector("#back")
    finding(tab, code, says)


def await_word(tab: Page, word: str) -> None:
    """Wait until the case that is looked at shows its alert under this public word."""
    tab.wait_for_selector(f"#word.word-{word}")


def suspend(tab: Page) -> None:
    """Stop the alert, in one tap."""
    tab.click("#suspended-doubt")
    await_word(tab, "under-review")


def restore(tab: Page) -> None:
    """Draft the suspended alert anew and sign it as the first key."""
    tab.click("#do-restore")
    tab.wait_for_selector("#propose")
    tab.select_option("#grade-source", "F")
    tab.select_option("#grade-information", "1")
    propose(tab)


def report_over(tab: Page) -> None:
    """Say that it is over."""
    tab.click("#over")
    await_word(tab, "ended")


def close_case(tab: Page) -> None:
    """Close the case."""
    tab.click("#next")
    tab.wait_for_selector("#back")
    choose(tab, "outcome", "confirmed-ended")
    make(tab)


def sign(tab: Page) -> None:
    """Declare, and sign as the second key."""
    tab.check("#free")
    tab.check("#privacy")
    tab.click("#sign")
    tab.wait_for_selector("#sign", state="detached")
