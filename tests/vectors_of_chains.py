"""Vectors of states and chains; `tests.make_vectors` writes them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from protocol.limits import DAY, MINUTE
from protocol.release import Bundle
from tests.make_vectors import Chapter
from tests.vectors_of_alerts import NARROW, policy, value_of
from tests.world import CAST, Message, World


def _told(world: World, noun: str, section: str, about: str, messages: dict[str, Message], **shared: Any) -> Chapter:
    texts = {name: value_of(one.bundle) for name, one in messages.items()}
    return Chapter(noun, section, about, policy=policy(world), messages=texts, checked=world.now + DAY, **shared)


def story() -> tuple[World, dict[str, Message]]:
    """Return a world and a first alert, a suspension of each sort, a restore, two updates, a retraction and an end."""
    world = World(verifiers=CAST[:4], organisations=NARROW)
    first = world.release()
    world.pass_minutes(1)
    doubt = world.suspend(first, by="cy")
    unlogged = world.suspend(first, by="dee", logged=False)
    world.pass_minutes(1)
    restore = world.restore(first, doubt)
    here, there = world.update(first, officers="1-2", revision=3), world.update(first, officers="10+", revision=3)
    over, wrong = world.over(first, revision=4), world.retract(first, revision=4)
    rumour = world.send(world.attest(world.rumour(), "ana", "bo"))
    return world, {
        "first": first,
        "doubt": doubt,
        "unlogged": unlogged,
        "restore": restore,
        "here": here,
        "there": there,
        "over": over,
        "wrong": wrong,
        "rumour": rumour,
    }


def states() -> Chapter:
    world, messages = story()
    told = _told(world, "state", "7.5", "What the clock makes of a chain, in whatever order it came.", messages)
    began = messages["first"].alert.issued
    for name, minutes, chain in (
        ("a confirmed alert", 0, "first"),
        ("a checked rumour", 2, "rumour"),
        ("time runs out", 120, "first"),
        ("just before", 119, "first"),
        ("a suspension", 2, "first doubt"),
        ("the suspension comes first", 2, "doubt first"),
        ("it lapses", 11, "first doubt"),
        ("one that is not logged never does", 11, "first unlogged"),
        ("it warns until the alert is over", 120, "first unlogged"),
        ("a restore", 3, "first doubt restore"),
        ("a restore, whatever the order", 3, "restore doubt first"),
        ("a restore keeps the lapse away", 12, "first doubt restore"),
        ("a restore answers only what it carries", 3, "first doubt unlogged restore"),
        ("an end", 3, "first over"),
        ("an end under doubt", 3, "first doubt over"),
        ("a retraction", 3, "first wrong"),
        ("a retraction beats an end and a doubt", 3, "first over doubt wrong"),
        ("an update", 3, "first here"),
        ("two heads", 3, "first here there"),
        ("two heads that are over", 130, "first here there"),
        ("the same message twice", 0, "first first"),
    ):
        told.tell(name, None, chain=chain.split(), now=began + minutes * MINUTE)
    told.tell("no message", "alert_chain", chain=[], now=began)
    told.tell("stops only", "alert_chain", chain=["over"], now=began)
    told.tell("two chains", "alert_chain", chain=["first", "rumour"], now=began)
    return told


def chains() -> Chapter:
    world, messages = story()
    first = messages["first"]
    good = world.attest(world.alert(), "ana", "bo")
    told = _told(
        world, "chain", "7.6", "Whether a message fits the ones before it.", messages, alert=good.value(), now=world.now
    )

    def tell(name: str, kind: str | None, chain: str, payload: bytes, *who: str, now: int = world.now) -> None:
        signed = world.attest(payload, *(who or ("ana", "bo"))).value()
        said = {"payload": signed["payload"], "signatures": signed["signatures"]}
        told.tell(name, kind, chain=chain.split(), alert=said, now=now)

    told.tell("a chain begins with a release", chain=[])
    told.tell("what is there fits", chain=["first"], alert=Bundle.decode(first.bundle).alert.value())
    tell("a chain does not begin with a stop", "alert_chain", "", world.stop("ended", first), "dee")
    _updates(world, messages, tell)
    _stops(world, messages, tell)
    return told


def _updates(world: World, messages: dict[str, Message], tell: Callable[..., None]) -> None:
    first, doubt = messages["first"], messages["doubt"]
    tell("an update answers the head", None, "first", world.following(first))
    tell("the next revision", "alert_chain", "first", world.following(first, revision=3))
    tell("a message that the chain lacks", "alert_chain", "first", world.following(first, supersedes=["ab" * 32]))
    tell("an update answers open suspensions", "alert_chain", "first doubt", world.following(first, revision=3))
    here = messages["here"]
    tell("an update answers nothing that is over", "alert_chain", "first here", world.following(here, [first]))
    tell("a restore does", None, "first doubt", world.following(first, [doubt]))
    tell("an update keeps the class", "alert_chain", "first", world.following(first, class_="B", template="presence"))
    tell("an update keeps the audience", "alert_chain", "first", world.following(first, audience="responders"))
    later = world.now + 10 * MINUTE
    tell("an update of what is withdrawn", "release_state", "first doubt", world.following(first, [doubt]), now=later)
    tell("an update of what is retracted", "release_state", "first wrong", world.following(first, [messages["wrong"]]))


def _stops(world: World, messages: dict[str, Message], tell: Callable[..., None]) -> None:
    first, doubt = messages["first"], messages["doubt"]
    tell("a suspension", None, "first", world.stop("suspended", first), "cy")
    tell("a stop for others", "alert_chain", "first", world.stop("retracted", first, audience="responders"), "ana")
    tell("a second suspension by another", None, "first doubt", world.stop("suspended", first, revision=3), "dee")
    again = world.stop("suspended", first, revision=3)
    tell("a second suspension by the same", "attestation_suspender", "first doubt", again, "cy")
    tell("a suspension of a suspension", "alert_chain", "first doubt", world.stop("suspended", doubt), "dee")
    tell("a stop of what is over", "release_state", "first over", world.stop("suspended", first, revision=5), "dee")
    tell("a retraction of what is over", None, "first over", world.stop("retracted", first, revision=5), "ana")
    again = world.stop("retracted", first, revision=5)
    tell("a retraction of what is retracted", "release_state", "first wrong", again, "ana")


CHAPTERS: Final = (states, chains)
