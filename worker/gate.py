"""The gate: the only way out.  It takes a posted message's bytes, has them logged, checks the bundle, lets it out.

`protocol.release.check` decides; this file only fetches what it needs.  Run twice, it lets out once.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from protocol import limits
from protocol.alert import Alert, read_alert
from protocol.chain import require_fits
from protocol.errors import Refused
from protocol.log import Proof, entry
from protocol.merkle import inclusion
from protocol.note import COSIGNER, Note, key_hash
from protocol.release import Bundle, Knowledge, Release, Stop, admit, check, require_timely
from protocol.roster import Roster
from protocol.screen import require_clean_alert
from protocol.signed import Signed
from protocol.stay import require_unstayed
from store import claims
from store.deliveries import WITNESSED, plan
from store.engine import reading, writing
from store.knowledge import knowledge, let_out_chain, named_roster, require_in_force
from store.logbook import checkpoints_over, index_of, latest_checkpoint, node_reader, queue_signed
from store.messages import (
    Message,
    chain_messages,
    message_by_id,
    messages,
    released_since,
    released_without_log,
    set_bundle,
    set_logged,
    set_refused,
)
from store.releases import set_released
from worker.station import Station

PATIENCE: Final = 1.0  # Seconds the gate waits for the log before it leaves the message to the next sweep.
WITNESS_PATIENCE: Final = 3.0  # Seconds it waits for cosigners; then it sends, marked as not yet witnessed.
PAUSE: Final = 0.02


@dataclass(frozen=True, slots=True)
class Passing:
    """A message on its way through the gate."""

    row: Message
    signed: Signed
    alert: Alert

    @property
    def entry(self) -> bytes:
        """The 33 bytes that the log holds of it."""
        return entry("stop" if self.alert.is_stop else "release", self.signed)


def pass_gate(station: Station, id: str, claim: int, now: int) -> None:
    """Take one claimed message through the gate: released, refused with its rule, or left for the next sweep."""
    with reading(station.engine) as conn:
        if not claims.held(conn, messages, id, claim):
            return
        row = message_by_id(conn, id)
    try:
        passing = _read(row)
        _admit(station, passing, now)
        with writing(station.engine) as conn:
            queue_signed(conn, "stop" if passing.alert.is_stop else "release", passing.signed)
        # What lowers does not wait for the log; what raises can't go without it.
        proof = None if passing.alert.is_stop else _proof(station, passing)
        if not passing.alert.is_stop and (proof is None or _must_wait(station, passing.alert, proof, now)):
            with writing(station.engine) as conn:
                claims.put_back(conn, messages, id, claim, now + 1)
            return
        _let_out(station, passing, proof, claim, now)
    except Refused as refusal:
        with writing(station.engine) as conn:
            set_refused(conn, id, claim, refusal)


def _read(row: Message) -> Passing:
    signed = Signed.decode(row.signed)
    if signed.message() != row.name:
        raise Refused("alert_chain", f"The bytes are those of message {signed.message()[:16]}, not {row.name[:16]}.")
    return Passing(row, signed, read_alert(signed))


def _admit(station: Station, passing: Passing, now: int) -> None:
    """Raise unless all but the log is in order: signatures, quorum, time, chain, and words."""
    alert = passing.alert
    with reading(station.engine) as conn:
        known = knowledge(conn, station.policy, now)
        _, roster = named_roster(conn, alert.roster, station.policy)
        index = index_of(conn, passing.entry)
        before = let_out_chain(conn, alert.id, station.policy)
    # What the log holds was admitted in time once; here it comes again after a crash.
    signers = [one.keyid for one in passing.signed.signatures]
    if index is None:
        require_timely(alert, now)
        require_unstayed(signers, known.stays, now)
    admit(passing.signed, roster, station.policy, now, _until_logged(known, index))
    if index is None:
        with reading(station.engine) as conn:
            require_in_force(conn, alert, now)
    require_fits(alert, signers, before, now)
    require_clean_alert(alert)


def _until_logged(known: Knowledge, index: int | None) -> Knowledge:
    """Leave out revocations that begin after the message's place in the log, if it has one."""
    if index is None or known.revoked is None:
        return known
    return Knowledge(known.stays, {id: at for id, at in known.revoked.items() if index >= at})


def _proof(station: Station, passing: Passing) -> Proof | None:
    """Return the proof that the log holds a message, waiting a moment for the log and then for its witnesses.

    None where the log takes longer; a proof without witnesses, or with fewer than are wanted, where they do.
    """
    began = time.monotonic()
    with reading(station.engine) as conn:
        _, roster = named_roster(conn, passing.alert.roster, station.policy)
    wanted = _wanted(station, roster)
    while True:
        with reading(station.engine) as conn:
            found = proof_of(conn, passing.entry, roster, wanted)
        waited = time.monotonic() - began
        if waited > (PATIENCE if found is None else WITNESS_PATIENCE):
            return found
        if found is not None and _cosigners(found) >= wanted:
            return found
        time.sleep(PAUSE)


def _wanted(station: Station, roster: Roster) -> int:
    """Return for how many cosigners to wait: what the policy asks for, and one if it doesn't; of those we can ask."""
    within_reach = len(roster.cosigners.keys() & station.settings.witnesses.keys())
    return min(within_reach, max(station.policy.cosigners, 1))


def _cosigners(proof: Proof) -> int:
    return len(proof.note.lines) - 1


def _must_wait(station: Station, alert: Alert, proof: Proof, now: int) -> bool:
    """Say whether a policy that refuses unwitnessed alerts at once keeps this one, while witnesses may yet answer."""
    policy = station.policy
    return policy.strict and _cosigners(proof) < policy.cosigners and now <= alert.issued + limits.FIRST_SEND


