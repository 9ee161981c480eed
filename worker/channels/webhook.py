"""Signed webhooks after Standard Webhooks.  SPEC 15.

The transport's signature proves the sending machine only; the bundle inside is what proves the alert.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from protocol.encoding import b64, canonical
from protocol.release import Release, Stop
from protocol.vocabulary import CHECKED, CONFIRMED, ENDED, RETRACTED, UNDER_REVIEW, WITHDRAWN
from store.deliveries import WITNESSED

RELEASE: Final = "release"  # The cause of a delivery that is not a notice.
MESSAGES: Final = (RELEASE, WITNESSED)  # Causes that bring a message and not what the clock did to one.

# What a message, or a notice of what the clock did to one, tells: its event type and the public word.
SAYS: Final = {
    "confirmed": ("alert.confirmed", CONFIRMED),
    "checked": ("rumor.checked", CHECKED),
    "suspended": ("alert.suspended", UNDER_REVIEW),
    "retracted": ("alert.retracted", RETRACTED),
    "ended": ("alert.ended", ENDED),
    "time": ("alert.ended", ENDED),
    "lapsed": ("alert.withdrawn", WITHDRAWN),
}
PAGE: Final = canonical({"type": "page", "data": {}})  # Always these bytes: a page says nothing but "look".


def webhook_id(message: str, cause: str, subscriber: str) -> str:
    """Return the id under which a receiver knows one delivery, however often it is tried."""
    return hashlib.sha256(f"{message} {cause} {subscriber}".encode()).hexdigest()


def sign_webhook(id: str, timestamp: int, body: bytes, secrets: Sequence[bytes]) -> str:
    """Return the `webhook-signature` header: one `v1` for each secret, the newest first."""
    signed = f"{id}.{timestamp}.".encode() + body
    return " ".join("v1," + b64(hmac.digest(secret, signed, hashlib.sha256)) for secret in secrets)


def webhook_headers(id: str, timestamp: int, body: bytes, secrets: Sequence[bytes | None]) -> dict[str, str]:
    """Return the headers that go with a body; `secrets` are those that hold now, newest first; None is no secret."""
    return {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign_webhook(id, timestamp, body, [one for one in secrets if one is not None]),
        "user-agent": "Sereno",
    }


def event_type(out: Release | Stop, cause: str) -> str:
    """Return the event's type; an update is told apart from a first alert, an exercise from the real thing."""
    name, _ = SAYS[out.alert.kind if cause in MESSAGES else cause]
    if name == "alert.confirmed" and out.alert.revision > 1:
        name = "alert.updated"
    return f"exercise.{name}" if out.alert.mode == "exercise" else name


def webhook_body(out: Release | Stop, cause: str, at: int) -> bytes:
    """Return the body: what a receiver shows at once, and the bundle's exact text with which it checks.

    It follows from the message, the cause, and when that came to pass (`at`), so that every try has the same bytes.
    """
    alert = out.alert
    data: dict[str, Any] = {
        "alert_id": alert.id,
        "revision": alert.revision,
        "word": SAYS[alert.kind if cause in MESSAGES else cause][1],
        "cause": "signed" if cause == RELEASE else cause,
        "bundle": out.bundle.decode("utf-8"),
    }
    until = alert.lapses or alert.expires
    if cause in MESSAGES and until is not None:
        data["until"] = _iso(until)
    return canonical({"type": event_type(out, cause), "timestamp": _iso(at), "data": data})


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
