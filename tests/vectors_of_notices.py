"""Vectors of notices; `tests.make_vectors` writes them."""

from __future__ import annotations

from typing import Any, Final

from protocol.limits import CLOCK_SKEW, DAY, HOUR, QUARTER
from tests.make_vectors import Chapter
from tests.vectors_of_lists import PEOPLE, network, of
from tests.world import Person

LEADS: Final = (Person("dee", "faro", ("lead",)), Person("sol", "faro", ("lead",), desk="south"))


def notices() -> Chapter:
    world = network(verifiers=(*PEOPLE, *LEADS))
    begins = world.now - world.now % QUARTER
    good = world.sign_notice()
    told = Chapter("notice", "5.9", "Notices.", **of(world), now=world.now, notice=good.value())

    def tell(name: str, kind: str | None, by: str = "ana", **changes: Any) -> None:
        told.tell(name, kind, notice=world.sign_notice(by, **changes).value())

    told.tell("a lead says that nobody can check")
    told.tell("it begins, by a clock that is five minutes slow", now=begins - CLOCK_SKEW)
    told.tell("it has not begun", now=begins - CLOCK_SKEW - 1)
    told.tell("it is over", now=begins + 2 * HOUR)
    tell("for 24 hours", None, until=begins + DAY)
    tell("for longer", "notice", until=begins + DAY + QUARTER)
    tell("it is taken back", None, number=2, until=begins)
    tell("it ends before it begins", "notice", until=begins - QUARTER)
    tell("it begins between two quarter hours", "notice", begins=begins + 60, until=begins + HOUR)
    tell("a verifier who is no lead", "signer", "bo")
    tell("somebody who was revoked", "signer", "rae")
    tell("two leads sign it", "notice", "ana dee")
    tell("of another desk", "notice", "sol")
    tell("another desk's lead for their own", None, "sol", desk="south")
    tell("of a desk that does not exist", "notice", desk="west")
    tell("in another network", "notice", network="ab" * 32)
    tell("for a reason that nobody knows", "shape", reason="lunch")
    tell("a field that nobody knows", "shape", words="Back soon.")
    late = begins + 181 * DAY
    tell("by a lead who was certified no more", "notice", begins=late, until=late + HOUR)
    told.tell("by a lead who is suspended now", "notice", stays=[world.sign_stay("ana", "dee").value()])
    over = world.sign_stay("ana", "dee", issued=world.now - HOUR, until=world.now)
    told.tell("by a lead whose suspension is over", stays=[over.value()])
    told.tell("no notice but a stay", "payload_type", notice=world.sign("stay", good.payload, "ana").value())
    return told


CHAPTERS: Final = (notices,)
