"""A chain's messages as the store holds them, each checked again from its bundle."""

from __future__ import annotations

from sqlalchemy import Connection

from protocol.release import Knowledge, Release, Stop, check
from store.messages import chain_messages
from worker.station import Station


def released(conn: Connection, station: Station, chain: str, known: Knowledge, now: int) -> list[Release | Stop]:
    """Return the released messages of a chain.  Raises Refused where the store holds one that does not check."""
    rows = chain_messages(conn, chain, released=True)
    return [check(one.bundle or b"", station.policy, now, known) for one in rows]
