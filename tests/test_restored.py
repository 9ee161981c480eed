"""After a backup was restored: no alert that may have been sent is sent, and what lowers goes out all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from protocol.limits import HOUR
from sereno import latch
from sereno.__main__ import main
from sereno.run import database
from store import messages
from store.deliveries import claim_lot, deliveries
from store.engine import open_engine, writing
from tests.stores import new_store
from tests.test_store_messages import let_out, post, subscribe
from tests.world import NOW, World


@pytest.fixture
def folder(tmp_path: Path, world: World) -> Path:
    """Give a folder in which an alert waits for the gate, and an alert and its retraction are on their way."""
    (tmp_path / "policy.json").write_bytes(world.policy.encode())
    engine = new_store(database(tmp_path))
    first = world.release()
    with writing(engine) as conn:
        subscribe(conn, "all")
        let_out(conn, first)
        let_out(conn, world.retract(first))
        post(conn, world.release())
    engine.dispose()
    return tmp_path


def test_no_alert_that_waited_goes_out_and_every_stop_does(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restored", "--folder", str(folder)]) == 0
    assert "are refused now: 1." in capsys.readouterr().out

    with writing(open_engine(database(folder))) as conn:
        assert messages.claim_messages(conn, owner="gate", now=NOW + HOUR, limit=9) == []
        (stop,) = claim_lot(conn, owner="a", now=NOW + HOUR)
        assert messages.message_by_id(conn, stop.message).kind == "retracted"
        assert claim_lot(conn, owner="b", now=NOW + HOUR) == []
        assert sorted(conn.execute(select(deliveries.c.state)).scalars()) == ["due", "gave-up"]
    assert main(["restored", "--folder", str(folder)]) == 0
    assert "are refused now: 0." in capsys.readouterr().out


def test_it_is_refused_while_anything_runs_and_where_no_network_is(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with latch.hold(folder):
        assert main(["restored", "--folder", str(folder)]) == 1
    assert "Another `sereno run` is using" in capsys.readouterr().err
    assert main(["restored", "--folder", str(folder / "nothing")]) == 1

    assert not (folder / "nothing").exists()
    with writing(open_engine(database(folder))) as conn:
        assert len(messages.claim_messages(conn, owner="gate", now=NOW + HOUR, limit=9)) == 1
