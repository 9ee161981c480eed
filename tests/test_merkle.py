"""The Merkle tree of the log: public vectors, a naive tree of RFC 6962's own words, and reads that are counted."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol import merkle
from protocol.encoding import MAX_INT, sha256
from protocol.errors import Refused
from tests import vectors
from tests.javascript import call
from tests.refusals import refused

TEN_MILLION = 10_000_000


# --- RFC 6962, section 2.1, word for word: slow and plainly right ----------------------------------------------------


def naive_split(width: int) -> int:
    k = 1
    while k * 2 < width:
        k *= 2
    return k


def naive_root(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0])
    k = naive_split(len(leaves))
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:]))


def naive_path(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = naive_split(len(leaves))
    if index < k:
        return [*naive_path(index, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(index - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(old: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = naive_split(len(leaves))
    if old <= k:
        return [*naive_subproof(old, leaves[:k], whole), naive_root(leaves[k:])]
    return [*naive_subproof(old - k, leaves[k:], False), naive_root(leaves[:k])]


class Rows:
    """The rows of complete nodes that a store keeps; each is written once, and only then can be read."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.nodes: dict[tuple[int, int], bytes] = {}
        self.size = 0
        for leaf in leaves:
            for level, index, value in merkle.append(self.size, merkle.leaf_hash(leaf), self.node):
                assert (level, index) not in self.nodes
                self.nodes[level, index] = value
            self.size += 1

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]


