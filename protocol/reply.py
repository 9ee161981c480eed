"""Replies: what a source sends back through the ordinary door, signed by their thread.  SPEC 6.8.

An answer binds the question that it answers; a withdrawal takes back everything that was told under the thread.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from protocol import limits
from protocol.encoding import canonical, unb64
from protocol.errors import Refused
from protocol.question import thread_name
from protocol.shape import SHA256, Shape, exactly, record, typed
from protocol.signed import Signed, key_id, public_key, sign

MAX_PAYLOAD: Final = 4096
REPLIES: Final[dict[str, Shape]] = {
    "answer": record(
        {
            "v": exactly(1),
            "network": SHA256,
            "thread": SHA256,
            "question": SHA256,
            "words": typed(limits.MAX_QUESTION),
        }
    ),
    "withdrawal": record({"v": exactly(1), "network": SHA256, "thread": SHA256}, {"question": SHA256}),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """A checked reply of a thread: an answer to the question of that name, or a withdrawal, perhaps instead of one.

    `name` is the SHA-256 of its payload.
    """

    name: str
    kind: str
    thread: str
    question: str | None
    words: str | None


def sign_reply(kind: str, value: Mapping[str, Any], seed: bytes) -> Signed:
    """Return an answer or a withdrawal signed by the thread key of a seed.  Raises Refused("shape")."""
    REPLIES[kind](dict(value), kind)
    return sign(kind, canonical(value), key_id(public_key(seed)), seed)


def open_reply(header: Mapping[str, Any]) -> Reply:
    """Return the reply that a header of kind answer or withdrawal carries.

    Raises Refused: payload_type, signer, signature, shape, and tip_thread (another thread's or network's).
    """
    kind, thread = header["kind"], header["thread"]
    key = unb64(thread["ed25519"], 32)
    signed = Signed.of(header["said"], "header.said")
    signed.check(kind, {key_id(key): key})
    value = signed.read(REPLIES[kind], MAX_PAYLOAD)
    for name, wanted in (("network", header["network"]), ("thread", thread_name(thread))):
        if value[name] != wanted:
            raise Refused(
                "tip_thread", f"The {kind} was signed for {name} {value[name][:16]}; its header has {wanted[:16]}."
            )
    return Reply(signed.message(), kind, value["thread"], value.get("question"), value.get("words"))
