"""Whether anything was committed since the last look."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from store.changes import Changes
from store.engine import open_engine, reading, writing
from store.migrating import migrate

WRITES = """
import sqlite3, sys
there = sqlite3.connect(sys.argv[1])
there.execute("INSERT INTO marks VALUES (2)")
there.commit()
"""


@pytest.fixture
def engine(sqlite_url: str) -> Engine:
    """Give a store of one file."""
    engine = open_engine(sqlite_url)
    migrate(engine)
    with writing(engine) as conn:
        conn.exec_driver_sql("CREATE TABLE marks (mark INTEGER NOT NULL)")
    return engine


def mark(conn: Connection) -> None:
    conn.exec_driver_sql("INSERT INTO marks VALUES (1)")


def test_a_look_is_due_first_and_then_when_something_was_committed_or_a_second_is_over(engine: Engine) -> None:
    changes = Changes(engine)
    assert changes.is_due(7)
    assert not changes.is_due(7)
    with writing(engine) as conn:
        mark(conn)
        assert not changes.is_due(7)  # Not before it is committed.
    assert changes.is_due(7)
    assert not changes.is_due(7)
    assert changes.is_due(8)
    assert not changes.is_due(8)
    assert changes.is_due(7)  # A clock that was set back.


def test_what_is_read_or_undone_makes_no_look_due(engine: Engine) -> None:
    changes = Changes(engine)
    changes.is_due(7)
    with reading(engine) as conn:
        conn.exec_driver_sql("SELECT * FROM marks").all()
    with pytest.raises(IntegrityError), writing(engine) as conn:
        conn.exec_driver_sql("INSERT INTO marks VALUES (1), (NULL)")

    assert not changes.is_due(7)


def test_another_process_is_noticed_and_each_follower_sees_for_itself(engine: Engine) -> None:
    one, other = Changes(engine), Changes(engine)
    assert (one.is_due(7), other.is_due(7)) == (True, True)
    subprocess.run([sys.executable, "-c", WRITES, str(engine.url.database)], check=True)

    assert (one.is_due(7), one.is_due(7), other.is_due(7)) == (True, False, True)


def test_a_change_between_the_glance_and_the_look_makes_the_next_look_due(engine: Engine) -> None:
    """Nothing that was committed after somebody began to look can be missed, whether that look saw it or not."""
    changes = Changes(engine)
    assert changes.is_due(7)
    with writing(engine) as conn:
        mark(conn)
    with reading(engine) as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM marks").scalar_one() == 1

    assert changes.is_due(7)


def test_where_there_is_nothing_to_glance_at_every_look_is_due(postgres_url: str, tmp_path: Path) -> None:
    on_postgresql, nowhere = open_engine(postgres_url), open_engine(f"sqlite:///{tmp_path / 'no' / 'store.db'}")
    for engine in (on_postgresql, nowhere):
        changes = Changes(engine)
        assert changes.is_due(7)
        assert changes.is_due(7)
    on_postgresql.dispose()
