"""The browsers of this machine: which program, and what to say where there is none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

# What Playwright switches off, which an argument of ours replaces; and the pages behind an address bar that nobody
# sees, two of them in each window, which cost a quarter of what opening one does.
OFF: Final = (
    "AimEnabled",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxPopup",
)

# Nothing but the page under test speaks to anybody.
QUIET: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

_running: list[Playwright] = []  # One entry for each holder, all of them the same: a thread can't run two.


@contextmanager
def playwright() -> Iterator[Playwright]:
    """Give this thread's Playwright until its last holder lets go of it.

    It holds the thread's event loop while it runs, so whoever holds it longer than its tests fails those of others.
    """
    running = _running[0] if _running else sync_playwright().start()
    _running.append(running)
    try:
        yield running
    finally:
        _running.pop()
        if not _running:
            running.stop()


@contextmanager
def chromium_running(path: str, *arguments: str) -> Iterator[Browser]:
    """Give a running Chromium, with arguments besides those that keep it quiet."""
    off = f"--disable-features={','.join(OFF)}"
    with playwright() as running:
        browser = running.chromium.launch(executable_path=path, args=[*QUIET, *arguments, off])
        yield browser
        browser.close()


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


def engine() -> str:
    """Return the path of Chromium without windows where there is one, else of Chromium itself.

    A page is the same to both; what is missing are the bars and menus around it, which cost a third of every page.
    """
    return shutil.which("chromium-headless-shell") or chromium()


def firefox() -> str:
    """Return the path of Firefox (SERENO_FIREFOX overrides)."""
    return _find("SERENO_FIREFOX", ("firefox-esr", "firefox"), "firefox-esr")
