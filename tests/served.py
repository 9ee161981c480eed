"""WSGI applications served over real HTTP, and a server in front of one that lies where a test says so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def served(application: Any, port: int = 0) -> Iterator[str]:
    """Give the address at which an application answers until the block ends."""
    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Liar:
    """Answers as the application does, but for the paths in `lies`: other bytes, or None for nothing at all."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self.lies: dict[str, bytes | None] = {}
        self.asked: list[str] = []

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        """Answer."""
        path = environ["PATH_INFO"]
        self.asked.append(path)
        if path not in self.lies:
            return self.application(environ, start)
        data = self.lies[path]
        if data is None:
            body = b'{"kind":"not_found","rule":"DOO-5","sentence":"Nothing here."}'
            start("404 Not Found", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]
        start("200 OK", [("Content-Type", "application/octet-stream"), ("Content-Length", str(len(data)))])
        return [data]
