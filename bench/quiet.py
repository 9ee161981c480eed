"""A Chromium that nobody drives: told over a pipe where to go, and asked at the end what it has seen.

What drives a browser for tests runs scripts of its own in every page, and has stacks kept for all that a page fetches.
Neither is there for a witness, and together they take longer than what is to be measured.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from tests import browsers

NUL: Final = b"\0"
PHONE: Final = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": False}
MIDDLE: Final = """(selector) => {
  const found = document.querySelector(selector);
  found.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, top, width, height } = found.getBoundingClientRect();
  return [left + width / 2, top + height / 2];
}"""
# The debugger reads its calls from the third pipe of a program and answers on the fourth.
PIPES: Final = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null'


class Quiet:
    """A browser's debugger, spoken to over a pipe: one JSON value for a call and one for its answer."""

    def __init__(self, calls: IO[bytes], answers: IO[bytes]) -> None:
        self._calls, self._answers, self._last = calls, answers, 0

    def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """Return what a method gives.  Raises RuntimeError for what it refuses, EOFError where the browser has gone."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": params}
        self._calls.write(json.dumps(message | ({} if session is None else {"sessionId": session})).encode() + NUL)
        self._calls.flush()
        while True:
            answer = self._next()
            if answer.get("id") != self._last:
                continue
            if "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            result: dict[str, Any] = answer["result"]
            return result

    def _next(self) -> dict[str, Any]:
        text = b""
        while not text.endswith(NUL):
            more = self._answers.read(1)
            if more == b"":
                raise EOFError("The browser has gone.")
            text += more
        answer: dict[str, Any] = json.loads(text[:-1])
        return answer

    @contextmanager
    def visit(self, url: str, slowed: float, link: dict[str, Any] | None = None) -> Iterator[Tab]:
        """Open a page on a phone that is so many times as slow, over a link (Network.emulateNetworkConditions)."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.call("Emulation.setDeviceMetricsOverride", session, **PHONE)
        if link is not None:
            self.call("Network.enable", session)
            self.call("Network.emulateNetworkConditions", session, **link)
        tab = Tab(self, session)
        tab.go(url, slowed)
        yield tab
        self.call("Target.disposeBrowserContext", browserContextId=context)


class Tab:
    """An open page."""

    def __init__(self, browser: Quiet, session: str) -> None:
        self._browser, self._session = browser, session

    def go(self, url: str, slowed: float) -> None:
        """Go to a page, from now on as a phone does that is so many times as slow."""
        self._browser.call("Emulation.setCPUThrottlingRate", self._session, rate=slowed)
        self._browser.call("Page.navigate", self._session, url=url)

    def ask(self, expression: str) -> Any:
        """Return what a JavaScript expression comes to, once it does."""
        result = self._browser.call(
            "Runtime.evaluate", self._session, expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def tap(self, selector: str) -> None:
        """Tap the middle of an element, brought into sight, with a real pointer."""
        x, y = self.ask(f"({MIDDLE})({json.dumps(selector)})")
        for kind in ("mousePressed", "mouseReleased"):
            point = {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
            self._browser.call("Input.dispatchMouseEvent", self._session, **point)

    def choose(self, selector: str, file: Path) -> None:
        """Choose a file, which the browser reads from the disk as a phone's does."""
        found = self._browser.call("DOM.getDocument", self._session)["root"]["nodeId"]
        node = self._browser.call("DOM.querySelector", self._session, nodeId=found, selector=selector)["nodeId"]
        self._browser.call("DOM.setFileInputFiles", self._session, nodeId=node, files=[str(file)])


@contextmanager
def running(path: str) -> Iterator[Quiet]:
    """Give a running Chromium that has nothing to do."""
    with tempfile.TemporaryDirectory(prefix="sereno-quiet-", ignore_cleanup_errors=True) as profile:
        command = [path, "--headless=new", *browsers.QUIET, f"--user-data-dir={profile}", "--remote-debugging-pipe"]
        with subprocess.Popen(
            ["sh", "-c", PIPES, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ) as program:
            assert program.stdin is not None
            assert program.stdout is not None
            browser = Quiet(program.stdin, program.stdout)
            yield browser
            browser.call("Browser.close")
