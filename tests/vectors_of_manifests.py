"""Vectors of manifests, which only Python reads: `python -m tests.vectors_of_manifests` writes them."""

from __future__ import annotations

import json
from typing import Any, Final

from protocol.encoding import canonical
from protocol.errors import KINDS, Refused
from protocol.manifest import open_manifest, roots_of
from protocol.policy import Policy
from protocol.roster import NO_PREVIOUS
from protocol.signed import Signed, key_id, public_key, sign
from tests.make_vectors import FOLDER, LAYING, Fields, laid_over
from tests.vectors_of_lists import network, text
from tests.world import World
from tests.world_network import together

FILE: Final = FOLDER / "manifest.json"
PAGES: Final = [
    {"face": "check", "path": "/en/check", "name": "c1" * 32},
    {"face": "desk", "path": "/desk-worker.js", "name": "d1" * 32},
    {"face": "desk", "path": "/en", "name": "d2" * 32},
    {"face": "form", "path": "/en", "name": "f1" * 32},
    {"face": "form", "path": "/es", "name": "f2" * 32},
]


def value_of(world: World, **changes: Any) -> Fields:
    """Return the value of a network's first manifest."""
    first = {"v": 1, "network": world.network, "mode": world.mode, "number": 1, "previous": NO_PREVIOUS}
    return {**first, "issued": world.now, "pages": PAGES, **changes}


def signed_by(world: World, *custodians: str, noun: str = "manifest", **changes: Any) -> Signed:
    """Return a manifest signed by these custodians; by the first two in office where none is named."""
    payload = canonical(value_of(world, **changes))
    seeds = [world.secret("root", name) for name in custodians or world.custodians[:2]]
    return together(*(sign(noun, payload, key_id(public_key(seed)), seed) for seed in seeds))


def answer(fields: Fields) -> Fields:
    """Return an account of a checked manifest.  Raises Refused."""
    policy = Policy.decode(fields["policy"].encode("utf-8"))
    roots = roots_of(policy, [Signed.of(one) for one in fields["links"]])
    found = open_manifest(Signed.of(fields["manifest"]), roots, policy)
    pages = [[face, path, name] for (face, path), name in found.pages.items()]
    return {"name": found.name, "number": found.number, "issued": found.issued, "pages": pages}


def stories() -> tuple[Fields, list[tuple[str, str | None, Fields]]]:
    """Return what all vectors share, and of each its name, the kind it is refused with, and its fields."""
    world, other = network(), network(name="elsewhere")
    told: list[tuple[str, str | None, Fields]] = []

    def tell(name: str, kind: str | None, *by: str, **changes: Any) -> None:
        told.append((name, kind, {"manifest": signed_by(world, *by, **changes).value()}))

    tell("two of three roots sign", None)
    tell("all three sign", None, "uma", "val", "wim")
    tell("one root signs", "manifest_signers", "uma")
    tell("a verifier signs along", "signer", "uma", "val", "ana")
    tell("roots of another network", "signer", "xan", "yan")
    tell("another payload type", "payload_type", noun="roster")
    tell("another network's", "manifest_network", network=other.network)
    tell("another mode", "manifest_network", mode="actual")
    tell("the second names the first", None, number=2, previous="ab" * 32)
    tell("the first names one before it", "manifest_chain", previous="ab" * 32)
    tell("the second names none before it", "manifest_chain", number=2)
    tell("pages descend", "manifest", pages=PAGES[::-1])
    tell("a page stands twice", "manifest", pages=[PAGES[0], *PAGES])
    tell("no page of the desk", "manifest", pages=[one for one in PAGES if one["face"] != "desk"])
    tell("no page at all", "shape", pages=[])
    tell("a face that does not exist", "shape", pages=[*PAGES, {**PAGES[-1], "face": "shop"}])
    tell("a path that leads elsewhere", "shape", pages=[*PAGES, {**PAGES[-1], "path": "//evil.example"}])
    tell("a field that nobody knows", "shape", expires=world.now + 1)
    good = signed_by(world).value()
    first, second = good["signatures"]
    forged = {**good, "signatures": [{**first, "sig": second["sig"]}, second]}
    told.append(("a signature over other bytes", "signature", {"manifest": forged}))
    world.hand_over("wim", "xan", "yan")
    links = {"links": [world.signed_roster.value()]}
    told.append(("by new roots, over their link", None, {"manifest": signed_by(world, "xan", "yan").value(), **links}))
    told.append(("by roots that were revoked", "signer", {"manifest": good, **links}))
    told.append(("by new roots, their link kept back", "signer", {"manifest": signed_by(world, "xan", "yan").value()}))
    return {"policy": text(world.policy.encode()), "links": []}, told


def main() -> None:
    """Write the file."""
    shared, told = stories()
    vectors = []
    for name, kind, fields in told:
        vector: Fields = {"name": name, "rule": KINDS[kind].rule if kind else "SPEC 5.8", "kind": kind}
        try:
            vector["found"] = answer(laid_over(shared, fields))
        except Refused as refusal:
            if refusal.kind != kind:
                raise
        vectors.append({**vector, "fields": fields})
    value = {"about": f"Manifests.  {LAYING}", "noun": "manifest", "shared": shared, "vectors": vectors}
    lines = json.dumps(value, ensure_ascii=False, separators=(",", ":")).replace('{"name":"', '\n{"name":"')
    FILE.write_text(lines + "\n", "utf-8")


if __name__ == "__main__":
    main()
