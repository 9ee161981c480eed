"""Vectors of policies, rosters, epoch keys and sets; `tests.make_vectors` writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from protocol.encoding import b64, bech32, canonical, parse, unbech32
from protocol.limits import CERTIFICATION, DAY, HOUR, LENT_LIFE
from protocol.policy import Policy
from protocol.signed import Signed, key_id, public_key, sign
from tests.make_vectors import Chapter
from tests.world import CAST, Person, World

SMALL: Final = b64((1).to_bytes(32, "little"))  # The neutral element: a key under which anything checks.
PEOPLE: Final = (*CAST[:3], *CAST[4:5], *CAST[6:8])  # ana leads, bo, cy; tim a trainee, rae revoked, len lent.


def network(**changes: Any) -> World:
    """Return the network that these vectors tell of."""
    return World(
        **{"verifiers": PEOPLE, "organisations": {"alba": "network", "faro": "network", "luz": "attorney"}, **changes}
    )


def text(data: bytes) -> str:
    """Return a file's bytes as text."""
    return data.decode("utf-8")


def of(world: World) -> dict[str, Any]:
    """Return what every question about a network's lists shares."""
    return {"policy": text(world.policy.encode()), "roster": world.signed_roster.value(), "links": []}


def policies() -> Chapter:
    world = network()
    value: dict[str, Any] = parse(world.policy.encode()[:-1], 10_000)
    roots = value["roots"]
    told = Chapter("policy", "5.1", "Policy files.")
    told.tell("a policy file is canonical JSON and a line feed", policy=text(canonical(value)) + "\n")
    told.tell("the line feed may be missing", policy=text(canonical(value)))
    told.tell("two line feeds are one too many", "not_canonical", policy=text(canonical(value)) + "\n\n")
    told.tell("white space is not canonical", "not_canonical", policy=text(canonical(value)).replace(":", ": "))
    for name, kind, changes in (
        ("more roots must sign than there are", "policy", {"roots": {**roots, "threshold": 4}}),
        ("one root is never enough", "shape", {"roots": {**roots, "threshold": 1}}),
        ("roots ascend", "shape", {"roots": {**roots, "keys": roots["keys"][::-1]}}),
        ("a root of small order", "public_key", {"roots": {**roots, "keys": sorted([SMALL, roots["keys"][0]])}}),
        ("one verifier is never enough", "shape", {"quorum": {"keys": 1, "organisations": 1}}),
        ("a field that nobody knows", "shape", {"override": True}),
        ("a mode that does not exist", "shape", {"mode": "test"}),
        ("strict is true or false, not 1", "shape", {"strict": 1}),
    ):
        told.tell(name, kind, policy=text(canonical({**value, **changes})))
    return told


def _entries(world: World, name: str, **changes: Any) -> list[dict[str, Any]]:
    return [{**one, **changes} if one["id"] == world.id(name) else one for one in world.roster_value()["verifiers"]]


def rosters() -> Chapter:
    world = network(cosigners=("wit.example",))
    told = Chapter(
        "roster", "5.2", "Rosters; `links` are the root changes since the policy.", **of(world), now=world.now
    )

    def tell(name: str, kind: str | None, *custodians: str, now: int = world.now, **changes: Any) -> None:
        value = {**world.roster_value(), "number": 1, "previous": "0" * 64, "issued": world.roster.issued}
        told.tell(name, kind, roster=world.sign_roster({**value, **changes}, *custodians).value(), now=now)

    told.tell("the first roster")
    told.tell("a roster has an end", "roster_dates", now=world.roster.expires)
    told.tell("a roster has a beginning", "roster_dates", now=world.roster.issued - HOUR)
    good = world.signed_roster.value()
    uma, val = good["signatures"]
    forged = {**uma, "sig": val["sig"]}
    told.tell("a root's signature is over other bytes", "signature", roster={"signatures": [forged, val]})
    eve = sign("roster", world.signed_roster.payload, "qqqqqqqq", b"e" * 32).value()["signatures"]
    told.tell(
        "a stranger signs along",
        "signer",
        roster={"signatures": sorted([*eve, uma, val], key=lambda one: one["keyid"])},
    )
    told.tell("another payload type", "payload_type", roster={"payloadType": "application/vnd.sereno.alert.v1+json"})
    others = Policy(world.network, world.mode, world.roots("xan", "yan"), 2, 1, 0, False)
    told.tell("the same roster under a policy that pins other roots", "roster_signers", policy=text(others.encode()))
    tell("all three roots sign", None, "uma", "val", "wim")
    tell("one root signs", "roster_signers", "uma")
    tell("another network's", "roster_network", network="ab" * 32)
    tell("another mode", "roster_network", mode="actual")
    tell("it holds for 31 days", "roster_dates", expires=world.now + 30 * DAY)
    tell("it holds for no time", "roster_dates", expires=world.roster.issued)
    tell("the first roster names one before it", "roster_chain", previous="ab" * 32)
    tell("the second roster names none before it", "roster_chain", number=2)
    tell("a field that nobody knows", "shape", override=[])
    tell("one verifier is never enough", "shape", quorum={"keys": 1, "organisations": 1})
    _contents(world, tell)
    _chains(world, told)
    return told