def proof_of(conn: Connection, leaf: bytes, roster: Roster, wanted: int = 0) -> Proof | None:
    """Return the proof that the log holds a leaf; None if it doesn't yet.

    Under its smallest checkpoint that `wanted` cosigners have signed, else under its smallest one; with the lines of
    the roster's cosigners only, for nobody else's may stand in a bundle.
    """
    index = index_of(conn, leaf)
    over = [] if index is None else checkpoints_over(conn, index)
    if index is None or not over:
        return None
    latest = latest_checkpoint(conn)
    notes = [(one.size, _of_roster(Note.decode(one.note), roster)) for one in (*over, latest or over[-1])]
    size, note = next(((size, note) for size, note in notes if len(note.lines) > wanted), notes[0])
    return Proof(index, tuple(inclusion(index, size, node_reader(conn))), note)


def _of_roster(note: Note, roster: Roster) -> Note:
    log, *others = note.lines
    keys = roster.cosigners
    mine = [one for one in others if one.name in keys and one.key_hash == key_hash(one.name, COSIGNER, keys[one.name])]
    return replace(note, lines=(log, *mine))


def _let_out(station: Station, passing: Passing, proof: Proof | None, claim: int, now: int) -> None:
    with reading(station.engine) as conn:
        known = knowledge(conn, station.policy, now)
        data = _bundle(conn, station, passing, proof)
        before = let_out_chain(conn, passing.alert.id, station.policy)
    out = check(data, station.policy, now, known)
    with writing(station.engine) as conn:
        if proof is not None:
            set_logged(conn, passing.alert.name, proof.index)
        set_released(conn, passing.row.id, claim, bundle=out.bundle, now=now, until=_until(out, before, now))


def _bundle(conn: Connection, station: Station, passing: Passing, proof: Proof | None) -> bytes:
    stored, _ = named_roster(conn, passing.alert.roster, station.policy)
    answered = [
        Signed.decode(one.signed)
        for one in chain_messages(conn, passing.alert.id, released=True)
        if one.kind == "suspended" and one.name in passing.alert.supersedes and not passing.alert.is_stop
    ]
    chain = tuple(Signed.decode(link) for link in stored.chain)
    answered.sort(key=lambda one: one.message())
    return Bundle(passing.signed, Signed.decode(stored.signed), chain, tuple(answered), proof).encode()


def _until(out: Release | Stop, before: list[Release | Stop], now: int) -> int:
    """Return until when to deliver: an alert until it expires, a stop for as long as anything it lowers could stand."""
    if isinstance(out, Release):
        return out.alert.expires or now
    return max([now + limits.HOUR, *((one.alert.expires or 0) + limits.HOUR for one in before)])


def add_proofs(station: Station, now: int) -> int:
    """Give released stops whose entry has reached the log their proof, so that a suspension can lapse; return how many.

    Only the proof is added: the bundle is checked again as a whole before it replaces the other.  Where it does not
    check any more, because its signer was revoked meanwhile, what went out stays as it is.
    """
    done = 0
    with reading(station.engine) as conn:
        rows = released_without_log(conn)
        known = knowledge(conn, station.policy, now) if rows else Knowledge()
        ready = [found for row in rows if (found := _proven(conn, station, row)) is not None]
    for name, index, data in ready:
        with writing(station.engine) as conn:
            set_logged(conn, name, index)
            if _checks(data, station, now, known):
                set_bundle(conn, name, data)
                done += 1
    return done


def _proven(conn: Connection, station: Station, row: Message) -> tuple[str, int, bytes] | None:
    """Return a stop's name, its place in the log and its bundle with the proof; None where there is no such thing."""
    try:
        passing = _read(row)
        _, roster = named_roster(conn, passing.alert.roster, station.policy)
        proof = proof_of(conn, passing.entry, roster)
        return None if proof is None else (row.name, proof.index, _bundle(conn, station, passing, proof))
    except Refused:
        return None  # A row that does not read keeps no other from its proof.


def add_witnesses(station: Station, now: int) -> int:
    """Give releases that went out before their witnesses answered a bundle with their lines; return how many.

    Later than 15 minutes after an alert was issued a cosignature says nothing for it any more.  Whoever got the alert
    gets the witnessed bundle too, once, for theirs is refused an hour after its issue where the policy asks for it.
    """
    done = 0
    if not station.settings.witnesses:
        return done
    with reading(station.engine) as conn:
        rows = released_since(conn, now - limits.FIRST_SEND)
        known = knowledge(conn, station.policy, now) if rows else Knowledge()
        better = [found for row in rows if (found := _better(conn, station, row)) is not None]
    for row, data, enough in better:
        if _checks(data, station, now, known):
            with writing(station.engine) as conn:
                set_bundle(conn, row.name, data)
                if enough:
                    plan(conn, row, WITNESSED, now, row.expires or now)
            done += 1
    return done


def _better(conn: Connection, station: Station, row: Message) -> tuple[Message, bytes, bool] | None:
    """Return a release with the bundle that has more witnesses than its own, and whether they are enough."""
    try:
        passing, bundle = _read(row), Bundle.decode(row.bundle or b"")
        _, roster = named_roster(conn, passing.alert.roster, station.policy)
    except Refused:
        return None  # A row that does not read keeps no other from its witnesses.
    wanted, have = _wanted(station, roster), _cosigners(bundle.proof) if bundle.proof else 0
    if have >= wanted:
        return None
    proof = proof_of(conn, passing.entry, roster, wanted)
    if proof is None or _cosigners(proof) <= have:
        return None
    return row, replace(bundle, proof=proof).encode(), _cosigners(proof) >= wanted


def _checks(data: bytes, station: Station, now: int, known: Knowledge) -> bool:
    try:
        check(data, station.policy, now, known)
    except Refused:
        return False
    return True
