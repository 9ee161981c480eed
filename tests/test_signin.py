"""Signing in: one key, one origin, one nonce, one minute.  In both languages."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from protocol.encoding import b64, canonical
from protocol.errors import Refused
from protocol.signed import Signed
from protocol.signin import open_sign_in, sign_in
from tests.refusals import refused
from tests.story import in_javascript
from tests.world import World
from tests.world_network import NOW

WORLD: Final = World()
ORIGIN: Final = "https://desk.example.org"
NONCE: Final = bytes(range(32))
VECTORS: Final = json.loads((Path(__file__).parent.parent / "protocol" / "vectors" / "signin.json").read_text())


def answer(by: str = "bo", **changes: Any) -> Signed:
    """Return a signed answer to the nonce, with changes of its payload."""
    value = {"v": 1, "origin": ORIGIN, "network": WORLD.network, "nonce": b64(NONCE), "issued": NOW, **changes}
    return WORLD.sign("sign-in", canonical(value), *by.split("+"))


def opened(
    signed: Signed, now: int = NOW, origin: str = ORIGIN, nonce: bytes = NONCE, stayed: tuple[str, ...] = ()
) -> str:
    """Return who signs in by both languages, or raise what both raise."""
    told = {"origin": origin, "nonce": nonce, "now": now, "stayed": list(stayed)}
    kind, said = in_javascript("signedIn", WORLD.policy.encode(), WORLD.signed_roster.encode(), signed.encode(), told)
    if kind == "taken":
        assert open_sign_in(signed, WORLD.roster, origin, nonce, now, frozenset(stayed)) == said
        return str(said)
    with refused(kind, said):
        open_sign_in(signed, WORLD.roster, origin, nonce, now, frozenset(stayed))
    raise Refused(kind, said)


def test_a_certified_verifier_signs_in() -> None:
    signed = sign_in(ORIGIN, WORLD.network, NONCE, NOW, WORLD.id("bo"), WORLD.seed("bo"))

    assert signed == answer()
    assert opened(signed) == WORLD.id("bo")
    theirs = in_javascript("signingIn", ORIGIN, WORLD.network, NONCE, NOW, WORLD.id("bo"), WORLD.seed("bo"))
    assert theirs == ("taken", signed.encode())


def test_a_trainee_signs_in_to_an_exercise() -> None:
    assert opened(answer("tim")) == WORLD.id("tim")


@pytest.mark.parametrize(("off", "taken"), [(0, True), (60, True), (-60, True), (61, False), (-61, False)])
def test_an_answer_lives_for_a_minute(off: int, taken: bool) -> None:
    if taken:
        assert opened(answer(), now=NOW + off) == WORLD.id("bo")
    else:
        with refused("sign_in", "set the device's clock"):
            opened(answer(), now=NOW + off)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"origin": "https://desk.example.com"}, "The origin that was signed"),
        ({"origin": "https://desk.example.org:8443"}, "The origin that was signed"),
        ({"network": "00" * 32}, "The network that was signed"),
        ({"nonce": b64(bytes(32))}, "The nonce that was signed"),
    ],
    ids=str,
)
def test_an_answer_for_elsewhere_opens_nothing(changes: dict[str, Any], says: str) -> None:
    with refused("sign_in", says):
        opened(answer(**changes))


@pytest.mark.parametrize(("by", "says"), [("lou", "ended at"), ("rae", "revoked"), ("bo+cy", "One verifier")])
def test_who_may_not_sign_in_is_told_why(by: str, says: str) -> None:
    with refused("sign_in", says):
        opened(answer(by))


def test_a_stayed_verifier_does_not_sign_in() -> None:
    with refused("sign_in", "suspended"):
        opened(answer(), stayed=(WORLD.id("bo"),))


def test_a_forged_answer_is_refused() -> None:
    good = answer()
    with refused("signature"):
        opened(Signed("sign-in", good.payload.replace(b'"v":1', b'"v":2'), good.signatures))
    with refused("payload_type"):
        opened(Signed("event", good.payload, good.signatures))
    with refused("signer"):
        opened(World(name="birch").sign("sign-in", good.payload, "bo"))


@pytest.mark.parametrize(
    "origin",
    ["https://desk.example.org", "https://a:8443", "http://localhost:8000", "http://desk.localhost:8002",
     "http://127.0.0.1:9", f"http://{'a2' * 28}.onion", f"http://desk.{'a2' * 28}.onion"],
)  # fmt: skip
def test_an_origin_that_nobody_can_listen_to_is_taken(origin: str) -> None:
    assert opened(answer(origin=origin), origin=origin) == WORLD.id("bo")


@pytest.mark.parametrize(
    "origin",
    ["http://desk.example.org", "https://Desk.example.org", "https://desk.example.org/", "https://desk.example.org:0",
     "https://", "null", "https://a b", "https://desk.example.org\n", "http://127.0.0.2", "https://-a", ""],
    ids=repr,
)  # fmt: skip
def test_an_origin_that_is_none_is_refused(origin: str) -> None:
    with refused("shape", "origin must be a secure origin"):
        opened(answer(origin=origin), origin=origin)


@pytest.mark.parametrize("vector", VECTORS["vectors"], ids=lambda vector: vector["name"])
def test_a_vector_of_sign_in_has_its_outcome(vector: dict[str, Any]) -> None:
    assert VECTORS["policy"].encode() == WORLD.policy.encode()
    signed = Signed.of(vector["signed"])
    nonce = bytes.fromhex(vector["nonce"])
    try:
        outcome = opened(signed, vector["now"], vector["origin"], nonce, tuple(vector["stayed"]))
    except Refused as refusal:
        outcome = refusal.kind

    assert outcome == vector["outcome"]
