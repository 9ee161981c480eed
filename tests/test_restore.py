"""Restores: what brings an alert back from a suspension."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from protocol.release import Bundle
from tests.refusals import refused
from tests.world import World


def remade(data: bytes, **parts: Any) -> bytes:
    """Return a bundle with whole parts replaced."""
    return replace(Bundle.decode(data), **parts).encode()


def test_a_restore_names_and_carries_the_suspensions_it_answers(world: World) -> None:
    first = world.release()
    doubts = [world.suspend(first, by="cy"), world.suspend(first, by="dee")]
    restored = world.restore(first, *doubts)

    assert restored.answers == {doubt.alert.name for doubt in doubts}
    # What does not travel along is not answered.
    assert world.check(remade(restored.bundle, suspensions=())).answers == frozenset()


def test_the_suspender_does_not_restore(world: World) -> None:
    first = world.release()
    doubt = world.suspend(first, by="bo")

    with refused("attestation_suspender", world.id("bo")):
        world.restore(first, doubt, by=("ana", "bo", "cy"))
    assert world.restore(first, doubt, by=("ana", "dee")).answers


def test_a_restore_comes_before_the_lapse(world: World) -> None:
    first = world.release()
    doubt = world.suspend(first)
    lapses = doubt.alert.lapses or 0

    world.pass_minutes(10)
    assert world.restore(first, doubt, issued=lapses - 1).answers
    with refused("alert_times", "lapsed"):
        world.restore(first, doubt, issued=lapses)


def test_a_restore_carries_no_other_message(world: World) -> None:
    first, other = world.release(), world.release()
    doubt, elsewhere, end = world.suspend(first), world.suspend(other), world.over(first)
    payload = world.following(first, [doubt, elsewhere, end])

    for bad in (elsewhere, end):
        signed = world.attest(payload, "ana", "bo")
        with refused("release_bundle"):
            world.send(signed, suspensions=[Bundle.decode(bad.bundle).alert])
    unnamed = world.attest(world.following(first), "ana", "bo")
    with refused("release_bundle"):
        world.send(unnamed, suspensions=[Bundle.decode(doubt.bundle).alert])


def test_a_restore_s_suspension_is_signed_by_someone_on_the_roster(world: World) -> None:
    first = world.release()
    payload = world.stop("suspended", first)
    forged = World(name="birch").sign("alert", payload, "cy")
    doubt = replace(Bundle.decode(first.bundle), alert=world.attest(payload, "cy"), proof=None).encode()
    restored = world.attest(world.following(first, [world.check(doubt)]), "ana", "bo")

    with refused("signer"):
        world.send(restored, suspensions=[forged])


def test_a_stop_carries_no_suspensions(world: World) -> None:
    first = world.release()
    doubt = Bundle.decode(world.suspend(first).bundle).alert

    with refused("release_bundle", "A stop answers no suspension"):
        world.send(world.attest(world.stop("ended", first), "dee"), suspensions=[doubt])
