"""Tables: all of them, each defined beside the functions that use it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import MetaData

from store import (
    cases,
    counters,
    deliveries,
    drop,
    envelopes,
    epochkeys,
    events,
    legal,
    logbook,
    manifests,
    messages,
    notices,
    pages,
    rosters,
    sessions,
    sets,
    shifts,
    stays,
    subscribers,
    uploads,
)
from store.columns import WHERE, metadata

NOUNS: Final = (
    cases,
    counters,
    deliveries,
    drop,
    envelopes,
    epochkeys,
    events,
    legal,
    logbook,
    manifests,
    messages,
    notices,
    pages,
    rosters,
    sessions,
    sets,
    shifts,
    stays,
    subscribers,
    uploads,
)  # Importing a noun puts its tables into the metadata.


def all_tables() -> MetaData:
    """Return the metadata with every table: what the migrations must lead to."""
    for table in metadata.tables.values():
        for index in table.indexes:
            if WHERE in index.info:
                for database in ("sqlite", "postgresql"):
                    index.dialect_kwargs[f"{database}_where"] = index.info[WHERE]
    return metadata
