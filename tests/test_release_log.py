"""The gate and the log: a release is logged, and witnessed where the policy asks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from protocol.limits import DAY, FIRST_SEND, HOUR
from protocol.release import Bundle
from tests.refusals import refused
from tests.world import World


def remade(data: bytes, **parts: Any) -> bytes:
    """Return a bundle with whole parts replaced."""
    return replace(Bundle.decode(data), **parts).encode()


def test_a_release_that_no_log_holds_is_no_release(world: World) -> None:
    with refused("log_proof", "needs a proof"):
        world.check(world.bundle(world.attest(world.alert(), "ana", "bo"), logged=False))


def test_the_proof_is_of_this_entry_in_this_log(world: World) -> None:
    first, second = world.release().bundle, world.release().bundle
    other = World(name="birch")
    signed = Bundle.decode(first).alert
    foreign = other.log.proof(other.log.append("release", signed))

    with refused("log_proof"):
        world.check(remade(first, proof=Bundle.decode(second).proof))
    with refused("log_key"):
        world.check(remade(first, proof=foreign))
    as_stop = world.log.proof(world.log.append("stop", signed))
    with refused("log_proof"):
        world.check(remade(first, proof=as_stop))


def test_a_policy_without_cosigners_takes_the_log_s_word(world: World) -> None:
    assert world.release().logged is not None
    assert world.check(world.release().bundle, at=world.now + DAY).alert.kind == "confirmed"


def test_an_unwitnessed_release_is_taken_for_an_hour(world: World) -> None:
    data = world.release().bundle
    policy = replace(world.policy, cosigners=1)

    assert world.check(data, at=world.now + HOUR, policy=policy).bundle == data
    with refused("log_witness", "0 cosigners"):
        world.check(data, at=world.now + HOUR + 1, policy=policy)
    with refused("log_witness"):
        world.check(data, policy=replace(policy, strict=True))


def test_a_witnessed_release_satisfies_a_strict_policy() -> None:
    world = World(cosigners=("wit.example/one", "wit.example/two"), strict=True)
    signed = world.attest(world.alert(), "ana", "bo")
    one, two = (world.bundle(signed, cosigned=names) for names in (["wit.example/one"], list(world.log.cosigners)))

    assert world.check(two, at=world.now + DAY).bundle == two
    with refused("log_witness", "1 cosigners saw the log; the policy asks for 2"):
        world.check(one)


def test_cosigners_bound_how_far_an_alert_can_be_back_dated() -> None:
    world = World(cosigners=("wit.example/one",))
    for late, taken in ((0, True), (FIRST_SEND, True), (FIRST_SEND + 1, False)):
        signed = world.attest(world.alert(issued=world.now - late), "ana", "bo")
        data = world.bundle(signed, cosigned=["wit.example/one"])
        if taken:
            assert world.check(data).alert.issued == world.now - late
        else:
            with refused("log_witness", "more than 15 minutes"):
                world.check(data)


def test_a_stop_is_obeyed_with_and_without_the_log_and_never_with_a_false_proof(world: World) -> None:
    first = world.release()
    for logged in (True, False):
        assert (world.suspend(first, logged=logged).logged is not None) is logged
    with refused("log_proof"):
        world.check(remade(world.suspend(first).bundle, proof=Bundle.decode(first.bundle).proof))
