"""Heads: what the log holds each day of every case, so that nobody can rewrite a case's past later.  SPEC 8.3.

Nobody signs them; they follow from the events alone, so whoever has the events of a day can make them again.  The log
holds a hash, and neither how many cases there are nor which.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping

from protocol.encoding import canonical, sha256
from protocol.log import TYPES
from protocol.merkle import append, leaf_hash, root


def heads_root(heads: Mapping[str, str]) -> bytes:
    """Return the Merkle root over case ids and the names of their last events (both hexadecimal), ascending by id."""
    rows: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        return rows[level, index]

    for size, id in enumerate(sorted(heads)):
        leaf = leaf_hash(bytes.fromhex(id) + bytes.fromhex(heads[id]))
        rows |= {(level, index): hash_ for level, index, hash_ in append(size, leaf, node)}
    return root(len(heads), node)


def heads_entry(network: str, day: int, heads: Mapping[str, str]) -> bytes:
    """Return the log's 33 bytes of the heads at the end of `day`: type ‖ SHA-256(JCS of network, day and root)."""
    value = {"v": 1, "network": network, "day": day, "root": heads_root(heads).hex()}
    return bytes([TYPES["heads"]]) + sha256(canonical(value))
