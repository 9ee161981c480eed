"""Tiles: the paths that C2SP publishes, a tree read back from its tiles alone, and every tile that is cut short."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import merkle
from protocol.encoding import sha256
from protocol.errors import Refused
from protocol.tiles import (
    ENTRIES,
    WIDTH,
    Growth,
    Tile,
    node_reader,
    read_entries,
    read_hashes,
    tile_at,
    write_entries,
)
from tests.refusals import refused

SIZE = 70_000
LEAVES = [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(SIZE)]


@pytest.fixture(scope="module")
def rows() -> dict[tuple[int, int], bytes]:
    """Give every node of a tree of 70,000 leaves, as a log keeps them."""
    found: dict[tuple[int, int], bytes] = {}

    def node(level: int, index: int) -> bytes:
        return found[level, index]

    for size, leaf in enumerate(LEAVES):
        complete = merkle.append(size, leaf, node)
        found |= {(level, index): hash_ for level, index, hash_ in complete}
    return found


# C2SP tlog-tiles: "index 1234067 will be encoded as x001/x234/067", and its other rules for paths.
@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 1_234_067, WIDTH), "tile/0/x001/x234/067"),
        (Tile(0, 1_234_067, 8), "tile/0/x001/x234/067.p/8"),
        (Tile(ENTRIES, 1_234_067, WIDTH), "tile/entries/x001/x234/067"),
        (Tile(ENTRIES, 10, 255), "tile/entries/010.p/255"),
        (Tile(2, 0, 1), "tile/2/000.p/1"),
        (Tile(6, 999, WIDTH), "tile/6/999"),
        (Tile(1, 1000, WIDTH), "tile/1/x001/000"),
    ],
)
def test_a_tile_has_the_path_that_c2sp_gives_it(tile: Tile, path: str) -> None:
    assert tile.encode() == path
    assert Tile.decode(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/7/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000/",
        "/tile/0/000",
        "tile/0/٠٠٠",
        "tile/entries/000\n",
        "tile/0/" + "x999/" * 6 + "999",
        "tile/0/../../policy",
    ],
)
def test_what_is_no_tile_s_path_is_refused(path: str) -> None:
    with refused("log_tile"):
        Tile.decode(path)


@given(st.builds(Tile, st.integers(-1, 6), st.integers(0, 10**15), st.integers(1, WIDTH)))
def test_every_tile_is_read_back_from_its_path(tile: Tile) -> None:
    assert Tile.decode(tile.encode()) == tile


@given(st.text("tile/x0123456789.pentris", max_size=24).map("tile/".__add__))
def test_a_path_that_is_taken_is_the_one_we_would_write(path: str) -> None:
    try:
        tile = Tile.decode(path)
    except Refused:
        return
    assert tile.encode() == path


def test_a_tree_has_the_tiles_that_c2sp_counts() -> None:
    def widths(size: int, level: int) -> list[int]:
        found = []
        for index in range(size // WIDTH + 2):
            try:
                found.append(tile_at(size, level, index).width)
            except Refused:
                break
        return found

    assert widths(70_000, 0) == [256] * 273 + [112]
    assert widths(70_000, ENTRIES) == [256] * 273 + [112]
    assert widths(70_000, 1) == [256, 17]
    assert widths(70_000, 2) == [1]
    assert widths(70_000, 3) == []
    assert (widths(256, 0), widths(256, 1), widths(0, 0)) == ([256], [1], [])


def test_root_proofs_and_growth_are_read_from_tiles_alone(rows: dict[tuple[int, int], bytes]) -> None:
    asked: list[Tile] = []

    def fetch(tile: Tile) -> list[bytes]:
        asked.append(tile)
        data = b"".join(rows[8 * tile.level, tile.first + at] for at in range(tile.width))
        return read_hashes(data, tile)

    def kept(level: int, index: int) -> bytes:
        return rows[level, index]

    node = node_reader(SIZE, fetch)
    top = merkle.root(SIZE, kept)
    assert merkle.root(SIZE, node) == top
    for index in (0, 255, 256, 65_535, 65_536, SIZE - 1):
        merkle.check_inclusion(index, SIZE, LEAVES[index], merkle.inclusion(index, SIZE, node), top)
    for old in (1, 255, 256, 257, 4_097, 65_536, SIZE - 1):
        proof = merkle.consistency(old, SIZE, node)
        merkle.check_consistency(old, SIZE, merkle.root(old, kept), top, proof)
        growth = Growth(old, node_reader(SIZE, fetch))
        assert growth.root == merkle.root(old, kept)
    assert set(asked) <= {tile_at(SIZE, tile.level, tile.index) for tile in asked}

    growth = Growth(SIZE - 600, node)
    for at, leaf in enumerate(LEAVES[SIZE - 600 :], SIZE - 600):
        complete = growth.add(leaf)
        assert complete[0] == (0, at, leaf)
        assert all(rows[level, index] == hash_ for level, index, hash_ in complete)
    assert growth.root == top


def test_a_tree_grows_from_nothing() -> None:
    growth = Growth(0, node_reader(0, lambda tile: []))
    assert growth.root == merkle.EMPTY
    growth.add(LEAVES[0])
    assert (growth.size, growth.root) == (1, LEAVES[0])


def test_a_tile_that_is_cut_short_or_too_long_is_refused() -> None:
    tile, whole = Tile(0, 0, 3), b"h" * 96
    assert read_hashes(whole, tile) == [b"h" * 32] * 3
    for data in (whole[:-1], whole[:-32], whole + b"h", b""):
        with refused("log_tile", "96 bytes"):
            read_hashes(data, tile)
    with refused("log_tile", "does not reach"):
        node_reader(3, lambda tile: [b"h" * 32])(1, 0)
    with refused("log_tile", "no tile"):
        node_reader(3, lambda tile: [b"h" * 32] * 3)(2, 1024)


def test_an_entry_bundle_is_read_as_it_is_written_and_no_other_way() -> None:
    entries = [bytes([kind]) + sha256(bytes([kind])) for kind in (1, 2, 3)]
    tile, data = Tile(ENTRIES, 0, 3), write_entries(entries)

    assert data[:2] == b"\x00\x21"
    assert read_entries(data, tile) == entries
    longer = write_entries([entries[0] + b"!", entries[1][:-1], entries[2]])
    for bad in (data[:-1], data + b"\x00", data[:35], b"", longer, b"\x01" + data[1:]):
        with refused("log_tile"):
            read_entries(bad, tile)
