"""The logbook: entries once, one writer, nodes that prove, checkpoints that promise only what is there."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from protocol import merkle
from protocol.encoding import sha256
from protocol.errors import Refused
from protocol.log import TYPES
from store import counters, logbook
from store.engine import reading, writing
from tests.world import NOW


def entry(number: int, kind: str = "release") -> bytes:
    """Return an entry of 33 bytes."""
    return bytes([TYPES[kind]]) + sha256(number.to_bytes(4, "big"))


def fill(engine: Engine, first: int, count: int, owner: str = "writer") -> list[logbook.Leaf]:
    """Queue entries and append them."""
    with writing(engine) as conn:
        for number in range(first, first + count):
            logbook.queue_entry(conn, "release", entry(number))
        return logbook.append(conn, owner=owner, now=NOW)


def test_an_entry_is_queued_once_and_appended_in_its_turn(engine: Engine) -> None:
    with writing(engine) as conn:
        assert [logbook.queue_entry(conn, "release", entry(one)) for one in (1, 2, 1)] == [True, True, False]
        assert logbook.queue_entry(conn, "stop", entry(1, "stop"))
        assert logbook.unsequenced(conn) == [entry(1), entry(2), entry(1, "stop")]
        assert logbook.unsequenced(conn, 1) == [entry(1)]
        assert logbook.index_of(conn, entry(1)) is None
        leaves = logbook.append(conn, owner="writer", now=NOW)
        assert leaves == [logbook.Leaf(0, entry(1)), logbook.Leaf(1, entry(2)), logbook.Leaf(2, entry(1, "stop"))]
        assert logbook.append(conn, owner="writer", now=NOW) == []
        assert not logbook.queue_entry(conn, "release", entry(2))
    with reading(engine) as conn:
        assert logbook.index_of(conn, entry(2)) == 1
        assert logbook.indexes_of(conn, [entry(2), entry(9), entry(1)]) == {entry(2): 1, entry(1): 0}
        assert logbook.read_entries(conn, 1, 9) == [entry(2), entry(1, "stop")]
        assert logbook.log_size(conn) == 3


@pytest.mark.parametrize(("kind", "data"), [("stop", entry(1)), ("release", entry(1)[:-1]), ("other", entry(1))])
def test_what_is_no_entry_of_its_kind_is_refused(engine: Engine, kind: str, data: bytes) -> None:
    with pytest.raises(Refused) as refusal, writing(engine) as conn:
        logbook.queue_entry(conn, kind, data)
    assert refusal.value.kind == "shape"


def test_what_is_stored_proves_every_leaf_and_every_older_tree(engine: Engine) -> None:
    first = fill(engine, 0, 5)
    with reading(engine) as conn:
        old = merkle.root(5, logbook.node_reader(conn))
    fill(engine, 5, 8)
    leaves = [merkle.leaf_hash(entry(number)) for number in range(13)]
    with reading(engine) as conn:
        node = logbook.node_reader(conn)
        root = merkle.root(13, node)
        for index, leaf in enumerate(leaves):
            merkle.check_inclusion(index, 13, leaf, merkle.inclusion(index, 13, node), root)
        merkle.check_consistency(5, 13, old, root, merkle.consistency(5, 13, node))
        assert logbook.read_nodes(conn, 0, 2, 256) == leaves[2:]
        assert logbook.read_nodes(conn, 3, 0, 256) == [node(3, 0)]
        with pytest.raises(Refused, match="no node 1 on level 3"):
            node(3, 1)
    assert len(first) == 5


def test_only_the_writer_appends_and_another_takes_over_when_it_is_silent(engine: Engine) -> None:
    with writing(engine) as conn:
        logbook.queue_entry(conn, "release", entry(1))
        assert logbook.hold_writer(conn, "a", NOW)
        assert logbook.hold_writer(conn, "a", NOW + 5)
        assert not logbook.hold_writer(conn, "b", NOW + 19)
        assert logbook.append(conn, owner="b", now=NOW + 19) == []
        assert logbook.unsequenced(conn) == [entry(1)]
        assert logbook.append(conn, owner="b", now=NOW + 20) == [logbook.Leaf(0, entry(1))]
        assert not logbook.hold_writer(conn, "a", NOW + 20)
        assert logbook.hold_writer(conn, "a", NOW - 3600)  # The clock was set back.


def test_writers_that_append_at_once_give_each_entry_one_place(engine: Engine) -> None:
    def work(at: int) -> None:
        for turn in range(4):
            fill(engine, 100 * at + 10 * turn, 5, owner="shared")

    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with writing(engine) as conn:
        logbook.append(conn, owner="shared", now=NOW)
        entries = logbook.read_entries(conn, 0, 999)
        node = logbook.node_reader(conn)

        assert len(entries) == len(set(entries)) == logbook.log_size(conn) == 80
        assert logbook.read_nodes(conn, 0, 0, 999) == [merkle.leaf_hash(one) for one in entries]
        for index, one in enumerate(entries):
            path = merkle.inclusion(index, 80, node)
            merkle.check_inclusion(index, 80, merkle.leaf_hash(one), path, merkle.root(80, node))


def test_a_place_or_a_node_can_t_be_written_twice(engine: Engine) -> None:
    fill(engine, 0, 3)
    for statement in (
        sa.update(logbook.log_entries).where(logbook.log_entries.c.position == 2).values(position=1),
        logbook.log_nodes.insert().values(level=0, position=0, hash=b"0" * 32),
    ):
        with pytest.raises(sa.exc.IntegrityError), writing(engine) as conn:
            conn.execute(statement)


def test_a_checkpoint_covers_what_is_there_and_gains_cosignatures(engine: Engine) -> None:
    fill(engine, 0, 4)
    with writing(engine) as conn:
        assert logbook.latest_checkpoint(conn) is None
        logbook.put_checkpoint(conn, 2, "two")
        logbook.put_checkpoint(conn, 4, "four")
        logbook.put_checkpoint(conn, 2, "two, cosigned")
        assert logbook.latest_checkpoint(conn) == logbook.Checkpoint(4, "four")
        found = [logbook.checkpoint_over(conn, index) for index in (1, 2, 4)]
        assert found == [logbook.Checkpoint(2, "two, cosigned"), logbook.Checkpoint(4, "four"), None]
        with pytest.raises(Refused, match="5 leaves; the log has 4") as refusal:
            logbook.put_checkpoint(conn, 5, "five")
    assert refusal.value.kind == "checkpoint"


def test_counters_count_up_by_day_and_say_no_more(engine: Engine) -> None:
    with writing(engine) as conn:
        counters.add(conn, 20_000, "released")
        counters.add(conn, 20_000, "released", 2)
        counters.add(conn, 20_001, "refused")
        assert counters.read(conn, 20_000, 20_001) == {20_000: {"released": 3}, 20_001: {"refused": 1}}
        assert counters.read(conn, 20_002, 20_009) == {}


def test_counts_that_come_at_once_all_count(engine: Engine) -> None:
    def work() -> None:
        for _ in range(10):
            with writing(engine) as conn:
                counters.add(conn, 1, "a")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(engine) as conn:
        assert counters.read(conn, 1, 1) == {1: {"a": 40}}
