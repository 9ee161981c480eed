"""A demo network: an exercise network whose keys are all made on this machine, so that a newcomer can try everything.

It uses the locksmith's own functions.  Nothing here is for an actual network, whose keys are made apart and offline.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine

from keys.ceremony import found_network, make_root
from keys.custodian import new_seed, seal_custody
from keys.draft import Draft, draft_roster
from keys.enrol import admit, enrol
from keys.publish import publish
from keys.request import open_request, request_log, request_organisation, request_verifier
from protocol import age, limits
from protocol.epoch import EpochKey, epoch_of, open_epoch_key, sign_epoch_key
from protocol.logkey import LogKey
from protocol.policy import Policy
from protocol.recipients import RecipientSet, open_set, propose_set
from protocol.roster import Roster, open_roster
from protocol.signed import Signed, key_id, public_key, sign
from protocol.vault import generate_passphrase, seal_vault
from sereno.breakglass import write_new
from store.engine import writing
from store.epochkeys import put_epoch_key
from store.logbook import queue_signed
from store.rosters import put_roster
from store.sets import mark_complete, put_signature

DESK: Final = "vega"
ZONES: Final = ("harbor", "hills", "old-town", "riverside")
# The public face, but for the addresses: these are the machine's.
FACE: Final = Path(__file__).with_name("demoface.json")
ORIGIN: Final = "log.vega.example/sereno"


@dataclass(frozen=True, slots=True)
class Person:
    """Who signs in at the demo: a handle that only this machine knows, an organisation, roles."""

    handle: str
    org: str
    roles: tuple[str, ...] = ()


PEOPLE: Final = (
    Person("ana", "faro", ("lead",)),
    Person("bo", "alba"),
    Person("cruz", "faro"),
    Person("dee", "alba"),
)
ORGANISATIONS: Final = (("alba", "network"), ("faro", "network"), ("luz", "attorney"))


@dataclass(frozen=True, slots=True)
class Member:
    """A demo verifier's secrets: what an actual network never has in one place."""

    person: Person
    seed: bytes
    epochs: dict[int, age.Identity]
    passphrase: str

    @property
    def id(self) -> str:
        """The pseudonymous id in the roster."""
        return key_id(public_key(self.seed))


@dataclass(frozen=True, slots=True)
class DemoNetwork:
    """Everything of a demo network."""

    policy: Policy
    roster: Roster
    signed: Signed
    recipients: dict[str, str]
    members: tuple[Member, ...]
    attorney: age.Identity
    attorney_seed: bytes
    log_key: LogKey
    roots: tuple[bytes, ...]
    epoch_keys: tuple[Signed, ...]
    sets: tuple[Signed, ...]

    def set_at(self, now: int) -> RecipientSet:
        """Return the recipient set of the week in which `now` (Unix seconds) lies: one of the three after founding."""
        sets = (open_set(one, self.epoch_keys, self.roster) for one in self.sets)
        return next(one for one in sets if one.epoch == epoch_of(now))


def found_demo(now: int) -> DemoNetwork:
    """Return a new demo network: three roots, four verifiers, an attorney, keys for three weeks."""
    roots = tuple(make_root() for _ in range(3))
    policy = found_network([one.public for one in roots], "exercise", organisations=2)
    log_key = LogKey(ORIGIN, new_seed())
    identities = {code: age.Identity.generate() for code, _ in ORGANISATIONS}
    members = tuple(_member(one, now) for one in PEOPLE)
    seeds = {code: new_seed() for code, _ in ORGANISATIONS}
    draft = _draft(policy, log_key, _requests(policy, seeds, identities), members, now)
    published = publish(draft, None, policy, [one.seed for one in roots[:2]], now)
    roster = open_roster(published, (), policy)
    epoch_keys = tuple(
        sign_epoch_key(roster, one.id, epoch, identity.recipient, one.seed)
        for one in members
        for epoch, identity in one.epochs.items()
    )
    return DemoNetwork(
        policy=policy,
        roster=roster,
        signed=published,
        recipients={code: identities[code].recipient for code, _ in ORGANISATIONS},
        members=members,
        attorney=identities["luz"],
        attorney_seed=seeds["luz"],
        log_key=log_key,
        roots=tuple(one.seed for one in roots),
        epoch_keys=epoch_keys,
        sets=sign_sets(roster, members, epoch_keys, now),
    )


def _requests(policy: Policy, seeds: dict[str, bytes], identities: dict[str, age.Identity]) -> list[Signed]:
    return [
        request_organisation(seeds[code], policy, code, role, identities[code].recipient)
        for code, role in ORGANISATIONS
    ]


