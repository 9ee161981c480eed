"""The records: what the store says of roster, sets, log, messages and subscribers, as the doctor looks at it."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from protocol import limits
from protocol.epoch import epoch_of, open_epoch_key
from protocol.errors import Refused
from protocol.logkey import LogKey
from protocol.recipients import may_receive
from protocol.roster import ROSTER, Roster
from protocol.signed import Signed, public_key
from sereno.clock import shown
from sereno.finding import Finding, Findings, Patient
from store.claims import any_due
from store.deliveries import failing_since, tried_in_vain
from store.engine import reading
from store.epochkeys import list_epoch_keys
from store.knowledge import roster_now
from store.logbook import latest_checkpoint, log_size, unsequenced
from store.messages import messages
from store.migrating import is_newest
from store.rosters import coming_rosters, current_roster
from store.sets import current_set

WARN: Final = 15  # Days before the roster ends from which its end is counted down.
WAITS: Final = limits.MINUTE  # Seconds something may be due before somebody must have done it.
TRIES: Final = 5


def database(patient: Patient) -> Findings:
    """Look whether SQLite is in the mode that survives a power cut, and the tables are the newest."""
    mode = _journal(Path(str(patient.engine.url.database))) if patient.engine.dialect.name == "sqlite" else "wal"
    newest = is_newest(patient.engine)
    if mode != "wal":  # Asked before: our own engine sets it, where the disk lets it.
        yield Finding(
            f"The database was in mode {mode}, where readers and writers wait for each other.",
            "Look again.  If it says so again, the disk can't do better: move the folder to a disk of this machine.",
        )
    if not newest:
        yield Finding("The database is older than this program.", "Start `sereno run` once; it brings it up to date.")
    elif mode == "wal":
        yield Finding("The database is the newest.")


def _journal(path: Path) -> str:
    plain = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return str(plain.execute("PRAGMA journal_mode").fetchone()[0])
    finally:
        plain.close()


def roster(patient: Patient) -> Findings:
    """Look at the roster: of this network, for how long, and whether its zones and its log key are ours."""
    with reading(patient.engine) as conn:
        try:
            found = roster_now(conn, patient.policy, patient.now)
        except Refused as refusal:
            mend = "Publish the roster that the custodians signed: sereno roster add FILE."
            if refusal.kind == "not_found" and (coming := coming_rosters(conn, patient.now)):
                begins = shown(Signed.decode(coming[0].signed).read(ROSTER)["issued"])
                yield Finding(
                    f"Roster {coming[0].number} begins at {begins} and not now.", "Set the clock right, or wait."
                )
                return
            if refusal.kind != "not_found":
                mend = "Policy and store are of different networks; put the right policy.json here."
            yield Finding(refusal.sentence, mend)
            return
        held = current_roster(conn, found.expires)
    followed = held is not None and held.number > found.number
    yield _dates(found, patient.now, followed)
    yield from _quorum(patient, found)
    zones = {zone for desk in found.desks.values() for zone in desk.zones}
    shown_ = {str(zone["id"]) for zone in patient.face.zones}
    for zone in sorted(zones - shown_):
        yield Finding(f"No page shows the zone {zone} of the roster.", f"Add {zone} to the zones in face.json.")
    for zone in sorted(shown_ - zones):
        yield Finding(f"No desk looks after the zone {zone} that the pages show.", f"Take {zone} out of face.json.")
    if patient.face.demo and patient.policy.mode == "actual":
        yield Finding("The pages say that this is a demo; the network is actual.", 'Set "demo": false in face.json.')
    yield from _log_key(patient, found)


def _quorum(patient: Patient, found: Roster) -> Findings:
    asked = max(found.keys, patient.policy.keys)
    if asked > limits.DESK_KEYS:
        by, mend = "The roster", "Publish a roster that asks for 2: draft --keys 2."
        if patient.policy.keys == asked:  # A roster asks for no less.
            by, mend = "The policy", "A policy is never lowered: the network has to be founded anew."
        yield Finding(f"{by} asks for {asked} verifiers; a desk joins {limits.DESK_KEYS}: no alert can go out.", mend)


def _dates(found: Roster, now: int, followed: bool) -> Finding:
    left = (found.expires - now) // limits.DAY
    mend = "The custodians have to publish the next roster: sereno roster add FILE."
    if now >= found.expires:
        return Finding(f"Roster {found.number} ended at {shown(found.expires)}: nothing can be sealed or sent.", mend)
    says = f"Roster {found.number} holds for {left} more day{'' if left == 1 else 's'}."
    if followed:
        return Finding(f"{says} The next one is here, and follows by itself.")
    return Finding(says, mend if left <= WARN else "")


def _log_key(patient: Patient, found: Roster) -> Findings:
    try:
        key = LogKey.decode((patient.folder / "log.key").read_bytes())
    except (OSError, Refused) as error:
        yield Finding(f"The log's key can't be read: {error}", "Put log.key back from your safe.")
        return
    if public_key(key.seed) != found.log_key or key.origin != found.log_origin:
        yield Finding(
            f"log.key is that of {key.origin}; the roster names another key of {found.log_origin}.",
            "Put the right log.key here, or have the custodians publish a roster that names this one.",
        )
    else:
        yield Finding("The log's key is the one that the roster names.")


def keys(patient: Patient) -> Findings:
    """Look whether every desk has epoch keys and complete sets for this week and the next two."""
    epochs = range(epoch_of(patient.now), epoch_of(patient.now) + limits.EPOCHS_AHEAD + 1)
    with reading(patient.engine) as conn:
        try:
            found = roster_now(conn, patient.policy, patient.now)
        except Refused:
            return
        for desk in found.desks:
            yield from _sets(conn, desk, epochs)
            yield from _epoch_keys(conn, found, desk, epochs, patient.now)


def _sets(conn: Connection, desk: str, epochs: Sequence[int]) -> Findings:
    lacking = [number for number, epoch in enumerate(epochs) if current_set(conn, desk, epoch) is None]
    weeks = " and ".join(("this week", "next week", "the week after")[number] for number in lacking)
    mend = f"Two verifiers of {desk} have to open the desk's page: it signs the sets by itself."
    yield Finding(f"{desk} has no set for {weeks}." if lacking else f"{desk} has its sets.", mend if lacking else "")


def _epoch_keys(conn: Connection, found: Roster, desk: str, epochs: Sequence[int], now: int) -> Findings:
    wanted = [one for one in found.verifiers.values() if one.desk == desk and may_receive(one)]
    have: dict[tuple[str, int], int] = {}
    for signed in list_epoch_keys(conn, desk, epochs[0], epochs[-1]):
        try:
            key = open_epoch_key(Signed.decode(signed), found)
        except Refused:
            continue  # Of someone who is not on the roster any more.
        have[key.verifier, key.epoch] = have.get((key.verifier, key.epoch), 0) + 1
    for one in wanted:
        if one.certified_until <= now:
            continue
        number = [have.get((one.id, epoch), 0) for epoch in epochs]
        if max(number) > 1:
            yield Finding(
                f"{one.id} has two different keys for one week: neither is taken.",
                "Ask them on which two devices they signed in; they have to be enrolled anew.",
            )
        elif number[0] == 0:
            yield Finding(f"{one.id} of {desk} has no key for this week.", "They have to open the desk's page once.")


def log(patient: Patient) -> Findings:
    """Look whether the log is signed over all it holds, and nothing waits for it."""
    with reading(patient.engine) as conn:
        size, latest, waits = log_size(conn), latest_checkpoint(conn), len(unsequenced(conn))
    signed = 0 if latest is None else latest.size
    mend = "Look whether the program `log` is running: no alert goes out without it."
    if waits or signed != size:
        yield Finding(f"{waits} entries wait for the log; {signed} of its {size} leaves are signed over.", mend)
    else:
        yield Finding(f"The log's {size} leaves are signed over.")


def gate(patient: Patient) -> Findings:
    """Look whether messages wait that somebody should have taken."""
    with reading(patient.engine) as conn:
        late = any_due(conn, messages, patient.now - WAITS)
    mend = "Look whether `sweep`, `jobs` and Redis are running."
    yield Finding("An alert waits for the gate." if late else "Nothing waits for the gate.", mend if late else "")


def subscribers(patient: Patient) -> Findings:
    """Look at who does not get what they should."""
    with reading(patient.engine) as conn:
        lost = failing_since(conn, patient.now - limits.DAY)
        stuck = tried_in_vain(conn, patient.now, TRIES)
    for id, count in sorted(lost.items()):
        yield Finding(
            f"{count} deliveries to subscriber {id} were given up in the last day.",
            "Ask them whether their webhook answers; end the subscription if nobody is there any more.",
        )
    for id in sorted(set(stuck) - set(lost)):
        yield Finding(
            f"Subscriber {id} was tried {TRIES} times or more and does not take an alert.",
            "Ask them whether their webhook answers with 2xx.",
        )
    if not lost and not stuck:
        yield Finding("Every subscriber takes what is sent.")
