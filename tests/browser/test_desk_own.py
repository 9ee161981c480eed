"""The desk's page from a verifier's own machine: the same work, and the server never hands out the page's code."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser import desk_states as states
from tests.browser.desk_site import DeskSite, await_health, serve
from tests.browser.intake_site import ROOT, free_port
from tests.browser.watched import Watched


@contextmanager
def own_desk(site: DeskSite, folder: Path, port: int) -> Iterator[str]:
    """Serve the page with `sereno desk` until the block ends, and give its origin."""
    command = ["desk", "--network", site.url, "--policy", str(folder / "policy.json"), "--port", str(port)]
    settings = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    program = subprocess.Popen([sys.executable, "-m", "sereno", *command], cwd=folder, env=settings)
    try:
        await_health(program, port, "/en")
        yield f"http://127.0.0.1:{port}"
    finally:
        program.terminate()
        program.wait()


@pytest.mark.soak
def test_somebody_works_at_a_remote_desk_with_the_page_of_their_own_machine(tmp_path: Path, ana: Watched) -> None:
    port = free_port()
    own = f"http://127.0.0.1:{port}"
    with (
        serve(tmp_path / "desk", own_origins=(own,)) as site,
        own_desk(site, tmp_path / "desk", port) as url,
    ):
        envelope = site.seal()
        tab = states.open_desk(ana.context, site, url=url)
        with urllib.request.urlopen(f"{url}/en") as answer:
            assert f"connect-src 'self' {site.url};" in answer.headers["Content-Security-Policy"]
        states.unlock(tab, site, "ana")
        states.open_tip(tab, envelope)
        states.new_case(tab)
        expect(tab.locator(".timeline li")).to_have_count(1)
