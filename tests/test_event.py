"""Events: who signs them, what they follow, and that both languages make and open the same."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.event import NAMES, sign_event
from protocol.limits import DAY
from protocol.signed import Signed
from tests.refusals import refused
from tests.story import Story, in_javascript


def test_a_stale_page_moves_nothing() -> None:
    story = Story().to("triaged")
    late = story.sign("check", "dee")
    story.move("check", "bo")

    with refused("event_chain", "Somebody moved the case"):
        story.judge(story.open_event(late), "dee")


def test_a_hole_in_a_persons_own_chain_shows() -> None:
    story = Story().to("triaged")

    with refused("event_chain", "lost or made up"):
        story.move("check", "bo", actor_prev="0" * 64)


def test_an_event_belongs_to_its_case() -> None:
    story = Story().to("new")

    with refused("event_chain", "this is case"):
        story.move("triage", "bo", case="cb" * 16)


@pytest.mark.parametrize(("off", "taken"), [(0, True), (1, False), (-1, False)])
def test_an_event_is_of_today(off: int, taken: bool) -> None:
    story = Story()
    day = story.context.now // DAY + off

    if taken:
        assert story.move("open", "bo", day=day).state == "new"
    else:
        with refused("event_chain", "Set the device's clock"):
            story.move("open", "bo", day=day)


def test_around_midnight_both_days_are_today() -> None:
    midnight = Story().context.now // DAY * DAY + DAY
    for now, day in ((midnight - 60, midnight // DAY), (midnight + 60, midnight // DAY - 1)):
        assert Story().knowing(now=now).move("open", "bo", day=day).state == "new"


def test_a_stayed_verifier_moves_nothing() -> None:
    story = Story()
    story.knowing(stayed=story.ids("bo"))

    with refused("not_yours", "suspended"):
        story.move("open", "bo")


def test_an_event_is_signed_by_its_actor_alone() -> None:
    story = Story()
    signed = story.sign("open", "bo")
    others = story.world.sign("event", signed.payload, "cy")
    for forged in (others, signed.joined(others)):
        with refused("signer"):
            story.open_event(forged)
    with refused("signature"):
        story.open_event(Signed("event", signed.payload.replace(b'"day"', b'"dai"'), signed.signatures))
    with refused("payload_type"):
        story.open_event(Signed("stay", signed.payload, signed.signatures))


def test_an_event_stays_in_its_network() -> None:
    story = Story()
    bo = story.world
    signed = sign_event("00" * 32, "ca" * 16, "check", bo.id("bo"), bo.seed("bo"), day=20_000)

    with refused("event_chain", "of network"):
        story.open_event(signed)


@pytest.mark.parametrize(
    ("move", "changes"),
    [
        ("open", {"envelopes": ()}),
        ("check", {"envelopes": ["e1" * 16]}),
        ("merge", {"into": None}),
        ("check", {"into": "dd" * 16}),
    ],
)
def test_a_field_belongs_to_its_moves(move: str, changes: dict[str, Any]) -> None:
    story = Story()

    with refused("shape", "belongs to"):
        story.open_event(story.sign(move, "bo", **changes))


@pytest.mark.parametrize("move", NAMES)
def test_both_languages_sign_the_same_event(move: str) -> None:
    story = Story()
    signed = story.sign(move, "bo")
    event = story.open_event(signed)
    rest = {"day": event.day, "casePrev": event.case_prev, "actorPrev": event.actor_prev, "digest": event.digest}
    more = {"envelopes": list(event.envelopes)} | ({"into": event.into} if event.into else {})
    fixed = [event.network, event.case, event.move, event.actor]

    assert in_javascript("signedEvent", fixed, story.world.seed("bo"), {**rest, **more}) == ("taken", signed.encode())
