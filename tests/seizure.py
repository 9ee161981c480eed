"""What somebody who takes everything finds: every byte on disk, in Redis, and in the memory of our processes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Find:
    """A mark that was found, and where."""

    mark: bytes
    where: str


def spellings(text: str) -> tuple[bytes, ...]:
    """Return how a text may lie somewhere: UTF-8, UTF-16, and with JSON's escapes."""
    return tuple({text.encode("utf-8"), text.encode("utf-16-le"), text.encode("unicode_escape")})


def on_disk(folder: Path, marks: Iterable[bytes]) -> Iterator[Find]:
    """Search every file below a folder."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield from (Find(mark, str(path)) for mark in marks if mark in data)


def in_memory(pid: int, marks: Iterable[bytes]) -> Iterator[Find]:
    """Search all writable memory of a running process (Linux)."""
    marks = tuple(marks)
    longest = max(map(len, marks))
    named = (Path(f"/proc/{pid}/{one}").read_bytes().replace(b"\0", b" ") for one in ("comm", "cmdline"))
    name = b" ".join(named).decode("utf-8", "replace")[:80]
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            match = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
            if match is None:
                continue
            start, end = (int(one, 16) for one in match.groups())
            yield from (Find(mark, name) for mark in _in_range(memory, start, end, marks, longest))


def _in_range(memory: FileIO, start: int, end: int, marks: tuple[bytes, ...], longest: int) -> set[bytes]:
    found: set[bytes] = set()
    tail = b""
    for at in range(start, end, CHUNK):
        try:
            memory.seek(at)
            data = tail + memory.read(min(CHUNK, end - at))
        except (OSError, ValueError, OverflowError):
            return found  # A mapping that went away, or one that can't be read by anyone.
        if data.strip(b"\0"):  # Most of a thread's memory was never touched.
            found |= {mark for mark in marks if mark in data}
        tail = data[-longest:]
    return found
