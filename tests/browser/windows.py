"""Windows: one person's browser each, Chromium or Firefox, driven by the same few calls (tests/js/browser.mjs).

Every window has a profile of its own, as people have.  Touching is done with real pointer events, at the middle of what
is seen, and fails where something lies over it.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final, Literal

from tests import browsers, javascript

Kind = Literal["chromium", "engine", "firefox"]  # An engine is a Chromium without the bars and menus around a page.
KINDS: Final[tuple[Kind, ...]] = ("chromium", "firefox")
PATIENCE: Final = 45.0  # Seconds for any one thing on a machine that is busy with other things.
PHONE: Final = (390, 844)


@dataclass(slots=True)
class Driver:
    """The Node process behind every window of a test."""

    process: subprocess.Popen[str]
    folder: Path
    opened: list[Window] = field(default_factory=list)

    def ask(self, call: str, window: int | None, *args: Any) -> Any:
        """Return what a call gives.  Raises AssertionError with what went wrong in the page or in the driver."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        question = {"call": call, "args": args, **({} if window is None else {"window": window})}
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, f"The driver of browsers ended while it was asked for {call}."
        answer = json.loads(line)
        assert "error" not in answer, answer["error"]
        return answer["ok"]

    def windows(self, kind: Kind, *people: str, prefs: Mapping[str, Any] | None = None) -> list[Window]:
        """Open a browser for each of these people, with profiles that never saw anything; `prefs` are Firefox's."""
        program = {"chromium": browsers.chromium, "engine": browsers.engine, "firefox": browsers.firefox}[kind]()
        opened = []
        for name in people:
            profile, saved = self.folder / f"{name}-profile", self.folder / f"{name}-saved"
            profile.mkdir()
            saved.mkdir()
            opened.append(Window(self, 0, name, profile, saved))
        asked = [
            {
                "kind": "firefox" if kind == "firefox" else "chrome",
                "program": program,
                "profile": str(one.profile),
                "saved": str(one.saved),
                "prefs": dict(prefs or {}),
            }
            for one in opened
        ]
        numbers = self.ask("launch", None, asked)
        opened = [replace(one, number=number) for one, number in zip(opened, numbers, strict=True)]
        for one in opened:
            one.size(*PHONE)
        self.opened += opened
        return opened

    def keep_shots(self) -> None:
        """Keep a picture of what every window shows, in the driver's folder: for whoever looks why a test failed."""
        for one in self.opened:
            one.shot(self.folder / f"{one.name}.png")


@dataclass(frozen=True, slots=True)
class Window:
    """One person's browser with one tab, as wide as a phone at first."""

    driver: Driver
    number: int
    name: str
    profile: Path
    saved: Path

    def open(self, url: str) -> None:
        """Go to an address."""
        self._ask("open", url)

    def beside(self, url: str) -> None:
        """Open an address in a second tab, which is then the one that is touched and read."""
        self._ask("beside", url)

    def size(self, width: int, height: int) -> None:
        """Make the window so large, in CSS pixels."""
        self._ask("size", width, height)

    def tap(self, selector: str, name: str = "") -> None:
        """Touch the one thing that is seen by this selector, and whose name begins so, once it can be touched."""
        self._ask("tap", selector, name, PATIENCE)

    def button(self, name: str) -> None:
        """Touch the button of that name."""
        self.tap("button, [role=button], a.button, summary", name)

    def type(self, selector: str, words: str) -> None:
        """Touch a field and type."""
        self._ask("type", selector, words, PATIENCE)

    def pick(self, selector: str, value: str) -> None:
        """Choose from a list, by its value."""
        self.says(selector)
        self._ask("pick", selector, value)

    def give(self, selector: str, *files: Path) -> None:
        """Choose files."""
        self._ask("give", selector, [str(one) for one in files])

    def says(self, selector: str, words: str = "", patience: float = PATIENCE) -> str:
        """Wait until something by this selector is seen and says these words; return all that it says."""
        return str(self._ask("wait", selector, words, patience))

    def run(self, code: str) -> Any:
        """Return what a piece of JavaScript gives in the page."""
        return self._ask("run", code)

    def shot(self, path: Path, whole: bool = True) -> None:
        """Keep a picture of the page."""
        self._ask("shot", str(path), whole)

    def problems(self) -> list[str]:
        """Return every error and warning so far, and whatever the page's policy stopped."""
        return list(self._ask("problems"))

    def kept(self) -> list[str]:
        """Return the names of cookies, and of whatever the page in view stored in any of a browser's stores."""
        return list(self._ask("kept"))

    def close(self) -> None:
        """Close the browser in good order."""
        self._ask("close")

    def kill(self) -> None:
        """End the browser as when the battery is pulled out."""
        self._ask("kill")

    def _ask(self, call: str, *args: Any) -> Any:
        return self.driver.ask(call, self.number, *args)


@contextmanager
def driving(folder: Path) -> Iterator[Driver]:
    """Give a driver until the block ends; then every browser that is still open is closed."""
    javascript.packages()
    command = [javascript.node(), str(javascript.ROOT / "tests" / "js" / "browser.mjs")]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
    try:
        yield Driver(process, folder)
    finally:
        process.communicate()  # Closes its input, which is what it waits for.
