"""Manifests: from a checkout's list of pages to a manifest that the threshold of roots has signed.  SPEC 5.8.

Each custodian makes the list on a machine of their own and signs only what came out the same.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from keys.dates import say
from protocol import limits
from protocol.encoding import canonical
from protocol.errors import Refused
from protocol.manifest import (
    Place,
    decode_listing,
    open_manifest,
    read_manifest,
    require_follows,
    require_network,
)
from protocol.policy import Policy, Roots
from protocol.roster import NO_PREVIOUS
from protocol.signed import Signed, key_id, public_key, sign


def prepare(listed: bytes, previous: Signed | None, policy: Policy, now: int) -> bytes:
    """Return the payload of the manifest that a list becomes, after `previous`, which the caller has checked.

    Raises Refused: manifest_network, manifest, and as `decode_listing`.
    """
    value = decode_listing(listed, policy)
    number = 1 if previous is None else read_manifest(previous.payload)["number"] + 1
    before = NO_PREVIOUS if previous is None else previous.message()
    payload = canonical({**value, "number": number, "previous": before, "issued": now})
    read_manifest(payload)
    return payload


def require_next(payload: bytes, previous: Signed | None, policy: Policy, now: int) -> None:
    """Refuse bytes that are no manifest of this network, signed now, right after `previous`.

    Raises Refused: shape, manifest, manifest_network, manifest_chain.
    """
    value = read_manifest(payload)
    require_network(value, policy)
    if previous is None and value["number"] > 1:
        raise Refused(
            "manifest_chain",
            f"Manifest {value['number']} follows {value['previous'][:16]}, needed to see what changes.",
        )
    if previous is not None:
        old = read_manifest(previous.payload)["number"]
        require_follows(value["number"], value["previous"], old, previous.message())
        if value["number"] != old + 1:
            raise Refused("manifest_chain", f"Manifest {value['number']} is not the one after {old}.")
    if not now - limits.ROSTER_LIFE <= value["issued"] <= now + limits.DAY:
        raise Refused(
            "manifest_chain",
            f"The manifest was prepared on {say(value['issued'])}; this machine's clock says {say(now)}. "
            "Set the clock, or prepare it again.",
        )


def require_same(payload: bytes, listed: bytes, policy: Policy) -> None:
    """Raise Refused("manifest") where a custodian's own list is not the one to be signed; it names every page."""
    theirs, mine = _names(read_manifest(payload)), _names(decode_listing(listed, policy))
    apart = sorted(place for place in {**theirs, **mine} if theirs.get(place) != mine.get(place))
    if apart:
        named = ", ".join(" ".join(place) for place in apart)
        raise Refused(
            "manifest",
            f"Your machine makes other pages than the ones to be signed: {named}. Compare checkout, policy and face; "
            "sign nothing until both machines make the same.",
        )


def previous_roots(previous: Signed, policy: Policy, sets: Sequence[Roots]) -> None:
    """Refuse a previous manifest that none of these root sets has signed.  Raises as `open_manifest`."""
    for count, roots in enumerate(sets, 1):
        try:
            open_manifest(previous, roots, policy)
            return
        except Refused:
            if count == len(sets):
                raise


def changes(previous: Signed | None, payload: bytes) -> list[str]:
    """Return what a manifest changes, a sentence for each page; the pages that stay the same are counted."""
    value = read_manifest(payload)
    new = _names(value)
    old = {} if previous is None else _names(read_manifest(previous.payload))
    head = f"Manifest {value['number']} of {len(new)} pages, {value['mode']}, of {say(value['issued'])}"
    lines = [f"{head}." if previous is None else f"{head}, after manifest {value['number'] - 1}:"]
    for place in sorted({**old, **new}):
        said = " ".join(place)
        if place not in old:
            lines.append(f"  new      {said}  {new[place][:16]}")
        elif place not in new:
            lines.append(f"  gone     {said}: visitors will be told that it is not the network's any more")
        elif old[place] != new[place]:
            lines.append(f"  changed  {said}  {new[place][:16]}, was {old[place][:16]}")
    same = sum(old.get(place) == name for place, name in new.items())
    return [*lines, f"  {same} pages stay as they are."]


def sign_manifest(payload: bytes, seed: bytes, policy: Policy, roots: Roots) -> Signed:
    """Return the manifest signed by one root.  Raises Refused: shape, manifest_network, signer."""
    require_network(read_manifest(payload), policy)
    keyid = key_id(public_key(seed))
    if keyid not in roots.by_id():
        raise Refused("signer", f"{keyid} is not among the network's roots that are in force.")
    return sign("manifest", payload, keyid, seed)


def join(parts: Sequence[Signed], policy: Policy, roots: Roots) -> Signed:
    """Return one manifest with the signatures of all parts, opened as everyone will open it.

    Raises Refused: signature (the parts are different manifests), manifest_signers (a custodian missing, or one
    twice), and as `open_manifest`.
    """
    seen = [one.keyid for part in parts for one in part.signatures]
    twice = sorted({keyid for keyid in seen if seen.count(keyid) > 1})
    if twice:
        raise Refused("manifest_signers", f"{twice[0]} signed twice; another custodian has to sign.")
    signed = reduce(Signed.joined, parts)
    open_manifest(signed, roots, policy)
    return signed


def _names(value: Mapping[str, Any]) -> dict[Place, str]:
    return {(one["face"], one["path"]): one["name"] for one in value["pages"]}
