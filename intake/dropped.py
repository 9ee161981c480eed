"""Dropped: the drop as the door hands it out, the same bytes to everyone, read from the store once a second at most."""

from __future__ import annotations

import threading
from typing import Final

from flask import Response
from sqlalchemy import Engine

from protocol.errors import Refused
from store.drop import current_drop
from store.engine import reading

FRESH: Final = 1  # Seconds for which what was read of the store is taken as read.


class Dropped:
    """The drop that was built last.

    It is never compressed: sealed bytes only grow by it.  It has no entity tag: a browser would send the tag of its
    last visit along, and a drop is another one every minute, so that the tag would tell when that was.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._read = 0
        self._file: bytes | None = None

    def answer(self, now: int) -> Response:
        """Return the answer, which proxies may keep for a minute.  Raises Refused("not_found") before the first."""
        with self._lock:
            if not 0 <= now - self._read < FRESH:
                with reading(self._engine) as conn:
                    found = current_drop(conn)
                self._file = None if found is None else found[1]
                self._read = now
            file = self._file
        if file is None:
            raise Refused("not_found", "No drop was built yet; the worker builds it every minute.")
        response = Response(file, mimetype="application/octet-stream")
        response.headers["Cache-Control"] = "public, max-age=60"
        return response
