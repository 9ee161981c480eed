"""Burning: what is over is gone.  Tips on their day, and everything that only their waiting needed."""

from __future__ import annotations

from sqlalchemy import Engine

from protocol import limits
from store.cases import forget_cases
from store.deliveries import give_up_expired
from store.engine import reading, truncate_wal, writing
from store.envelopes import burn, due_for_burning, forget_burnt
from store.events import strip_burnt
from store.legal import burn_legal
from store.notices import forget_notices
from store.pages import forget_pages
from store.sessions import forget_over
from store.shifts import forget_shifts
from store.uploads import forget_uploads


def burn_due(engine: Engine, now: int) -> int:
    """Burn every envelope whose day has come, and legal parts; wipe what SQLite's log still holds of them.

    Returns how many envelopes those were.
    The wiping is done each time: somebody who was reading, or a crash, may have kept the last one from doing it.
    """
    burnt = 0
    while True:
        with reading(engine) as conn:
            due = due_for_burning(conn, now)
        if not due:
            break
        with writing(engine) as conn:
            burnt += sum(burn(conn, id) for id in due)
    with writing(engine) as conn:
        burn_legal(conn, now)
    truncate_wal(engine)
    return burnt


def tidy(engine: Engine, now: int) -> None:
    """Forget what nothing needs any more.

    Digests, uploads, pages, sessions, shifts, notices, what was said of burnt cases, old cases, expired deliveries.
    """
    with writing(engine) as conn:
        forget_burnt(conn, now)
        forget_pages(conn, now)
        forget_over(conn, now)
        forget_shifts(conn, now)
        forget_notices(conn, now)
        forget_uploads(conn, now)
        strip_burnt(conn, now // limits.DAY)
        forget_cases(conn, now // limits.DAY)
        give_up_expired(conn, now)
