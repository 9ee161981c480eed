"""A log in memory, as its writer keeps it: real rows, real checkpoints, cosigners on request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from protocol import log, merkle, note
from protocol.signed import Signed


class Log:
    """An append-only log under one key; `seed` is public to whoever plays the hostile operator."""

    def __init__(self, origin: str, seed: bytes, cosigners: Mapping[str, bytes]) -> None:
        self.origin = origin
        self.seed = seed
        self.cosigners = dict(cosigners)  # Seeds by name.
        self.size = 0
        self.rows: dict[tuple[int, int], bytes] = {}

    def append(self, kind: str, signed: Signed) -> int:
        """Log a signed object and return its index; the same object twice gets two entries."""
        leaf = merkle.leaf_hash(log.entry(kind, signed))
        for level, index, node in merkle.append(self.size, leaf, self._node):
            self.rows[level, index] = node
        self.size += 1
        return self.size - 1

    def checkpoint(self, cosigned: Iterable[str] = (), at: int = 0, size: int | None = None) -> note.Note:
        """Return the signed checkpoint of the first `size` leaves, cosigned by these names at `at`."""
        size = self.size if size is None else size
        text = note.Checkpoint(self.origin, size, merkle.root(size, self._node)).encode()
        signed = note.sign(self.origin, text, self.seed)
        for name in cosigned:
            signed = signed.joined(note.cosign(name, text, self.cosigners[name], at))
        return signed

    def proof(self, index: int, cosigned: Iterable[str] = (), at: int = 0) -> log.Proof:
        """Return the proof that leaf `index` is in the log as it is now."""
        path = merkle.inclusion(index, self.size, self._node)
        return log.Proof(index, tuple(path), self.checkpoint(cosigned, at))

    def _node(self, level: int, index: int) -> bytes:
        return self.rows[level, index]
