"""The roster: the root-signed list of who may do what, with which key, until when.  SPEC 5.2.

A `Roster` exists only by being checked against a `Policy`, over the root changes between the two.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from protocol import limits
from protocol.encoding import unb64
from protocol.errors import Refused
from protocol.policy import MODE, QUORUM, ROOTS, Policy, Roots
from protocol.shape import (
    CODE,
    ID,
    SHA256,
    TIME,
    base64,
    exactly,
    integer,
    list_of,
    matching,
    one_of,
    record,
    sorted_set_of,
)
from protocol.signed import Signed, admit_key

ORIGIN: Final = matching(r"[a-z0-9][a-z0-9./-]{2,127}", "a log origin such as log.example.org/sereno")
ORGANISATION_ROLES: Final = ("attorney", "network", "responder")
ROLES: Final = ("examiner", "lead", "lent", "senior", "trainee")

ROSTER: Final = record(
    {
        "v": exactly(1),
        "network": SHA256,
        "mode": MODE,
        "number": integer(1),
        "previous": SHA256,
        "issued": TIME,
        "expires": TIME,
        "roots": ROOTS,
        "quorum": QUORUM,
        "desks": list_of(record({"id": CODE, "minimum": integer(2, 32), "zones": sorted_set_of(CODE, 64, 1)}), 64, 1),
        "verifiers": list_of(
            record(
                {
                    "id": ID,
                    "org": CODE,
                    "desk": CODE,
                    "roles": sorted_set_of(one_of(*ROLES), 5),
                    "ed25519": base64(32),
                    "certified_until": TIME,
                },
                {"revoked_at": integer(0)},
            ),
            1000,
            2,
        ),
        "organisations": list_of(
            record({"id": CODE, "role": one_of(*ORGANISATION_ROLES), "age": SHA256, "ed25519": base64(32)}),
            256,
            1,
        ),
        "log": record({"origin": ORIGIN, "key": base64(32)}),
        "cosigners": list_of(record({"name": ORIGIN, "key": base64(32)}), 16),
    }
)

NO_PREVIOUS: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class Verifier:
    """One verifier's entry.  `revoked_at` is the log index from which the key no longer counts."""

    id: str
    org: str
    desk: str
    roles: frozenset[str]
    key: bytes
    certified_until: int
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation's entry.  `age` is the SHA-256 of its age recipient, which travels beside the roster."""

    id: str
    role: str
    age: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk: the least number of verifiers in its sets, and its zones."""

    id: str
    minimum: int
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Roster:
    """A roster whose signatures and content were checked.  Made only by `open_roster`."""

    name: str
    network: str
    mode: str
    number: int
    previous: str
    issued: int
    expires: int
    roots: Roots
    keys: int
    organisations_needed: int
    desks: Mapping[str, Desk]
    verifiers: Mapping[str, Verifier]
    organisations: Mapping[str, Organisation]
    log_origin: str
    log_key: bytes
    cosigners: Mapping[str, bytes] = field(default_factory=dict)

    def verifier_keys(self, desk: str | None = None) -> dict[str, bytes]:
        """Return the signing keys by verifier id, of one desk where it is given."""
        return {one.id: one.key for one in self.verifiers.values() if desk in (None, one.desk)}

    def attorneys(self) -> tuple[Organisation, ...]:
        """Return the organisations that read the legal part, in the roster's order; at most four."""
        found = [one for one in self.organisations.values() if one.role == "attorney"]
        return tuple(found[: limits.LEGAL_STANZAS])

    def require_current(self, now: int) -> None:
        """Raise Refused("roster_dates") unless `now` lies inside the roster's dates."""
        if not self.issued - limits.CLOCK_SKEW <= now < self.expires:
            raise Refused(
                "roster_dates",
                f"Roster {self.number} holds from {self.issued} to {self.expires}; the time is {now}. "
                "The custodians have to publish the next roster.",
            )

    def require_follows(self, older: Roster) -> None:
        """Raise Refused("roster_chain") unless this roster may take the place of `older`: a fork may not."""
        if self.name != older.name:
            _require_follows(self.number, self.previous, older.number, older.name)


def open_roster(signed: Signed, chain: Sequence[Signed], policy: Policy) -> Roster:
    """Return the checked roster of `signed`, reached from the policy's roots over `chain`, the root changes between.

    Each link, and the roster itself, needs the threshold of the roots before it; one that changes the roots needs the
    threshold of the new ones too.  Raises Refused: payload_type, signer, signature, roster_signers, roster_network,
    roster_chain, roster_dates, roster_content, public_key.
    """
    return _open_roster(signed, tuple(chain), policy)


@lru_cache(maxsize=32)
def _open_roster(signed: Signed, chain: tuple[Signed, ...], policy: Policy) -> Roster:
    if len(chain) > limits.ROOT_LINKS:
        raise Refused(
            "roster_chain",
            f"The roster is {len(chain)} root changes away from the policy's roots; {limits.ROOT_LINKS} are followed. "
            "A newer policy file is needed.",
        )
    roots, number, name = policy.roots, 0, NO_PREVIOUS
    for link in chain:
        value = _check_link(link, roots, policy)
        _require_follows(value["number"], value["previous"], number, name)
        if Roots.of(value["roots"]) == roots:
            raise Refused("roster_chain", f"Roster {value['number']} stands in the chain but changes no root.")
        roots, number, name = Roots.of(value["roots"]), value["number"], link.message()
    value = _check_link(signed, roots, policy)
    _require_follows(value["number"], value["previous"], number, name)
    return _content(signed, value)


