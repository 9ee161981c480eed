"""The bare reference of the door: read this body, insert one row, answer.  Same server, settings and store as the door.

Run as `python -m bench.bareweb LISTEN FILE`.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
from pathlib import Path

import waitress
from flask import Flask, request

from intake.__main__ import RECEIVE
from intake.doors import LARGEST


def create_app(file: Path) -> Flask:
    """Return the application; writers take turns as the door's do, since SQLite alone would have them poll."""
    store = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "busy_timeout=10000"):
        store.execute(f"PRAGMA {pragma}")
    store.execute("CREATE TABLE bodies (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
    turn = threading.Lock()
    app = Flask("bare", static_folder=None)

    @app.post("/envelopes")
    def take() -> tuple[dict[str, bool], int]:
        body = request.get_data(cache=False)
        with turn:
            store.execute("INSERT INTO bodies (body) VALUES (?)", (body,))
        return {"kept": True}, 201

    @app.get("/health")
    def health() -> dict[str, bool]:
        return {"ready": True}

    return app


def main(listen: str, file: str) -> None:
    """Serve until the process is ended, with the door's own settings."""
    logging.getLogger("waitress.queue").setLevel(logging.CRITICAL)
    waitress.serve(
        create_app(Path(file)),
        listen=listen,
        threads=8,
        ident=None,
        max_request_body_size=LARGEST + 1024,
        recv_bytes=RECEIVE,
        channel_timeout=30,
        connection_limit=1000,
        clear_untrusted_proxy_headers=True,
    )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
