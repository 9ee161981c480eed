"""A desk without a browser: what the desk's page does, step by step, for the demo, for tests, and for break-glass."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from protocol import age, limits
from protocol.encoding import b64, canonical, fingerprint, unb64
from protocol.envelope import open_envelope, open_preview
from protocol.event import NOTHING, open_event, sign_event
from protocol.part import encode_part, read_part
from protocol.policy import Policy
from protocol.recipients import RecipientSet, open_set
from protocol.roster import Roster, open_roster
from protocol.signed import Signed, sign
from protocol.signin import sign_in
from protocol.tip import Tip
from sereno import clock
from sereno.http import Client


@dataclass(slots=True)
class DeskClient:
    """One verifier at the desk: an id, a signing seed, and the identities of the epochs whose tips they can open."""

    origin: str
    policy: Policy
    id: str
    seed: bytes
    identities: Mapping[int, age.Identity]
    client: Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = Client(self.origin)

    def enter(self) -> str:
        """Sign in: answer the desk's challenge, keep the token, and return it."""
        nonce = unb64(self.client.get_json("/api/challenge")["nonce"], 32)
        signed = sign_in(self.origin, self.policy.network, nonce, clock.now(), self.id, self.seed)
        answer = self.client.post_json("/api/session", {"nonce": b64(nonce), "signed": signed.value()})
        token: str = answer["token"]
        self.client = Client(self.origin, token)
        return token

    def network(self) -> tuple[Roster, Any]:
        """Return the checked roster, and everything else the desk said."""
        value = self.client.get_json("/api/network")
        chain = [Signed.of(link) for link in value["chain"]]
        return open_roster(Signed.of(value["roster"]), chain, self.policy), value

    def queue(self) -> Any:
        """Return what waits."""
        return self.client.get_json("/api/queue")

    def recipient_set(self, name: str) -> RecipientSet:
        """Return the checked set of that name."""
        value = self.client.get_json(f"/api/sets/{name}")
        roster = open_roster(Signed.of(value["roster"]), [Signed.of(one) for one in value["chain"]], self.policy)
        return open_set(Signed.of(value["set"]), [Signed.of(one) for one in value["keys"]], roster)

    def preview(self, row: Mapping[str, Any]) -> Tip:
        """Return a waiting envelope's words, from its first bytes."""
        to = self.recipient_set(row["set"])
        start = self.client.get(f"/api/envelopes/{row['id']}?part=preview")
        return open_preview(start, row["bucket"], self.identities[to.epoch], to, self.id)

    def open(self, row: Mapping[str, Any]) -> Tip:
        """Return a waiting envelope's whole tip."""
        to = self.recipient_set(row["set"])
        data = self.client.get(f"/api/envelopes/{row['id']}")
        return open_envelope(data, self.identities[to.epoch], to, self.id)

    def pass_on(self, tip: Tip) -> bool:
        """Pass on what a tip holds for the attorneys, as the desk's page does of every tip that somebody looks at."""
        answer = self.client.post_bytes("/api/legal", unb64(tip.header["legal"], limits.LEGAL_BYTES), {})
        return bool(answer["kept"])

    def move(
        self,
        case: str,
        move: str,
        part: Mapping[str, Any] | None = None,
        *,
        working: Mapping[str, Any] | None = None,
        envelopes: list[str] | None = None,
    ) -> Any:
        """Sign a move on a case, its sealed part sealed to the desk's set, and return the case as it is then."""
        _, value = self.network()
        head = NOTHING if move == "open" else self.client.get_json(f"/api/cases/{case}")["head"]
        now = clock.now()
        sealed = b""
        if part is not None:
            whole = {"v": 1, "minute": now // limits.MINUTE, "move": move, **part}
            sealed = age.seal(encode_part(whole), self._desk_set(value).recipients)
        signed = sign_event(
            self.policy.network,
            case,
            move,
            self.id,
            self.seed,
            day=now // limits.DAY,
            case_prev=head,
            actor_prev=value["actor_head"],
            digest=fingerprint(sealed) if sealed else NOTHING,
            envelopes=envelopes or [],
        )
        body = {"event": signed.value(), "sealed": b64(sealed), "working": dict(working or {})}
        return self.client.post_json(f"/api/cases/{case}/events", body)

    def parts(self, case: str) -> list[dict[str, Any]]:
        """Return the opened sealed parts of a case's events, in order."""
        roster, _ = self.network()
        found = []
        for one in self.client.get_json(f"/api/cases/{case}")["events"]:
            sealed = unb64(one["sealed"])
            if sealed:
                plain = age.open(sealed, list(self.identities.values()))
                found.append(read_part(plain, open_event(Signed.of(one["event"]), roster)))
        return found

    def sign_alert(self, payload: bytes) -> Signed:
        """Return an alert's bytes, signed."""
        return sign("alert", payload, self.id, self.seed)

    def post_alert(self, signed: Signed, case: str | None = None) -> Any:
        """Hand a signed alert or stop to the gate."""
        body: dict[str, Any] = {"alert": signed.value()}
        if case is not None:
            body["case"] = case
        return self.client.post_json("/api/alerts", body)

    def chain(self, chain: str) -> Any:
        """Return what became of a chain's messages."""
        return self.client.get_json(f"/api/alerts/{chain}")

    def _desk_set(self, value: Mapping[str, Any]) -> RecipientSet:
        done = [one for one in value["sets"] if one["complete"] and not one["retired"]]
        name = Signed.of(done[0]["set"]).message()
        return self.recipient_set(name)


def draft_alert(roster: Roster, **changes: Any) -> bytes:
    """Return the payload of a first confirmed alert of class A, with `changes`."""
    now = clock.now()
    value: dict[str, Any] = {
        "v": 1,
        "network": roster.network,
        "mode": roster.mode,
        "id": secrets.token_hex(16),
        "revision": 1,
        "kind": "confirmed",
        "audience": "public",
        "class": "A",
        "template": "detention",
        "place": {"zone": "harbor", "cell": "0,0"},
        "seen": now - 240,
        "first": now,
        "issued": now,
        "expires": now + limits.EXPIRY_DEFAULT,
        "basis": ["observer", "person"],
        "officers": "3-5",
        "vehicles": "2",
        "marking": "immigration",
        "free": {"en": "Near the ferry landing.", "es": "Cerca del embarcadero."},
        "instruction": "observe-only",
        "rights": "kyr-1",
        "hotline": "(408) 555-0100",
        "supersedes": [],
        "roster": roster.name,
        "salt": b64(secrets.token_bytes(16)),
    }
    return canonical({**value, **changes})
