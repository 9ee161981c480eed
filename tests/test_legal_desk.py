"""What tips hold for the attorneys, at the desk: passed on unopened by those on shift, fetched by attorneys alone."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from keys.custodian import seal_custody
from keys.request import request_organisation
from protocol import age
from protocol.encoding import b64, b64raw, fingerprint
from protocol.errors import Refused
from protocol.legal import check_legal, seal_legal
from protocol.limits import DAY, HOUR, LEGAL_BYTES, LEGAL_DAYS
from protocol.policy import Policy
from sereno.__main__ import main as sereno
from store.columns import metadata
from store.engine import reading, writing
from store.legal import legal, list_legal, put_legal
from store.rosters import put_roster
from store.shifts import end_shift
from tests import javascript
from tests.desk_room import Caller, Room, refusal
from tests.refusals import refused
from tests.served import Liar, served
from tests.street import a_street
from tests.world import World
from tests.world_network import identity
from worker.burning import burn_due

BYTES: Final = "application/octet-stream"
ASKED, UNUSED = "Please call my sister: 408-555-0199.", ""


@pytest.fixture
def room(tmp_path: Path, engine: Engine) -> Iterator[Room]:
    furnished = Room.furnish(tmp_path, engine)
    yield furnished
    furnished.app.extensions["sereno"].engine.dispose()


def part(world: World, words: str = ASKED) -> bytes:
    return seal_legal(words, world.attorneys())


def nobodys(part: bytes) -> bytes:
    """Return a part whose first share is of low order, which a stranger can do to any: it opens for nobody."""
    share = age.parse_header(part).stanzas[0].share()
    return part.replace(b64raw(share).encode(), b64raw(share[:-32] + bytes(32)).encode())


def pass_on(who: Caller, data: bytes, kind: str = BYTES) -> TestResponse:
    return who.client.post("/api/legal", data=data, content_type=kind, headers={"Authorization": f"Bearer {who.token}"})


def everything(room: Room) -> dict[str, list[Any]]:
    with room.engine.connect() as conn:
        return {table.name: list(conn.execute(sa.select(table)).all()) for table in metadata.sorted_tables}


def test_a_part_is_kept_once_with_desk_and_day_and_the_answer_tells_nothing(room: Room) -> None:
    ana, bo, asked, unused = room.enter("ana"), room.enter("bo"), part(room.world), part(room.world, UNUSED)
    before = everything(room)

    answers = [pass_on(who, one) for who in (ana, bo) for one in (asked, unused)]
    assert {(one.status_code, one.data, str(one.headers)) for one in answers} == {
        (201, answers[0].data, str(answers[0].headers))
    }
    after = everything(room)
    assert {name for name in after if after[name] != before[name]} == {"legal"}
    rows = [(one.name, one.desk, one.day, one.part) for one in after["legal"]]
    today = int(time.time()) // DAY
    assert sorted(rows) == sorted((fingerprint(one), "north", today, one) for one in (asked, unused))


def bad_parts(world: World) -> dict[str, bytes]:
    good = part(world)
    three = age.seal(bytes(5000), world.attorneys() * 3)
    return {
        "too short": good[:-1],
        "too long": good + b"\0",
        "nothing": b"",
        "plain words": b"Please call my sister.".ljust(LEGAL_BYTES),
        "three stanzas": three.ljust(LEGAL_BYTES, b"\0")[:LEGAL_BYTES],
        "another kind of stanza": good.replace(b"-> mlkem768x25519 ", b"-> mlkem768x25518 ", 1),
        "megabytes": bytes(1 << 20),
    }


def test_what_is_no_legal_part_is_refused_and_never_stored_in_either_language(room: Room) -> None:
    ana = room.enter("ana")
    for name, data in bad_parts(room.world).items():
        assert (name, refusal(pass_on(ana, data))) == (name, "legal")
        with pytest.raises(Refused) as mine:
            check_legal(data)
        with pytest.raises(Refused) as theirs:
            javascript.call("legal", "checkLegal", data)
        assert (name, theirs.value.kind, theirs.value.sentence) == (name, "legal", mine.value.sentence)
    assert refusal(pass_on(ana, part(room.world), "application/json")) == "media_type"
    assert room.rows("legal") == {"legal": 0}


def test_only_those_on_shift_pass_on(room: Room) -> None:
    ana, luz = room.enter("ana"), room.enter_office("luz")
    with writing(room.engine) as conn:
        end_shift(conn, room.world.id("ana"))

    assert refusal(pass_on(ana, part(room.world))) == "not_yours"
    assert refusal(pass_on(luz, part(room.world))) == "sign_in"
    assert room.rows("legal") == {"legal": 0}


def test_only_attorneys_fetch_and_they_do_nothing_else(room: Room) -> None:
    ana, luz, asked = room.enter("ana"), room.enter_office("luz"), part(room.world)
    assert pass_on(ana, asked).status_code == 201
    before = everything(room)

    (one,) = luz.get("/api/legal")["parts"]
    assert one == {"name": fingerprint(asked), "desk": "north", "day": int(time.time()) // DAY}
    assert luz.ask("GET", f"/api/legal/{one['name']}").data == asked
    assert refusal(luz.ask("GET", f"/api/legal/{'a' * 64}")) == "not_found"
    for path in ("/api/legal", f"/api/legal/{one['name']}"):
        assert refusal(ana.ask("GET", path)) == "sign_in"
    for path in ("/api/queue", "/api/network", "/api/drop"):
        assert refusal(luz.ask("GET", path)) == "sign_in"
    assert everything(room) == before  # Nobody learns what was fetched.
    for office in ("alba", "ola"):  # A network's own, a responder.
        answer = room.client().post("/api/legal/session", json=room.office_answer(office))
        assert (office, refusal(answer)) == (office, "signer")
    assert refusal(room.client().post("/api/session", json=room.office_answer("luz"))) == "signer"
    verifiers = room.answered("ana", room.challenge())
    assert refusal(room.client().post("/api/legal/session", json=verifiers)) == "signer"
    once = room.office_answer("luz")
    assert room.client().post("/api/legal/session", json=once).status_code == 201
    assert refusal(room.client().post("/api/legal/session", json=once)) == "sign_in"


def test_whoever_the_next_roster_no_longer_names_an_attorney_is_out_at_once(room: Room) -> None:
    luz = room.enter_office("luz")
    assert luz.get("/api/legal") == {"parts": []}
    room.world.offices["luz"] = "responder"
    room.world.publish()
    with writing(room.engine) as conn:
        put_roster(conn, room.world.signed_roster.encode(), [], {})

    assert refusal(luz.ask("GET", "/api/legal")) == "sign_in"
    assert refusal(room.client().post("/api/legal/session", json=room.office_answer("luz"))) == "signer"


def test_parts_burn_after_a_week_and_a_full_desk_says_so(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    now, first = int(time.time()), part(room.world)
    monkeypatch.setattr("protocol.limits.LEGAL_PARTS", 2)
    with writing(room.engine) as conn:
        assert put_legal(conn, first, "north", now)
        assert put_legal(conn, part(room.world), "north", now)
        assert not put_legal(conn, first, "north", now)
        assert put_legal(conn, part(room.world), "south", now)
        with refused("under_load", "another way"):
            put_legal(conn, part(room.world), "north", now)

    burn_due(room.engine, now + (LEGAL_DAYS - 1) * DAY)
    assert room.rows("legal") == {"legal": 3}
    with reading(room.engine) as conn:
        assert list_legal(conn, now + LEGAL_DAYS * DAY) == []  # Also where nobody swept.
    burn_due(room.engine, now + LEGAL_DAYS * DAY)
    assert room.rows("legal") == {"legal": 0}


# --- The desk's own page, and the attorneys' command, over HTTP -------------------------------------------------------


def test_a_desk_passes_on_once_keeps_what_was_refused_for_later_and_drops_rubbish(tmp_path: Path) -> None:
    with a_street(tmp_path) as street:
        world, liar = street.room.world, street.liars["ana"]
        assert street.open("ana") == ""
        asked, unused = part(world), part(world, UNUSED)
        liar.lies["/api/legal"] = None
        tips = {"a": b64(asked), "b": b64(unused), "c": b64(bytes(LEGAL_BYTES))}
        javascript.call("./deskweek", "passOn", "ana", tips)
        assert liar.asked.count("/api/legal") == 1
        del liar.lies["/api/legal"]
        javascript.call("./deskweek", "passOn", "ana", tips)
        assert street.room.rows("legal") == {"legal": 0}  # Not every second.

        street.later(61)
        for _ in range(2):
            javascript.call("./deskweek", "passOn", "ana", tips)
        assert liar.asked.count("/api/legal") == 3
        with street.room.engine.connect() as conn:
            kept = {bytes(one) for one in conn.execute(sa.select(legal.c.part)).scalars()}
        assert kept == {asked, unused}
        street.later(0)


def custody(folder: Path, world: World, role: str = "attorney", policy: Policy | None = None) -> Path:
    """Write luz's key file, or one like it, under the pass-phrase "six words"."""
    seed, luz = world.secret("office", "luz"), identity(world.name, "office", "luz")
    request = request_organisation(seed, policy or world.policy, "luz", role, luz.recipient)
    path = folder / f"luz-{role}.json"
    path.write_bytes(seal_custody(request, seed, luz.seed, "six words"))
    return path


