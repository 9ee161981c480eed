"""Vectors of alerts and bundles; `tests.make_vectors` writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from protocol.encoding import parse
from protocol.limits import DAY, HOUR, MINUTE
from protocol.policy import Policy
from protocol.release import Bundle
from protocol.signed import Signed
from tests.make_vectors import Chapter
from tests.world import CAST, World

NARROW: Final = {"alba": "network", "faro": "network"}


def value_of(data: bytes) -> dict[str, Any]:
    """Return the value of a canonical file."""
    value: dict[str, Any] = parse(data, len(data))
    return value


def policy(world: World) -> str:
    """Return the network's policy file."""
    return world.policy.encode().decode()


def alerts() -> Chapter:
    world = World(verifiers=CAST[:4], organisations=NARROW)
    first = world.release()
    good = world.attest(world.alert(), "ana", "bo")
    told = Chapter("alert", "7.1", "What one message says; signatures are not looked at.", alert=good.value())

    def tell(name: str, kind: str | None, payload: bytes) -> None:
        told.tell(name, kind, alert={"payload": payload.decode()})

    now, issued = world.now, world.now
    told.tell("a first alert")
    told.tell("a roster is no alert", "payload_type", alert={"payloadType": "application/vnd.sereno.roster.v1+json"})
    tell("a checked rumour", None, world.rumour())
    for kind in ("suspended", "retracted", "ended"):
        tell(f"a stop: {kind}", None, world.stop(kind, first))
    tell("an update", None, world.following(first))
    tell("a suspension lapses after ten minutes", "alert_times", world.stop("suspended", first, lapses=issued + 601))
    tell("a stop is never the first", "alert_chain", world.stop("ended", first, revision=1))
    tell("a stop answers something", "shape", world.stop("ended", first, supersedes=[]))
    tell("a reason of another kind", "shape", world.stop("retracted", first, reason="doubt"))
    tell("a first alert supersedes nothing", "alert_chain", world.alert(supersedes=["ab" * 32]))
    tell("a later one does", "alert_chain", world.alert(revision=2))
    tell("a rumour is told once", "alert_chain", world.rumour(revision=2, supersedes=["ab" * 32]))
    tell("a chain begins with its first issue", "alert_times", world.alert(first=now - 1))
    tell("seen after it was issued", "alert_times", world.alert(seen=now + 1))
    tell("expired when it was issued", "alert_times", world.alert(expires=now))
    tell("four hours at most", "alert_times", world.alert(expires=now + 240 * MINUTE + 1))
    tell("four hours", None, world.alert(expires=now + 240 * MINUTE))
    long = world.following(first, issued=now + HOUR, expires=now + 240 * MINUTE + 1)
    tell("four hours of the whole chain", "alert_times", long)
    _words(world, tell)
    return told


def _words(world: World, tell: Callable[..., None]) -> None:
    tell("class R is checked", "alert_class", world.alert(class_="R", template="rumour"))
    tell("only class R is checked", "alert_class", world.rumour(class_="A", template="detention"))
    tell("a residence is never public", "alert_class", world.alert(class_="D", template="residence"))
    tell("a template of another class", "alert_vocabulary", world.alert(template="school"))
    tell("a right-to-left override", "text", world.alert(free={"en": "a\u202eb"}))
    tell("140 characters outside the first plane", None, world.alert(free={"en": "\U0001f600" * 140}))
    tell("141 characters", "shape", world.alert(free={"en": "x" * 141}))
    tell("a language that is none", "shape", world.alert(free={"english": "x"}))
    tell("class F is never ours", "shape", world.alert(class_="F"))
    tell("a field that nobody knows", "shape", world.alert(plate="7ABC123"))
    tell("a field called __proto__", "shape", world.alert(__proto__={}))


def bundles() -> Chapter:
    world = World(cosigners=("wit.example",))
    world.policy = Policy(world.network, world.mode, world.roots(), 2, 1, 0, False)
    signed = world.attest(world.alert(), "ana", "bo")
    base = value_of(world.bundle(signed))
    told = Chapter("bundle", "7.4", "The release check.", policy=policy(world), bundle=base, now=world.now)
    told.tell("two people of two organisations, logged")
    _voices(world, told, base)
    _wheres(world, told, base, signed)
    _restores(world, told, base)
    return told


