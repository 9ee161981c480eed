"""The network as a desk needs it: roster, recipients, stays, keys, sets, notice; and what it leaves here.  SPEC 14."""

from __future__ import annotations

import hashlib
import json
from typing import Any, Final

from flask import Blueprint
from sqlalchemy import Connection

from protocol import limits
from protocol.encoding import canonical, fingerprint
from protocol.epoch import epoch_of, open_epoch_key
from protocol.errors import Refused
from protocol.notice import open_notice
from protocol.recipients import SET, may_receive, open_set
from protocol.signed import Signed
from protocol.stay import open_stay
from store.engine import reading, writing
from store.epochkeys import epoch_keys_by_name, epoch_keys_of, list_epoch_keys, put_epoch_key
from store.events import actor_head
from store.logbook import queue_signed
from store.notices import last_notice, put_notice
from store.rosters import current_roster
from store.sets import drop_alone, get_set, list_sets, mark_complete, put_signature
from store.shifts import on_shift
from store.stays import list_stays
from store.suspending import suspend
from verifier.desk import Caller, caller, desk, signed_asked

network = Blueprint("network", __name__)
SETS_BEHIND: Final = 60  # Epochs back in which a desk that was closed for long finds the set that its next one follows.
MARK: Final = 16  # Hexadecimal digits that tell one state of the network from the next.
BEHIND: Final = 1  # Epochs back that a desk still needs: those whose grace has not ended.


@network.get("/api/network")
def show_network() -> dict[str, Any]:
    """Answer with everything signed that a desk checks for itself."""
    with reading(desk().engine) as conn:
        who = caller(conn)
        stored = current_roster(conn, who.now)
        if stored is None:
            raise Refused("not_found", "This network has published no roster yet.")
        epoch = epoch_of(who.now)
        first, last = epoch - BEHIND, epoch + limits.EPOCHS_AHEAD
        keys = list_epoch_keys(conn, who.verifier.desk, first, last)
        sets = list_sets(conn, who.verifier.desk, first, last)
        notice = last_notice(conn, who.verifier.desk)
        return {
            "v": 1,
            "roster": _value(stored.signed),
            "chain": [_value(link) for link in stored.chain],
            "recipients": dict(stored.recipients),
            "stays": [_value(one) for one in list_stays(conn, who.now)],
            "keys": [_value(one) for one in keys],
            "sets": [{"set": _value(one.signed), "complete": one.complete, "retired": one.retired} for one in sets],
            **({"notice": _value(notice)} if notice is not None else {}),
            "last_set": _last_set(conn, who.verifier.desk, epoch),
            "policy": json.loads(desk().policy.encode()),
            "on_shift": on_shift(conn, who.verifier.desk, who.now),
            "actor_head": actor_head(conn, who.verifier.id),
            "now": who.now,
        }


def network_mark(conn: Connection, who: Caller) -> str:
    """Return a mark of what `/api/network` shows: another as soon as keys, sets, stays, notice or roster are others."""
    epoch = epoch_of(who.now)
    first, last = epoch - BEHIND, epoch + limits.EPOCHS_AHEAD
    digest = hashlib.sha256(who.roster.name.encode())
    alike = (*list_stays(conn, who.now), *list_epoch_keys(conn, who.verifier.desk, first, last))
    for signed in (*alike, last_notice(conn, who.verifier.desk) or b""):
        digest.update(hashlib.sha256(signed).digest())
    for one in list_sets(conn, who.verifier.desk, first, last):
        digest.update(hashlib.sha256(one.signed).digest() + bytes((one.complete, one.retired)))
    return digest.hexdigest()[:MARK]


@network.post("/api/epoch-keys")
def take_epoch_key() -> tuple[dict[str, bool], int]:
    """Take the caller's own epoch key of an epoch that is not over."""
    signed = signed_asked()
    with writing(desk().engine) as conn:
        who = caller(conn)
        key = open_epoch_key(signed, who.roster)
        if key.verifier != who.verifier.id:
            raise Refused("not_yours", f"This is the epoch key of {key.verifier}; you are {who.verifier.id}.")
        epoch = epoch_of(who.now)
        if not epoch <= key.epoch <= epoch + limits.EPOCHS_AHEAD:
            raise Refused(
                "epoch_dates", f"Epoch keys are taken for {epoch} to {epoch + limits.EPOCHS_AHEAD}, not {key.epoch}."
            )
        here = epoch_keys_of(conn, key.verifier, key.epoch)
        # Two already mean that neither is taken, and say that somebody has to look; more would only fill the store.
        if len(here) >= 2 and key.name not in here:
            raise Refused("epoch_key", f"Two keys of yours for epoch {key.epoch} are here already. Ask a lead to look.")
        fresh = put_epoch_key(conn, signed.encode())
    return {"new": fresh}, 201


