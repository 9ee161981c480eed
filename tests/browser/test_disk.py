"""What a witness typed is on no disk: a browser is killed with the page open, and its profile searched."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, Final

import pytest

from tests.browser.cast import Witness
from tests.browser.intake_site import IntakeSite
from tests.browser.profile import holding
from tests.browser.windows import KINDS, Kind, driving

CARELESS: Final = "zwieback-quokka"
PLACE, WORDS, LEGAL, AGAIN = "xylem-marmoset", "jukebox-narwhal", "oxbow-kakapo", "quartz-axolotl"
# Firefox writes its tabs down every 15 seconds; here every second, so that a short wait is long enough.
OFTEN: Final = {"browser.sessionstore.interval": 1000}


@contextmanager
def careless_page() -> Iterator[str]:
    """Serve a form that takes no care, as most do: what proves that the search would find something."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b"<!doctype html><title>A form</title><form><textarea id=words></textarea></form>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://careless.localhost:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def kill_while_telling(kind: Kind, site: IntakeSite, folder: Path, wait: float) -> Path:
    """Tell one tip, type another, leave it open so many seconds, kill the browser; return its profile."""
    with driving(folder) as driver, careless_page() as careless:
        (tab,) = driver.windows(kind, "witness", prefs=OFTEN if wait < 15 else {})
        tab.open(careless)
        tab.type("#words", CARELESS)
        tab.beside(f"{site.url}/en")
        Witness(tab, site.url).answer()
        tab.type("#place", PLACE)
        tab.button("Add details")
        tab.type("#words", WORDS)
        tab.button("Someone needs a lawyer")
        tab.type("#legal", LEGAL)
        time.sleep(wait)
        tab.button("Seal and send")
        tab.says("#sent-title")
        tab.button("Tell us something else")
        tab.type("#place", AGAIN)
        time.sleep(wait)
        tab.kill()
        return tab.profile


def hold_to_forgetting(profile: Path) -> None:
    assert holding(profile, CARELESS) != [], "The search is blind: a careless form's words were not found."
    assert [(words, name) for words in (PLACE, WORDS, LEGAL, AGAIN) for name in holding(profile, words)] == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_a_witness_types_is_on_the_disk(kind: Kind, intake_site: IntakeSite, tmp_path: Path) -> None:
    hold_to_forgetting(kill_while_telling(kind, intake_site, tmp_path, 5))


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_on_the_disk_after_the_browser_has_written_down_its_tabs(
    kind: Kind, intake_site: IntakeSite, tmp_path: Path
) -> None:
    hold_to_forgetting(kill_while_telling(kind, intake_site, tmp_path, 20))
