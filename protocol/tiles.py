"""Tiles: a log as static files, from which anybody reads any hash, proof and entry of it.  SPEC 8.4.

C2SP tlog-tiles: tile `n` of level `l` holds 256 hashes, each over 256^l leaves; an entry bundle holds the entries of a
tile of level 0.  The last tile of a level is partial, and its path says how many hashes it has.

Pure: reads no clock, touches no store; whoever reads a log lends it a function that fetches.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from protocol.encoding import MAX_INT
from protocol.errors import Refused
from protocol.merkle import HASH, Node, append, node_hash, root

HEIGHT: Final = 8  # Levels of the tree that a tile spans.
WIDTH: Final = 1 << HEIGHT  # Hashes of a full tile.
ENTRIES: Final = -1  # Stands for the level of a tile that holds entries.
ENTRY: Final = 33  # Bytes of an entry: a type and a SHA-256.
LEVELS: Final = 7  # Tiles of level 6 hold hashes over 2^48 leaves; no tree here has more than 2^53.

_PATH: Final = re.compile(r"tile/(entries|[0-6])/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


@dataclass(frozen=True, slots=True)
class Tile:
    """Which tile: its level (or ENTRIES), its index in the level, and how many hashes or entries it has, 1 to 256."""

    level: int
    index: int
    width: int

    @classmethod
    def decode(cls, path: str) -> Tile:
        """Return the tile that a path, from `tile/` on, names.  Raises Refused("log_tile")."""
        parts = _PATH.fullmatch(path)
        if parts is None:
            raise Refused("log_tile", f"A tile is tile/<level>/<x001/…/234>[.p/<width>]; this is {path[:80]!a}.")
        level, index, width = parts.groups()
        tile = cls(
            ENTRIES if level == "entries" else int(level),
            int(index.replace("x", "").replace("/", "")),
            int(width or WIDTH),
        )
        if tile.encode() != path:  # A leading x000, or a width of 256 and more.
            raise Refused("log_tile", f"The tile is written {tile.encode()}, not {path[:80]}.")
        return tile

    def encode(self) -> str:
        """Return the path below the log's prefix."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        digits = f"{self.index:03}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        parts = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        partial = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{''.join(f'x{part}/' for part in parts[:-1])}{parts[-1]}{partial}"

    @property
    def first(self) -> int:
        """The index, on its level of the tree, of the first hash: of a tile of entries, the first leaf's."""
        return self.index * WIDTH


def width_at(size: int, level: int, index: int) -> int:
    """Return how many hashes tile `index` of a level has in a tree of `size` leaves; 0 where there is no such tile."""
    if not 0 <= size <= MAX_INT or index < 0 or not ENTRIES <= level < LEVELS:
        return 0
    hashes = size >> HEIGHT * max(level, 0)
    return max(0, min(WIDTH, hashes - index * WIDTH))


def tile_at(size: int, level: int, index: int) -> Tile:
    """Return tile `index` of a level as a tree of `size` leaves has it.  Raises Refused("log_tile") if it has none."""
    width = width_at(size, level, index)
    if width == 0:
        raise Refused("log_tile", f"A tree of {size} leaves has no tile {index} on level {level}.")
    return Tile(level, index, width)


def read_hashes(data: bytes, tile: Tile) -> list[bytes]:
    """Return the hashes of a tile's bytes.  Raises Refused("log_tile") for a tile that is cut short or too long."""
    if len(data) != tile.width * HASH:
        raise Refused("log_tile", f"{tile.encode()} has {tile.width * HASH} bytes; {len(data)} came.")
    return [data[at : at + HASH] for at in range(0, len(data), HASH)]


def write_entries(entries: Iterable[bytes]) -> bytes:
    """Return an entry bundle: each entry behind its length in two bytes, big-endian."""
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)


def read_entries(data: bytes, tile: Tile) -> list[bytes]:
    """Return the entries of a bundle's bytes, of 33 bytes each.  Raises Refused("log_tile") for any other bytes."""
    each = 2 + ENTRY
    if len(data) != tile.width * each:
        raise Refused("log_tile", f"{tile.encode()} has {tile.width * each} bytes; {len(data)} came.")
    entries = [data[at + 2 : at + each] for at in range(0, len(data), each)]
    if write_entries(entries) != data:
        raise Refused("log_tile", f"Every entry of {tile.encode()} has {ENTRY} bytes and says so; one does not.")
    return entries


def node_reader(size: int, fetch: Callable[[Tile], Sequence[bytes]]) -> Node:
    """Return the function by which `protocol.merkle` reads the nodes of a tree of `size` leaves from its tiles.

    `fetch` returns a tile's hashes, unchecked: what they lead to is held against a root by whoever reads.
    """

    def node(level: int, index: int) -> bytes:
        height, above = divmod(level, HEIGHT)
        at, offset = divmod(index << above, WIDTH)
        tile = tile_at(size, height, at)
        hashes = list(fetch(tile)[offset : offset + (1 << above)])
        if len(hashes) != 1 << above:
            raise Refused("log_tile", f"{tile.encode()} does not reach to node {index} of level {level}.")
        while len(hashes) > 1:
            hashes = [node_hash(left, right) for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
        return hashes[0]

    return node


class Growth:
    """A tree that grows leaf by leaf, of which only the right edge is kept: what an auditor walks a log with."""

    def __init__(self, size: int, node: Node) -> None:
        """Begin with the first `size` leaves, whose edge `node` reads."""
        self.size = size
        self._peaks = {
            level: node(level, (size >> level) - 1) for level in range(size.bit_length()) if size >> level & 1
        }

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Take the next leaf's hash; return the nodes (level, index, hash) that it completes, the leaf's own first."""
        complete = append(self.size, leaf, lambda level, _: self._peaks[level])
        for level, _, _ in complete[:-1]:
            self._peaks.pop(level, None)
        top, _, hash_ = complete[-1]
        self._peaks[top] = hash_
        self.size += 1
        return complete

    @property
    def root(self) -> bytes:
        """The root over all leaves until now."""
        return root(self.size, lambda level, _: self._peaks[level])
