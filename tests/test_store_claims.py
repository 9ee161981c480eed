"""Claims: no row goes to two, and what a dead process had becomes free by itself."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection, Engine, Row, select

from protocol.limits import HOUR, MINUTE
from store import claims, pages
from store.engine import reading, writing
from tests.databases import ROOT
from tests.stores import new_store
from tests.world import NOW

# A whole process that claims pages until none are left and prints what it got.
CLAIMER: Final = """
import sys
from store.engine import open_engine, writing
from store.pages import claim_pages
engine = open_engine(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
while True:
    with writing(engine) as conn:
        rows = claim_pages(conn, owner=sys.argv[2], now=int(sys.argv[3]), limit=7)
    if not rows:
        break
    print(*(row.id for row in rows), flush=True)
"""


def fill(engine: Engine, count: int) -> None:
    """Store pages of as many desks."""
    with writing(engine) as conn:
        for at in range(count):
            pages.put_page(conn, f"desk-{at}", NOW)


def claim(conn: Connection, owner: str, now: int) -> list[Row[Any]]:
    """Claim as most tables are claimed from."""
    return claims.claim(conn, pages.pages, owner=owner, now=now, limit=9)


def test_a_claim_holds_for_fifteen_seconds_and_then_another_counts(engine: Engine) -> None:
    fill(engine, 1)
    with writing(engine) as conn:
        (one,) = claim(conn, owner="a", now=NOW)
        assert (one.owner, one.claim, one.due_at) == ("a", 1, NOW + 15)
        assert not claims.any_due(conn, pages.pages, NOW + 14)
        assert claim(conn, owner="b", now=NOW + 14) == []
        assert claims.held(conn, pages.pages, one.id, 1)
        assert claims.any_due(conn, pages.pages, NOW + 15)
        (again,) = claim(conn, owner="b", now=NOW + 15)
        assert (again.id, again.owner, again.claim) == (one.id, "b", 2)
        assert not claims.held(conn, pages.pages, one.id, 1)
        assert not claims.finish(conn, pages.pages, one.id, 1)
        assert not claims.put_back(conn, pages.pages, one.id, 1, NOW)
        assert claims.put_back(conn, pages.pages, one.id, 2, NOW + 20)
        assert pages.get_page(conn, one.id).owner is None
        (third,) = claim(conn, owner="c", now=NOW + 20)
        assert claims.finish(conn, pages.pages, one.id, third.claim)
        assert not claims.held(conn, pages.pages, one.id, third.claim)
        assert not claims.finish(conn, pages.pages, one.id, third.claim)
        assert claim(conn, owner="d", now=NOW + HOUR) == []


def test_a_desk_is_paged_once_a_minute_and_pages_are_forgotten(engine: Engine) -> None:
    with writing(engine) as conn:
        assert [pages.put_page(conn, "north", NOW + at) for at in (0, MINUTE - 1 - NOW % MINUTE)] == [True, False]
        assert pages.put_page(conn, "south", NOW)
        assert pages.put_page(conn, "north", NOW + MINUTE)
        assert [one.desk for one in pages.claim_pages(conn, owner="a", now=NOW, limit=1)] != []
        assert pages.forget_pages(conn, NOW + HOUR) == 0
        assert pages.forget_pages(conn, NOW + HOUR + MINUTE) == 2


def test_no_second_at_which_an_envelope_came_can_be_read_off_a_page(engine: Engine) -> None:
    for second in range(0, 2 * MINUTE, 7):
        now = NOW + second
        with writing(engine) as conn:
            conn.execute(pages.pages.delete())
            pages.put_page(conn, "north", now)
            waits = conn.execute(pages.pages.select()).one()
            (one,) = pages.claim_pages(conn, owner="a", now=now, limit=9)
            columns = conn.execute(pages.pages.select()).one()._mapping

        assert waits.due_at == waits.minute * MINUTE
        assert columns["due_at"] % MINUTE == 0
        assert now + claims.LEASE <= (one.due_at or 0) < now + claims.LEASE + MINUTE
        assert not [value for value in columns.values() if value in (now, now + claims.LEASE) and value % MINUTE]


def test_the_longest_due_is_claimed_first(engine: Engine) -> None:
    with writing(engine) as conn:
        for at in (3, 1, 2):
            pages.put_page(conn, f"desk-{at}", NOW + at * MINUTE)
        found = [pages.claim_pages(conn, owner="a", now=NOW + 9 * MINUTE, limit=2) for _ in range(2)]
    assert [[one.desk for one in rows] for rows in found] == [["desk-1", "desk-2"], ["desk-3"]]


def test_threads_that_claim_at_once_share_out_every_row(engine: Engine) -> None:
    fill(engine, 120)
    got: list[str] = []

    def work(owner: str) -> None:
        while True:
            with writing(engine) as conn:
                rows = pages.claim_pages(conn, owner=owner, now=NOW, limit=7)
            if not rows:
                return
            got.extend(row.id for row in rows)

    threads = [threading.Thread(target=work, args=(f"t{at}",)) for at in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(got) == len(set(got)) == 120


def test_processes_that_claim_at_once_share_out_every_row(engine: Engine) -> None:
    fill(engine, 120)
    url = engine.url.render_as_string(hide_password=False)
    claimers = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMER, url, f"p{at}", str(NOW)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for at in range(3)
    ]
    for one in claimers:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    answers = []
    for one in claimers:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in claimers:
        answers.append(one.communicate(timeout=60)[0].split())
        assert one.returncode == 0

    got = [id for answer in answers for id in answer]
    assert len(got) == len(set(got)) == 120
    with reading(engine) as conn:
        assert set(conn.execute(select(pages.pages.c.claim)).scalars()) == {1}


def test_on_postgresql_a_claimer_does_not_wait_for_another(postgres_url: str) -> None:
    engine = new_store(postgres_url)
    fill(engine, 4)
    with writing(engine) as first, writing(engine) as second:
        one = pages.claim_pages(first, owner="a", now=NOW, limit=2)
        two = pages.claim_pages(second, owner="b", now=NOW, limit=9)
    assert len({row.id for row in (*one, *two)}) == 4
    engine.dispose()


@pytest.mark.parametrize("name", ["no-such-point", "envelope.committed:x"])
def test_a_fail_point_that_does_not_exist_stops_the_process_at_its_start(name: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import store.failpoint"],
        cwd=ROOT,
        env={"SERENO_FAIL_AT": name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ValueError" in done.stderr
