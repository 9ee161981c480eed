"""Publishing: from a draft to a roster that the threshold of roots has signed and that any checker takes.

`prepare` gives the bytes, `sign_roster` one custodian's signature, `join` puts them together and opens the result with
the checker that everyone else uses; `publish` does the three in a row.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from keys.difference import difference
from keys.draft import DRAFT, FIELDS, Draft
from protocol import limits
from protocol.encoding import canonical, parse, unb64
from protocol.errors import Refused
from protocol.policy import Policy, Roots
from protocol.roster import NO_PREVIOUS, ROSTER, open_roster
from protocol.signed import MAX_SIGNED, Signed, key_id, public_key, sign


def prepare(draft: Draft, previous: Signed | None, policy: Policy, now: int, life: int = limits.ROSTER_LIFE) -> bytes:
    """Return the payload of the roster that a draft becomes, issued `now`, held for `life` seconds.

    `previous` is the roster before it, opened by the caller; None for the network's first.
    Raises Refused: roster_network, roster_dates, and what `require_follows` raises.
    """
    DRAFT(draft, "draft")
    base = NO_PREVIOUS if previous is None else previous.message()
    if draft["base"] != base:
        raise Refused(
            "roster_chain",
            f"The draft was taken from roster {draft['base'][:16]}; the previous roster is {base[:16]}. "
            "Take a new draft from that one: this one may undo what it changed.",
        )
    for name, ours in (("network", policy.network), ("mode", policy.mode)):
        if draft[name] != ours:
            raise Refused("roster_network", f"The draft's {name} is {draft[name]}; the policy's is {ours}.")
    if not 0 < life <= limits.ROSTER_LIFE:
        raise Refused("roster_dates", "A roster must hold for more than 0 and at most 30 days.")
    value = {
        "v": 1,
        "number": 1 if previous is None else previous.read(ROSTER)["number"] + 1,
        "previous": base,
        "issued": now,
        "expires": now + life,
        **{name: draft[name] for name in FIELDS},
    }
    require_follows(previous, value)
    return canonical(value)


def read_payload(payload: bytes) -> Any:
    """Return the value of an unsigned roster's bytes.  Raises as `parse`, and Refused("shape")."""
    value = parse(payload, MAX_SIGNED)
    ROSTER(value, "roster")
    return value


def require_follows(previous: Signed | None, value: Mapping[str, Any]) -> None:
    """Refuse a roster that doesn't follow `previous`, or brings back a key that was revoked.

    Raises Refused: shape, roster_chain, roster_dates, roster_content.
    """
    ROSTER(value, "roster")
    for one in value["verifiers"]:
        if one["id"] != key_id(unb64(one["ed25519"])):
            raise Refused("roster_content", f"Verifier {one['id']} has the key of {key_id(unb64(one['ed25519']))}.")
    if previous is None:
        if value["previous"] != NO_PREVIOUS:
            raise Refused(
                "roster_chain",
                f"Roster {value['number']} follows roster {value['previous'][:16]}, needed to see what changes.",
            )
        return
    old = previous.read(ROSTER)
    if (value["previous"], value["number"]) != (previous.message(), old["number"] + 1):
        raise Refused(
            "roster_chain",
            f"Roster {value['number']} follows {value['previous'][:16]}; the previous one is roster {old['number']}, "
            f"{previous.message()[:16]}.",
        )
    if value["issued"] < old["issued"]:
        raise Refused(
            "roster_dates", f"Roster {value['number']} is issued before roster {old['number']}. Set the clock."
        )
    _require_stays_revoked(old, value)


def _require_stays_revoked(old: Mapping[str, Any], value: Mapping[str, Any]) -> None:
    bounds = {one["id"]: one["revoked_at"] for one in old["verifiers"] if "revoked_at" in one}
    for one in value["verifiers"]:
        bound = bounds.get(one["id"])
        if bound is not None and not ("revoked_at" in one and one["revoked_at"] <= bound):
            raise Refused(
                "roster_content",
                f"Verifier {one['id']} is revoked from log index {bound}; what a revocation took away never counts "
                "again. The person may be enrolled anew with a new key.",
            )


