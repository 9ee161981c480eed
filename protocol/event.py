"""Events: one move on one case, signed by whoever made it.  SPEC 9.1.

An event names the event before it in its case and the one before it by its actor, so that a history with a line taken
out or put in breaks visibly, and a page that has grown stale can't overwrite what happened since.  It tells a day and a
digest; minute, words and places are in the sealed part (`part`).

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from protocol.encoding import canonical
from protocol.errors import Refused
from protocol.roster import Roster
from protocol.shape import ID, SHA256, exactly, hexadecimal, integer, one_of, record, sorted_set_of
from protocol.signed import Signed, sign

NAMES: Final = (
    "attest",
    "check",
    "close",
    "finding",
    "hold",
    "link",
    "merge",
    "open",
    "over",
    "propose",
    "refuse",
    "released",
    "restore",
    "resume",
    "retract",
    "share",
    "suspend",
    "triage",
    "update",
)
NOTHING: Final = "0" * 64  # No event before this one; no sealed part.
MAX_ENVELOPES: Final = 64  # One move links at most a cluster of copied posts, not a whole queue.
MAX_EVENT: Final = 8192

EVENT: Final = record(
    {
        "v": exactly(1),
        "network": SHA256,
        "case": hexadecimal(16),
        "move": one_of(*NAMES),
        "actor": ID,
        "day": integer(15_000, 60_000),
        "case_prev": SHA256,
        "actor_prev": SHA256,
        "digest": SHA256,
    },
    {"envelopes": sorted_set_of(hexadecimal(16), MAX_ENVELOPES, 1), "into": hexadecimal(16)},
)


@dataclass(frozen=True, slots=True)
class Event:
    """A checked event; `name` is the SHA-256 of its payload.  Made by `open_event`.

    `envelopes` is for `open` and `link`, `into` (the case that takes this one in) for `merge`; others have none.
    `case_prev` and `actor_prev` name events, `digest` the sealed part; `NOTHING` where there is none.
    """

    name: str
    network: str
    case: str
    move: str
    actor: str
    day: int
    case_prev: str
    actor_prev: str
    digest: str
    envelopes: tuple[str, ...]
    into: str | None


def sign_event(
    network: str,
    case: str,
    move: str,
    actor: str,
    seed: bytes,
    *,
    day: int,
    case_prev: str = NOTHING,
    actor_prev: str = NOTHING,
    digest: str = NOTHING,
    envelopes: Sequence[str] = (),
    into: str | None = None,
) -> Signed:
    """Return the event signed by `actor`, whose Ed25519 seed is given.  Raises Refused("shape")."""
    value: dict[str, object] = {
        "v": 1,
        "network": network,
        "case": case,
        "move": move,
        "actor": actor,
        "day": day,
        "case_prev": case_prev,
        "actor_prev": actor_prev,
        "digest": digest,
    }
    if envelopes:
        value["envelopes"] = list(envelopes)
    if into is not None:
        value["into"] = into
    EVENT(value, "event")
    return sign("event", canonical(value), actor, seed)


def open_event(signed: Signed, roster: Roster) -> Event:
    """Return the checked event; whether its move is allowed is for `casework.next_state` to say.

    Raises Refused: payload_type, signer (another than the actor signed, too), signature, event_chain (another
    network's), shape.
    """
    signers = signed.check("event", roster.verifier_keys())
    value = signed.read(EVENT, MAX_EVENT)
    if signers != (value["actor"],):
        raise Refused("signer", f"The event of {value['actor']} is signed by {', '.join(signers)}.")
    if value["network"] != roster.network:
        raise Refused("event_chain", f"The event is of network {value['network'][:16]}; this is {roster.network[:16]}.")
    for name, moves in (("envelopes", ("link", "open")), ("into", ("merge",))):
        if (name in value) != (value["move"] in moves):
            raise Refused("shape", f"The field {name} belongs to {' and '.join(moves)}; this move is {value['move']}.")
    return Event(
        name=signed.message(),
        network=value["network"],
        case=value["case"],
        move=value["move"],
        actor=value["actor"],
        day=value["day"],
        case_prev=value["case_prev"],
        actor_prev=value["actor_prev"],
        digest=value["digest"],
        envelopes=tuple(value.get("envelopes", ())),
        into=value.get("into"),
    )
