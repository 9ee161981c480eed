"""Migrating: bring a database to the newest version, by the same scripts on SQLite and PostgreSQL.

Apart from the engine, because only whoever sets a network up loads what this needs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.pool import NullPool

from store.engine import prepare_sqlite, reading, writing

MIGRATIONS: Final = Path(__file__).parent / "migrations"
_MIGRATION_LOCK: Final = 0x736572656E6F  # "sereno": PostgreSQL's advisory lock while tables change.


def migrate(engine: Engine) -> None:
    """Bring the database to the newest version; whoever comes second waits and finds nothing to do."""
    if engine.dialect.name == "postgresql":
        with writing(engine) as conn:
            conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
            _upgrade(conn)
        return
    # Changing a SQLite table means copying it and dropping the old one, which would take along all that belongs to it.
    engine = create_engine(engine.url, poolclass=NullPool)
    prepare_sqlite(engine, foreign_keys=False)
    with writing(engine) as conn:
        _upgrade(conn)
        broken = conn.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise RuntimeError(
                f"The migration leaves a row of {broken[0]} without its {broken[2]}; nothing was changed."
            )


def _upgrade(conn: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")


def is_newest(engine: Engine) -> bool:
    """Say whether the database is at the newest version; nothing is changed."""
    with reading(engine) as conn:
        here = MigrationContext.configure(conn).get_current_revision()
    return here == ScriptDirectory(str(MIGRATIONS)).get_current_head()
