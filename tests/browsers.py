"""The browsers of this machine: which program, and what to say where there is none."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
from collections.abc import Sequence

import pytest
from playwright.sync_api import Playwright, sync_playwright


@functools.cache
def playwright() -> Playwright:
    """Return this process's Playwright: a thread can't run two, and tests of many files share a thread."""
    running = sync_playwright().start()
    atexit.register(running.stop)
    return running


def _find(variable: str, names: Sequence[str], package: str) -> str:
    """Return the program that `variable` names, else the first of `names` on PATH; with neither, skip (CI: fail)."""
    named = os.environ.get(variable)
    if named:
        if not os.access(named, os.X_OK):
            pytest.fail(f"{variable} is {named}, which is no program")
        return named
    for name in names:
        found = shutil.which(name)
        if found:
            return found
    missing = f"needs a browser: sudo apt-get install {package}  (or set {variable} to the program)"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


def chromium() -> str:
    """Return the path of Chromium or Chrome (SERENO_CHROMIUM overrides)."""
    return _find("SERENO_CHROMIUM", ("chromium", "chromium-browser", "google-chrome"), "chromium")


def firefox() -> str:
    """Return the path of Firefox (SERENO_FIREFOX overrides)."""
    return _find("SERENO_FIREFOX", ("firefox-esr", "firefox"), "firefox-esr")
