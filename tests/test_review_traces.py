"""Faults found by reading for what is left behind, each mended: logs, temporary files, events of what was burnt."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from protocol.case import Case
from protocol.encoding import fingerprint
from protocol.event import open_event, sign_event
from protocol.limits import CHUNK, DAY
from sereno import clock
from sereno.run import in_memory, prepare
from store.cases import get_case
from store.engine import open_engine, reading, writing
from store.envelopes import Arrival, burn, put_envelope
from store.events import list_events, put_event
from tests.stores import new_store
from tests.world import Person, World
from worker.burning import tidy

ROOT: Final = Path(__file__).resolve().parent.parent
ADDRESS: Final = "203.0.113.77"
# A connection's own error, as the web server tells it once `main` has begun: the settings are read last.
SPEAK: Final = f"""
import sys
from waitress import wasyncore
import {{module}}.__main__ as program
class Settings:
    @classmethod
    def read(cls):
        return cls()
    listen, threads = "127.0.0.1:0", 1
def create_app(settings):
    connection = wasyncore.dispatcher(map={{{{}}}})
    connection.addr = ("{ADDRESS}", 4711)
    try:
        raise OSError("No space left on device")
    except OSError:
        connection.handle_error()
    sys.exit(7)
program.Settings, program.create_app = Settings, create_app
program.main()
"""


@pytest.mark.parametrize("module", ["intake", "verifier", "alerts"])
def test_no_web_server_logs_the_address_of_whoever_asked(module: str) -> None:
    said = subprocess.run(
        [sys.executable, "-c", SPEAK.format(module=module)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (said.returncode, said.stdout + said.stderr) == (7, "")


def test_an_error_of_the_store_tells_nothing_of_what_was_written(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)

    with pytest.raises(DBAPIError) as caught, reading(engine) as conn:
        conn.execute(text("SELECT :marked FROM nowhere"), {"marked": "marked words"})
    assert "marked words" not in str(caught.value)


def test_bodies_too_long_for_buffers_stay_in_memory_where_there_is_room(tmp_path: Path) -> None:
    assert in_memory(tmp_path, 1) == {"TMPDIR": str(tmp_path)}
    assert in_memory(tmp_path, 1 << 62) == {}
    assert in_memory(tmp_path / "missing", 1) == {}


def test_the_folder_that_holds_the_store_is_closed_to_others_even_if_it_was_there(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    (folder / "policy.json").write_bytes(b"{}")

    prepare(folder, 8001)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_was_said_of_a_case_goes_once_its_tips_are_burnt(sqlite_url: str) -> None:
    engine = new_store(sqlite_url)
    world = World(now=clock.now())
    day = world.now // DAY
    id = _closed_case(engine, world, b"the sealed part", day)

    tidy(engine, world.now + 3 * DAY)
    with reading(engine) as conn:
        assert [one.sealed for one in list_events(conn, "ca" * 16)] == [b"the sealed part"]
    with writing(engine) as conn:
        assert burn(conn, id)
    tidy(engine, world.now + 2 * DAY)
    with reading(engine) as conn:
        assert list_events(conn, "ca" * 16)[0].signed is not None
    tidy(engine, world.now + 3 * DAY)
    with reading(engine) as conn:
        (left,) = list_events(conn, "ca" * 16)
        assert (left.move, left.day, left.actor, left.signed, left.sealed) == ("open", day, None, None, None)
        assert get_case(conn, "ca" * 16).closed_day == day


def _closed_case(engine: Engine, world: World, sealed: bytes, day: int) -> str:
    """Store an envelope and a case of it that is closed by its first event, for brevity; return the envelope's id."""
    with writing(engine) as conn:
        id = put_envelope(conn, Arrival("north", CHUNK, "ab" * 32, 1, world.epoch(), 2, b"tip", world.now))
        signed = sign_event(
            world.network,
            "ca" * 16,
            "open",
            world.id("ana"),
            world.seed("ana"),
            day=day,
            envelopes=[id],
            digest=fingerprint(sealed),
        )
        event = open_event(signed, world.roster)
        put_event(conn, signed.encode(), sealed, event, Case("ca" * 16, "closed", event.name, (id,)), "north")
    return id


def test_a_network_of_a_thousand_verifiers_can_alert_and_stop() -> None:
    people = [Person(f"p{at}", "alba" if at % 2 else "faro", ("lead",), desk=f"d{at % 63}") for at in range(1000)]
    world = World(verifiers=people)
    first = world.release("p0", "p1")

    assert world.state([first, world.retract(first, "p2")]).word == "retracted"