def run(monkeypatch: pytest.MonkeyPatch, room: Room, address: str, key: Path, folder: Path, *more: str) -> int:
    (folder / "policy.json").write_bytes(room.world.policy.encode())
    monkeypatch.setattr("sys.stdin", io.StringIO("six words\n"))
    where = ["--desk", address, "--organisation", str(key), "--policy", str(folder / "policy.json")]
    return sereno(["legal", *where, *more])


def test_the_attorneys_command_writes_what_was_used_and_passes_over_the_rest(
    tmp_path: Path, room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    world, liar, now = room.world, Liar(room.app), int(time.time())
    broken = age.seal(b"\xff" * 5958, [*world.attorneys(), *(age.Identity.generate().recipient for _ in range(3))])
    with writing(room.engine) as conn:
        for one in (part(world), part(world, UNUSED), broken, nobodys(part(world))):
            put_legal(conn, one, "north", now)
    key = custody(tmp_path, world)
    with served(liar) as address:
        object.__setattr__(room.app.extensions["sereno"], "origins", (address,))
        for name in (fingerprint(one) for one in (broken,)):
            liar.lies[f"/api/legal/{name}"] = b"other bytes"
        assert run(monkeypatch, room, address, key, tmp_path, "--out", str(tmp_path / "words")) == 1
        assert "other bytes" in capsys.readouterr().err
        liar.lies.clear()
        assert run(monkeypatch, room, address, key, tmp_path, "--out", str(tmp_path / "words")) == 0
        told = capsys.readouterr()
        assert told.err.count("sealed to you, and broken") == 1
        (file,) = (tmp_path / "words").iterdir()
        assert (file.read_text("utf-8"), file.stat().st_mode & 0o777) == (ASKED, 0o600)
        assert ASKED not in told.out + told.err
        asked = len(liar.asked)
        assert run(monkeypatch, room, address, key, tmp_path) == 0
        assert "0 new" in capsys.readouterr().err
        assert liar.asked[asked:] == ["/api/challenge", "/api/legal/session", "/api/legal"]
    seen = tmp_path / "luz-attorney.json.seen"
    assert (len(json.loads(seen.read_text())["names"]), seen.stat().st_mode & 0o777) == (4, 0o600)


def test_another_key_another_network_and_another_memory_are_refused_before_anything_is_asked(
    tmp_path: Path, room: Room, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    other = World(now=int(time.time()) - HOUR, name="birch")
    responder, foreign = custody(tmp_path, room.world, "responder"), custody(tmp_path, room.world, policy=other.policy)
    for key, says in ((responder, "the key of a responder"), (foreign, "This key is for network")):
        assert run(monkeypatch, room, "https://desk.example.org", key, tmp_path) == 1
        assert says in capsys.readouterr().err
    foreign.with_name(foreign.name + ".seen").write_text(f'{{"names":[],"network":"{other.network}","v":1}}\n')
    assert run(monkeypatch, room, "https://desk.example.org", foreign, tmp_path) == 1
    assert "is of network" in capsys.readouterr().err