def _contents(world: World, tell: Callable[..., None]) -> None:
    value = world.roster_value()
    tell("verifiers descend", "roster_content", verifiers=value["verifiers"][::-1])
    tell("a verifier stands twice", "roster_content", verifiers=[value["verifiers"][0], *value["verifiers"]])
    bo = b64(public_key(world.seed("bo")))
    tell("two verifiers share a key", "roster_content", verifiers=_entries(world, "cy", ed25519=bo))
    tell(
        "a verifier has a root's key", "roster_content", verifiers=_entries(world, "cy", ed25519=world.root_key("uma"))
    )
    tell("a key of small order", "public_key", verifiers=_entries(world, "cy", ed25519=SMALL))
    tell("a desk that does not exist", "roster_content", verifiers=_entries(world, "cy", desk="south"))
    tell("an organisation that does not exist", "roster_content", verifiers=_entries(world, "cy", org="nada"))
    tell("a lent verifier comes from elsewhere", None, verifiers=_entries(world, "len", org="nada"))
    late = {"certified_until": value["issued"] + LENT_LIFE + 1}
    tell("lent for more than 30 days", "roster_content", verifiers=_entries(world, "len", **late))
    late = {"certified_until": value["issued"] + CERTIFICATION + 1}
    tell("certified for more than a year", "roster_content", verifiers=_entries(world, "bo", **late))
    tell("a trainee leads", "roster_content", verifiers=_entries(world, "tim", roles=["lead", "trainee"]))
    tell("two organisations and a quorum of one", "roster_content", quorum={"keys": 2, "organisations": 1})
    tell(
        "cosigners descend",
        "roster_content",
        cosigners=[*value["cosigners"], {"name": "abc", "key": world.root_key("x")}],
    )
    alba = [one for one in value["verifiers"] if one["org"] == "alba" or one["roles"] == ["trainee"]]
    tell("a trainee's organisation does not count", None, verifiers=alba, quorum={"keys": 2, "organisations": 1})
    tell("a role that does not exist", "shape", verifiers=_entries(world, "bo", roles=["boss"]))
    crowd = [Person(f"p{number}", "faro") for number in range(33)]
    verifiers = sorted([world.entry(one) for one in crowd], key=lambda one: str(one["id"]))
    tell("33 verifiers of one desk", "roster_content", verifiers=verifiers, quorum={"keys": 2, "organisations": 2})


def _chains(world: World, told: Chapter) -> None:
    first = world.signed_roster
    second = world.sign_roster(world.roster_value())
    told.tell("a roster that skips numbers needs no chain", roster=second.value(), links=[])
    told.tell("a link that changes no root", "roster_chain", roster=second.value(), links=[first.value()])
    world.hand_over("wim", "xan", "yan")
    handed = world.signed_roster
    third = world.sign_roster(world.roster_value())
    told.tell("new roots, signed by old and new ones", roster=handed.value())
    told.tell("a roster of new roots, over the link", roster=third.value(), links=[handed.value()])
    told.tell("a roster of new roots without the link", "roster_signers", roster=third.value())
    old = world.sign_roster({**world.roster_value(), "number": 2, "previous": first.message()})
    told.tell("a roster as old as its link", "roster_chain", roster=old.value(), links=[handed.value()])
    alone = Signed(
        "roster", handed.payload, tuple(one for one in handed.signatures if one.keyid != _root(world, "xan"))
    )
    told.tell("new roots of whom one signed", "roster_signers", roster=alone.value())
    fork = world.sign_roster({**world.roster_value(), "previous": "ab" * 32})
    told.tell("the next number names another roster", "roster_chain", roster=fork.value(), links=[handed.value()])
    told.tell(
        "five root changes", "roster_chain", roster=third.value(), links=[world.sign("roster", b"{}", "bo").value()] * 5
    )


def _root(world: World, custodian: str) -> str:
    return key_id(public_key(world.secret("root", custodian)))


