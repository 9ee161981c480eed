"""The store's tables: the migrations make them, alike on both databases, and as the code believes."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from store.engine import open_engine, reading, require_answer, truncate_wal, writing
from store.migrating import migrate
from store.tables import all_tables
from tests.databases import fresh_database


def plain(engine: Engine) -> list[Any]:
    """Return what the database itself says of its tables, columns, constraints and indexes."""
    with reading(engine) as conn:
        if engine.dialect.name == "sqlite":
            query = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic_version%'"
            # Two spellings of a table may differ in the order of its constraints and in nothing else.
            return sorted(str((*row[:3], sorted(_pieces(row[3])))) for row in conn.exec_driver_sql(query))
        queries = (
            "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace""",
            """SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default
            FROM information_schema.columns WHERE table_schema = 'public'""",
        )
        rows = [str(row) for query in queries for row in conn.exec_driver_sql(query)]
        return sorted(row for row in rows if "alembic_version" not in row)


def _pieces(sql: str | None) -> list[str]:
    return "".join((sql or "").split()).removesuffix(")").split(",")


@pytest.fixture
def other_url(database_url: str, tmp_path: Path) -> Any:
    """Give a second, empty database of the same kind."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path / 'other.db'}"
    else:
        with fresh_database() as url:
            yield url


def test_the_migrations_lead_to_exactly_the_tables_of_the_code(database_url: str, other_url: str) -> None:
    migrated, made = open_engine(database_url), open_engine(other_url)
    migrate(migrated)
    with writing(made) as conn:
        all_tables().create_all(conn)

    assert plain(migrated) == plain(made)
    with reading(migrated) as conn:
        options = {"compare_type": True, "compare_server_default": True}
        assert compare_metadata(MigrationContext.configure(conn, opts=options), all_tables()) == []
    assert len(all_tables().tables) > 20
    migrated.dispose()
    made.dispose()


def test_a_second_migration_and_one_at_the_same_time_change_nothing(database_url: str) -> None:
    engines = [open_engine(database_url) for _ in range(3)]
    threads = [threading.Thread(target=migrate, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = plain(engines[0])
    migrate(engines[0])

    assert first == plain(engines[0]) != []
    for engine in engines:
        engine.dispose()


def test_every_constraint_and_index_has_a_name_by_which_a_migration_can_change_it() -> None:
    tables = all_tables().sorted_tables
    names = [str(one.name) for table in tables for one in table.constraints]
    names += [str(one.name) for table in tables for one in table.indexes]

    assert "None" not in names
    assert len(set(names)) == len(names) > 60


def test_sqlite_waits_keeps_and_wipes_as_it_should(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    migrate(engine)
    wanted = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1, "busy_timeout": 10_000}
    with reading(engine) as conn:
        found = {name: conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in (*wanted, "temp_store")}

    assert found == {**wanted, "temp_store": 2}
    assert truncate_wal(engine)
    assert Path(sqlite_url.removeprefix("sqlite:///") + "-wal").stat().st_size == 0
    engine.dispose()


def test_a_reader_can_t_write_and_sees_one_moment(database_url: str) -> None:
    engine = open_engine(database_url)
    migrate(engine)
    counters = all_tables().tables["counters"]
    row = {"day": 1, "name": "a", "count": 1}
    with reading(engine) as conn:
        before = conn.execute(sa.select(counters)).all()
        with writing(engine) as other:
            other.execute(counters.insert().values(**row))
        assert conn.execute(sa.select(counters)).all() == before == []
    with pytest.raises(sa.exc.DBAPIError), reading(engine) as conn:
        conn.execute(counters.insert().values(**{**row, "day": 2}))
    with reading(engine) as conn:
        assert [tuple(one) for one in conn.execute(sa.select(counters))] == [(1, "a", 1)]
    engine.dispose()


def test_what_is_raised_while_writing_undoes_it_and_gives_the_line_free(database_url: str) -> None:
    engine = open_engine(database_url)
    migrate(engine)
    counters = all_tables().tables["counters"]
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as conn:
        conn.execute(counters.insert(), [{"day": 1, "name": "a", "count": count} for count in (1, 2)])
    with writing(engine) as conn:
        assert conn.execute(sa.select(counters)).all() == []
    engine.dispose()


def test_a_thread_that_writes_already_is_told_so_instead_of_waiting_for_itself(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    migrate(engine)
    with writing(engine), pytest.raises(RuntimeError, match="writing already"), writing(engine):
        pass
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://a/b", "postgresql+psycopg2://a/b"])
def test_a_store_that_would_forget_or_is_not_ours_is_refused(url: str) -> None:
    with pytest.raises((ValueError, sa.exc.NoSuchModuleError)):
        open_engine(url)


def test_a_store_that_can_not_be_opened_does_not_answer_a_health_page(engine: Engine, tmp_path: Path) -> None:
    require_answer(engine)

    with pytest.raises(SQLAlchemyError):
        require_answer(open_engine(f"sqlite:///{tmp_path / 'gone' / 'store.db'}"))
