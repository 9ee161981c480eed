"""A server that ends in the middle of its answer: every client of ours takes that for no answer, and never for one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final

import pytest

from sereno import browse
from sereno.http import Client
from tests.javascript import call

WHOLE: Final = b'{"all": "of it"}'
HEAD: Final = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/json\r\n"
BROKEN: Final = {
    "/nothing": b"",
    "/in-its-head": HEAD[:40],
    "/before-its-body": HEAD + b"Content-Length: 16\r\n\r\n",
    "/in-its-body": HEAD + b"Content-Length: 16\r\n\r\n" + WHOLE[:9],
    "/in-a-chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n10\r\n" + WHOLE[:9],
    "/after-a-chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n9\r\n" + WHOLE[:9] + b"\r\n",
}
REFUSES: Final = b"HTTP/1.1 404 \x1b[2J Gone\r\nConnection: close\r\n"
REFUSING: Final = {
    "/nowhere": REFUSES + b"Content-Length: 0\r\n\r\n",
    "/nowhere-broken": REFUSES + b"Content-Length: 16\r\n\r\n" + WHOLE[:9],
    "/nowhere-in-a-chunk": REFUSES + b"Transfer-Encoding: chunked\r\n\r\n10\r\n" + WHOLE[:9],
    "/nowhere-without-an-end": REFUSES + b"\r\n" + WHOLE,
    "/nowhere-deep": REFUSES + b"Content-Length: 60000\r\n\r\n" + b"[" * 60_000,
    "/nowhere-no-sentence": REFUSES + b'Content-Length: 33\r\n\r\n{"kind":"not_found","sentence":1}',
}
ENDLESS: Final = "/nowhere-endless"
LONG: Final = 64 << 20
OTHER: Final = {
    "/empty": HEAD + b"Content-Length: 0\r\n\r\n",
    "/a-page": HEAD + b"Content-Length: 12\r\n\r\n<p>Welcome.\n",
    "/deep": HEAD + b"Content-Length: 60000\r\n\r\n" + b"[" * 60_000,
    "/no-text": HEAD + b"Content-Length: 2\r\n\r\n\xff\xfe",
    "/ill": b"HTTP/1.1 502 Bad Gateway\r\nConnection: close\r\nContent-Length: 3\r\n\r\nill",
}
SILENT: Final = {"/silent": b"", "/silent-in-its-body": HEAD + b"Content-Length: 16\r\n\r\n" + WHOLE[:9]}
DRIP: Final = 0.05
FINE: Final = {"/fine": HEAD + b"Content-Length: 16\r\n\r\n" + WHOLE}


class Breaking(BaseHTTPRequestHandler):
    """Says the bytes for a path, and closes.  `said`: how many it was rid of at the path that has no end."""

    said = 0

    def do_GET(self) -> None:
        """Answer."""
        if self.path == ENDLESS:
            self._go_on()
        elif self.path == "/slow":
            self._drip()
        else:
            self.wfile.write((BROKEN | REFUSING | OTHER | FINE | SILENT)[self.path])
        if self.path in SILENT:
            self.rfile.read(1)  # Until whoever asked goes away.

    def _go_on(self) -> None:
        self.wfile.write(REFUSES + f"Content-Length: {LONG}\r\n\r\n".encode())
        with contextlib.suppress(OSError):
            for _ in range(LONG >> 16):
                self.wfile.write(bytes(1 << 16))
                Breaking.said += 1 << 16

    def _drip(self) -> None:
        self.wfile.write(HEAD + b"Content-Length: 16\r\n\r\n")
        for byte in WHOLE:
            time.sleep(DRIP)
            self.wfile.write(bytes((byte,)))

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Give the origin of a server that breaks off."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Breaking) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def desk(origin: str, path: str, patience: int | None = None) -> Any:
    """Return what the desk's page has of a value: the value, or why it has none; `patience` is in milliseconds."""
    return call("./api", "valueAt", origin, path, patience)


def test_a_whole_answer_is_taken(origin: str) -> None:
    assert Client(origin).get_json("/fine") == {"all": "of it"}
    assert browse.get(origin, "/fine", "en").body == WHOLE
    assert desk(origin, "/fine") == {"value": {"all": "of it"}}


@pytest.mark.parametrize("path", BROKEN)
@pytest.mark.parametrize("get", [lambda o, p: Client(o).get(p), lambda o, p: browse.get(o, p, "en")])
def test_half_an_answer_is_none(origin: str, path: str, get: Callable[[str, str], Any]) -> None:
    with pytest.raises(OSError, match=r"."):
        get(origin, path)


@pytest.mark.parametrize("path", OTHER)
def test_what_is_no_value_is_no_answer_of_a_server_of_ours(origin: str, path: str) -> None:
    with pytest.raises(OSError, match=r"no JSON|502"):
        Client(origin).get_json(path)


@pytest.mark.parametrize("path", [*REFUSING, ENDLESS])
def test_of_a_stranger_s_refusal_only_the_status_is_said(origin: str, path: str) -> None:
    with pytest.raises(OSError, match=r"^127\.0\.0\.1:\d+ answered 404\.$"):
        Client(origin).get(path)
    assert Breaking.said < LONG / 2


@pytest.mark.parametrize("origin", ["alerts.example.org", "https://a.example:b", "https://[::1", "https://a..example"])
def test_what_is_no_server_s_address_is_said_so(origin: str) -> None:
    for get in (Client(origin).get, lambda path: browse.get(origin, path, "en")):
        with pytest.raises(OSError, match="is no server's address"):
            get("/fine")


@pytest.mark.parametrize("path", [*BROKEN, *OTHER])
def test_the_desk_s_page_takes_either_for_a_server_that_was_not_reached(origin: str, path: str) -> None:
    assert set(desk(origin, path)) == {"unreached"}


@pytest.mark.parametrize("path", SILENT)
def test_the_desk_s_page_waits_for_no_connection_that_says_nothing_more(origin: str, path: str) -> None:
    assert set(desk(origin, path, 200)) == {"unreached"}


def test_the_desk_s_page_takes_an_answer_that_comes_slowly_and_goes_on_coming(origin: str) -> None:
    assert desk(origin, "/slow", int(5000 * DRIP)) == {"value": {"all": "of it"}}  # Sixteen drips last much longer.
