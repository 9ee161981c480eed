"""A network in memory: a clock, people, custodians, rosters, a log.  The first of three layers; see `tests.world`.

Every key is real and follows from the network's name, so that a story that fails can be told again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from protocol import age
from protocol.encoding import b64, canonical, fingerprint, sha256
from protocol.limits import DAY, HOUR, MINUTE, QUARTER
from protocol.policy import Policy, Roots, network_id
from protocol.release import Knowledge
from protocol.roster import NO_PREVIOUS, Roster, open_roster
from protocol.signed import Signed, key_id, public_key, sign
from protocol.stay import Stay, open_stay
from tests.world_log import Log

NOW: Final = 1_795_446_000  # A Monday afternoon.


@dataclass(frozen=True, slots=True)
class Person:
    """A verifier as a story tells of one; `certified_for` counts seconds from the world's first moment."""

    name: str
    org: str
    roles: tuple[str, ...] = ()
    certified_for: int = 180 * DAY
    revoked_at: int | None = None
    desk: str = "north"


# Four who may do everything (ana leads), and one for each way not to count.
CAST: Final = (
    Person("ana", "alba", ("lead",)),
    Person("bo", "faro"),
    Person("cy", "alba"),
    Person("dee", "faro"),
    Person("tim", "faro", ("trainee",)),
    Person("lou", "faro", certified_for=-HOUR),  # Lapsed.
    Person("rae", "faro", revoked_at=0),  # Revoked before the log's first entry.
    Person("len", "vela", ("lent",), certified_for=20 * DAY),  # A neighbouring network's.
)
ORGANISATIONS: Final = {"alba": "network", "faro": "network", "luz": "attorney", "ola": "responder"}
CUSTODIANS: Final = ("uma", "val", "wim")
LOG_ORIGIN: Final = "log.example/sereno"


@cache
def secret(*names: str) -> bytes:
    """Return the 32-byte seed of what these names stand for."""
    return sha256("/".join(("sereno tests", *names)).encode())


@cache
def identity(*names: str) -> age.Identity:
    """Return the X-Wing identity of what these names stand for."""
    return age.Identity(secret("age", *names))


@cache
def recipient(*names: str) -> str:
    """Return the recipient of `identity`: expanding a seed costs a millisecond, and stories need many."""
    return identity(*names).recipient


def together(*signed: Signed) -> Signed:
    """Return one object with the signatures of all: they are over the same bytes."""
    first, *others = signed
    for other in others:
        first = first.joined(other)
    return first


