"""The log: what writing, proving and auditing cost at ten million leaves, counted on a store that holds none.

Nothing is timed: a hash of chance stands for every node and every tile that is asked for, and what counts is how many
are.  Who reads by tiles hashes inside them, at most 255 times each.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bench.figure import Figure
from protocol import encoding, merkle, tiles
from protocol.tiles import HEIGHT, Growth, Tile

LEAVES: Final = 10_000_000
FULL: Final = (1 << 23) - 1  # The largest size up to there at which one more leaf completes a node on every level.
BOUND: Final = 2 * math.ceil(math.log2(LEAVES))
LEAF: Final = merkle.leaf_hash(b"a leaf")


@dataclass(slots=True)
class Count:
    """What one act read and hashed."""

    reads: int = 0
    hashes: int = 0
    tiles: set[tuple[int, int]] = field(default_factory=set)

    def node(self, level: int, index: int) -> bytes:
        """Stand for the store."""
        self.reads += 1
        self.tiles.add((level // HEIGHT, index << level % HEIGHT >> HEIGHT))
        return LEAF

    def fetch(self, tile: Tile) -> list[bytes]:
        """Stand for a site that serves the log."""
        self.tiles.add((tile.level, tile.index))
        return [LEAF] * tile.width


def measure(quick: bool) -> Iterator[Figure]:
    """Give the worst counts over many sizes and leaves, none of which may exceed twice the depth of the tree."""
    chance = random.Random(4)
    sizes = [LEAVES, LEAVES - 1, FULL, FULL + 1, *(chance.randrange(2, LEAVES) for _ in range(200 if quick else 2000))]
    acts: dict[str, Callable[[int, merkle.Node], object]] = {
        "append one leaf": lambda size, node: merkle.append(size, LEAF, node),
        "root of a checkpoint": merkle.root,
        "proof of a leaf": lambda size, node: merkle.inclusion(chance.randrange(size), size, node),
        "proof of growth": lambda size, node: merkle.consistency(chance.randrange(1, size), size, node),
    }
    for what, act in acts.items():
        counts = [_counted(act, size) for size in sizes]
        yield _figure(f"{what}: node reads", max(one.reads for one in counts))
        yield _figure(f"{what}: tiles", max(len(one.tiles) for one in counts))
        yield _figure(f"{what}: hashes", max(one.hashes for one in counts))
    yield from _by_tiles(sizes, chance)


def _by_tiles(sizes: Sequence[int], chance: random.Random) -> Iterator[Figure]:
    """Give what those count who have only the served files: an auditor's beginning, and proofs of their own."""
    acts: dict[str, Callable[[int, merkle.Node], object]] = {
        "an auditor's edge": Growth,
        "an auditor's root": merkle.root,
        "a proof of one's own": lambda size, node: merkle.inclusion(chance.randrange(size), size, node),
    }
    for what, act in acts.items():
        counts = [_counted(act, size, by_tiles=True) for size in sizes]
        yield _figure(f"{what}: tiles fetched", max(len(one.tiles) for one in counts))
        yield _figure(f"{what}: hashes", max(one.hashes for one in counts), 255 * BOUND)


def _figure(what: str, most: int, bound: int = BOUND) -> Figure:
    return Figure("log", f"{what}, of {LEAVES:,}", most, "", must=f"≤ {bound}", good=most <= bound)


def _counted(act: Callable[[int, merkle.Node], object], size: int, *, by_tiles: bool = False) -> Count:
    """Return what one act costs; `protocol.merkle` makes every hash by `sha256`, which is counted meanwhile."""
    count, honest = Count(), encoding.sha256
    node = tiles.node_reader(size, count.fetch) if by_tiles else count.node

    def counted(data: bytes) -> bytes:
        count.hashes += 1
        return honest(data)

    merkle.sha256 = counted  # type: ignore[attr-defined]
    try:
        act(size, node)
    finally:
        merkle.sha256 = honest  # type: ignore[attr-defined]
    return count
