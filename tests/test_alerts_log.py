"""The log's files on the public face: what the checkpoint covers and no more, and for how long it may be kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine

from alerts.app import create_app
from alerts.settings import Settings
from protocol.encoding import sha256
from protocol.log import entry
from protocol.note import Note, check_log
from protocol.signed import Signed
from protocol.tiles import ENTRIES, Growth, Tile, node_reader, read_entries, read_hashes, tile_at
from store import logbook
from store.engine import reading, writing
from tests.outpost import Outpost
from tests.world import World

SIZE = 300


@pytest.fixture
def post(engine: Engine, tmp_path: Path) -> Outpost:
    """Give a log of 300 leaves."""
    post = Outpost(engine, World(), tmp_path)
    with writing(engine) as conn:
        for number in range(SIZE - 1):
            logbook.queue_entry(conn, "release", b"\x01" + number.to_bytes(32, "big"))
    while post.log():
        pass
    return post


@pytest.fixture
def client(post: Outpost) -> FlaskClient:
    settings = post.station.settings
    return create_app(Settings(settings.database, settings.policy, settings.face, "127.0.0.1:0", 4)).test_client()


def test_a_stranger_reads_checkpoint_tiles_and_entries_and_they_fit(post: Outpost, client: FlaskClient) -> None:
    answer = client.get("/log/checkpoint")
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=2"
    found = check_log(Note.decode(answer.text), post.world.log.origin, post.world.roster.log_key)
    assert found.size == SIZE

    def fetch(tile: Tile) -> list[bytes]:
        return read_hashes(client.get(f"/log/{tile.encode()}").data, tile)

    assert Growth(SIZE, node_reader(SIZE, fetch)).root == found.root
    tiles = [tile_at(SIZE, ENTRIES, index) for index in (0, 1)]
    entries = [one for tile in tiles for one in read_entries(client.get(f"/log/{tile.encode()}").data, tile)]
    with reading(post.engine) as conn:
        assert entries == logbook.read_entries(conn, 0, 999)
    assert (len(entries), entries[0]) == (SIZE, entry("roster", post.world.signed_roster))


PATHS = [
    ("tile/0/000", 200, "public, max-age=31536000, immutable"),
    ("tile/0/001.p/44", 200, "public, max-age=60"),
    ("tile/0/001.p/7", 200, "public, max-age=60"),  # As of an older checkpoint.
    ("tile/1/000.p/1", 200, "public, max-age=60"),
    ("tile/entries/000", 200, "public, max-age=31536000, immutable"),
    ("tile/0/001.p/45", 404, "no-cache"),
    ("tile/0/001", 404, "no-cache"),
    ("tile/1/000", 404, "no-cache"),
    ("tile/0/x001/000", 404, "no-cache"),
    ("tile/6/000.p/1", 404, "no-cache"),
    ("tile/entries/001.p/45", 404, "no-cache"),
    ("tile/7/000", 400, "no-cache"),
    ("tile/0/x000/000", 400, "no-cache"),
    ("tile/0/..%2f..%2fpolicy.json", 400, "no-cache"),
    ("object/" + "00" * 33, 404, "no-cache"),
    ("object/" + "0" * 65, 404, "no-cache"),
    ("object/01" + "00" * 32, 404, "no-cache"),  # In the log, and of no message that was let out.
]


def test_a_tile_may_be_kept_as_long_as_it_is_true(client: FlaskClient) -> None:
    for path, status, cache in PATHS:
        answer = client.get(f"/log/{path}")
        assert (path, answer.status_code, answer.headers["Cache-Control"]) == (path, status, cache)


def test_a_leaf_that_nobody_signed_for_yet_is_not_shown(post: Outpost, client: FlaskClient) -> None:
    with writing(post.engine) as conn:
        logbook.queue_entry(conn, "release", b"\x01" + b"!" * 32)
    with writing(post.engine) as conn:
        assert len(logbook.append(conn, owner=post.writer._owner, now=post.world.now)) == 1

    assert client.get("/log/tile/entries/001.p/45").status_code == 404
    post.log()
    assert client.get("/log/tile/entries/001.p/45").status_code == 200


def test_an_object_is_byte_for_byte_what_the_log_holds_the_hash_of(post: Outpost, client: FlaskClient) -> None:
    manifest = Signed("manifest", b'{"v":1}', post.world.signed_roster.signatures)
    with writing(post.engine) as conn:
        assert logbook.queue_signed(conn, "manifest", manifest)
        assert not logbook.queue_signed(conn, "manifest", manifest)
    assert client.get(f"/log/object/{entry('manifest', manifest).hex()}").status_code == 404  # Not in the log yet.
    post.log()
    for kind, signed in (("roster", post.world.signed_roster), ("manifest", manifest)):
        answer = client.get(f"/log/object/{entry(kind, signed).hex()}")
        assert answer.data == signed.encode()
        assert sha256(answer.data) == entry(kind, signed)[1:]
        assert answer.headers["Cache-Control"].endswith("immutable")


def test_before_the_first_checkpoint_there_is_no_log(engine: Engine, tmp_path: Path) -> None:
    settings = Outpost(engine, World(), tmp_path).station.settings
    client = create_app(Settings(settings.database, settings.policy, settings.face, "127.0.0.1:0", 4)).test_client()

    for path in ("checkpoint", "tile/0/000.p/1", "object/" + "00" * 33):
        assert client.get(f"/log/{path}").status_code == 404
