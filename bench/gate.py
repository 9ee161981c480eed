"""The gate: checks of a release per second of one core, beside what no check can do without."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Final

import nacl.bindings

from bench.figure import Figure, at_least, beside, by_turns
from bench.stage import twelve
from protocol.release import Bundle, check
from protocol.signed import Signed, pae
from tests.world import NOW, World

ENTRIES: Final = 5_000
SIGNERS: Final = ("ana", "bo", "cy")


def measure(quick: bool) -> Iterator[Figure]:
    """Give the gate's figures: a release with three signatures, twelve verifiers, and a proof from a long log."""
    world = twelve(NOW)
    for _ in range(ENTRIES):
        world.log.append("roster", world.signed_roster)
    signed = world.attest(world.alert(), *SIGNERS)
    data = world.bundle(signed)
    count = 50 if quick else 200

    def ours() -> None:
        check(data, world.policy, world.now)

    ours()  # The roster is opened once and known by its bytes from then on, as in the gate's own process.
    bare = _bare(world, signed, data)
    mine, reference = by_turns(lambda: per_core(ours, count), lambda: per_core(bare, count), 3 if quick else 9)
    what = f"checks of a release, {len(data):,} bytes, a core"
    yield beside("gate", what, mine, "/s", reference)
    yield at_least("gate", what, mine, "/s", 500)


def _bare(world: World, signed: Signed, data: bytes) -> Callable[[], None]:
    """Return the reference: three Ed25519 signatures checked by libsodium, and the bundle read as JSON."""
    message = pae(signed.noun, signed.payload)
    keys = world.roster.verifier_keys()
    pairs = [(one.sig + message, keys[one.keyid]) for one in Bundle.decode(data).alert.signatures]

    def once() -> None:
        for both, key in pairs:
            nacl.bindings.crypto_sign_open(both, key)
        json.loads(data)

    return once


def per_core(act: Callable[[], None], count: int) -> float:
    """Return how often `act` is done in a second of one core: seconds that others had the core for don't count."""
    began = time.thread_time()
    for _ in range(count):
        act()
    return count / (time.thread_time() - began)
