"""Chains: what the gate lets follow the messages before it."""

from __future__ import annotations

from typing import Any

import pytest

from protocol.limits import MINUTE
from tests.refusals import refused
from tests.world import NOW, Message, World


def test_a_chain_begins_with_a_release(world: World) -> None:
    first = world.release()

    world.fits(world.attest(world.alert(), "ana", "bo"), [])
    with refused("alert_chain", "has no message yet"):
        world.fits(world.attest(world.stop("suspended", first), "cy"), [])
    with refused("alert_chain", "has no message yet"):
        world.fits(world.attest(world.following(first), "ana", "bo"), [])


def test_what_is_already_in_the_chain_fits_it(world: World) -> None:
    payload = world.alert()
    signed = world.attest(payload, "ana", "bo")
    first = world.send(signed)

    world.fits(signed, [first])
    world.fits(world.attest(payload, "ana", "bo", "cy"), [first])


@pytest.mark.parametrize("revision", [1, 2, 4])
def test_a_revision_is_the_highest_and_one(world: World, revision: int) -> None:
    first = world.release()
    second = world.update(first)

    world.fits(world.attest(world.stop("ended", first, revision=3), "dee"), [first, second])
    if revision > 1:
        with refused("alert_chain", "The next revision is 3"):
            world.fits(world.attest(world.stop("ended", first, revision=revision), "dee"), [first, second])
    with refused("alert_chain", "The next revision is 3"):
        world.fits(world.attest(world.following(first), "ana", "bo"), [first, second])


def test_a_message_answers_what_the_chain_has(world: World) -> None:
    first = world.release()
    payload = world.stop("ended", first, supersedes=sorted([first.alert.name, "a" * 64]))

    with refused("alert_chain", "which the chain does not have"):
        world.fits(world.attest(payload, "dee"), [first])


def test_an_update_answers_every_head(world: World) -> None:
    first = world.release()
    here, there = world.update(first, officers="1-2"), world.update(first, officers="10+")
    messages = [first, here, there]

    world.fits(world.attest(world.following(here, [there]), "ana", "bo"), messages)
    for payload in (world.following(here), world.following(here, [first, there])):
        with refused("alert_chain", "answers every head"):
            world.fits(world.attest(payload, "ana", "bo"), messages)


def test_a_restore_answers_every_open_suspension(world: World) -> None:
    first = world.release()
    cy, dee = world.suspend(first, by="cy"), world.suspend(first, by="dee", revision=3)

    whole = world.attest(world.following(first, [cy, dee]), "ana", "bo")
    world.fits(whole, [first, cy, dee])
    for payload in (world.following(first, [cy], revision=4), world.following(first, revision=4)):
        with refused("alert_chain", "every open suspension"):
            world.fits(world.attest(payload, "ana", "bo"), [first, cy, dee])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("class", {"class_": "B", "template": "presence"}),
        ("audience", {"audience": "responders"}),
        ("first", {"first": NOW - MINUTE}),
    ],
)
def test_an_update_keeps_what_a_chain_is_about(world: World, name: str, change: dict[str, Any]) -> None:
    first = world.release()

    with refused("alert_chain", f"keeps the chain's {name}"):
        world.fits(world.attest(world.following(first, **change), "ana", "bo"), [first])


def test_what_is_over_is_not_updated(world: World) -> None:
    first = world.release()
    over, retraction, doubt = world.over(first), world.retract(first), world.suspend(first)
    late = world.attest(world.following(first, [doubt], revision=3), "ana", "bo")

    for stop in (over, retraction):
        with refused("release_state", "needs a new alert"):
            world.fits(world.attest(world.following(first, revision=3), "ana", "bo"), [first, stop])
    world.fits(late, [first, doubt])
    world.pass_minutes(10)
    with refused("release_state", "withdrawn"):
        world.fits(late, [first, doubt])


def test_an_expired_alert_is_only_retracted(world: World) -> None:
    first = world.release()
    world.pass_minutes(121)

    world.fits(world.attest(world.stop("retracted", first), "ana"), [first])
    for kind in ("suspended", "ended"):
        with refused("release_state", "nothing left"):
            world.fits(world.attest(world.stop(kind, first), "cy"), [first])
    with refused("release_state"):
        world.fits(world.attest(world.following(first, expires=world.now + MINUTE), "ana", "bo"), [first])


@pytest.mark.parametrize("kind", ["suspended", "retracted", "ended"])
def test_what_is_retracted_is_stopped_no_more(world: World, kind: str) -> None:
    first = world.release()
    retraction = world.retract(first)

    with refused("release_state", "retracted"):
        world.fits(world.attest(world.stop(kind, first, revision=3), "ana"), [first, retraction])


def test_one_person_doubts_a_chain_once(world: World) -> None:
    first = world.release()
    doubt = world.suspend(first, by="cy")
    restored = world.restore(first, doubt)
    messages: list[Message] = [first, doubt, restored]

    world.fits(world.attest(world.stop("suspended", restored), "dee"), messages)
    with refused("attestation_suspender", "once"):
        world.fits(world.attest(world.stop("suspended", restored), "cy"), messages)


def test_a_suspension_answers_releases_and_no_stops(world: World) -> None:
    first = world.release()
    doubt = world.suspend(first, by="cy")

    with refused("alert_chain", "no stop"):
        world.fits(world.attest(world.stop("suspended", doubt), "dee"), [first, doubt])