@network.post("/api/sets")
def take_set_signature() -> tuple[dict[str, bool], int]:
    """Take the caller's signature on their desk's next set, and put the set in force once enough have signed."""
    signed = signed_asked()
    with writing(desk().engine) as conn:
        who = caller(conn)
        if signed.check("set", who.roster.verifier_keys()) != (who.verifier.id,):
            raise Refused("not_yours", "A desk sends its own signature on a set and no other.")
        # One signature that may not stand there makes the whole set worthless, whoever else has signed it.
        if not may_receive(who.verifier, who.stayed) or "trainee" in who.verifier.roles:
            raise Refused("set_signers", f"{who.verifier.id} is lent or a trainee, and so signs no sets.")
        value = signed.read(SET)
        _require_next(conn, who, value)
        whole = put_signature(conn, signed)
        drop_alone(conn, value["desk"], value["epoch"], who.verifier.id, keep=whole.message())
        complete = _complete(conn, whole, value, who)
    return {"complete": complete}, 201


def _require_next(conn: Connection, who: Caller, value: dict[str, Any]) -> None:
    """Raise Refused unless a set is the next of the caller's desk, or one that is there already."""
    if value["desk"] != who.verifier.desk:
        raise Refused("not_yours", f"The set is of desk {value['desk']}; you are of {who.verifier.desk}.")
    epoch = epoch_of(who.now)
    if not epoch <= value["epoch"] <= epoch + limits.EPOCHS_AHEAD:
        raise Refused("epoch_dates", f"Sets are taken for epochs {epoch} to {epoch + limits.EPOCHS_AHEAD}.")
    last = _last_set(conn, value["desk"], epoch)
    number, previous = (last["number"], last["name"]) if last else (0, "0" * 64)
    known = get_set(conn, fingerprint(canonical(value)))
    here = known is not None and known.complete
    if not here and (value["number"] != number + 1 or value["previous"] != previous):
        raise Refused(
            "set_chain",
            f"The next set of desk {value['desk']} is number {number + 1} after {previous[:16]}; "
            f"this is {value['number']} after {value['previous'][:16]}. Load the network again.",
        )


def _last_set(conn: Connection, home: str, epoch: int) -> dict[str, Any] | None:
    """Return number and name of a desk's latest complete set, in force or not: the one that the next set follows."""
    done = [one for one in list_sets(conn, home, epoch - SETS_BEHIND, epoch + limits.EPOCHS_AHEAD) if one.complete]
    last = max(done, key=lambda one: one.number, default=None)
    return {"number": last.number, "name": last.name} if last else None


def _complete(conn: Connection, whole: Signed, value: dict[str, Any], who: Caller) -> bool:
    names = {member["key"] for member in value["members"]}
    keys = [Signed.decode(one) for one in epoch_keys_by_name(conn, names).values()]
    try:
        open_set(whole, keys, who.roster, who.stayed)
    except Refused as error:
        if error.kind != "set_signers":
            raise
        return False
    mark_complete(conn, whole.message())
    queue_signed(conn, "set", whole)
    return True


@network.post("/api/stays")
def take_stay() -> tuple[dict[str, bool], int]:
    """Take a lead's stay: the person is signed out everywhere, and sets that hold them are out of force, at once."""
    signed = signed_asked()
    with writing(desk().engine) as conn:
        who = caller(conn)
        stay = open_stay(signed, who.roster)
        if stay.by != who.verifier.id:
            raise Refused("not_yours", f"The stay is signed by {stay.by}; you are {who.verifier.id}.")
        if abs(stay.issued - who.now) > limits.STOP_SKEW:
            raise Refused("stay", f"A stay begins now; this one was issued at {stay.issued} and it is {who.now}.")
        if stay.verifier not in who.roster.verifiers:
            raise Refused("stay", f"{stay.verifier} is no verifier of this roster, so there is nobody to suspend.")
        fresh = suspend(conn, signed, who.now)
    return {"new": fresh}, 201


@network.post("/api/notices")
def take_notice() -> tuple[dict[str, bool], int]:
    """Take a lead's word to witnesses that nobody can check now, or that somebody can again."""
    signed = signed_asked()
    with writing(desk().engine) as conn:
        who = caller(conn)
        notice = open_notice(signed, who.roster, who.stayed)
        if notice.by != who.verifier.id:
            raise Refused("not_yours", f"The notice is signed by {notice.by}; you are {who.verifier.id}.")
        early, late = notice.begins - limits.STOP_SKEW, notice.begins + limits.QUARTER + limits.STOP_SKEW
        if not early <= who.now < late:
            raise Refused("notice", f"A notice begins in this quarter hour, not at {notice.begins}: it is {who.now}.")
        put_notice(conn, signed.encode())
    return {"kept": True}, 201


def _value(signed: bytes) -> dict[str, Any]:
    return Signed.decode(signed).value()