def _changes(base: dict[str, Any], data: bytes) -> dict[str, Any]:
    """Return the fields of a bundle that differ from the base's, null where it has none."""
    value = value_of(data)
    return {name: value.get(name) for name in {**base, **value} if value.get(name) != base.get(name)}


def _voices(world: World, told: Chapter, base: dict[str, Any]) -> None:
    def tell(name: str, kind: str | None, payload: bytes, *who: str, logged: bool = True, **fields: Any) -> None:
        told.tell(name, kind, bundle=_changes(base, world.bundle(world.attest(payload, *who), logged)), **fields)

    tell("one person", "quorum_short", world.alert(), "ana")
    tell("two people of one organisation", "quorum_short", world.alert(), "ana", "cy")
    tell("three people", None, world.alert(), "ana", "bo", "cy")
    tell("a trainee signs along", "attestation_trainee", world.alert(), "ana", "bo", "tim")
    tell("one whose certification is over signs along", "attestation_lapsed", world.alert(), "ana", "bo", "lou")
    tell("one who is revoked signs along", "attestation_revoked", world.alert(), "ana", "bo", "rae")
    tell("a lent verifier counts", None, world.alert(), "ana", "len")
    presence = {"class_": "B", "template": "presence"}
    tell("class B for the public without a lead", "quorum_lead", world.alert(**presence), "bo", "cy")
    tell("class B for responders", None, world.alert(**presence, audience="responders"), "bo", "cy")
    school = world.alert(class_="C", template="school", audience="responders")
    tell("class C without a lead", "quorum_lead", school, "bo", "cy")
    tell("class C with a lead", None, world.alert(class_="C", template="school"), "ana", "bo")
    first = world.release()
    stop = world.stop("suspended", first)
    tell("a suspension is one person's", None, stop, "cy")
    tell("a suspension needs no log", None, stop, "cy", logged=False)
    tell("a suspension is not two people's", "quorum_short", stop, "bo", "cy")
    tell("a trainee suspends nothing", "attestation_trainee", stop, "tim")
    retraction = world.stop("retracted", first)
    tell("a lead retracts", None, retraction, "ana", logged=False)
    tell("one who is no lead retracts", "quorum_short", retraction, "bo")
    tell("two retract", None, retraction, "bo", "cy")
    tell("one says it is over", None, world.stop("ended", first), "dee")
    doubt = _changes(base, world.bundle(world.attest(stop, "cy"), False))
    _knowing(world, told, base, doubt)


def _knowing(world: World, told: Chapter, base: dict[str, Any], doubt: dict[str, Any]) -> None:
    bo = world.id("bo")
    told.tell("a later roster revokes from before", "attestation_revoked", revoked={bo: 0})
    told.tell("a later roster revokes from after", revoked={bo: 1})
    revoked = {world.id("cy"): 1000}
    told.tell("what is not logged may be later than a revocation", "attestation_revoked", bundle=doubt, revoked=revoked)
    stays = {"roster": base["roster"], "links": []}
    told.tell("one of them was suspended", "attestation_stayed", stays=[world.sign_stay("bo", "ana").value()], **stays)
    later = world.sign_stay("bo", "ana", issued=world.now + 1)
    told.tell("one of them was suspended later", stays=[later.value()], **stays)
    more = Policy(world.network, world.mode, world.roots(), 3, 2, 0, False)
    told.tell("a policy that asks for three", "quorum_short", policy=more.encode().decode())


