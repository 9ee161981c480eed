"""Auditing: walk a log from the last visit to its newest checkpoint, and say what changed.  SPEC 8.4.

What can't be the log that was seen before is refused; what can be and looks wrong is a concern.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from protocol import limits
from protocol.errors import Refused
from protocol.merkle import leaf_hash
from protocol.note import LOG, Checkpoint, Key, Note, check_cosignature, check_log
from protocol.policy import Policy
from protocol.roster import ROSTER, Roster, open_roster
from protocol.signed import Signed
from protocol.tiles import ENTRIES, HEIGHT, WIDTH, Growth, node_reader, tile_at
from sereno.changes import Changes, begun_by, is_in
from sereno.clock import shown
from sereno.logsite import LogSite
from sereno.visit import Visit

BRIEF: Final = 16  # Hexadecimal digits of a hash that a person compares.


@dataclass(frozen=True, slots=True)
class Report:
    """What a visit found: sentences on what changed, what has to be looked into, and the visit to keep."""

    says: tuple[str, ...]
    concerns: tuple[str, ...]
    visit: Visit


def audit(site: LogSite, policy: Policy, last: Visit | None, now: int, *, pinned: bool = True) -> Report:
    """Return what a log shows since the last visit.

    Raises Refused: roster kinds, log_key, checkpoint, log_fork (another past, or a shorter one), log_tile (what is
    served does not lead to what is signed); OSError where the site does not answer.
    """
    trail = site.trail()  # Before the checkpoint: what is in force now is logged by then.
    roster = open_roster(trail.roster, trail.chain, policy)
    note = site.checkpoint()
    found = _checkpoint(note, roster, last)
    changes = Changes(policy, trail.chain, list(last.rosters) if last else [], now)
    _require_newer(roster, begun_by(changes.rosters, now - limits.CLOCK_SKEW))
    for index, entry in last.missing if last else ():
        changes.take(index, entry, site.object)
    for index, entry in _walk(site, found, last):
        changes.take(index, entry, site.object)
    if not is_in(changes.rosters, roster):
        changes.concerns.append(
            f"Roster {roster.number}, which the site hands out, is not in the log. It may be one for you alone."
        )
    changes.concerns += _dates(roster, now)
    witnessed = list(_witnessed(note, roster, policy, changes.concerns))
    visit = Visit(policy, pinned, note, now, tuple(changes.rosters), tuple(changes.missing))
    says = (_grown(roster, found, last), *changes.says, *changes.counted, *witnessed)
    return Report(says, tuple(changes.concerns), visit)


def _checkpoint(note: Note, roster: Roster, last: Visit | None) -> Checkpoint:
    """Return the checkpoint that a note states, if it can follow the last one."""
    if last is not None and last.checkpoint.origin != roster.log_origin:
        raise Refused(
            "log_fork", f"The last visit saw the log {last.checkpoint.origin}; the roster names {roster.log_origin}."
        )
    found = check_log(note, roster.log_origin, roster.log_key)
    if last is None:
        return found
    before = last.checkpoint
    if found.size < before.size:
        raise Refused(
            "log_fork",
            f"The log was rolled back: it has {found.size} leaves, and had {before.size} on {shown(last.time)}.",
        )
    if found.size == before.size and found.root != before.root:
        raise _forked(before, found.root)
    return found


def _forked(before: Checkpoint, root: bytes) -> Refused:
    return Refused(
        "log_fork",
        f"The log was forked: its first {before.size} leaves have root {root.hex()[:BRIEF]}; "
        f"the last visit saw {before.root.hex()[:BRIEF]}, and has the log's signature on it.",
    )


def _require_newer(roster: Roster, known: list[Signed]) -> None:
    newest = max((one.read(ROSTER)["number"] for one in known), default=0)
    if roster.number < newest:
        raise Refused("roster_chain", f"The site hands out roster {roster.number}; roster {newest} has begun.")


def _walk(site: LogSite, found: Checkpoint, last: Visit | None) -> Iterator[tuple[int, bytes]]:
    """Give every new entry with its index, and refuse unless they lead from the last checkpoint to this one."""
    start = last.checkpoint.size if last else 0
    growth = Growth(start, node_reader(found.size, site.hashes))
    if last is not None and growth.root != last.checkpoint.root:
        raise _forked(last.checkpoint, growth.root)
    entries: list[tuple[int, bytes]] = []
    while growth.size < found.size:
        bundle = tile_at(found.size, ENTRIES, growth.size // WIDTH)
        for entry in site.entries(bundle)[growth.size - bundle.first :]:
            entries.append((growth.size, entry))
            for level, index, hash_ in growth.add(leaf_hash(entry)):
                _compare(site, found.size, level, index, hash_)
    if growth.root != found.root:
        raise Refused(
            "log_tile",
            f"The {found.size} leaves that are served have root {growth.root.hex()[:BRIEF]}; "
            f"the log signed {found.root.hex()[:BRIEF]}.",
        )
    yield from entries


def _compare(site: LogSite, size: int, level: int, index: int, hash_: bytes) -> None:
    """Refuse a tile that has another hash than the entries give."""
    if level % HEIGHT:
        return
    tile = tile_at(size, level // HEIGHT, index // WIDTH)
    served = site.hashes(tile)[index - tile.first]
    if served != hash_:
        raise Refused(
            "log_tile",
            f"{tile.encode()} has {served.hex()[:BRIEF]} for node {index}; the entries give {hash_.hex()[:BRIEF]}.",
        )


def _grown(roster: Roster, found: Checkpoint, last: Visit | None) -> str:
    if last is None:
        key = Key(roster.log_origin, LOG, roster.log_key).encode()
        return f"The log {key} has {found.size} entries. This is the first visit."
    more = found.size - last.checkpoint.size
    return (
        f"The log {roster.log_origin} grew by {more} to {found.size} entries since {shown(last.time)}, "
        "and what was there then is there unchanged."
    )


def _dates(roster: Roster, now: int) -> Iterator[str]:
    if not roster.issued <= now < roster.expires:
        yield f"Roster {roster.number} holds from {shown(roster.issued)} until {shown(roster.expires)}, and not now."


def _witnessed(note: Note, roster: Roster, policy: Policy, concerns: list[str]) -> Iterator[str]:
    """Give a sentence for each cosigner who signed the checkpoint; what is wrong goes to the concerns."""
    count = 0
    for line in note.lines:
        if line.name not in roster.cosigners:
            continue
        try:
            time = check_cosignature(note.text, line, roster.cosigners[line.name])
        except Refused as refusal:
            concerns.append(f"{refusal.sentence} [{refusal.rule}]")
            continue
        count += 1
        yield f"Witnessed by {line.name} at {shown(time)}."
    if count < policy.cosigners:
        concerns.append(f"{count} cosigners have signed the newest checkpoint; the policy asks for {policy.cosigners}.")