def _draft(
    policy: Policy, log_key: LogKey, organisations: list[Signed], members: tuple[Member, ...], now: int
) -> Draft:
    """Return the draft of the roster, everybody admitted and enrolled from requests of their own."""
    log = open_request(request_log(log_key.seed, ORIGIN), "log")
    draft = draft_roster(policy, log, [{"id": DESK, "minimum": 2, "zones": list(ZONES)}])
    for signed in organisations:
        draft = admit(draft, open_request(signed, "organisation"))
    until = now + 180 * limits.DAY
    for one in members:
        request = open_request(request_verifier(one.seed, policy, DESK), "verifier")
        org, roles = one.person.org, one.person.roles
        draft = enrol(draft, request, org=org, desk=DESK, until=until, now=now, roles=roles)
    return draft


def _member(person: Person, now: int) -> Member:
    epochs = range(epoch_of(now), epoch_of(now) + limits.EPOCHS_AHEAD + 1)
    return Member(person, new_seed(), {epoch: age.Identity.generate() for epoch in epochs}, generate_passphrase())


def sign_sets(
    roster: Roster, members: tuple[Member, ...], signed_keys: tuple[Signed, ...], now: int
) -> tuple[Signed, ...]:
    """Return the desk's sets of three weeks, signed by the first two of its members."""
    keys: list[EpochKey] = [open_epoch_key(one, roster) for one in signed_keys]
    previous: RecipientSet | None = None
    sets: list[Signed] = []
    for epoch in range(epoch_of(now), epoch_of(now) + limits.EPOCHS_AHEAD + 1):
        payload = propose_set(roster, DESK, epoch, keys, previous)
        first, second = members[0], members[1]
        signed = sign("set", payload, first.id, first.seed).joined(sign("set", payload, second.id, second.seed))
        previous = open_set(signed, signed_keys, roster)
        sets.append(signed)
    return tuple(sets)


def install(engine: Engine, network: DemoNetwork) -> None:
    """Publish a demo network into a store: roster, epoch keys and sets, and their log entries."""
    with writing(engine) as conn:
        put_roster(conn, network.signed.encode(), [], network.recipients)
        queue_signed(conn, "roster", network.signed)
        for key in network.epoch_keys:
            put_epoch_key(conn, key.encode())
        for one in network.sets:
            put_signature(conn, one)
            mark_complete(conn, one.message())
            queue_signed(conn, "set", one)


def write_secrets(folder: Path, network: DemoNetwork) -> None:
    """Write what people of an actual network would hold apart: vaults, pass-phrases and epoch files; the log key."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for one in network.members:
        vault = seal_vault(network.policy.network, one.id, one.seed, one.passphrase)
        write_new(folder / f"{one.person.handle}.vault", vault)
        write_new(folder / f"{one.person.handle}.words", one.passphrase.encode("ascii") + b"\n")
        for epoch, identity in one.epochs.items():
            write_new(folder / f"{one.person.handle}.epoch-{epoch}", epoch_file(one.id, epoch, identity))
    luz, words = network.attorney, generate_passphrase()
    request = request_organisation(network.attorney_seed, network.policy, "luz", "attorney", luz.recipient)
    write_new(folder / "attorney-luz.age", luz.encode().encode("ascii") + b"\n")
    write_new(folder / "attorney-luz.json", seal_custody(request, network.attorney_seed, luz.seed, words))
    write_new(folder / "attorney-luz.words", words.encode("ascii") + b"\n")


def epoch_file(verifier: str, epoch: int, identity: age.Identity) -> bytes:
    """Return a dated epoch file: an age identity that the standard tool reads too, with a comment that says whose."""
    return (
        f"# Sereno epoch key of {verifier}, epoch {epoch}. Destroy it when the epoch's grace is over.\n"
        f"{identity.encode()}\n"
    ).encode("ascii")


def face(addresses: dict[str, str]) -> dict[str, Any]:
    """Return the demo network's face: an invented county by an invented sea, in every language there is.

    Its zones lie on an empty stretch of ocean: nobody lives there.
    """
    found: dict[str, Any] = json.loads(FACE.read_text("utf-8"))
    return {**found, "addresses": addresses}


def write_files(folder: Path, network: DemoNetwork, addresses: dict[str, str]) -> None:
    """Write what the programs read: policy, face, the log's key, and the key that signs work challenges."""
    write_new(folder / "policy.json", network.policy.encode())
    write_new(folder / "face.json", json.dumps(face(addresses), ensure_ascii=False, indent=1).encode("utf-8"))
    write_new(folder / "log.key", network.log_key.encode())
    write_new(folder / "work.key", secrets.token_hex(32).encode("ascii"))
