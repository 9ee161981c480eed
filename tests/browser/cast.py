"""The cast: what a witness, a verifier and a reader do, each in a browser of their own, by touching what they see."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.browser.windows import PATIENCE, Window

FREE: Final = {"en": "By the ferry landing.", "es": "Junto al muelle del ferry."}
COUNT: Final = "window.taps = 0; addEventListener('pointerdown', () => window.taps++, true);"


@dataclass(frozen=True, slots=True)
class Witness:
    """Somebody who saw something."""

    window: Window
    origin: str

    def tell(self) -> int:
        """Tell it in the fewest touches, wait until it is sent, and return how many touches it took."""
        tab = self.window
        tab.open(f"{self.origin}/en")
        tab.run(COUNT)
        self.answer()
        tab.button("Seal and send")
        tab.says("#sent-title", "Sealed and sent")
        return int(tab.run("window.taps"))

    def answer(self) -> None:
        """Give the four answers."""
        for name, value in (("what", "taking"), ("when", "now"), ("seen", "now")):
            self.window.tap(f'label:has(input[name="{name}"][value="{value}"])')
        self.window.tap('#map path[data-zone="harbor"]')


@dataclass(frozen=True, slots=True)
class Verifier:
    """Somebody at the desk."""

    window: Window
    origin: str
    people: Path

    def unlock(self) -> None:
        """Sign in with the vault, its words, and the weeks' keys."""
        tab, name = self.window, self.window.name
        tab.open(f"{self.origin}/en")
        tab.says("main.unlock h1")
        tab.give("#vault", self.people / f"{name}.vault")
        tab.type("#words", (self.people / f"{name}.words").read_text("ascii").strip())
        tab.give("#weeks", *sorted(self.people.glob(f"{name}.epoch-*")))
        tab.button("Unlock and start the shift")
        tab.says("#who", "You are")

    def go(self, tab: str) -> None:
        """Touch one of the three tabs at the thumb."""
        self.window.tap(f"#tab-{tab}")

    def open_case(self) -> str:
        """Open the first tip, make a case of it, and return the case's name."""
        self.go("queue")
        self.window.tap('[id^="tip-"]')
        self.window.says(".card.tip", "Someone is being taken")
        self.window.button("Open a new case")
        return self.window.says(".case-head h1")

    def next(self, words: str) -> None:
        """Take the one next step that the desk offers."""
        self.window.tap("#next", words)

    def triage(self) -> None:
        """Sort the case: happening now, an active detention in a public place."""
        self.next("Sort by urgency")
        self.window.tap("label:has(#urgency-P1)")
        self.window.tap("label:has(#class-A)")
        self.window.button("Sort it")

    def check(self) -> None:
        """Send a checker."""
        self.next("Start a check")
        self.window.tap("label:has(#ways-field)")
        self.window.button("Start it")

    def find(self, basis: str, words: str) -> None:
        """Write down a finding."""
        self.next("Write down a finding")
        self.window.tap(f"label:has(#basis-{basis})")
        self.window.type("#words", words)
        self.window.button("Write it down")
        self.window.says(".timeline", words)

    def propose(self) -> str:
        """Draft an alert for everybody, sign it first, and return what readers will see, as the draft showed it."""
        tab = self.window
        self.next("Draft the alert")
        tab.tap("label:has(#audience-public)")
        for lang, words in FREE.items():
            tab.type(f"#free-{lang}", words)
        tab.pick("#grade-source", "F")
        tab.pick("#grade-information", "2")
        shown = tab.says("#preview", FREE["es"])
        tab.button("Sign as the first key and propose")
        tab.says("#said", "It waits for a second key")
        return shown

    def judge(self, case: str) -> None:
        """Open the case that needs a second key, on the second key's own screen, and grade it."""
        tab = self.window
        self.go("queue")
        tab.tap('[id^="case-"]')
        tab.says(".case-head h1", case)
        assert "second" not in tab.run("document.body.className")
        self.next("Look at it as the second key")
        tab.says("body.second .second-banner", "You decide alone")
        assert "sealed" not in tab.says(".card.found").lower()
        tab.pick("#grade-source", "F")
        tab.pick("#grade-information", "2")
        tab.button("Compare with the first key")

    def sign(self) -> tuple[str, str]:
        """Declare, sign as the second key; return what was shown and the check words of its bytes."""
        tab = self.window
        shown = tab.says(".previews", FREE["es"])
        words = tab.says(".hashwords strong")
        tab.tap('label[for="free"]')
        tab.tap('label[for="privacy"]')
        tab.button("Sign as the second key")
        tab.says("#said", "Both signatures are with the gate")
        return shown, words

    def suspend(self) -> None:
        """Stop the alert alone."""
        self.window.tap("#suspended-doubt")
        self.window.says("#said", "Readers see UNDER REVIEW")

    def retract(self) -> None:
        """Take the alert back, as a lead."""
        self.window.button("Retract it")
        self.window.tap("#retracted-misidentified")
        self.window.says("#said", "Everybody who got the alert gets the retraction")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who looks at the alerts."""

    window: Window
    origin: str

    def await_word(self, path: str, word: str) -> None:
        """Load a page of the alerts again and again until it says a public word."""
        end = time.monotonic() + PATIENCE
        while True:
            self.window.open(f"{self.origin}/en/{path}")
            if word in self.window.run("document.querySelector('main').innerText"):
                return
            assert time.monotonic() < end, f"The page never said {word}."
            time.sleep(0.05)

    def save(self) -> Path:
        """Save the proof from the alert's page and return where it is."""
        self.window.tap("a[download]", "Save the proof")
        end = time.monotonic() + PATIENCE
        while True:
            found = list(self.window.saved.iterdir())
            # One browser writes under another name first, the other keeps the name with an empty file.
            if [one.name for one in found] == ["release.json"] and found[0].stat().st_size > 0:
                return found[0]
            assert time.monotonic() < end, f"The proof was never saved: {found}"
            time.sleep(0.05)

    def check(self, file: Path) -> str:
        """Give a file to "Is this real?" and return what it answers."""
        self.window.open(f"{self.origin}/en/check")
        self.window.says("#form")
        self.window.give("#files", file)
        self.window.button("Check it")
        return self.window.says("#answer")
