"""A room with a desk in it: the desk's application over a real store, and a world of people who come to it."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from protocol import age, limits
from protocol.encoding import b64, fingerprint, unb64
from protocol.envelope import check_envelope
from protocol.errors import KINDS
from protocol.event import NOTHING, sign_event
from protocol.part import encode_part
from protocol.recipients import RecipientSet
from protocol.signed import Signed, key_id, public_key
from protocol.signin import sign_in
from protocol.tip import Attachment
from sereno import demonet
from store.engine import writing
from store.envelopes import Arrival, put_envelope
from store.epochkeys import put_epoch_key
from store.rosters import put_roster
from store.sets import mark_complete, put_signature
from tests.world import CAST, Person, World
from verifier.app import create_app
from verifier.settings import Settings

ORIGIN: Final = "https://desk.example.org"
OWN: Final = "http://127.0.0.1:8022"  # A verifier who serves the page from their own machine.
PEOPLE: Final = (*CAST, Person("sue", "alba", desk="south"), Person("sol", "faro", ("lead",), desk="south"))
NOW: Final = int(time.time())


@dataclass
class Caller:
    """Somebody at the desk: a client that carries their token."""

    room: Room
    name: str
    client: FlaskClient
    token: str

    def ask(self, method: str, path: str, value: Any = None, **headers: str) -> TestResponse:
        """Ask for something as this person."""
        return self.client.open(
            path, method=method, json=value, headers={"Authorization": f"Bearer {self.token}", **headers}
        )

    def get(self, path: str) -> Any:
        """Return the JSON at a path."""
        answer = self.ask("GET", path)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()

    def move(self, case: str, move: str, part: dict[str, Any] | None = None, **changes: Any) -> TestResponse:
        """Make a move; `working`, `envelopes`, `into`, `head`, `actor_prev`, `actor` and `path` may be given."""
        world, now = self.room.world, int(time.time())
        sealed = b""
        if part is not None:
            whole = {"v": 1, "minute": now // limits.MINUTE, "move": move, **part}
            sealed = age.seal(encode_part(whole), self.room.to.recipients)
        head = changes.get("head")
        if head is None:
            head = NOTHING if move == "open" else self.get(f"/api/cases/{case}")["head"]
        actor = changes.get("actor", self.name)
        signed = sign_event(
            world.network,
            case,
            move,
            world.id(actor),
            world.seed(actor),
            day=now // limits.DAY,
            case_prev=head,
            actor_prev=changes.get("actor_prev") or self.get("/api/network")["actor_head"],
            digest=fingerprint(sealed) if sealed else NOTHING,
            envelopes=changes.get("envelopes", ()),
            into=changes.get("into"),
        )
        body = {"event": signed.value(), "sealed": b64(sealed), "working": changes.get("working", {})}
        return self.ask("POST", f"/api/cases/{changes.get('path', case)}/events", body)

    def must(self, case: str, move: str, part: dict[str, Any] | None = None, **changes: Any) -> Any:
        """Make a move that has to be taken."""
        answer = self.move(case, move, part, **changes)
        assert answer.status_code == 201, answer.get_json()
        return answer.get_json()


@dataclass
class Room:
    """The desk's application, its store and its people; `to` is the desk's set of this week."""

    app: Flask
    engine: Engine
    world: World
    to: RecipientSet = field(init=False)

    def __post_init__(self) -> None:
        self.to = self.install()

    @classmethod
    def furnish(cls, folder: Path, engine: Engine) -> Room:
        """Return a room whose network is published in the store."""
        world = World(now=int(time.time()), verifiers=PEOPLE)
        (folder / "policy.json").write_bytes(world.policy.encode())
        addresses = {"intake": ORIGIN, "desk": ORIGIN, "alerts": ORIGIN}
        (folder / "face.json").write_text(json.dumps(demonet.face(addresses)), "utf-8")
        settings = Settings(
            database=engine.url.render_as_string(hide_password=False),
            policy=folder / "policy.json",
            face=folder / "face.json",
            listen="",
            origins=(ORIGIN, OWN),
            threads=1,
        )
        return cls(create_app(settings), engine, world)

    def install(self) -> RecipientSet:
        """Publish roster, epoch keys and the set of this week."""
        world = self.world
        keys = world.epoch_keys("ana", "bo", "cy", "dee")
        signed = world.sign("set", world.propose(keys), "ana", "bo")
        with writing(self.engine) as conn:
            put_roster(conn, world.signed_roster.encode(), [], {})
            for key in keys:
                put_epoch_key(conn, key.encode())
            put_signature(conn, signed)
            mark_complete(conn, signed.message())
        return world.open_set(signed, keys)

    def client(self) -> FlaskClient:
        """Return a client that is nobody yet."""
        return self.app.test_client()

    def challenge(self) -> bytes:
        """Return a fresh nonce."""
        return unb64(self.client().get("/api/challenge").get_json()["nonce"], 32)

    def answered(self, name: str, nonce: bytes, **changes: Any) -> dict[str, Any]:
        """Return a person's answer to a nonce, as the session is asked for."""
        world = self.world
        signed = sign_in(
            changes.get("origin", ORIGIN),
            changes.get("network", world.network),
            changes.get("signed_nonce", nonce),
            changes.get("issued", int(time.time())),
            world.id(name),
            world.seed(changes.get("seed", name)),
        )
        return {"nonce": b64(nonce), "signed": signed.value()}

    def enter(self, name: str) -> Caller:
        """Sign a person in."""
        client = self.client()
        answer = client.post("/api/session", json=self.answered(name, self.challenge()))
        assert answer.status_code == 201, answer.get_json()
        return Caller(self, name, client, answer.get_json()["token"])

    def enter_office(self, name: str) -> Caller:
        """Sign an organisation in, to the attorneys' desk."""
        client = self.client()
        answer = client.post("/api/legal/session", json=self.office_answer(name))
        assert answer.status_code == 201, answer.get_json()
        return Caller(self, name, client, answer.get_json()["token"])

    def office_answer(self, name: str) -> dict[str, Any]:
        """Return an organisation's answer to a fresh nonce."""
        world, nonce, seed = self.world, self.challenge(), self.world.secret("office", name)
        signed = sign_in(ORIGIN, world.network, nonce, int(time.time()), key_id(public_key(seed)), seed)
        return {"nonce": b64(nonce), "signed": signed.value()}

    def leave_tip(
        self, to: RecipientSet | None = None, desk: str | None = None, files: Sequence[Attachment] = (), **told: Any
    ) -> str:
        """Leave a sealed tip at the desk and return the envelope's id."""
        to = to or self.to
        body = self.world.seal(self.world.tip(**told), to, files)
        arrival = Arrival(
            desk=desk or to.desk,
            bucket=check_envelope(body, [len(to.members)]).bucket,
            set_name=to.name,
            set_number=to.number,
            epoch=to.epoch,
            stanzas=len(to.members),
            body=body,
            now=int(time.time()),
        )
        with writing(self.engine) as conn:
            return put_envelope(conn, arrival)

    def case(self, who: Caller, *, class_: str = "A", upto: str = "checking") -> str:
        """Open a case for a new tip and take it as far as `upto`: new, triaged, checking or found."""
        id = secrets.token_hex(16)
        who.must(id, "open", {"duplicate": "none-suggested"}, envelopes=[self.leave_tip()])
        if upto == "new":
            return id
        who.must(id, "triage", {"urgency": "P1"}, working={"urgency": "P1", "class": class_})
        if upto == "triaged":
            return id
        who.must(id, "check", {"ways": ["field"]})
        if upto == "found":
            self.find(who, id)
        return id

    def find(self, who: Caller, case: str, code: str = "D1", **changes: Any) -> None:
        """Write down a finding."""
        minute = int(time.time()) // limits.MINUTE
        finding = {"code": code, "minute": minute, "against": False, "site": False, "over": False, **changes}
        says = "over" if finding["over"] else "against" if finding["against"] else "for"
        who.must(case, "finding", {"basis": code, "says": says, "words": "Seen."}, working={"finding": finding})

    def draft(self, name: str, payload: bytes) -> dict[str, Any]:
        """Return the sealed part of a proposal, signed by a person."""
        (one,) = self.world.attest(payload, name).signatures
        fields = json.loads(payload)
        return {
            "alert": payload.decode("utf-8"),
            "class": fields["class"],
            "audience": fields["audience"],
            "signature": {"keyid": one.keyid, "sig": b64(one.sig)},
            "grade": {"source": "F", "information": 2},
        }

    def rows(self, *tables: str) -> dict[str, int]:
        """Return how many rows each table holds: what a refusal must leave as it was."""
        with self.engine.connect() as conn:
            return {one: int(conn.exec_driver_sql(f"SELECT count(*) FROM {one}").scalar() or 0) for one in tables}


KEPT: Final = ("events", "cases", "messages", "epoch_keys", "sets", "stays", "sessions", "shifts", "envelopes")


def refusal(answer: TestResponse) -> str:
    """Return the kind of a refusal that says its rule, its sentence and its status."""
    value: dict[str, str] = answer.get_json()
    rule = KINDS[value["kind"]]
    assert set(value) == {"kind", "rule", "sentence"}
    assert value["rule"] == rule[0]
    assert answer.status_code == rule[1]
    assert value["sentence"]
    return value["kind"]


def signed_of(value: Signed) -> dict[str, Any]:
    """Return a signed object as a request carries it."""
    return value.value()
