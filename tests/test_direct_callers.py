"""Refusals that only a direct caller meets: on every way from outside somebody else has looked before.

They are the second lock, and name their rule all the same.  Taken out one at a time, none was missed by another test.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

import pytest

from protocol import xwing
from protocol.age import ClassicIdentity
from protocol.encoding import MAX_INT, parse
from protocol.jpeg import read_jpeg
from protocol.limits import MAX_ALERT
from protocol.logkey import LogKey
from protocol.note import Key
from protocol.packed import Reader, number, pack
from protocol.part import MAX_PART, encode_part
from protocol.release import BUNDLE
from protocol.slip import Slip
from protocol.trail import Trail
from protocol.xwing import PrivateKey, PublicKey
from tests.refusals import refused
from tests.story import Story
from tests.test_part import part
from tests.world import World

PRIVATE: Final = PrivateKey.expand(bytes(32))
PUBLIC: Final = PublicKey.decode(PRIVATE.public())
LOW_ORDER: Final = bytes(32)
NO_BASE64: Final = "=" * 44


def of_low_order() -> PublicKey:
    """Return a key that `decode` would not have let through."""
    return replace(PUBLIC, encoded=PUBLIC.encoded[:-32] + LOW_ORDER)


def slip(world: World, **changes: Any) -> Slip:
    """Return an alert's slip with changes."""
    signed = world.attest(world.alert(), "ana", "bo")
    proof = world.log.proof(world.log.append("release", signed))
    return replace(Slip(Trail(world.signed_roster, ()).name(), signed, (), proof), **changes)


def of_a_roster() -> bytes:
    world = World()
    return slip(world, alert=world.signed_roster).encode()


def under_no_checkpoint() -> bytes:
    whole = slip(World())
    assert whole.proof is not None
    note = replace(whole.proof.note, text="No checkpoint.\n")
    return replace(whole, proof=replace(whole.proof, note=note)).encode()


def of_another_case() -> None:
    Story().to("triaged").move("check", "bo", case="cb" * 16)


DIRECT: Final[dict[str, tuple[str, str, Callable[[], object]]]] = {
    "a short X25519 identity": ("age_recipient", "has 32 bytes", lambda: ClassicIdentity(bytes(31))),
    "a short recipient": ("age_recipient", "holds 1216 bytes", lambda: PublicKey.decode(PUBLIC.encoded[:-1])),
    "a recipient of low order": ("age_recipient", "low order", lambda: of_low_order().encapsulate()),
    "a short share": ("age_header", "holds 1120 bytes", lambda: PRIVATE.decapsulate(bytes(1119))),
    "a body without a tag": ("age_header", "a tag of 16", lambda: xwing.unwrap(PRIVATE, bytes(1120), bytes(15))),
    "a JPEG that ends in fill": ("photo", "cut off", lambda: read_jpeg(b"\xff\xd8\xff\xff")),
    "a log's key that is none": (
        "log_key",
        "not 33 bytes of base64",
        lambda: LogKey.decode(f"PRIVATE+KEY+log.example.org/sereno+{'0' * 8}+{NO_BASE64}\n".encode()),
    ),
    "a public key that is none": (
        "public_key",
        "not 33 bytes of base64",
        lambda: Key.decode(f"log.example.org/sereno+{'0' * 8}+{NO_BASE64}"),
    ),
    "a slip's true": ("slip", "none of them", lambda: pack(True)),
    "a number past the last": ("slip", "too large", lambda: Reader(number(MAX_INT + 1)).number()),
    "a slip of a roster": ("slip", "this is a signed roster", of_a_roster),
    "a slip under no checkpoint": ("slip", "ends in a checkpoint", under_no_checkpoint),
    "a proof that is no text": ("shape", "a tlog-proof as text", lambda: BUNDLE({**_bundle(), "proof": 7}, "bundle")),
    "an event of another case": ("event_chain", "The event is of case", of_another_case),
    "a draft that is too long": (
        "shape",
        "an alert's payload as text",
        lambda: encode_part(part("propose", alert="x" * (MAX_ALERT + 1))),
    ),
}


def _bundle() -> dict[str, Any]:
    world = World()
    data = world.release("ana", "bo").bundle
    return dict(parse(data, len(data)))


@pytest.mark.parametrize("name", DIRECT)
def test_a_direct_caller_is_refused_by_name(name: str) -> None:
    kind, saying, call = DIRECT[name]
    with refused(kind, saying):
        call()


def test_a_part_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("protocol.part.MAX_PART", 0)
    assert MAX_PART > 0
    with refused("too_large", "at most 0"):
        encode_part(part("propose"))