def _wheres(world: World, told: Chapter, base: dict[str, Any], signed: Signed) -> None:
    def tell(name: str, kind: str | None, now: int = world.now, **changes: Any) -> None:
        attested = world.attest(world.alert(**changes), "ana", "bo")
        told.tell(name, kind, bundle=_changes(base, world.bundle(attested)), now=now)

    tell("another network's", "alert_network", network="ab" * 32)
    tell("another mode", "alert_network", mode="actual")
    tell("another roster's", "alert_network", roster="ab" * 32)
    tell("issued before its roster", "roster_dates", issued=world.roster.issued - 1)
    tell("issued in six minutes", "alert_times", issued=world.now + 6 * MINUTE)
    tell("issued in five minutes", None, issued=world.now + 5 * MINUTE)
    told.tell("it stays genuine when it is over", now=world.now + 30 * DAY)
    told.tell("a release without a proof", "log_proof", bundle={"proof": None})
    other = world.log.proof(world.log.append("release", world.attest(world.alert(), "ana", "bo")))
    told.tell("another entry's proof", "log_proof", bundle={"proof": other.encode()})
    stopped = world.log.proof(world.log.append("stop", signed))
    told.tell("logged as a stop", "log_proof", bundle={"proof": stopped.encode()})
    proof = base["proof"]
    told.tell(
        "a checkpoint with another size",
        "log_key",
        bundle={"proof": proof.replace("\n\nlog.example/sereno\n1\n", "\n\nlog.example/sereno\n2\n")},
    )
    told.tell("a proof of another version", "log_proof", bundle={"proof": proof.replace("@v1", "@v2")})
    _forged(world, told, base, signed)
    _witnessed(world, told, base)


def _forged(world: World, told: Chapter, base: dict[str, Any], signed: Signed) -> None:
    """Tell of what a hostile server would have logged without asking anybody."""
    ana, bo = signed.signatures
    for name, kind, forged in (
        ("a signature over other bytes", "signature", replace(signed, signatures=(replace(ana, sig=bo.sig), bo))),
        ("a signer whom the roster lacks", "signer", replace(signed, signatures=(ana, replace(bo, keyid="zzzzzzzz")))),
        ("words that nobody signed", "signature", replace(signed, payload=signed.payload.replace(b"Near", b"Far "))),
    ):
        told.tell(name, kind, bundle=_changes(base, world.bundle(forged)))
    ana, bo = base["alert"]["signatures"]
    told.tell("signatures descend", "shape", bundle={"alert": {**base["alert"], "signatures": [bo, ana]}})
    told.tell("a field that nobody knows", "shape", bundle={"photo": ""})


def _witnessed(world: World, told: Chapter, base: dict[str, Any]) -> None:
    strict = {"policy": Policy(world.network, world.mode, world.roots(), 2, 1, 1, True).encode().decode()}
    patient = {"policy": Policy(world.network, world.mode, world.roots(), 2, 1, 1, False).encode().decode()}
    told.tell("a strict policy asks for a cosigner", "log_witness", **strict)
    told.tell("a patient policy waits for an hour", now=world.now + HOUR, **patient)
    told.tell("a patient policy waits no longer", "log_witness", now=world.now + HOUR + 1, **patient)
    again = world.attest(world.alert(), "ana", "bo")
    told.tell("a cosigner saw it", bundle=_changes(base, world.bundle(again, cosigned=["wit.example"])), **strict)
    early = world.attest(world.alert(issued=world.now - 16 * MINUTE), "ana", "bo")
    told.tell(
        "a cosigner saw it late",
        "log_witness",
        bundle=_changes(base, world.bundle(early, cosigned=["wit.example"])),
        **strict,
    )


def _restores(world: World, told: Chapter, base: dict[str, Any]) -> None:
    first = world.release()
    doubt = world.suspend(first, by="cy")
    carried = [Bundle.decode(doubt.bundle).alert]

    def tell(name: str, kind: str | None, who: Sequence[str], suspensions: Sequence[Signed], **changes: Any) -> None:
        restore = world.attest(world.following(first, [doubt], **changes), *who)
        told.tell(name, kind, bundle=_changes(base, world.bundle(restore, suspensions=suspensions)), now=world.now)

    world.pass_minutes(5)
    tell("a restore answers the suspension it carries", None, ("ana", "bo"), carried)
    tell("who suspended can't restore", "attestation_suspender", ("bo", "cy"), carried)
    tell("it answers something else", "release_bundle", ("ana", "bo"), carried, supersedes=[first.alert.name])
    other = world.release()
    strange = [Bundle.decode(world.suspend(other).bundle).alert]
    tell("it carries another chain's suspension", "release_bundle", ("ana", "bo"), strange)
    stop = world.attest(world.stop("ended", first), "dee")
    told.tell(
        "a stop carries no suspension",
        "release_bundle",
        bundle=_changes(base, world.bundle(stop, suspensions=carried)),
        now=world.now,
    )
    world.pass_minutes(5)
    tell("the suspension has lapsed", "alert_times", ("ana", "bo"), carried)


CHAPTERS: Final = (alerts, bundles)
