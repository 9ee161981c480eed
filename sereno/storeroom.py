"""The storeroom: a network's store as commands open it.  What is wrong with it is said in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, DBAPIError

from sereno.run import database
from store.engine import open_engine
from store.migrating import migrate


@contextmanager
def opened(folder: Path, *, new: bool = False) -> Iterator[Engine]:
    """Give an engine on the store of a folder, or that SERENO_DATABASE names, brought up to date.

    A SQLite file has to be there already, unless it may be `new`: nothing is left where a folder was misspelled.
    Raises OSError where there is none, where it does not answer, and where the name is none of a store.
    """
    engine = engine_of(folder)
    if not new and not is_there(engine):
        raise OSError(
            f"There is no store at {engine.url.database}: name another --folder, or start `sereno run` there."
        )
    try:
        migrate(engine)
        yield engine
    except DBAPIError as error:
        raise OSError(f"The store does not answer, or refuses: {error.orig}") from error
    except CommandError as error:
        raise OSError(f"The store was made by another version of this program: {error}.") from error
    finally:
        engine.dispose()


def engine_of(folder: Path) -> Engine:
    """Return the engine; nothing is connected yet.  Raises OSError for what is no name of a store that we can open."""
    try:
        return open_engine(database(folder))
    except (ValueError, ArgumentError) as error:
        raise OSError(f"SERENO_DATABASE is no store's address: {error}") from error
    except ModuleNotFoundError as error:
        raise OSError(f"SERENO_DATABASE needs {error.name}; deploy/operators.md, PostgreSQL, says how.") from error


def is_there(engine: Engine) -> bool:
    """Say whether there is a file for a SQLite store; of another, only its server knows."""
    return engine.dialect.name != "sqlite" or Path(str(engine.url.database)).is_file()
