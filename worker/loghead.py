"""The log's head: how many leaves this key has signed last, and their root, in a file beside the key.  SPEC 8.

The store alone can't tell that it is an older copy of itself.  Whoever signs over one gives the same places to other
leaves: a second past, which witnesses and auditors hold against the network for good.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from protocol.errors import Refused
from protocol.merkle import root
from protocol.note import Checkpoint
from store.logbook import log_size, node_reader

LINES: Final = 3  # Of each origin's checkpoint: a new log begins with nothing signed, and the old one is not forgotten.


class LogHead:
    """What was signed last for each origin.  Read it before the store, which can only hold more by then."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read(self, origin: str) -> Checkpoint | None:
        """Return what was signed last for an origin; None before the first.  Raises Refused("checkpoint")."""
        return self._read().get(origin)

    def _read(self) -> dict[str, Checkpoint]:
        if not self._file.exists():
            return {}
        lines = self._file.read_text("utf-8").splitlines(keepends=True)
        found = [Checkpoint.decode("".join(lines[at : at + LINES])) for at in range(0, len(lines), LINES)]
        return {one.origin: one for one in found}

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no other process read and write in between: what is kept never becomes less."""
        folder = os.open(self._file.absolute().parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)

    def keep(self, head: Checkpoint) -> None:
        """Have `head` on the disk, and survive a power cut, before this returns.  Call it while it is `held`."""
        known = self._read()
        if known.get(head.origin) == head:
            return
        new = self._file.with_name(f".{self._file.name}.new")
        with new.open("w", encoding="utf-8") as file:
            file.write("".join(one.encode() for one in (known | {head.origin: head}).values()))
            file.flush()
            os.fsync(file.fileno())
        new.replace(self._file)
        folder = os.open(self._file.absolute().parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def require_grown(head: Checkpoint | None, conn: Connection) -> None:
    """Raise Refused("log_fork") unless the store's tree has grown from what was signed last."""
    if head is None:
        return
    size = log_size(conn)
    if size >= head.size and root(head.size, node_reader(conn)) == head.root:
        return
    has = f"has {size}" if size < head.size else "has others there"
    raise Refused(
        "log_fork",
        f"This key has signed {head.size} leaves of {head.origin}; the store {has}, so it is an older copy. Bring the "
        "newer store back, or have the custodians name a new log, with another origin (deploy/operators.md, Backups).",
    )
