"""What a browser's profile folder holds: every file's bytes, and what is inside those that Firefox compresses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

MOZLZ4: Final = b"mozLz40\0"


def unlz4(block: bytes) -> bytes:
    """Return what an LZ4 block holds (the block format, as written by one sender that is trusted)."""
    out = bytearray()
    at = 0

    def length(start: int) -> int:
        nonlocal at
        total = start
        while start == 15:
            total += block[at]
            at += 1
            if block[at - 1] != 255:
                break
        return total

    while at < len(block):
        token = block[at]
        at += 1
        literals = length(token >> 4)
        out += block[at : at + literals]
        at += literals
        if at >= len(block):
            break
        back = int.from_bytes(block[at : at + 2], "little")
        at += 2
        for _ in range(length(token & 15) + 4):
            out.append(out[-back])
    return bytes(out)


def contents(profile: Path) -> Iterator[tuple[str, bytes]]:
    """Give every file of a profile with its bytes, as they lie there and, where Firefox compressed them, opened."""
    for path in sorted(profile.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        data = path.read_bytes()
        yield str(path.relative_to(profile)), data
        if data.startswith(MOZLZ4):
            yield f"{path.relative_to(profile)} opened", unlz4(data[len(MOZLZ4) + 4 :])


def holding(profile: Path, words: str) -> list[str]:
    """Return the names of the files in which these words stand, in any writing that browsers use."""
    writings = [words.encode(code) for code in ("utf-8", "utf-16-le")]
    return [name for name, data in contents(profile) if any(one in data for one in writings)]