class Network:
    """People, custodians and what they sign; `roster` and `chain` are what the custodians published last."""

    def __init__(
        self,
        now: int = NOW,
        verifiers: Sequence[Person] = CAST,
        organisations: Mapping[str, str] = ORGANISATIONS,
        quorum: tuple[int, int] = (2, 2),
        mode: str = "exercise",
        name: str = "alder",
        cosigners: Sequence[str] = (),
        strict: bool = False,
    ) -> None:
        self.name = name
        self.mode = mode
        self.now = self.began = now
        self.cast = {one.name: one for one in verifiers}
        self.offices = dict(organisations)
        self.quorum = quorum
        self.custodians: tuple[str, ...] = CUSTODIANS
        self.log = Log(LOG_ORIGIN, self.secret("log"), {one: self.secret("cosigner", one) for one in cosigners})
        self.network = network_id(self.roots(), mode)
        self.policy = Policy(self.network, mode, self.roots(), 2, 1, len(cosigners), strict)
        self.stays: tuple[Stay, ...] = ()
        self.revoked: dict[str, int] = {}
        self.links: tuple[Signed, ...] = ()  # Root changes between the policy and the roster that holds now.
        self.next_links: tuple[Signed, ...] = ()
        self.drawn = 0
        self.signed_roster = self.sign_roster(self.roster_value())
        self.roster = self.open_roster(self.signed_roster)

    def secret(self, *names: str) -> bytes:
        """Return the seed of one of this network's keys."""
        return secret(self.name, *names)

    def draw(self, length: int = 16) -> bytes:
        """Return bytes that no story has seen before and that every telling draws again."""
        self.drawn += 1
        return sha256(f"{self.name} draws {self.drawn}".encode())[:length]

    def pass_minutes(self, minutes: int) -> int:
        """Move the clock by hand and return the new time."""
        self.now += minutes * MINUTE
        return self.now

    # --- People -------------------------------------------------------------------------------------------------------

    def seed(self, name: str) -> bytes:
        """Return a verifier's Ed25519 seed."""
        return self.secret("verifier", name)

    def id(self, name: str) -> str:
        """Return a verifier's id."""
        return key_id(public_key(self.seed(name)))

    def ids(self, *names: str) -> frozenset[str]:
        """Return the ids of these verifiers."""
        return frozenset(map(self.id, names))

    def change(self, name: str, **changes: Any) -> None:
        """Change what the next roster says of a person."""
        self.cast[name] = replace(self.cast[name], **changes)

    def sign(self, noun: str, payload: bytes, *names: str) -> Signed:
        """Return a payload signed as a `noun` by these verifiers, whatever a good verifier would think of it."""
        return together(*(sign(noun, payload, self.id(name), self.seed(name)) for name in names))

    # --- Custodians ---------------------------------------------------------------------------------------------------

    def root_key(self, custodian: str) -> str:
        """Return a custodian's public key as rosters and policies write it."""
        return b64(public_key(self.secret("root", custodian)))

    def roots(self, *custodians: str, threshold: int = 2) -> Roots:
        """Return the root set of these custodians; of those in office where none is named."""
        return Roots(threshold, tuple(sorted(map(self.root_key, custodians or self.custodians))))

    def entry(self, person: Person) -> dict[str, Any]:
        """Return a person's entry in a roster."""
        value: dict[str, Any] = {
            "id": self.id(person.name),
            "org": person.org,
            "desk": person.desk,
            "roles": sorted(person.roles),
            "ed25519": b64(public_key(self.seed(person.name))),
            "certified_until": self.began + person.certified_for,
        }
        return value if person.revoked_at is None else {**value, "revoked_at": person.revoked_at}

    def office(self, name: str) -> dict[str, Any]:
        """Return an organisation's entry in a roster."""
        return {
            "id": name,
            "role": self.offices[name],
            "age": fingerprint(recipient(self.name, "office", name).encode()),
            "ed25519": b64(public_key(self.secret("office", name))),
        }

    def roster_value(self, **changes: Any) -> dict[str, Any]:
        """Return what the next roster says, with changes of whole fields."""
        last = getattr(self, "roster", None)
        desks = sorted({person.desk for person in self.cast.values()})
        value = {
            "v": 1,
            "network": self.network,
            "mode": self.mode,
            "number": last.number + 1 if last else 1,
            "previous": last.name if last else NO_PREVIOUS,
            "issued": self.now if last else self.now - DAY,
            "expires": self.now + 20 * DAY,
            "roots": self.roots().value(),
            "quorum": {"keys": self.quorum[0], "organisations": self.quorum[1]},
            "desks": [{"id": desk, "minimum": 2, "zones": [f"{desk}-1", f"{desk}-2"]} for desk in desks],
            "verifiers": sorted(map(self.entry, self.cast.values()), key=lambda entry: str(entry["id"])),
            "organisations": [self.office(name) for name in sorted(self.offices)],
            "log": {"origin": self.log.origin, "key": b64(public_key(self.log.seed))},
            "cosigners": [
                {"name": name, "key": b64(public_key(seed))} for name, seed in sorted(self.log.cosigners.items())
            ],
        }
        return {**value, **changes}

    def sign_roster(self, value: Mapping[str, Any], *custodians: str) -> Signed:
        """Return a roster signed by these custodians; by the first two in office where none is named."""
        payload = canonical(value)
        seeds = [self.secret("root", name) for name in custodians or self.custodians[:2]]
        return together(*(sign("roster", payload, key_id(public_key(seed)), seed) for seed in seeds))

    def open_roster(self, signed: Signed, *links: Signed, policy: Policy | None = None) -> Roster:
        """Return the roster as a checker with this network's policy opens it, over these root changes."""
        return open_roster(signed, links, policy or self.policy)

    def publish(self, *custodians: str, **changes: Any) -> Roster:
        """Publish the next roster, signed by these custodians, log it, and return it."""
        signed = self.sign_roster(self.roster_value(**changes), *custodians)
        self.roster = self.open_roster(signed, *self.next_links)
        self.signed_roster, self.links = signed, self.next_links
        self.log.append("roster", signed)
        return self.roster

    def hand_over(self, *custodians: str) -> Roster:
        """Publish a roster that puts these custodians in office; it joins the chain of later rosters."""
        before = self.custodians[:2]
        self.custodians = custodians
        roster = self.publish(*before, *(name for name in custodians[:2] if name not in before))
        self.next_links = (*self.links, self.signed_roster)
        return roster

    # --- What a checker knows besides ---------------------------------------------------------------------------------

    def sign_stay(self, name: str, by: str, **changes: Any) -> Signed:
        """Return a lead's word that a person's signatures don't count for an hour from now."""
        value = {"v": 1, "network": self.network, "verifier": self.id(name), "issued": self.now}
        return self.sign("stay", canonical({**value, "until": self.now + HOUR, **changes}), by)

    def stay(self, name: str, by: str = "ana", **changes: Any) -> Stay:
        """Suspend a person now; every checker of this world knows."""
        stay = open_stay(self.sign_stay(name, by, **changes), self.roster)
        self.stays = (*self.stays, stay)
        return stay

    def sign_notice(self, by: str = "ana", begins: int | None = None, **changes: Any) -> Signed:
        """Return a lead's word that nobody can check for two hours from this quarter hour, or `begins`, on."""
        begins = self.now - self.now % QUARTER if begins is None else begins
        value = {"v": 1, "network": self.network, "desk": "north", "number": 1, "from": begins}
        value |= {"until": begins + 2 * HOUR, "reason": "nobody-on-shift", **changes}
        return self.sign("notice", canonical(value), *by.split())

    def knowledge(self) -> Knowledge:
        """Return what this world's checkers know besides a bundle."""
        return Knowledge(self.stays, self.revoked)
