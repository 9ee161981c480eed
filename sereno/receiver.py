"""A subscriber's webhook on this machine, for the demo and for tests: it keeps what it got, as any receiver should."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from protocol.encoding import b64


@dataclass(slots=True)
class Receiver:
    """A subscriber's webhook on this machine: it keeps what it got, by webhook id."""

    secret: bytes
    got: dict[str, list[bytes]] = field(default_factory=dict)
    port: int = 0

    def start(self) -> None:
        """Listen on a free port of this machine, in a thread of its own."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.take(dict(self.headers), body)
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def take(self, headers: dict[str, str], body: bytes) -> None:
        """Keep a delivery whose transport signature is ours."""
        lower = {name.lower(): value for name, value in headers.items()}
        id, timestamp = lower["webhook-id"], lower["webhook-timestamp"]
        mac = hmac.digest(self.secret, f"{id}.{timestamp}.".encode() + body, hashlib.sha256)
        if "v1," + b64(mac) in lower["webhook-signature"].split():
            self.got.setdefault(id, []).append(body)

    def chain(self, id: str) -> list[dict[str, Any]]:
        """Return the different deliveries about one alert, the first first."""
        found = [json.loads(bodies[0]) for bodies in list(self.got.values())]
        return [one for one in found if one["data"].get("alert_id") == id]

    def alerts(self, kind: str) -> list[dict[str, Any]]:
        """Return the different deliveries of a type, each once however often it came."""
        found = [json.loads(bodies[0]) for bodies in list(self.got.values())]
        return [one for one in found if one["type"] == kind]
