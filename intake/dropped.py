"""Dropped: the drop as the door hands it out, the same bytes to everyone, read from the store once a second at most."""

from __future__ import annotations

import threading
from typing import Final

from flask import Response, request
from sqlalchemy import Engine

from protocol.encoding import fingerprint
from protocol.errors import Refused
from store.drop import current_drop
from store.engine import reading

FRESH: Final = 1  # Seconds for which what was read of the store is taken as read.


class Dropped:
    """The drop that was built last.  It is never compressed: sealed bytes only grow by it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._read = 0
        self._file: bytes | None = None
        self._name = ""

    def answer(self, now: int) -> Response:
        """Return the answer to the request at hand; 304 where the browser has it.  Raises Refused("not_found")."""
        with self._lock:
            if not 0 <= now - self._read < FRESH:
                with reading(self._engine) as conn:
                    found = current_drop(conn)
                file = None if found is None else found[1]
                if file != self._file:
                    self._file, self._name = file, fingerprint(file or b"")[:32]
                self._read = now
            file, name = self._file, self._name
        if file is None:
            raise Refused("not_found", "No drop was built yet; the worker builds it every minute.")
        response = Response(file, mimetype="application/octet-stream")
        response.headers["Cache-Control"] = "public, max-age=60"
        response.set_etag(name)
        response.make_conditional(request)  # In place.
        return response
