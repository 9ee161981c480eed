"""The logbook: what waits for the log, its leaves, the nodes of its tree, and its checkpoints.  SPEC 8.

One writer at a time: who holds the row of `log_writer` appends, and every append takes that row along.  Nodes are
written with their leaves in one transaction; a checkpoint is signed only after that, so it never promises what a crash
could take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Table, UniqueConstraint, func, select, update

from protocol.errors import Refused
from protocol.log import TYPES
from protocol.log import entry as entry_of
from protocol.merkle import Node, leaf_hash
from protocol.merkle import append as grow
from protocol.note import Line, Note
from protocol.signed import Signed
from store import failpoint
from store.columns import NAME, WORD, big, data, metadata, number, serial, text, without
from store.upsert import insert, insert_once, put

ENTRY: Final = 33  # Bytes: a type and a SHA-256.
LEASE: Final = 15  # Seconds for which one process is the writer, or the one that asks witnesses.
WRITER, ASKER = 1, 2  # The places there are.
MESSAGES: Final = ("release", "stop")  # Kinds whose objects stand in `messages`; not all are for everyone.

log_entries: Final = Table(
    "log_entries",
    metadata,
    serial("id"),
    data("entry"),
    text("kind", WORD),
    big("position", null=True),
    text("name", NAME, null=True),
    data("signed", null=True),
    UniqueConstraint("entry"),
    UniqueConstraint("position"),
    without("ix_log_entries_queue", "id", what="position"),
)

log_nodes: Final = Table(
    "log_nodes", metadata, number("level", key=True), big("position", key=True), data("hash"), sqlite_with_rowid=False
)

checkpoints: Final = Table("checkpoints", metadata, big("size", key=True), text("note", None))

log_writer: Final = Table("log_writer", metadata, number("place", key=True), text("owner", 64), big("until"))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed note over the log's first `size` leaves."""

    size: int
    note: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """One entry of 33 bytes and its index in the log."""

    index: int
    entry: bytes


def queue_signed(conn: Connection, kind: str, signed: Signed) -> bool:
    """Have a signed object logged, and kept for auditors unless it is a message; say whether it is new."""
    kept = None if kind in MESSAGES else signed.encode()
    return queue_entry(conn, kind, entry_of(kind, signed), signed.message(), kept)


def queue_entry(
    conn: Connection, kind: str, entry: bytes, name: str | None = None, signed: bytes | None = None
) -> bool:
    """Have an entry logged; say whether it is new.  Raises Refused("shape") for what is no entry of `kind`."""
    if len(entry) != ENTRY or entry[0] != TYPES.get(kind):
        raise Refused("shape", f"An entry of kind {kind} has {ENTRY} bytes, of which its type is the first.")
    statement = insert(conn, log_entries).values(entry=entry, kind=kind, name=name, signed=signed)
    return conn.execute(statement.on_conflict_do_nothing().returning(log_entries.c.id)).first() is not None


def unsequenced(conn: Connection, limit: int = 256) -> list[bytes]:
    """Return the entries that wait, in the order they came."""
    query = select(log_entries.c.entry).where(log_entries.c.position.is_(None)).order_by(log_entries.c.id)
    return [bytes(entry) for entry in conn.execute(query.limit(limit)).scalars()]


def hold_writer(conn: Connection, owner: str, now: int, place: int = WRITER) -> bool:
    """Make `owner` the log's writer, or its asker, for 15 seconds more; say whether it is, for nobody else is."""
    if insert_once(conn, log_writer, place=place, owner=owner, until=now + LEASE):
        return True
    # A lease much longer than any is from before the clock was set back, and must not keep all waiting until then.
    mine = (log_writer.c.owner == owner) | ~log_writer.c.until.between(now + 1, now + 2 * LEASE)
    taken = update(log_writer).where(log_writer.c.place == place, mine).values(owner=owner, until=now + LEASE)
    return conn.execute(taken).rowcount == 1


def append(conn: Connection, *, owner: str, now: int, limit: int = 256) -> list[Leaf]:
    """Put waiting entries into the log and return them with their indexes; none unless `owner` is its writer."""
    if not hold_writer(conn, owner, now):
        return []
    size = log_size(conn)
    fresh: dict[tuple[int, int], bytes] = {}
    stored = node_reader(conn)

    def node(level: int, position: int) -> bytes:
        return fresh.get((level, position)) or stored(level, position)

    leaves = []
    for entry in unsequenced(conn, limit):
        for level, position, hash_ in grow(size, leaf_hash(entry), node):
            fresh[level, position] = hash_
        conn.execute(update(log_entries).where(log_entries.c.entry == entry).values(position=size))
        leaves.append(Leaf(size, entry))
        size += 1
    if fresh:
        rows = [{"level": level, "position": at, "hash": hash_} for (level, at), hash_ in fresh.items()]
        conn.execute(log_nodes.insert(), rows)
    failpoint.reach("log.appended-before-commit")
    return leaves


