"""A whole network in memory, for stories: real keys, real signatures, a real log, and a clock moved by hand.

    world = World()
    alert = world.release("ana", "bo")
    world.pass_minutes(5)
    doubt = world.suspend(alert, by="cy")
    assert world.state([alert, doubt]).word == "under-review"

Three layers: `Network` (people, custodians, rosters, log), `Desk` (sets, tips, envelopes), `World` (alerts).
Nothing here checks anything: what a story makes is checked by `protocol`, as anybody's bytes would be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from protocol import state as states
from protocol.alert import Alert
from protocol.chain import require_fits
from protocol.encoding import b64, canonical
from protocol.limits import LAPSE, MINUTE
from protocol.policy import Policy
from protocol.release import Bundle, Release, Stop, admit, check
from protocol.signed import Signed
from tests.world_desk import Desk
from tests.world_network import CAST, NOW, Person

__all__ = ["CAST", "NOW", "Message", "Person", "World"]

Message = Release | Stop


def in_order(doubts: Sequence[Stop]) -> list[Signed]:
    """Return the signed suspensions of stops as a bundle carries them, ascending by name."""
    return sorted((Bundle.decode(doubt.bundle).alert for doubt in doubts), key=lambda one: one.message())


class World(Desk):
    """The network's public word: alerts, attestations, bundles, chains, states."""

    # --- Payloads -----------------------------------------------------------------------------------------------------

    def alert(self, **changes: Any) -> bytes:
        """Return a first alert's payload, confirmed, class A, public; `class_` stands for the field `class`."""
        issued = changes.get("issued", self.now)
        value = {
            **self._begin(),
            "issued": issued,
            "kind": "confirmed",
            "class": "A",
            "template": "detention",
            "place": {"zone": "north-1", "cell": "3,-4"},
            "seen": issued - 5 * MINUTE,
            "first": issued,
            "expires": issued + 120 * MINUTE,
            "basis": ["observer"],
            "officers": "3-5",
            "vehicles": "2",
            "marking": "immigration",
            "free": {"en": "Near the market.", "es": "Cerca del mercado."},
            "instruction": "observe-only",
            "rights": "kyr-1",
            "hotline": "(408) 555-0100",
            "supersedes": [],
        }
        return canonical({**value, **_spelled(changes)})

    def rumour(self, **changes: Any) -> bytes:
        """Return the payload of a checked rumour."""
        return self.alert(**{"kind": "checked", "class_": "R", "template": "rumour", **changes})

    def stop(self, kind: str, target: Message, **changes: Any) -> bytes:
        """Return a stop's payload that answers `target`."""
        issued = changes.get("issued", self.now)
        reason = {"suspended": "doubt", "retracted": "misidentified", "ended": "gone"}[kind]
        value = {
            **self._begin(),
            "id": target.alert.id,
            "audience": target.alert.audience,
            "revision": target.alert.revision + 1,
            "issued": issued,
            "kind": kind,
            "reason": reason,
            "supersedes": [target.alert.name],
        }
        if kind == "suspended":
            value["lapses"] = issued + LAPSE
        return canonical({**value, **_spelled(changes)})

    def following(self, target: Message, answering: Sequence[Message] = (), **changes: Any) -> bytes:
        """Return the payload of an update of `target` that answers these other messages too."""
        answered = (target, *answering)
        value = {
            **target.alert.fields,
            "revision": max(one.alert.revision for one in answered) + 1,
            "issued": self.now,
            "expires": min(self.now + 120 * MINUTE, (target.alert.first or 0) + 240 * MINUTE),
            "roster": self.roster.name,
            "salt": b64(self.draw()),
            "supersedes": sorted(one.alert.name for one in answered),
        }
        return canonical({**value, **_spelled(changes)})

    def _begin(self) -> dict[str, Any]:
        return {
            "v": 1,
            "network": self.network,
            "mode": self.mode,
            "id": self.draw().hex(),
            "revision": 1,
            "audience": "public",
            "roster": self.roster.name,
            "salt": b64(self.draw()),
        }

    # --- From payload to message --------------------------------------------------------------------------------------

    def attest(self, payload: bytes, *names: str) -> Signed:
        """Return an alert's payload with these verifiers' attestations."""
        return self.sign("alert", payload, *names)

    def bundle(
        self,
        signed: Signed,
        logged: bool = True,
        suspensions: Sequence[Signed] = (),
        cosigned: Iterable[str] = (),
        roster: Signed | None = None,
    ) -> bytes:
        """Return the bundle file of a signed alert; `logged` appends it to the log first."""
        proof = None
        if logged:
            kind = "stop" if b'"reason":' in signed.payload else "release"
            proof = self.log.proof(self.log.append(kind, signed), cosigned, self.now)
        return Bundle(signed, roster or self.signed_roster, self.links, tuple(suspensions), proof).encode()

    def admit(self, signed: Signed, at: int | None = None) -> Alert:
        """Return the alert as the desk reads it before it is logged."""
        return admit(signed, self.roster, self.policy, self.now if at is None else at, self.knowledge())

    def check(self, data: bytes, at: int | None = None, policy: Policy | None = None) -> Message:
        """Return what a checker of this world makes of a bundle, now or `at` another time."""
        return check(data, policy or self.policy, self.now if at is None else at, self.knowledge())

    def send(self, signed: Signed, logged: bool = True, suspensions: Sequence[Signed] = ()) -> Message:
        """Bundle and check a signed alert."""
        return self.check(self.bundle(signed, logged, suspensions))

    def release(self, *names: str, **changes: Any) -> Release:
        """Send a first alert signed by these verifiers; by ana and bo where none is named."""
        return _released(self.send(self.attest(self.alert(**changes), *(names or ("ana", "bo")))))

    def update(self, target: Message, *names: str, answering: Sequence[Message] = (), **changes: Any) -> Release:
        """Send an update of `target`, and of other heads it answers."""
        payload = self.following(target, answering, **changes)
        return _released(self.send(self.attest(payload, *(names or ("ana", "bo")))))

    def restore(self, target: Message, *doubts: Stop, by: Sequence[str] = ("ana", "bo"), **changes: Any) -> Release:
        """Send a restore of `target` that carries the suspensions it answers."""
        signed = self.attest(self.following(target, doubts, **changes), *by)
        return _released(self.send(signed, suspensions=in_order(doubts)))

    def suspend(self, target: Message, by: str = "cy", logged: bool = True, **changes: Any) -> Stop:
        """Send one person's doubt."""
        return _stopped(self.send(self.attest(self.stop("suspended", target, **changes), by), logged))

    def retract(self, target: Message, *names: str, logged: bool = True, **changes: Any) -> Stop:
        """Send a retraction, signed by ana, who leads, where no one is named."""
        return _stopped(self.send(self.attest(self.stop("retracted", target, **changes), *(names or ("ana",))), logged))

    def over(self, target: Message, *names: str, logged: bool = True, **changes: Any) -> Stop:
        """Send one person's word that it is over."""
        return _stopped(self.send(self.attest(self.stop("ended", target, **changes), *(names or ("dee",))), logged))

    # --- Chains -------------------------------------------------------------------------------------------------------

    def state(self, messages: Sequence[Message], at: int | None = None) -> states.State:
        """Return what the clock makes of these messages, now or `at` another time."""
        return states.state(messages, self.now if at is None else at)

    def fits(self, signed: Signed, messages: Sequence[Message]) -> None:
        """Ask as the gate does whether a signed alert may follow these messages."""
        alert = self.admit(signed)
        require_fits(alert, [one.keyid for one in signed.signatures], messages, self.now)


def _spelled(changes: dict[str, Any]) -> dict[str, Any]:
    return {"class" if name == "class_" else name: value for name, value in changes.items()}


def _released(message: Message) -> Release:
    assert isinstance(message, Release)
    return message


def _stopped(message: Message) -> Stop:
    assert isinstance(message, Stop)
    return message
