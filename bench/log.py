"""The log: what append, checkpoint and proof cost at ten million leaves, counted on a store that holds none.

Nothing is timed: a hash of chance stands for every node that is asked for, and what counts is how many are.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from bench.figure import Figure
from protocol import encoding, merkle

LEAVES: Final = 10_000_000
FULL: Final = (1 << 23) - 1  # The largest size up to there at which one more leaf completes a node on every level.
TILE: Final = 8  # Levels of a tile (C2SP tlog-tiles).
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
        self.tiles.add((level // TILE, index << level % TILE >> TILE))
        return LEAF


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


def _figure(what: str, most: int) -> Figure:
    bound = 2 * math.ceil(math.log2(LEAVES))
    return Figure("log", f"{what}, of {LEAVES:,}", most, "", must=f"≤ {bound}", good=most <= bound)


def _counted(act: Callable[[int, merkle.Node], object], size: int) -> Count:
    """Return what one act costs; `protocol.merkle` makes every hash by `sha256`, which is counted meanwhile."""
    count, honest = Count(), encoding.sha256

    def counted(data: bytes) -> bytes:
        count.hashes += 1
        return honest(data)

    merkle.sha256 = counted  # type: ignore[attr-defined]
    try:
        act(size, count.node)
    finally:
        merkle.sha256 = honest  # type: ignore[attr-defined]
    return count
