"""Vectors of slips: what stands in a QR code, and the bundle that it becomes again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from protocol.base45 import to_fragment
from protocol.release import Bundle
from protocol.slip import Slip
from protocol.trail import Trail
from tests.make_vectors import Chapter
from tests.world import World

ORIGIN: Final = "https://alerts.example.org"


def slip_of(bundle: bytes) -> Slip:
    """Return the slip of a bundle file."""
    return Slip.of(Bundle.decode(bundle))


def trail_of(world: World) -> Trail:
    """Return the trail of a world's roster as it is now."""
    return Trail(world.signed_roster, world.links)


def address_of(data: bytes) -> str:
    """Return an address with these bytes, whatever they are."""
    return f"{ORIGIN}/check#{to_fragment(data)}"


def slips() -> Chapter:
    world = World(name="slips", cosigners=("wit.example/one",))
    for _ in range(5):
        world.log.append("roster", world.signed_roster)
    first = world.release()
    good = slip_of(first.bundle)
    told = Chapter(
        "slip",
        "7.7",
        "Slips: `found` is the SHA-256 of the bundle, and the address.",
        trail=json.loads(trail_of(world).encode()),
        address=good.address(ORIGIN),
    )
    told.tell("a slip with its trail is the bundle again")
    told.tell("in a forwarded text", address=f"Look: {good.address('http://alerts.localhost:8003/en')}. Share it.")
    told.tell("a text without a slip", address=f"CONFIRMED. Check at {ORIGIN}/en/check#{first.alert.id}")
    cosigned = world.bundle(world.attest(world.alert(), "ana", "bo", "cy"), cosigned=["wit.example/one"])
    told.tell("three signatures and a cosigner", address=slip_of(cosigned).address(ORIGIN))
    doubt = world.suspend(first, logged=False)
    told.tell("a stop without a proof", address=slip_of(doubt.bundle).address(ORIGIN))
    restore = world.restore(first, doubt)
    told.tell("a restore with the suspension it answers", address=slip_of(restore.bundle).address(ORIGIN))
    free = {"en": "%20 %25 % 20", "zh-Hans": "市场附近", "ar": "قرب السوق"}
    odd = world.bundle(world.attest(world.alert(free=free, hotline="+1 (408) 555-0100"), "ana", "bo"))
    told.tell("words of every script", address=slip_of(odd).address(ORIGIN))
    other = World(name="other")
    told.tell("another roster's trail", "slip_roster", trail=json.loads(trail_of(other).encode()))
    _bytes(told, good.encode())
    return told


def _bytes(told: Chapter, data: bytes) -> None:
    def tell(name: str, kind: str, change: Callable[[bytes], Any]) -> None:
        told.tell(name, kind, address=address_of(bytes(change(data))))

    payload = 33
    tell("another version", "slip", lambda d: b"\2" + d[1:])
    tell("cut short", "slip", lambda d: d[:-1])
    tell("cut in the middle", "slip", lambda d: d[:200])
    tell("a byte more", "slip", lambda d: d + b"\0")
    tell("a version that takes two bytes", "slip", lambda d: b"\x81\0" + d[1:])
    tell("a number that has no end", "slip", lambda d: b"\xff" * 9 + d[1:])
    tell("a payload that is no object", "slip", lambda d: d[:payload] + b"\x09" + d[payload + 1 :])
    tell("a name that is no text", "slip", lambda d: d[: payload + 2] + b"\x03\x01" + d[payload + 2 :])
    tell("a word that nobody knows", "slip", lambda d: d[: payload + 2] + b"\xff" + d[payload + 3 :])
    word = b"\x05\x08audience"
    tell("a word that is spelled out", "slip", lambda d: d[: payload + 2] + word + d[payload + 3 :])
    tell("text that is not UTF-8", "not_utf8", lambda d: d[: payload + 2] + b"\x05\x01\xff" + d[payload + 3 :])
    tell("lists in lists in lists", "slip", lambda d: d[:payload] + b"\x02\x01" * 40 + d[payload:])
    tell("a part of 9 kB", "too_large", lambda d: d + bytes(8192))
    whole = address_of(data)
    told.tell("a character lost on its way", "shape", address=whole[:-1])
    told.tell("a character changed on its way", "slip_roster", address=f"{ORIGIN}/check#1{whole.partition('#')[2][1:]}")


CHAPTERS: Final = (slips,)
