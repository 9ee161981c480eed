"""Vectors of publications and the notices in them; `tests.make_vectors` writes them."""

from __future__ import annotations

from typing import Final

from protocol.encoding import parse
from protocol.epoch import epoch_start
from protocol.limits import CLOCK_SKEW, DAY, HOUR, QUARTER
from protocol.publication import encode_publication
from protocol.signed import Signed
from tests.make_vectors import Chapter
from tests.vectors_of_lists import network, text
from tests.world import CAST, World


def publications() -> Chapter:
    world = network(verifiers=CAST[:2])
    keys = world.epoch_keys()
    signed = world.sign("set", world.propose(keys), "ana", "bo")
    data = encode_publication(world.signed_roster, (), world.attorneys(), (), [(signed, keys)])
    told = Chapter(
        "publication",
        "5.7",
        "What a network publishes for those who seal.",
        policy=text(world.policy.encode()),
        publication=parse(data, len(data)),
        now=world.now,
    )
    told.tell("a roster, an attorney and the desk's set")
    told.tell("the set of a zone", zone="north-2")
    told.tell("a zone that nobody looks after", "desk_unknown", zone="south-1")
    told.tell("a desk that has not opened", "set_unknown", publication={"sets": []}, zone="north-1")
    told.tell("the attorney is left out", "roster_content", publication={"attorneys": []})
    told.tell("another attorney", "roster_content", publication={"attorneys": [parse(keys[0].payload, 10_000)["age"]]})
    told.tell("the roster is over", "roster_dates", now=world.roster.expires)
    later = epoch_start(world.epoch() + 1)
    told.tell("last week's set", now=later)
    began = epoch_start(world.epoch()) - CLOCK_SKEW
    told.tell("next week's set, by a clock that is five minutes slow", now=began)
    told.tell("next week's set", "epoch_dates", now=began - 1)
    told.tell("the set of the week before", "epoch_dates", now=later + 7 * DAY)
    told.tell(
        "a member was suspended since", "set_signers", publication={"stays": [world.sign_stay("bo", "ana").value()]}
    )
    told.tell("a field that nobody knows", "shape", publication={"hotline": "1"})
    _notices(world, told)
    return told


def _notices(world: World, told: Chapter) -> None:
    """Notices were added later: whoever has none to show leaves the field out."""

    def tell(name: str, *notices: Signed, kind: str | None = None) -> None:
        told.tell(name, kind, publication={"notices": [one.value() for one in notices]})

    begins = world.now - world.now % QUARTER
    first, shorter = world.sign_notice(), world.sign_notice(number=2, until=begins + HOUR)
    tell("of two notices of a desk the later one counts", shorter, first)
    tell("a notice that was taken back", world.sign_notice(number=2, until=begins), first)
    odd = world.sign("stay", first.payload, "ana")
    tell("a notice of another kind, and one by no lead: left out", first, odd, world.sign_notice("bo", number=2))
    two = world.sign("notice", first.payload, "ana", "bo").value()
    backwards, bare = {**two, "signatures": two["signatures"][::-1]}, {"payload": "{}"}
    told.tell(
        "signatures that descend, and no signed object: left out",
        publication={"notices": [backwards, bare, 7, first.value()]},
    )
    tell("no notice is said by leaving the field out", kind="shape")


CHAPTERS: Final = (publications,)
