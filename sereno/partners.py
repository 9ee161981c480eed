"""The partners: whether the witnesses that policy and roster count on are asked and sign, as the doctor looks at it."""

from __future__ import annotations

import os

from protocol.errors import Refused
from protocol.note import COSIGNER, Note, key_hash
from protocol.roster import Roster
from sereno.finding import Finding, Findings, Patient
from store.engine import reading
from store.knowledge import roster_now
from store.logbook import latest_checkpoint
from worker.settings import read_witnesses


def witnesses(patient: Patient) -> Findings:
    """Look whether enough cosigners are named, can be asked, and have signed the newest checkpoint."""
    wanted = patient.policy.cosigners
    try:
        addresses = read_witnesses(os.environ.get("SERENO_WITNESSES", ""))
    except SystemExit as error:
        yield Finding(str(error), "Write it as deploy/operators.md shows; the worker does not start with this.")
        return
    with reading(patient.engine) as conn:
        try:
            roster = roster_now(conn, patient.policy, patient.now)
        except Refused:
            return  # `records.roster` says so.
        latest = latest_checkpoint(conn)
    lost = "nobody takes an alert" if patient.policy.strict else "every alert counts for nothing after an hour"
    if len(roster.cosigners) < wanted:
        yield Finding(
            f"The policy asks for {wanted} cosigners and the roster names {len(roster.cosigners)}: {lost}.",
            "The custodians have to publish a roster that names the partners' witnesses (deploy/partners.md).",
        )
    elif len(roster.cosigners.keys() & addresses.keys()) < wanted:
        without = ", ".join(sorted(roster.cosigners.keys() - addresses.keys()))
        yield Finding(
            f"The policy asks for {wanted} cosigners, and these have no address here: {without}; {lost}.",
            "Name them to the worker, and to this command: SERENO_WITNESSES=name=https://address.",
        )
    elif not roster.cosigners.keys() & addresses.keys():
        yield Finding("The policy asks for no cosigner of the log, and none is asked.")
    for name in sorted(addresses.keys() - roster.cosigners.keys()):
        yield Finding(
            f"SERENO_WITNESSES names {name}, which is no cosigner of the roster.",
            f"Have the custodians name it in the next roster, or take {name} out.",
        )
    if latest is not None:
        yield from _signed(Note.decode(latest.note), roster, sorted(roster.cosigners.keys() & addresses.keys()))


def _signed(note: Note, roster: Roster, names: list[str]) -> Findings:
    for name in names:
        hash_ = key_hash(name, COSIGNER, roster.cosigners[name])
        if any((line.name, line.key_hash) == (name, hash_) for line in note.lines):
            yield Finding(f"The witness {name} has signed the newest checkpoint.")
        else:
            yield Finding(
                f"The witness {name} has not signed the newest checkpoint.",
                "Look again in a minute; then read what the worker says of it, and ask the partner.",
            )
