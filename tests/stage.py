"""The stage on which an adversary meets a gate: two rosters, a chain, another network, and the rules told again."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from protocol.encoding import canonical
from protocol.limits import DAY, HOUR
from protocol.release import Release, Stop
from protocol.signed import Signature, Signed, key_id, public_key
from tests.world import CAST, NOW, Person, World

# lou lapsed two hours ago; sam is suspended, roy revoked by a roster that the bundle does not carry.
PEOPLE: Final = (
    *(replace(one, certified_for=2 * HOUR) if one.name == "lou" else one for one in CAST),
    Person("eve", "faro", ("lead",)),
    Person("sam", "faro"),
    Person("roy", "alba"),
)
NEVER: Final = ("tim", "rae", "sam", "roy")
RANK: Final = {"retracted": 0, "withdrawn": 1, "ended": 2, "under-review": 2, "confirmed": 3, "checked": 3}
LEADS_NEEDED: Final = ("C", "D", "E")


class Broken(AssertionError):
    """A gate took what no quorum signed, or a single key made an alert stronger."""


@dataclass(frozen=True)
class Stage:
    """What stands before the adversary begins: two rosters, a chain, and another network."""

    world: World
    other: World
    rosters: dict[str, tuple[Signed, int]]  # Genuine rosters by name, with the keys they ask for.
    forged: tuple[Signed, ...]
    stay: Signed
    first: Release
    doubt: Stop


@cache
def stage() -> Stage:
    """Set the stage once: nobody changes it."""
    world = World(now=NOW - 4 * HOUR, verifiers=PEOPLE, name="cedar")
    two = world.signed_roster
    world.quorum = (3, 2)
    three_name = world.publish().name
    stay = world.sign_stay("sam", "ana", until=world.now + 5 * DAY)
    world.now = NOW
    first = world.release("ana", "bo", "cy")
    doubt = world.suspend(first, by="dee")
    other = World(now=NOW - 4 * HOUR, name="birch", quorum=(2, 2))
    value = world.roster_value(
        verifiers=other.roster_value()["verifiers"], quorum={"keys": 2, "organisations": 2}, issued=NOW - 4 * HOUR
    )
    names = [key_id(public_key(world.secret("root", one))) for one in ("uma", "val")]
    renamed = Signed("roster", canonical(value), tuple(Signature(one, bytes(64)) for one in sorted(names)))
    genuine = {two.message(): (two, 2), three_name: (world.signed_roster, 3)}
    return Stage(world, other, genuine, (other.sign_roster(value), renamed, other.signed_roster), stay, first, doubt)


class Gate:
    """The gate of a package: `protocol`, or a copy with a hole."""

    def __init__(self, package: str = "protocol") -> None:
        here = stage()
        self.release = importlib.import_module(f"{package}.release")
        self.states = importlib.import_module(f"{package}.state")
        self.refused = importlib.import_module(f"{package}.errors").Refused
        self.policy = importlib.import_module(f"{package}.policy").Policy.decode(here.world.policy.encode())
        signed = importlib.import_module(f"{package}.signed").Signed
        roster = importlib.import_module(f"{package}.roster").open_roster(
            signed.decode(here.world.signed_roster.encode()), (), self.policy
        )
        stay = importlib.import_module(f"{package}.stay").open_stay(signed.decode(here.stay.encode()), roster)
        self.known = self.release.Knowledge((stay,), {here.world.id("roy"): 0})

    def check(self, data: bytes, at: int = NOW) -> Any:
        """Return what the gate makes of a bundle, or None where it refuses."""
        try:
            return self.release.check(data, self.policy, at, self.known)
        except self.refused:
            return None


def require_signed(value: dict[str, Any], signers: set[str]) -> None:
    """Raise Broken unless those who truly signed these words may send them: the table of kinds, told again."""
    here = stage()
    people = {one.name: one for one in PEOPLE if one.name in signers}
    good = [
        one
        for name, one in people.items()
        if name not in NEVER and value["issued"] < here.world.began + one.certified_for
    ]
    if value["roster"] not in here.rosters or value["network"] != here.world.network:
        raise Broken("The roster or the network is not ours.")
    keys = here.rosters[value["roster"]][1]
    quorum = len(good) >= keys and len({one.org for one in good}) >= 2
    lead = any("lead" in one.roles for one in good)
    kind, class_, public = value["kind"], value.get("class"), value["audience"] == "public"
    if kind in ("suspended", "ended"):
        enough = bool(good)
    elif kind == "retracted":
        enough = quorum or lead
    else:
        enough = quorum and (lead or not (class_ in LEADS_NEEDED or (class_ == "B" and public)))
        enough = enough and not (class_ == "D" and public)
    if not enough:
        raise Broken(f"{kind} of class {class_} was taken; signed by {sorted(signers)}, of {keys} keys needed.")