def log_size(conn: Connection) -> int:
    """Return how many leaves the log has."""
    highest = conn.execute(select(func.max(log_entries.c.position))).scalar()
    return 0 if highest is None else int(highest) + 1


def node_reader(conn: Connection) -> Node:
    """Return the function by which `protocol.merkle` reads nodes.  It raises Refused("log_proof") for a missing one."""

    def node(level: int, position: int) -> bytes:
        query = select(log_nodes.c.hash).where(log_nodes.c.level == level, log_nodes.c.position == position)
        found = conn.execute(query).scalar()
        if found is None:
            raise Refused("log_proof", f"The log has no node {position} on level {level}.")
        return bytes(found)

    return node


def read_nodes(conn: Connection, level: int, first: int, count: int) -> list[bytes]:
    """Return up to `count` hashes of a level from position `first` on: a row of a tile."""
    at = log_nodes.c.position
    query = select(log_nodes.c.hash).where(log_nodes.c.level == level, at >= first, at < first + count).order_by(at)
    return [bytes(hash_) for hash_ in conn.execute(query).scalars()]


def read_entries(conn: Connection, first: int, count: int) -> list[bytes]:
    """Return up to `count` leaves' entries from index `first` on."""
    at = log_entries.c.position
    query = select(log_entries.c.entry).where(at >= first, at < first + count).order_by(at)
    return [bytes(entry) for entry in conn.execute(query).scalars()]


def index_of(conn: Connection, entry: bytes) -> int | None:
    """Return the index of an entry in the log; None while it waits or is unknown."""
    return conn.execute(select(log_entries.c.position).where(log_entries.c.entry == entry)).scalar()


def indexes_of(conn: Connection, entries: Sequence[bytes]) -> dict[bytes, int]:
    """Return the indexes of those entries that are in the log."""
    query = select(log_entries.c.entry, log_entries.c.position).where(log_entries.c.entry.in_(entries))
    return {bytes(row.entry): int(row.position) for row in conn.execute(query) if row.position is not None}


@dataclass(frozen=True, slots=True)
class Kept:
    """What the store has of an entry: its kind, the name of its object, and the object's bytes unless in `messages`."""

    kind: str
    name: str | None
    signed: bytes | None


def kept_of(conn: Connection, entry: bytes) -> Kept | None:
    """Return what there is of an entry that has its place in the log; None for any other."""
    columns = log_entries.c.kind, log_entries.c.name, log_entries.c.signed
    query = select(*columns).where(log_entries.c.entry == entry, log_entries.c.position.is_not(None))
    row = conn.execute(query).first()
    return None if row is None else Kept(row.kind, row.name, None if row.signed is None else bytes(row.signed))


def join_checkpoint(conn: Connection, size: int, lines: Sequence[Line]) -> None:
    """Add checked cosignatures to the checkpoint of `size` leaves, whatever others were added meanwhile."""
    query = select(checkpoints.c.note).where(checkpoints.c.size == size).with_for_update()
    note = Note.decode(conn.execute(query).scalar_one())
    for line in lines:
        note = note.joined(line)
    put_checkpoint(conn, size, note.encode())


def put_checkpoint(conn: Connection, size: int, note: str) -> None:
    """Keep a checkpoint, or the same one with more cosignatures.  Raises Refused("checkpoint") past the log's size."""
    if size > log_size(conn):
        raise Refused("checkpoint", f"A checkpoint of {size} leaves; the log has {log_size(conn)} of them.")
    put(conn, checkpoints, {"size": size}, {"note": note})


def has_checkpoint(conn: Connection, size: int) -> bool:
    """Say whether there is a checkpoint of `size` leaves."""
    return conn.execute(select(checkpoints.c.size).where(checkpoints.c.size == size)).first() is not None


def latest_checkpoint(conn: Connection) -> Checkpoint | None:
    """Return the checkpoint over most leaves; None before the first."""
    row = conn.execute(select(checkpoints).order_by(checkpoints.c.size.desc()).limit(1)).first()
    return None if row is None else Checkpoint(int(row.size), row.note)


def checkpoints_over(conn: Connection, index: int, limit: int = 64) -> list[Checkpoint]:
    """Return the smallest checkpoints that have leaf `index`, the smallest first; none until there is one."""
    query = select(checkpoints).where(checkpoints.c.size > index).order_by(checkpoints.c.size).limit(limit)
    return [Checkpoint(int(row.size), row.note) for row in conn.execute(query)]


def checkpoint_over(conn: Connection, index: int) -> Checkpoint | None:
    """Return the smallest checkpoint that has leaf `index`; None until there is one."""
    return next(iter(checkpoints_over(conn, index, 1)), None)