def _require_follows(number: int, previous: str, old_number: int, old_name: str) -> None:
    if number <= old_number:
        raise Refused("roster_chain", f"Roster {number} follows roster {old_number}; numbers must rise.")
    if (number == 1) != (previous == NO_PREVIOUS):
        raise Refused("roster_chain", f"Roster {number} names {previous[:16]} before it; only the first names nothing.")
    if number == old_number + 1 and previous != old_name:
        raise Refused(
            "roster_chain", f"Roster {number} names {previous[:16]} before it; roster {old_number} is {old_name[:16]}."
        )


def _check_link(signed: Signed, roots: Roots, policy: Policy) -> Any:
    """Return a link's value once the roots before it, and its own where they differ, have signed."""
    old = roots.by_id()
    known = tuple(one for one in signed.signatures if one.keyid in old)
    if len(known) < roots.threshold:
        raise Refused(
            "roster_signers",
            f"{len(known)} of the pinned roots signed this roster; {roots.threshold} are needed.",
        )
    Signed(signed.noun, signed.payload, known).check("roster", old)
    value = signed.read(ROSTER)
    new = Roots.of(value["roots"])
    signers = signed.check("roster", {**old, **new.by_id()})
    fresh = [one for one in signers if one in new.by_id()]
    if len(fresh) < new.threshold:
        raise Refused(
            "roster_signers",
            f"{len(fresh)} of the roots that roster {value['number']} names signed it; {new.threshold} are needed.",
        )
    for name, ours in (("network", policy.network), ("mode", policy.mode)):
        if value[name] != ours:
            raise Refused("roster_network", f"The roster's {name} is {value[name]}; the policy's is {ours}.")
    return value


def _content(signed: Signed, value: Mapping[str, Any]) -> Roster:
    if not value["issued"] < value["expires"] <= value["issued"] + limits.ROSTER_LIFE:
        raise Refused("roster_dates", f"Roster {value['number']} must hold for more than 0 and at most 30 days.")
    desks = {one["id"]: Desk(one["id"], one["minimum"], tuple(one["zones"])) for one in value["desks"]}
    organisations = {
        one["id"]: Organisation(one["id"], one["role"], one["age"], admit_key(unb64(one["ed25519"], 32)))
        for one in value["organisations"]
    }
    verifiers = {one["id"]: _verifier(one) for one in value["verifiers"]}
    roster = Roster(
        name=signed.message(),
        network=value["network"],
        mode=value["mode"],
        number=value["number"],
        previous=value["previous"],
        issued=value["issued"],
        expires=value["expires"],
        roots=Roots.of(value["roots"]),
        keys=value["quorum"]["keys"],
        organisations_needed=value["quorum"]["organisations"],
        desks=MappingProxyType(desks),
        verifiers=MappingProxyType(verifiers),
        organisations=MappingProxyType(organisations),
        log_origin=value["log"]["origin"],
        log_key=admit_key(unb64(value["log"]["key"], 32)),
        cosigners=MappingProxyType({one["name"]: admit_key(unb64(one["key"], 32)) for one in value["cosigners"]}),
    )
    _check_content(roster, value)
    return roster


def _verifier(value: Mapping[str, Any]) -> Verifier:
    return Verifier(
        id=value["id"],
        org=value["org"],
        desk=value["desk"],
        roles=frozenset(value["roles"]),
        key=admit_key(unb64(value["ed25519"], 32)),
        certified_until=value["certified_until"],
        revoked_at=value.get("revoked_at"),
    )


def _check_content(roster: Roster, value: Mapping[str, Any]) -> None:
    for name in ("desks", "verifiers", "organisations"):
        ids = [one["id"] for one in value[name]]
        if ids != sorted(set(ids)):
            raise Refused("roster_content", f"The roster's {name} must ascend by id with no id twice.")
    if [one["name"] for one in value["cosigners"]] != sorted(roster.cosigners):
        raise Refused("roster_content", "The roster's cosigners must ascend by name with no name twice.")
    keys = [one.key for one in roster.verifiers.values()] + [one.key for one in roster.organisations.values()]
    keys += [unb64(key) for key in roster.roots.keys] + [roster.log_key] + list(roster.cosigners.values())
    if len(set(keys)) != len(keys):
        raise Refused("roster_content", "One key stands in the roster twice; every role has a key of its own.")
    for one in roster.verifiers.values():
        _check_verifier(one, roster)
    home = Counter(one.desk for one in roster.verifiers.values() if one.revoked_at is None and "lent" not in one.roles)
    for desk, count in home.items():
        if count > limits.MAX_MEMBERS:
            raise Refused("roster_content", f"Desk {desk} has {count} verifiers; a set holds {limits.MAX_MEMBERS}.")
    active = {one.org for one in roster.verifiers.values() if one.revoked_at is None and "trainee" not in one.roles}
    if len(active) >= 2 > roster.organisations_needed:
        raise Refused(
            "roster_content",
            f"The verifiers come from {len(active)} organisations; the quorum must ask for at least 2, not 1.",
        )


def _check_verifier(one: Verifier, roster: Roster) -> None:
    if one.desk not in roster.desks or (one.org not in roster.organisations and "lent" not in one.roles):
        raise Refused("roster_content", f"Verifier {one.id} is of desk {one.desk} and {one.org}; the roster lacks one.")
    life = limits.LENT_LIFE if "lent" in one.roles else limits.CERTIFICATION
    if one.certified_until > roster.issued + life:
        raise Refused("roster_content", f"Verifier {one.id} is certified for longer than {life // limits.DAY} days.")
    if "trainee" in one.roles and (roster.mode == "actual" or "lead" in one.roles):
        raise Refused("roster_content", f"Verifier {one.id} is a trainee: on exercise networks only, and never a lead.")