def epoch_keys() -> Chapter:
    world = network()
    good = world.epoch_key("bo")
    value = parse(good.payload, 10_000)
    told = Chapter("epoch-key", "5.3", "Epoch keys.", **of(world), key=good.value())
    told.tell("a verifier signs their own key")
    for name, kind, who, changes in (
        ("somebody else signs it", "epoch_key", ("cy",), {}),
        ("two sign it", "epoch_key", ("bo", "cy"), {}),
        ("another network's", "epoch_key", ("bo",), {"network": "ab" * 32}),
        ("another desk's", "epoch_key", ("bo",), {"desk": "south"}),
        ("milliseconds are no epoch", "shape", ("bo",), {"epoch": 10_000}),
        ("a recipient with a letter changed", "shape", ("bo",), {"age": value["age"][:-1] + "q"}),
        ("a classic recipient", "shape", ("bo",), {"age": "age1" + "q" * 58}),
    ):
        told.tell(name, kind, key=world.sign("epoch-key", canonical({**value, **changes}), *who).value())
    public = unbech32("age1pq", value["age"])
    for name, age in (
        ("a recipient whose ML-KEM half is no key", b"\xff" * 1216),
        ("a recipient whose X25519 half gives everybody the same secret", public[:-32] + bytes(32)),
        ("the same, spelled another way", public[:-32] + bytes.fromhex("ed" + "ff" * 31)),
    ):
        signed = world.sign("epoch-key", canonical({**value, "age": bech32("age1pq", age)}), "bo")
        told.tell(name, "epoch_key", key=signed.value())
    told.tell("a stay is no epoch key", "payload_type", key=world.sign("stay", good.payload, "bo").value())
    told.tell("a stranger signs it", "signer", key=sign("epoch-key", good.payload, "qqqqqqqq", b"e" * 32).value())
    return told


def sets() -> Chapter:
    world = network()
    keys = world.epoch_keys()
    good = world.propose(keys)
    value = parse(good, 10_000)
    told = Chapter(
        "set",
        "5.4",
        "Recipient sets, with the epoch keys sent along.",
        **of(world),
        set=world.sign("set", good, "ana", "bo").value(),
        keys=[key.value() for key in keys],
        now=world.now,
        stays=[],
    )

    def tell(name: str, kind: str | None, *who: str, **changes: Any) -> None:
        told.tell(name, kind, set=world.sign("set", canonical({**value, **changes}), *(who or ("ana", "bo"))).value())

    first, second, *_ = value["members"]
    told.tell("everyone who may receive, signed by two")
    tell("a set of two of them", None, members=[first, second])
    tell("one signs", "set_signers", "ana")
    tell("a trainee signs along", "set_signers", "ana", "bo", "tim")
    tell("a lent verifier signs along", "set_signers", "ana", "bo", "len")
    tell("a revoked verifier signs along", "set_signers", "ana", "bo", "rae")
    tell("a desk that does not exist", "set_members", desk="south")
    tell("another roster's", "set_members", roster="ab" * 32)
    tell("another network's", "set_members", network="ab" * 32)
    tell("another week's", "set_members", epoch=value["epoch"] + 1)
    tell("members descend", "set_members", members=[second, first])
    tell("a member twice", "set_members", members=[first, first])
    tell("a member's key goes under another name", "set_members", members=[{**first, "key": second["key"]}, second])
    tell("a member whose key was not sent along", "set_members", members=[first, {**second, "key": "ab" * 32}])
    tell("one member", "shape", members=[first])
    told.tell("no key was sent along", "set_members", keys=[])
    told.tell("a member is suspended", "set_members", stays=[world.sign_stay("cy", "ana").value()])
    told.tell("a signer is suspended", "set_signers", stays=[world.sign_stay("bo", "ana").value()])
    _pairs(world, told, value)
    return told


def _pairs(world: World, told: Chapter, value: dict[str, Any]) -> None:
    pair = [world.epoch_key("ana"), world.epoch_key("bo")]

    def tell(name: str, kind: str | None, who: Sequence[Signed], *sent: Signed) -> None:
        members = [{"verifier": one.signatures[0].keyid, "key": one.message()} for one in who]
        members.sort(key=lambda one: one["verifier"])
        signed = world.sign("set", canonical({**value, "members": members}), "ana", "bo")
        told.tell(name, kind, set=signed.value(), keys=[one.value() for one in sent])

    lent, double = world.epoch_key("len"), world.epoch_key("bo", age_name="another")
    tell("two members and their keys", None, pair, *pair)
    tell("a lent verifier is never in a set", "set_members", [pair[0], lent], pair[0], lent)
    tell("a member has two keys for one week", "set_members", pair, *pair, double)
    tell("a member has two keys, the other one first", "set_members", pair, double, *pair)


CHAPTERS: Final = (policies, rosters, epoch_keys, sets)