def pinned_roots(policy: Policy, chain: Sequence[Signed]) -> Roots:
    """Return the roots that the last root change of `chain` names; without one, the policy's."""
    return Roots.of(chain[-1].read(ROSTER)["roots"]) if chain else policy.roots


def next_chain(previous: Signed | None, chain: Sequence[Signed], policy: Policy) -> tuple[Signed, ...]:
    """Return the root changes up to and with `previous`, as the roster after it needs them."""
    if previous is None or Roots.of(previous.read(ROSTER)["roots"]) == pinned_roots(policy, chain):
        return tuple(chain)
    return (*chain, previous)


def sign_roster(payload: bytes, seed: bytes, policy: Policy, chain: Sequence[Signed] = ()) -> Signed:
    """Return the roster signed by one root.  Raises Refused: shape, roster_network, signer (a root of neither set)."""
    value = read_payload(payload)
    for name, ours in (("network", policy.network), ("mode", policy.mode)):
        if value[name] != ours:
            raise Refused("roster_network", f"The roster's {name} is {value[name]}; the policy's is {ours}.")
    keyid = key_id(public_key(seed))
    if keyid not in pinned_roots(policy, chain).by_id() | Roots.of(value["roots"]).by_id():
        raise Refused("signer", f"{keyid} is neither among the network's roots nor among those the roster names.")
    return sign("roster", payload, keyid, seed)


def join(parts: Sequence[Signed], previous: Signed | None, policy: Policy, chain: Sequence[Signed] = ()) -> Signed:
    """Return one roster with the signatures of all parts, opened as every checker will open it.

    Raises Refused: signature (the parts are different rosters), roster_signers (a custodian missing, or one twice),
    and what `open_roster` and `require_follows` raise.
    """
    if previous is not None:
        open_roster(previous, chain, policy)
    seen: set[str] = set()
    for part in parts:
        if part.noun != "roster":
            raise Refused("payload_type", f"A signed roster is needed; this is a signed {part.noun}.")
        if part.payload != parts[0].payload:
            raise Refused("signature", "\n".join(["The custodians signed different rosters:", *_apart(parts[0], part)]))
        for one in part.signatures:
            if one.keyid in seen:
                raise Refused("roster_signers", f"{one.keyid} signed twice; another custodian has to sign.")
            seen.add(one.keyid)
    signed = reduce(Signed.joined, parts)
    open_roster(signed, next_chain(previous, chain, policy), policy)
    require_follows(previous, signed.read(ROSTER))
    return signed


def _apart(one: Signed, other: Signed) -> list[str]:
    """Return what tells two rosters apart; their signatures count for nothing here."""
    return [f"  {line}" for line in difference(one.read(ROSTER), other.read(ROSTER))[1:]]


def publish(
    draft: Draft,
    previous: Signed | None,
    policy: Policy,
    seeds: Sequence[bytes],
    now: int,
    chain: Sequence[Signed] = (),
) -> Signed:
    """Return the signed roster of a draft.

    `seeds` are those of enough roots, of the old and of the new where they change;
    `chain` holds the root changes between the policy and `previous`.  Raises as `prepare`, `sign_roster` and `join`.
    """
    payload = prepare(draft, previous, policy, now)
    after = next_chain(previous, chain, policy)
    return join([sign_roster(payload, seed, policy, after) for seed in seeds], previous, policy, chain)


def renew_policy(policy: Policy, roster: Signed, chain: Sequence[Signed] = ()) -> Policy:
    """Return the policy with the roots that a roster names, for new holders: the network keeps its name.

    Raises as `open_roster`.
    """
    opened = open_roster(roster, chain, policy)
    return Policy(
        policy.network, policy.mode, opened.roots, policy.keys, policy.organisations, policy.cosigners, policy.strict
    )
