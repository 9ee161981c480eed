"""Columns: how every table of the store is written, and the metadata they belong to.

A row that waits for something has the time it waits for in one column (`minute`, `due_at`, `notice_at`) and NULL there
once it is over.  `waiting` indexes only the rows that wait, so a sweep costs what waits, not what was.

Names travel in lower-case hexadecimal, bytes as they are; days and minutes are counted from 1970, other times are Unix
seconds.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    column,
)

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID: Final = 32  # 16 random bytes in hexadecimal: says nothing about when or from whom.
NAME: Final = 64  # The SHA-256 of a payload in hexadecimal.
KEY: Final = 8  # A verifier's key id.
CODE: Final = 32
WORD: Final = 16  # A state, a kind, an outcome.

# Which rows an index has, kept in its `info`: told to SQLAlchemy only by `tables.all_tables`, for it would load every
# database's dialect for it, two megabytes in each process.
WHERE: Final = "where"


def text(name: str, length: int | None, *, null: bool = False, key: bool = False) -> Column[Any]:
    """A column of text of at most `length` characters."""
    return Column(name, String(length) if length else Text(), nullable=null, primary_key=key)


def number(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """A column of whole numbers up to 2^31: days, minutes, epochs, sizes."""
    return Column(name, Integer, nullable=null, primary_key=key, autoincrement=False)


def big(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """A column of whole numbers up to 2^63: Unix seconds, numbers that a signed object gives."""
    return Column(name, BigInteger, nullable=null, primary_key=key, autoincrement=False)


def serial(name: str) -> Column[Any]:
    """The key of rows whose order matters and nothing else: the database counts."""
    kind = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts only INTEGER keys by itself.
    return Column(name, kind, primary_key=True, autoincrement=True)


def data(name: str, *, null: bool = False, key: bool = False) -> Column[Any]:
    """A column of bytes."""
    return Column(name, LargeBinary, nullable=null, primary_key=key)


def flag(name: str) -> Column[Any]:
    """A column of true or false."""
    return Column(name, Boolean, nullable=False)


def part_of(name: str, of: str, *, key: bool = False) -> Column[Any]:
    """A column that names a row of another table and goes with it."""
    return Column(name, ForeignKey(of, ondelete="CASCADE"), nullable=False, primary_key=key)


def waiting(name: str, *columns: str, by: str) -> Index:
    """An index over `columns` of the rows whose `by` is not NULL: those that still wait."""
    return Index(name, *columns, info={WHERE: column(by).is_not(None)})


def without(name: str, *columns: str, what: str) -> Index:
    """An index over `columns` of the rows whose `what` is NULL."""
    return Index(name, *columns, info={WHERE: column(what).is_(None)})


def claimable() -> tuple[Column[Any], Column[Any], Column[Any]]:
    """The columns of rows that a worker claims (see `claims`): when it may next be claimed, who did, how often."""
    return big("due_at", null=True), text("owner", 64, null=True), number("claim")


def one_of(name: str, *words: str) -> CheckConstraint:
    """Only these words may stand in the column `name`."""
    return CheckConstraint(f"{name} IN ({', '.join(repr(word) for word in words)})", name=name)
