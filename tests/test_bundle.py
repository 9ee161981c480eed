"""Bundles: every byte of the file that travels counts."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from protocol.encoding import canonical
from protocol.errors import Refused
from protocol.release import Bundle
from tests.refusals import refused
from tests.world import World


def remade(data: bytes, **parts: Any) -> bytes:
    """Return a bundle with whole parts replaced."""
    return replace(Bundle.decode(data), **parts).encode()


@pytest.mark.parametrize("kind", ["release", "restore", "handed over", "stop", "unlogged stop"])
def test_every_change_of_one_byte_of_a_bundle_is_refused(kind: str) -> None:
    world = World(cosigners=("wit.example/one",))
    if kind == "handed over":
        world.hand_over("wim", "xia", "yves")
        world.publish()
    first = world.check(world.bundle(world.attest(world.alert(), "ana", "bo"), cosigned=["wit.example/one"]))
    doubt = world.suspend(first, logged=kind != "unlogged stop")
    data = (doubt if "stop" in kind else world.restore(first, doubt) if kind == "restore" else first).bundle
    assert world.check(data).bundle == data

    flips = (0x01, 0x20, 0x80)
    for at in range(len(data)):
        with pytest.raises(Refused):
            world.check(data[:at] + bytes([data[at] ^ flips[at % 3]]) + data[at + 1 :])


def test_every_bundle_that_is_cut_or_grown_by_a_byte_is_refused(world: World) -> None:
    data = world.release().bundle
    for bad in (*(data[:at] for at in range(0, len(data), 37)), data[:-1], data + b"\n", b" " + data, data + data):
        with pytest.raises(Refused):
            world.check(bad)


@pytest.mark.parametrize("part", ["v", "alert", "roster", "chain", "suspensions", "proof"])
def test_a_bundle_without_one_of_its_parts_is_refused(world: World, part: str) -> None:
    value = json.loads(world.release().bundle)
    del value[part]

    with refused("log_proof" if part == "proof" else "shape"):
        world.check(canonical(value))


def test_a_part_that_nobody_knows_is_refused(world: World) -> None:
    with refused("shape", "note"):
        world.check(canonical({**json.loads(world.release().bundle), "note": "checked by hand, please send"}))


def test_a_bundle_over_64_kib_is_refused(world: World) -> None:
    with refused("too_large"):
        world.check(world.release().bundle.ljust((1 << 20) + 1))
