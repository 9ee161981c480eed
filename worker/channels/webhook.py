"""Signed webhooks after Standard Webhooks.  SPEC 15.

The transport's signature proves the sending machine only; the bundle inside is what proves the alert.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any, Final

from protocol.encoding import b64, canonical
from protocol.release import Release, Stop
from protocol.state import State

TYPES: Final = {
    "confirmed": "alert.confirmed",
    "checked": "rumor.checked",
    "under-review": "alert.suspended",
    "withdrawn": "alert.withdrawn",
    "retracted": "alert.retracted",
    "ended": "alert.ended",
}
PAGE: Final = canonical({"type": "page", "data": {}})  # Always these bytes: a page says nothing but "look".


def webhook_id(message: str, cause: str, subscriber: str) -> str:
    """Return the id under which a receiver knows one delivery, however often it is tried."""
    return hashlib.sha256(f"{message} {cause} {subscriber}".encode()).hexdigest()


def sign_webhook(id: str, timestamp: int, body: bytes, secrets: list[bytes]) -> str:
    """Return the `webhook-signature` header: one `v1` for each secret, the newest first."""
    signed = f"{id}.{timestamp}.".encode() + body
    return " ".join("v1," + b64(hmac.digest(secret, signed, hashlib.sha256)) for secret in secrets)


def event_type(out: Release | Stop, found: State, mode: str) -> str:
    """Return the event's type; an update is told apart from a first alert, an exercise from the real thing."""
    name = TYPES[found.word]
    if name == "alert.confirmed" and out.alert.revision > 1:
        name = "alert.updated"
    return f"exercise.{name}" if mode == "exercise" else name


def webhook_body(out: Release | Stop, found: State, since: int) -> bytes:
    """Return the body: what a receiver shows at once, and the bundle's exact text with which it checks."""
    alert = out.alert
    data: dict[str, Any] = {
        "alert_id": alert.id,
        "revision": alert.revision,
        "word": found.word,
        "cause": found.cause,
        "until": _iso(found.head.alert.expires or since),
        "bundle": out.bundle.decode("utf-8"),
    }
    return canonical({"type": event_type(out, found, alert.mode), "timestamp": _iso(since), "data": data})


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
