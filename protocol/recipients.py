"""Recipient sets: to whose epoch keys a desk's tips are sealed this week.  SPEC 5.4.

Verifiers sign sets, the server doesn't make them: so it can't drop, revive or add anyone, nor hand one visitor a set of
their own.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from protocol import limits
from protocol.encoding import canonical
from protocol.epoch import EpochKey, open_epoch_key, without_doubles
from protocol.errors import Refused
from protocol.roster import Roster, Verifier
from protocol.shape import CODE, ID, SHA256, exactly, integer, list_of, record
from protocol.signed import Signed

SET: Final = record(
    {
        "v": exactly(1),
        "network": SHA256,
        "desk": CODE,
        "epoch": integer(2000, 9999),
        "number": integer(1),
        "previous": SHA256,
        "roster": SHA256,
        "members": list_of(record({"verifier": ID, "key": SHA256}), limits.MAX_MEMBERS, 2),
    }
)


@dataclass(frozen=True, slots=True)
class RecipientSet:
    """A checked set.  `members` and `recipients` run in parallel, in the order of an envelope's stanzas."""

    name: str
    desk: str
    epoch: int
    number: int
    previous: str
    roster: str
    members: tuple[str, ...]
    recipients: tuple[str, ...]


def may_receive(one: Verifier, stayed: Collection[str] = ()) -> bool:
    """Say whether a verifier belongs in the sets of their desk: not lent, not revoked, not stayed.

    A trainee does: the roster puts trainees on exercise networks only, and there they learn to open tips.
    """
    return one.revoked_at is None and one.id not in stayed and "lent" not in one.roles


def propose_set(
    roster: Roster,
    desk: str,
    epoch: int,
    keys: Iterable[EpochKey],
    previous: RecipientSet | None,
    stayed: Collection[str] = (),
) -> bytes:
    """Return the one payload that every honest desk makes from the same roster, epoch keys and predecessor.

    Raises Refused("set_members") where fewer have an epoch key than the desk's minimum.
    """
    known = without_doubles(keys)
    members = [
        {"verifier": one.id, "key": known[one.id, epoch].name}
        for one in sorted(roster.verifiers.values(), key=lambda one: one.id)
        if one.desk == desk and may_receive(one, stayed) and (one.id, epoch) in known
    ]
    if len(members) < roster.desks[desk].minimum:
        raise Refused(
            "set_members",
            f"{len(members)} verifiers of desk {desk} have a key for epoch {epoch}; "
            f"the roster asks for {roster.desks[desk].minimum}. The others have to open their desks.",
        )
    value = {
        "v": 1,
        "network": roster.network,
        "desk": desk,
        "epoch": epoch,
        "number": previous.number + 1 if previous else 1,
        "previous": previous.name if previous else "0" * 64,
        "roster": roster.name,
        "members": members,
    }
    return canonical(value)


def open_set(signed: Signed, keys: Iterable[Signed], roster: Roster, stayed: Collection[str] = ()) -> RecipientSet:
    """Return the checked set whose members' signed epoch keys are all among `keys`.

    Raises Refused: payload_type, signer, signature, set_signers, set_members, and what `open_epoch_key` raises.
    """
    signers = signed.check("set", roster.verifier_keys())
    value = signed.read(SET)
    _check_signers(value, signers, roster, stayed)
    for name, ours in (("network", roster.network), ("roster", roster.name)):
        if value[name] != ours:
            raise Refused("set_members", f"The set's {name} is {value[name][:16]}; this one is {ours[:16]}.")
    known = without_doubles(open_epoch_key(one, roster) for one in keys)
    opened = {key.name: key for key in known.values()}
    members = [_member(one, value, opened, roster, stayed) for one in value["members"]]
    ids = tuple(key.verifier for key in members)
    if any(a >= b for a, b in pairwise(ids)):
        raise Refused("set_members", "The set's members must ascend by id with no one twice.")
    if len(ids) < roster.desks[value["desk"]].minimum:
        raise Refused(
            "set_members",
            f"The set has {len(ids)} members; the roster asks for {roster.desks[value['desk']].minimum}.",
        )
    return RecipientSet(
        name=signed.message(),
        desk=value["desk"],
        epoch=value["epoch"],
        number=value["number"],
        previous=value["previous"],
        roster=value["roster"],
        members=ids,
        recipients=tuple(key.age for key in members),
    )


def _check_signers(value: Mapping[str, Any], signers: tuple[str, ...], roster: Roster, stayed: Collection[str]) -> None:
    if value["desk"] not in roster.desks:
        raise Refused("set_members", f"The roster has no desk {value['desk']}.")
    good = [
        one
        for one in (roster.verifiers[keyid] for keyid in signers)
        if one.desk == value["desk"] and may_receive(one, stayed) and "trainee" not in one.roles
    ]
    if len(good) < len(signers) or len(good) < roster.keys:
        raise Refused(
            "set_signers",
            f"{len(good)} of {len(signers)} signers may sign here; all must and at least {roster.keys}.",
        )


def _member(
    one: Mapping[str, Any],
    value: Mapping[str, Any],
    opened: Mapping[str, EpochKey],
    roster: Roster,
    stayed: Collection[str],
) -> EpochKey:
    key = opened.get(one["key"])
    if key is None or key.verifier != one["verifier"] or key.epoch != value["epoch"]:
        raise Refused(
            "set_members", f"The epoch key of member {one['verifier']} is not among those sent along, or has a double."
        )
    entry = roster.verifiers[key.verifier]
    if entry.desk != value["desk"] or not may_receive(entry, stayed):
        raise Refused("set_members", f"{key.verifier} may not receive tips of desk {value['desk']}.")
    return key
