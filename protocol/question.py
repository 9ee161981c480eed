"""Questions: what a verifier asks a source through the drop, or tells them of how it ended.  SPEC 6.6.

A question binds the thread it is for and a nonce of its own: nobody can hand it to another thread, and two people who
told of the same thing can't find out from theirs that they did.

Pure: `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from protocol import limits
from protocol.encoding import canonical, fingerprint
from protocol.errors import Refused
from protocol.roster import Roster
from protocol.shape import SHA256, TIME, exactly, hexadecimal, one_of, record, words
from protocol.signed import Signed, sign

# How it ended, as a source is told: honestly, and never more than that.
ENDINGS: Final = ("alert-sent", "not-checked", "not-immigration", "nothing-found", "taken-back")
# What the drop holds, and a day for a device whose clock is wrong: what is older was put there again by somebody.
LIFE: Final = limits.DROP_HOURS * limits.HOUR + limits.DAY
MAX_PAYLOAD: Final = limits.CELL

QUESTION: Final = record(
    {"v": exactly(1), "network": SHA256, "thread": SHA256, "nonce": hexadecimal(16), "issued": TIME},
    {"words": words(limits.MAX_QUESTION), "ending": one_of(*ENDINGS)},
)


@dataclass(frozen=True, slots=True)
class Question:
    """A checked question: either `words` that ask, or the `ending` that is told; the other is None.

    `name` is what an answer binds; `desk` is that of the verifier who asks, and the answer's.
    """

    name: str
    issued: int
    by: str
    desk: str
    words: str | None
    ending: str | None


def thread_name(thread: Mapping[str, str]) -> str:
    """Return the name of a thread, given as the `thread` field of a header: the SHA-256 of its JCS."""
    return fingerprint(canonical(dict(thread)))


def sign_question(value: Mapping[str, Any], verifier: str, seed: bytes) -> Signed:
    """Return a question, or how it ended, signed by a verifier.  Raises Refused("shape" | "text")."""
    _require_one(value)
    return sign("question", canonical(value), verifier, seed)


def open_question(
    signed: Signed, roster: Roster, thread: Mapping[str, str], now: int, stayed: Collection[str] = ()
) -> Question:
    """Return the checked question; `stayed` are the ids of those whom a lead has suspended.

    Raises Refused: payload_type, signer, signature, shape, text, and question (another thread or network; more signers
    than one; not certified when it was issued, revoked or suspended; more than a day ahead, or four old).
    """
    signers = signed.check("question", roster.verifier_keys())
    value = signed.read(QUESTION, MAX_PAYLOAD)
    _require_one(value)
    if len(signers) != 1:
        raise Refused("question", f"One verifier asks; {', '.join(signers)} signed this.")
    for name, wanted in (("network", roster.network), ("thread", thread_name(thread))):
        if value[name] != wanted:
            raise Refused("question", f"The question is for {name} {value[name][:16]}; this is {wanted[:16]}.")
    one, issued = roster.verifiers[signers[0]], value["issued"]
    if one.revoked_at is not None or one.id in stayed or issued >= one.certified_until:
        raise Refused("question", f"{one.id} may not ask: revoked, suspended, or no longer certified.")
    if not now - LIFE < issued <= now + limits.DAY:
        raise Refused("question", f"It was asked at {issued}; at {now} it can't stand in the drop.")
    return Question(signed.message(), issued, one.id, one.desk, value.get("words"), value.get("ending"))


def _require_one(value: Mapping[str, Any]) -> None:
    QUESTION(dict(value), "question")
    if ("words" in value) == ("ending" in value):
        raise Refused("shape", "A question asks in words or tells how it ended: one of the two, and not both.")
