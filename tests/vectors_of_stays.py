"""Vectors of stays, alone and as they travel; `tests.make_vectors` writes them."""

from __future__ import annotations

from typing import Any, Final

from protocol.encoding import parse
from protocol.limits import DAY, MAX_BUNDLE
from protocol.stay import encode_stay
from tests.make_vectors import Chapter
from tests.vectors_of_lists import network, of, text
from tests.world import World


def stays() -> Chapter:
    world = network()
    good = world.sign_stay("bo", "ana")
    told = Chapter("stay", "5.5", "Stays.", **of(world), stay=good.value())
    told.tell("a lead suspends a verifier for an hour")
    told.tell("for seven days", stay=world.sign_stay("bo", "ana", until=world.now + 7 * DAY).value())
    told.tell("for longer", "stay", stay=world.sign_stay("bo", "ana", until=world.now + 7 * DAY + 1).value())
    told.tell("for no time", "stay", stay=world.sign_stay("bo", "ana", until=world.now).value())
    told.tell("a lead suspends themselves", "stay", stay=world.sign_stay("ana", "ana").value())
    told.tell("nobody else may", "signer", stay=world.sign_stay("bo", "cy").value())
    told.tell("in another network", "stay", stay=world.sign_stay("bo", "ana", network="ab" * 32).value())
    far = world.now + 181 * DAY
    told.tell(
        "by a lead who was certified no more",
        "stay",
        stay=world.sign_stay("bo", "ana", issued=far, until=far + 1).value(),
    )
    return told


def carried_stays() -> Chapter:
    world, other = network(), network(name="elsewhere")
    signed = world.sign_stay("bo", "ana")
    good = parse(encode_stay(signed, world.signed_roster, world.links), MAX_BUNDLE)
    told = Chapter("stay-bundle", "5.5", "Stays as they travel.", policy=text(world.policy.encode()), bundle=good)
    told.tell("a lead suspends a verifier")
    told.tell("by a lead of the roster before", "roster_dates", bundle={"stay": _late(world)})
    told.tell("the roster is of other roots", "roster_signers", bundle={"roster": other.signed_roster.value()})
    told.tell("somebody who is no lead", "signer", bundle={"stay": world.sign_stay("ana", "bo").value()})
    told.tell("no stay but an epoch key", "payload_type", bundle={"stay": world.epoch_key("ana").value()})
    told.tell("a chain that changes no root", "roster_chain", bundle={"chain": [world.signed_roster.value()]})
    told.tell("without its roster", "shape", bundle={"roster": None})
    told.tell("a field that nobody knows", "shape", bundle={"alert": "1"})
    return told


def _late(world: World) -> dict[str, Any]:
    """Return a stay issued when the roster was over, by a lead who was certified still."""
    after = world.roster.expires
    return world.sign_stay("bo", "ana", issued=after, until=after + 1).value()


CHAPTERS: Final = (stays, carried_stays)