class Fabricated:
    """A log that holds nothing: every complete node's hash is made up when it is read, and reads are counted."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.reads: list[tuple[int, int]] = []

    def node(self, level: int, index: int) -> bytes:
        assert (index + 1) << level <= self.size, "only complete nodes are in the rows"
        self.reads.append((level, index))
        return sha256(f"{level} {index}".encode())


class Checks(NamedTuple):
    """What whoever checks calls, of one language."""

    root: Callable[..., Any]
    inclusion: Callable[..., Any]
    consistency: Callable[..., Any]


IN_PYTHON = Checks(merkle.inclusion_root, merkle.check_inclusion, merkle.check_consistency)
IN_JAVASCRIPT = Checks(
    *(partial(call, "merkle", name) for name in ("inclusionRoot", "checkInclusion", "checkConsistency"))
)
both = pytest.mark.parametrize("checks", [IN_PYTHON, IN_JAVASCRIPT], ids=["Python", "JavaScript"])
LEAVES = [f"leaf {number}".encode() for number in range(300)]
ROWS = Rows(LEAVES)


# --- Public vectors ---------------------------------------------------------------------------------------------------


def public() -> Iterator[tuple[str, dict[str, Any]]]:
    for kind in ("inclusion", "consistency"):
        files = sorted((vectors.folder("merkle") / kind).rglob("*.json"))
        assert files, f"the folder merkle/{kind} holds no vector"
        for file in files:
            yield f"{kind}/{file.parent.name}/{file.stem}", json.loads(file.read_text())


def verdict(vector: dict[str, Any], checks: Checks) -> str:
    """Return the kind by which a vector is refused, or "taken"."""
    proof = [base64.b64decode(line) for line in vector["proof"] or []]
    try:
        if "leafIdx" in vector:
            leaf, root = base64.b64decode(vector["leafHash"]), base64.b64decode(vector["root"])
            checks.inclusion(vector["leafIdx"], vector["treeSize"], leaf, proof, root)
        else:
            roots = base64.b64decode(vector["root1"]), base64.b64decode(vector["root2"])
            checks.consistency(vector["size1"], vector["size2"], *roots, proof)
    except Refused as refusal:
        return refusal.kind
    return "taken"


@both
def test_every_public_vector_gets_its_verdict(checks: Checks) -> None:
    wanted = {name: "log_proof" if vector["wantErr"] else "taken" for name, vector in public()}

    assert {name: verdict(vector, checks) for name, vector in public()} == wanted
    assert set(wanted.values()) == {"log_proof", "taken"}


# --- The checker and the writer against the naive tree ----------------------------------------------------------------


@settings(max_examples=120, deadline=None)
@given(st.integers(1, 300), st.data())
def test_every_inclusion_proof_is_the_naive_one_and_checks(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root = merkle.root(size, ROWS.node)
    proof = merkle.inclusion(index, size, ROWS.node)

    assert root == naive_root(LEAVES[:size])
    assert proof == naive_path(index, LEAVES[:size])
    merkle.check_inclusion(index, size, merkle.leaf_hash(LEAVES[index]), proof, root)


@settings(max_examples=120, deadline=None)
@given(st.integers(1, 300), st.data())
def test_every_consistency_proof_is_the_naive_one_and_checks(new: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, new))
    proof = merkle.consistency(old, new, ROWS.node)

    assert proof == naive_subproof(old, LEAVES[:new], True)
    merkle.check_consistency(old, new, naive_root(LEAVES[:old]), naive_root(LEAVES[:new]), proof)


@both
def test_in_small_trees_no_proof_holds_for_another_leaf_index_or_length(checks: Checks) -> None:
    for size in range(1, 12):
        root = naive_root(LEAVES[:size])
        for index in range(size):
            leaf, proof = merkle.leaf_hash(LEAVES[index]), merkle.inclusion(index, size, ROWS.node)
            checks.inclusion(index, size, leaf, proof, root)
            wrong = [(other, leaf, proof) for other in range(-1, size + 2) if other != index]
            wrong += [(index, merkle.leaf_hash(b"other"), proof), (index, leaf, [*proof, root])]
            wrong += [(index, leaf, proof[:-1])] if proof else []
            for at, other, path in wrong:
                with refused("log_proof"):
                    checks.inclusion(at, size, other, path, root)


@both
def test_in_small_trees_no_proof_holds_for_another_history(checks: Checks) -> None:
    roots = [naive_root(LEAVES[:size]) for size in range(12)]
    for new in range(1, 12):
        for old in range(1, new + 1):
            proof = merkle.consistency(old, new, ROWS.node)
            checks.consistency(old, new, roots[old], roots[new], proof)
            wrong = [(old, roots[other], roots[new], proof) for other in range(12) if other != old]
            wrong += [(old, roots[old], roots[other], proof) for other in range(12) if other != new]
            wrong += [(old, roots[old], roots[new], [*proof, roots[0]]), (0, roots[0], roots[new], proof)]
            for size, root1, root2, path in wrong:
                with refused("log_proof"):
                    checks.consistency(size, new, root1, root2, path)


@both
def test_a_path_of_the_wrong_length_is_refused_even_under_a_root_that_fits_it(checks: Checks) -> None:
    leaf, extra = merkle.leaf_hash(b"a leaf"), sha256(b"one hash too many")
    for root in (merkle.node_hash(extra, leaf), merkle.node_hash(leaf, extra)):
        with refused("log_proof"):
            checks.inclusion(0, 1, leaf, [extra], root)
    with refused("log_proof"):
        checks.inclusion(0, 2, leaf, [], leaf)

    proof = merkle.consistency(3, 4, ROWS.node)
    above = [merkle.node_hash(extra, naive_root(LEAVES[:size])) for size in (3, 4)]
    with refused("log_proof"):
        checks.consistency(3, 4, *above, [*proof, extra])
    with refused("log_proof"):
        checks.consistency(3, 4, proof[0], proof[0], proof[:1])


@both
def test_a_proof_from_an_empty_tree_proves_nothing_and_is_refused(checks: Checks) -> None:
    with refused("log_proof"):
        checks.consistency(0, 5, merkle.EMPTY, naive_root(LEAVES[:5]), [])
    with refused("log_proof"):
        checks.consistency(0, 0, merkle.EMPTY, merkle.EMPTY, [])


@both
def test_numbers_that_javascript_can_not_hold_are_refused(checks: Checks) -> None:
    leaf = merkle.leaf_hash(b"")
    assert checks.root(0, MAX_INT, leaf, [leaf] * 53)
    with refused("log_proof"):
        checks.root(0, MAX_INT + 1, leaf, [leaf] * 53)
    with refused("log_proof"):
        checks.consistency(MAX_INT + 1, MAX_INT + 1, leaf, leaf, [])


@both
def test_a_hash_of_another_length_is_refused(checks: Checks) -> None:
    leaf = merkle.leaf_hash(b"")
    with refused("log_proof"):
        checks.inclusion(0, 1, leaf[:-1], [], leaf[:-1])
    with refused("log_proof"):
        checks.inclusion(0, 2, leaf, [b""], merkle.node_hash(leaf, b""))
    with refused("log_proof"):
        checks.consistency(1, 1, b"", b"", [])


def test_a_writer_is_refused_what_no_checker_would_take() -> None:
    assert merkle.root(0, ROWS.node) == naive_root([]) == merkle.EMPTY
    with refused("log_proof"):
        merkle.append(MAX_INT, merkle.EMPTY, ROWS.node)
    with refused("log_proof"):
        merkle.append(0, b"", ROWS.node)
    with refused("log_proof"):
        merkle.root(MAX_INT + 1, ROWS.node)
    with refused("log_proof"):
        merkle.inclusion(5, 5, ROWS.node)
    with refused("log_proof"):
        merkle.consistency(0, 5, ROWS.node)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, MAX_INT), st.data())
def test_both_languages_find_the_same_root_in_trees_of_any_size(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    log = Fabricated(size)
    leaf, path = sha256(f"0 {index}".encode()), merkle.inclusion(index, size, log.node)

    assert IN_JAVASCRIPT.root(index, size, leaf, path) == IN_PYTHON.root(index, size, leaf, path)


# --- What it costs in a large log -------------------------------------------------------------------------------------


@settings(max_examples=100, deadline=None)
@given(st.integers(TEN_MILLION - 5000, TEN_MILLION), st.data())
def test_at_ten_million_leaves_a_proof_reads_a_few_dozen_nodes(size: int, data: st.DataObject) -> None:
    levels = size.bit_length()  # 24
    index = data.draw(st.integers(0, size - 1))
    log = Fabricated(size)
    root = merkle.root(size, log.node)
    assert len(log.reads) == size.bit_count()

    log.reads.clear()
    path = merkle.inclusion(index, size, log.node)
    assert len(log.reads) <= 2 * levels
    assert len(path) <= levels
    merkle.inclusion_root(index, size, sha256(f"0 {index}".encode()), path)  # The path has exactly its length.

    log.reads.clear()
    proof = merkle.consistency(index + 1, size, log.node)
    assert len(log.reads) <= 2 * levels
    assert len(proof) <= levels + 1
    assert len(root) == 32


def test_appending_to_ten_million_leaves_writes_two_nodes_on_average() -> None:
    nodes = reads = 0
    for size in range(TEN_MILLION - 4096, TEN_MILLION):
        log = Fabricated(size)
        written = merkle.append(size, merkle.leaf_hash(b""), log.node)
        assert len(log.reads) == len(written) - 1 < size.bit_length()
        nodes, reads = nodes + len(written), reads + len(log.reads)
    assert nodes / 4096 < 2.01
    assert reads / 4096 < 1.01
