"""Enrolment: who comes onto the draft of a roster, who leaves it, and whose key no longer counts.

Every function takes a draft and returns a new one; nothing holds until a roster is published from it.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from keys.ceremony import root_set
from keys.dates import say
from keys.draft import DRAFT, Draft
from keys.known import Known, known_roster, require_unused
from keys.request import Request
from protocol import limits
from protocol.encoding import b64, fingerprint, unb64
from protocol.errors import Refused


def enrol(
    draft: Draft,
    request: Request,
    *,
    org: str,
    desk: str,
    until: int,
    now: int,
    roles: Iterable[str] = (),
    known: Iterable[Known] = (),
) -> Draft:
    """Return the draft with a verifier added under the id of their key, certified to `until` (Unix seconds).

    Raises Refused: shape (no verifier's request), roster_network, roster_content (desk, organisation, role, dates),
    public_key (the key is in the draft, or listed by another network).
    """
    _require_fits(draft, request, "verifier")
    require_new(draft, [fingerprint(request.public)], known)
    for name, given in (("desk", desk), ("org", org)):
        if request.value.get(name, given) != given:
            raise Refused(
                "roster_content",
                f"{request.id} asks for {name} {request.value[name]} and is being enrolled for {given}. "
                "Ask the person, and let them make a new request if they mean another.",
            )
    entry: dict[str, Any] = {
        "id": request.id,
        "org": org,
        "desk": desk,
        "roles": sorted(set(roles)),
        "ed25519": b64(request.public),
        "certified_until": until,
    }
    _require_place(draft, entry, now)
    return _with(draft, "verifiers", entry)


def admit(draft: Draft, request: Request, known: Iterable[Known] = ()) -> Draft:
    """Return the draft with an organisation added; the roster holds the SHA-256 of its age recipient.

    Raises Refused: shape (no organisation's request), roster_network, roster_content, public_key.
    """
    _require_fits(draft, request, "organisation")
    age = fingerprint(request.value["age"].encode("ascii"))
    require_new(draft, [fingerprint(request.public), age], known)
    code = request.value["id"]
    entry = {"id": code, "role": request.value["role"], "age": age, "ed25519": b64(request.public)}
    return _with(draft, "organisations", entry)


def renew(draft: Draft, verifier: str, request: Request, *, until: int, now: int, known: Iterable[Known] = ()) -> Draft:
    """Return the draft with a verifier certified anew: a new key under a new id, in the old one's place.

    One person stands there once, or would count twice.  Raises as `enrol`, and Refused: roster_content (an unknown id,
    or a revoked one), public_key (the same key again).
    """
    old = _find(draft, verifier)
    if "revoked_at" in old:
        raise Refused("roster_content", f"{verifier} is revoked and stays on the roster so. Enrol the person anew.")
    if request.id == verifier:
        raise Refused("public_key", f"{verifier} is renewed with a new key, and so a new id: ask for a new request.")
    place = {"org": old["org"], "desk": old["desk"], "roles": old["roles"]}
    return enrol(remove(draft, verifier), request, **place, until=until, now=now, known=known)


def revoke(draft: Draft, verifier: str, index: int) -> Draft:
    """Return the draft with a verifier revoked: what the log holds from `index` on no longer counts for their key.

    Raises Refused("roster_content") for an unknown id, and for an index above one that was given before.
    """
    new = deepcopy(draft)
    entry = _find(new, verifier)
    if entry.get("revoked_at", index) < index:
        raise Refused(
            "roster_content",
            f"{verifier} is revoked from log index {entry['revoked_at']}; {index} would make what lies between count.",
        )
    entry["revoked_at"] = index
    DRAFT(new, "draft")
    return new


def remove(draft: Draft, verifier: str) -> Draft:
    """Return the draft without a verifier.  Raises Refused("roster_content") for an unknown id."""
    _find(draft, verifier)
    return {**deepcopy(draft), "verifiers": [deepcopy(one) for one in draft["verifiers"] if one["id"] != verifier]}


def change_roots(draft: Draft, publics: Sequence[bytes], threshold: int, known: Iterable[Known] = ()) -> Draft:
    """Return the draft with other roots; both the old and the new ones have to sign.  Raises as `root_set`."""
    roots = root_set(publics, threshold, known, draft["network"])
    kept = set(draft["roots"]["keys"])
    fresh = [fingerprint(unb64(key)) for key in roots.keys if key not in kept]
    require_new(draft, fresh, ())
    return {**deepcopy(draft), "roots": roots.value()}


def _find(draft: Draft, verifier: str) -> dict[str, Any]:
    for one in draft["verifiers"]:
        if one["id"] == verifier:
            entry: dict[str, Any] = one
            return entry
    raise Refused("roster_content", f"The draft has no verifier {verifier}.")


def _require_fits(draft: Draft, request: Request, kind: str) -> None:
    if request.kind != kind:
        raise Refused("shape", f"The request of one {kind} is needed; this is one of kind {request.kind}.")
    if request.value["network"] != draft["network"]:
        raise Refused(
            "roster_network",
            f"The request is for network {request.value['network'][:16]}; the draft's is {draft['network'][:16]}. "
            "It has to be made again with this network's policy file.",
        )


def require_new(draft: Draft, hashes: Sequence[str], known: Iterable[Known]) -> None:
    """Raise Refused("public_key") if one of these keys (SHA-256, hexadecimal) is in the draft or another network's."""
    cosigners = {fingerprint(unb64(one["key"])) for one in draft["cosigners"]}
    for name in hashes:
        if name in known_roster(draft).keys | cosigners:
            raise Refused("public_key", f"The key {name[:16]} stands in the draft already; every role has its own.")
    require_unused(hashes, draft["network"], known)


def _require_place(draft: Draft, entry: dict[str, Any], now: int) -> None:
    """Refuse now what `open_roster` would refuse after two custodians had signed."""
    lent, trainee = "lent" in entry["roles"], "trainee" in entry["roles"]
    if entry["desk"] not in {one["id"] for one in draft["desks"]}:
        raise Refused("roster_content", f"The draft has no desk {entry['desk']}.")
    if not lent and entry["org"] not in {one["id"] for one in draft["organisations"]}:
        raise Refused(
            "roster_content",
            f"The draft has no organisation {entry['org']}: admit it first. Only a lent verifier is of a neighbour's.",
        )
    if trainee and (draft["mode"] == "actual" or "lead" in entry["roles"]):
        raise Refused("roster_content", "A trainee is on exercise networks only, and never a lead.")
    life = limits.LENT_LIFE if lent else limits.CERTIFICATION
    if not now < entry["certified_until"] <= now + life:
        raise Refused(
            "roster_content",
            f"{entry['id']} would be certified to {say(entry['certified_until'])}; it must be later than now and at "
            f"most {life // limits.DAY} days ahead, that is {say(now + life)}.",
        )


def _with(draft: Draft, name: str, entry: dict[str, Any]) -> Draft:
    if entry["id"] in {one["id"] for one in draft[name]}:
        raise Refused("roster_content", f"{entry['id']} is among the draft's {name} already.")
    new = {**deepcopy(draft), name: sorted([*deepcopy(draft[name]), entry], key=lambda one: str(one["id"]))}
    DRAFT(new, "draft")
    return new
