"""The Merkle tree of the log: hashes, proofs, and what a writer must keep.  SPEC 8.1.

RFC 6962, section 2.1, over SHA-256; the checks are those of RFC 9162, sections 2.1.3.2 and 2.1.4.2.  A writer keeps
rows of complete nodes: node (level, index) is the hash over the 2^level leaves from index · 2^level on, and never
changes once written.  From them every root and proof is read in O(log n).

Pure: reads no clock, touches no store; a store lends its rows as a function.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from protocol.encoding import MAX_INT, sha256
from protocol.errors import Refused

HASH: Final = 32  # Bytes of SHA-256.
EMPTY: Final = sha256(b"")  # The root of a tree without leaves.

Node = Callable[[int, int], bytes]  # (level, index) -> the 32-byte hash of a complete node that was written.


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf that holds `data` (RFC 6962: SHA-256 of 0x00 ‖ data)."""
    return sha256(b"\x00" + data)


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over two 32-byte hashes (RFC 6962: SHA-256 of 0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right)


# --- Whoever checks ---------------------------------------------------------------------------------------------------


def inclusion_root(index: int, size: int, leaf: bytes, proof: Sequence[bytes]) -> bytes:
    """Return the root of a tree of `size` leaves in which leaf hash `leaf` is number `index` and `proof` its path.

    Raises Refused("log_proof") if the index is not in the tree or the path has not the length it must have.
    """
    if not 0 <= index < size <= MAX_INT:
        raise Refused("log_proof", f"Leaf {index} can't be in a tree of {size} leaves (from 1 to {MAX_INT}).")
    _refuse_hashes(leaf, *proof)
    at, last, root = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise Refused("log_proof", f"The proof has {len(proof)} hashes; leaf {index} of {size} needs fewer.")
        if at % 2 == 1 or at == last:
            root = node_hash(sibling, root)
            while at % 2 == 0 and at != 0:  # The last node of a level without a partner rises as it is.
                at, last = at // 2, last // 2
        else:
            root = node_hash(root, sibling)
        at, last = at // 2, last // 2
    if last != 0:
        raise Refused("log_proof", f"The proof has {len(proof)} hashes; leaf {index} of {size} needs more.")
    return root


def check_inclusion(index: int, size: int, leaf: bytes, proof: Sequence[bytes], root: bytes) -> None:
    """Check that leaf hash `leaf` is number `index` of the `size` leaves under `root`.  Raises Refused("log_proof")."""
    _refuse_hashes(root)
    found = inclusion_root(index, size, leaf, proof)
    if found != root:
        raise Refused("log_proof", f"Leaf {index} leads to root {found.hex()[:16]}; it must be {root.hex()[:16]}.")


def check_consistency(size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree of `size2` leaves under `root2` begins with the `size1` leaves under `root1`.

    Every tree begins with an empty one, so a proof from size 0 proves nothing and is refused.
    Raises Refused("log_proof").
    """
    if not 0 < size1 <= size2 <= MAX_INT:
        raise Refused("log_proof", f"{size2} leaves can't be shown to begin with {size1} (from 1 to {MAX_INT}).")
    _refuse_hashes(root1, root2, *proof)
    if size1 == size2:
        if proof or root1 != root2:
            raise Refused("log_proof", f"Two trees of {size1} leaves need equal roots and no proof.")
        return
    old, new = _grown_roots(size1, size2, root1, proof)
    if old != root1:
        raise Refused("log_proof", f"The proof starts at {old.hex()[:16]}; the root of {size1} is {root1.hex()[:16]}.")
    if new != root2:
        raise Refused("log_proof", f"The proof leads to {new.hex()[:16]}; the root of {size2} is {root2.hex()[:16]}.")


def _grown_roots(size1: int, size2: int, root1: bytes, proof: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Return the old and the new root that a proof between two different sizes leads to."""
    at, last = size1 - 1, size2 - 1
    while at % 2 == 1:
        at, last = at // 2, last // 2
    # An old tree that is one complete node stands for itself; otherwise the proof begins with its last such node.
    path = list(proof) if at else [root1, *proof]
    if not path:
        raise Refused("log_proof", f"The proof is empty; from {size1} to {size2} leaves it can't be.")
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise Refused("log_proof", f"The proof has {len(proof)} hashes; from {size1} to {size2} it needs fewer.")
        if at % 2 == 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while at % 2 == 0 and at != 0:
                at, last = at // 2, last // 2
        else:
            new = node_hash(new, sibling)
        at, last = at // 2, last // 2
    if last != 0:
        raise Refused("log_proof", f"The proof has {len(proof)} hashes; from {size1} to {size2} it needs more.")
    return old, new


def _refuse_hashes(*hashes: bytes) -> None:
    for one in hashes:
        if len(one) != HASH:
            raise Refused("log_proof", f"A hash has {HASH} bytes; this one has {len(one)}.")


# --- Whoever writes ---------------------------------------------------------------------------------------------------


def append(size: int, leaf: bytes, node: Node) -> list[tuple[int, int, bytes]]:
    """Return the nodes (level, index, hash) that leaf hash `leaf` completes in a tree of `size` leaves, lowest first.

    The leaf's own node comes first; on average two nodes, at most 1 + log2(size), and one read less than nodes.
    """
    if not 0 <= size < MAX_INT:
        raise Refused("log_proof", f"A tree of {size} leaves can't grow; at most {MAX_INT} leaves are kept.")
    _refuse_hashes(leaf)
    level, index, top = 0, size, leaf
    complete = [(level, index, top)]
    while index % 2 == 1:
        top = node_hash(node(level, index - 1), top)
        level, index = level + 1, index // 2
        complete.append((level, index, top))
    return complete


def root(size: int, node: Node) -> bytes:
    """Return the root over the first `size` leaves, with one read for each 1 in the binary form of `size`."""
    _refuse_range(0, size, size)
    return _over(0, size, node) if size else EMPTY


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """Return the path of leaf `index` among the first `size` leaves, from the leaf's sibling up (RFC 6962, 2.1.1)."""
    _refuse_range(index, index + 1, size)
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_over(middle, high, node))
            high = middle
        else:
            path.append(_over(low, middle, node))
            low = middle
    return path[::-1]


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """Return the proof that the first `new` leaves begin with the first `old`, of which there is at least 1 (2.1.2)."""
    _refuse_range(1, old, new)
    low, high, path = 0, new, []
    while old < high:
        middle = low + _split(high - low)
        if old <= middle:
            path.append(_over(middle, high, node))
            high = middle
        else:
            path.append(_over(low, middle, node))
            low = middle
    if low:  # Else the old tree is one complete node, whose hash a checker already holds: it is the old root.
        path.append(_over(low, high, node))
    return path[::-1]


def _refuse_range(low: int, high: int, size: int) -> None:
    if not 0 <= low <= high <= size <= MAX_INT:
        raise Refused("log_proof", f"Leaves {low} to {high} are not among {size} (at most {MAX_INT}).")


def _split(width: int) -> int:
    """Return the largest power of two below `width`, which is at least 2: where RFC 6962 divides a tree."""
    return 1 << (width - 1).bit_length() - 1


def _over(low: int, high: int, node: Node) -> bytes:
    """Return the hash over leaves `low` to `high` (not included), where `low` is where RFC 6962 divides a tree."""
    peaks = []
    while low < high:
        level = (high - low).bit_length() - 1
        peaks.append(node(level, low >> level))
        low += 1 << level
    top = peaks.pop()
    while peaks:
        top = node_hash(peaks.pop(), top)
    return top
