"""Publishing: from a draft to a roster that the threshold of roots has signed and that any checker takes.

`prepare` gives the bytes, `sign_roster` one custodian's signature, `join` puts them together and opens the result with
the checker that everyone else uses; `publish` does the three in a row.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from keys.dates import say
from keys.difference import difference
from keys.draft import DRAFT, FIELDS, Draft
from protocol import limits
from protocol.encoding import canonical, parse, unb64
from protocol.errors import Refused
from protocol.policy import Policy, Roots
from protocol.roster import NO_PREVIOUS, ROSTER, open_roster
from protocol.signed import MAX_SIGNED, Signed, key_id, public_key, sign
from protocol.sixwords import fingerprint_words


def prepare(
    draft: Draft,
    previous: Signed | None,
    policy: Policy,
    now: int,
    life: int = limits.ROSTER_LIFE,
    *,
    ahead: bool = False,
) -> bytes:
    """Return the payload of the roster that a draft becomes, held for `life` seconds.

    It begins `now`; one that is signed `ahead` begins a day before `previous` ends, so that desks can sign new sets.
    `previous` is the roster before it, opened by the caller; None for the network's first.
    Raises Refused: roster_network, roster_dates, and what `require_follows` raises.
    """
    base = NO_PREVIOUS if previous is None else previous.message()
    _require_draft(draft, base, policy)
    if not 0 < life <= limits.ROSTER_LIFE:
        raise Refused("roster_dates", "A roster must hold for more than 0 and at most 30 days.")
    old = None if previous is None else previous.read(ROSTER)
    begins = now if old is None or not ahead else max(now, old["expires"] - limits.ROSTER_OVERLAP)
    value = {
        "v": 1,
        "number": 1 if old is None else old["number"] + 1,
        "previous": base,
        "issued": begins,
        "expires": begins + life,
        **{name: draft[name] for name in FIELDS},
    }
    require_follows(previous, value)
    require_near(value, now)
    return canonical(value)


def _require_draft(draft: Draft, base: str, policy: Policy) -> None:
    DRAFT(draft, "draft")
    if draft["base"] != base:
        raise Refused(
            "roster_chain",
            f"The draft was taken from roster {draft['base'][:16]}; the previous roster is {base[:16]}. "
            "Take a new draft from that one: this one may undo what it changed.",
        )
    for name, ours in (("network", policy.network), ("mode", policy.mode)):
        if draft[name] != ours:
            raise Refused("roster_network", f"The draft's {name} is {draft[name]}; the policy's is {ours}.")


def require_near(value: Mapping[str, Any], now: int) -> None:
    """Raise Refused("roster_dates") for a roster that is over, or begins more than three periods ahead of `now`."""
    if not now < value["expires"]:
        raise Refused(
            "roster_dates",
            f"Roster {value['number']} ended at {say(value['expires'])}; this machine's clock says {say(now)}. "
            "Set the clock, or prepare the roster again.",
        )
    ahead = limits.ROSTERS_AHEAD * limits.ROSTER_LIFE
    if value["issued"] > now + ahead:
        raise Refused(
            "roster_dates",
            f"Roster {value['number']} begins at {say(value['issued'])}; this machine's clock says {say(now)}, and "
            f"rosters are signed at most {ahead // limits.DAY} days ahead. Set the clock, or wait.",
        )


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
    _require_stays_revoked(old, value)


def _require_stays_revoked(old: Mapping[str, Any], value: Mapping[str, Any]) -> None:
    bounds = {one["id"]: one["revoked_at"] for one in old["verifiers"] if "revoked_at" in one}
    here = {one["id"] for one in value["verifiers"]}
    for one in old["verifiers"]:
        if one["id"] in bounds and one["id"] not in here and value["issued"] < one["certified_until"]:
            raise Refused(
                "roster_content",
                f"Verifier {one['id']} is revoked and has to stay on the roster, as revoked, until their certification "
                f"would have ended: {say(one['certified_until'])}. Left out, their signatures would count.",
            )
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
            raise Refused("signature", "\n".join(_apart(parts[0], part)))
        for one in part.signatures:
            if one.keyid in seen:
                raise Refused("roster_signers", f"{one.keyid} signed twice; another custodian has to sign.")
            seen.add(one.keyid)
    signed = reduce(Signed.joined, parts)
    open_roster(signed, next_chain(previous, chain, policy), policy)
    require_follows(previous, signed.read(ROSTER))
    return signed


def _apart(one: Signed, other: Signed) -> list[str]:
    """Return who signed which of two rosters, and what tells them apart; their signatures count for nothing here."""
    sides = [
        f"  {' and '.join(each.keyid for each in side.signatures)} signed: {fingerprint_words(side.payload)}"
        for side in (one, other)
    ]
    apart = [f"  {line}" for line in difference(one.read(ROSTER), other.read(ROSTER))[1:]]
    return ["The custodians signed different rosters:", *sides, "The second against the first:", *apart]


def publish(
    draft: Draft,
    previous: Signed | None,
    policy: Policy,
    seeds: Sequence[bytes],
    now: int,
    chain: Sequence[Signed] = (),
    *,
    ahead: bool = False,
) -> Signed:
    """Return the signed roster of a draft, begun `now` or, signed `ahead`, before `previous` ends.

    `seeds` are those of enough roots, of the old and of the new where they change;
    `chain` holds the root changes between the policy and `previous`.  Raises as `prepare`, `sign_roster` and `join`.
    """
    payload = prepare(draft, previous, policy, now, ahead=ahead)
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
