"""The journey of one tip, step by step, over the same interfaces that the pages use."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import altcha

from protocol import limits
from protocol.encoding import b64, parse, unb64
from protocol.envelope import seal_envelope
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.publication import Publication, open_publication
from protocol.release import Release, check
from protocol.signed import Signature, Signed
from protocol.state import state
from protocol.tip import Tip
from protocol.vault import open_vault
from sereno import clock
from sereno.breakglass import read_identity
from sereno.deskclient import DeskClient, draft_alert
from sereno.http import Client
from sereno.receiver import Receiver
from sereno.run import addresses, database
from store.engine import open_engine, writing
from store.subscribers import put_subscriber

PATIENCE: Final = 60.0  # Seconds for any one step: long enough for a process to be started again.
WORDS: Final = "Three people in vests by the ferry landing, one car."


def say(text: str) -> None:
    """Tell what happens."""
    print(f"  {text}", flush=True)


def until(what: str, look: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """Return the first true value that `look` gives; what is down meanwhile is asked again.  Raises TimeoutError."""
    deadline = time.monotonic() + patience
    problem: Exception | None = None
    pause = 0.05
    while time.monotonic() < deadline:
        try:
            found = look()
        except (OSError, Refused) as error:
            found, problem = None, error
        if found:
            return found
        time.sleep(pause)
        pause = min(pause * 1.2, 0.25)  # Who looks all the time keeps from working what is waited for.
    raise TimeoutError(f"{what} did not happen within {patience:.0f} seconds" + (f": {problem}" if problem else "."))


@dataclass(slots=True)
class Journey:
    """One tip from a witness to a checked alert, in the folder of a running demo network.

    `people` is where the demo people's vaults are; `handles` are the two who sign; `note` is what the first of them
    finds.  Where there are `words`, they are told, and looked for among other tips; else the first one is taken.
    """

    folder: Path
    port: int
    people: Path
    note: str = "Our checker stands across the street and sees it."
    receiver: Receiver = field(default_factory=lambda: Receiver(secrets.token_bytes(32)))
    handles: tuple[str, str] = ("ana", "bo")
    words: str = ""
    _desks: dict[str, DeskClient] = field(default_factory=dict)

    def walk(self) -> tuple[bytes, bytes]:
        """Walk it and return (release.json, policy.json).  Raises TimeoutError naming the step that did not happen.

        It may be walked again: who is subscribed and signed in stays so.
        """
        policy_file = (self.folder / "policy.json").read_bytes()
        policy = Policy.decode(policy_file)
        if not self.receiver.port:
            self.subscribe()
        origins = addresses(self.port)
        envelope, zone = self.seal(Client(origins["intake"]), policy)
        self.leave(Client(origins["intake"]), envelope, zone)
        first, second = (self.desk(one, policy) for one in self.handles)
        case, chain = self.work(first, envelope)
        self.attest(second, case, chain)
        bundle = self.receive(policy, chain)
        return bundle, policy_file

    def subscribe(self) -> None:
        """Subscribe a webhook receiver on this machine."""
        self.receiver.start()
        url = f"http://127.0.0.1:{self.receiver.port}/alerts"
        engine = open_engine(database(self.folder))
        with writing(engine) as conn:
            put_subscriber(conn, channel="webhook", url=url, secret=self.receiver.secret, active=True)
        engine.dispose()
        say("A subscriber waits for alerts at a webhook of its own.")

    def seal(self, door: Client, policy: Policy) -> tuple[bytes, str]:
        """Seal a tip as the form does; return the envelope and the name of its set with the desk."""
        published = until("the recipients", lambda: self._published(door, policy))
        to = published.set_for_zone("harbor")
        now = clock.now()
        header = {
            "v": 1,
            "kind": "tip",
            "id": secrets.token_hex(16),
            "day": now // limits.DAY,
            "network": policy.network,
            "form": "0" * 64,
            "tip": {
                "what": "taking",
                "where": {"zone": "harbor", "words": "Ferry landing"},
                "when": {"choice": "now"},
                "seen": "now",
                "words": self.words or WORDS,
            },
        }
        envelope = seal_envelope(header, to, published.attorneys)
        say(f"A witness sealed a tip to {len(to.members)} verifiers: {len(envelope):,} bytes, one size fits all.")
        return envelope, f"desk={to.desk}&set={to.name}"

    def _published(self, door: Client, policy: Policy) -> Publication:
        return open_publication(door.get("/recipients"), policy, clock.now())

    def leave(self, door: Client, envelope: bytes, place: str) -> None:
        """Do the work the door asks for and leave the envelope there; all of it again if no answer comes."""

        def attempt() -> Any:
            challenge = altcha.Challenge.from_dict(door.get_json("/work"))
            solution = altcha.solve_challenge(challenge)
            if solution is None:
                raise RuntimeError("The door's challenge has no solution.")
            header = altcha.Payload(challenge, solution).to_base64()
            return door.post_bytes(f"/envelopes?{place}", envelope, {"Sereno-Work": header})

        until("the door", attempt)
        say("The door checked its shape without a key and kept it.")

    def desk(self, handle: str, policy: Policy) -> DeskClient:
        """Sign a demo verifier in with their vault and epoch files."""
        if handle in self._desks:
            return self._desks[handle]
        words = (self.people / f"{handle}.words").read_text("ascii").strip()
        vault = open_vault((self.people / f"{handle}.vault").read_bytes(), words)
        files = sorted(self.people.glob(f"{handle}.epoch-*"))
        identities = {int(one.suffix.removeprefix(".epoch-")): read_identity(one.read_text("ascii")) for one in files}
        client = DeskClient(addresses(self.port)["desk"], policy, vault.verifier, vault.seed, identities)
        until(f"{handle}'s signing in", client.enter)
        self._desks[handle] = client
        say(f"{handle} signed in as {client.id}.")
        return client

    def work(self, first: DeskClient, envelope: bytes) -> tuple[str, str]:
        """Open the tip, make a case of it, find, and propose an alert; return the case's and the chain's ids."""
        row, tip = until("the tip in the queue", lambda: self._find(first))
        say(f"{first.id} opened it in their own memory: {tip.header['tip']['words']!r}")
        until("the attorneys' part", lambda: first.pass_on(tip))
        case = secrets.token_hex(16)
        minute = clock.now() // limits.MINUTE
        self._step(first, case, "open", {"duplicate": "none-suggested"}, envelopes=[row["id"]])
        self._step(first, case, "triage", {"urgency": "P1"}, working={"urgency": "P1", "class": "A"})
        self._step(first, case, "check", {"ways": ["field"]})
        for code, words in (("D1", self.note), ("C1", "A second call.")):
            finding = {"code": code, "minute": minute, "against": False, "site": False, "over": False}
            part = {"basis": code, "says": "for", "words": words}
            self._step(first, case, "finding", part, working={"finding": finding})
        say("The evidence rule of class A is met: a checker on site and an independent first-hand tip.")
        roster, _ = until("the roster", first.network)
        payload = draft_alert(roster)
        signed = first.sign_alert(payload)
        one = signed.signatures[0]
        draft = {
            "alert": payload.decode("utf-8"),
            "class": "A",
            "audience": "public",
            "signature": {"keyid": one.keyid, "sig": b64(one.sig)},
            "grade": {"source": "F", "information": 2},
        }
        self._step(first, case, "propose", draft, working={"class": "A", "audience": "public"})
        say("The draft and its first signature lie sealed at the desk: no server can read or send it.")
        return case, payload.decode("utf-8")

    def _find(self, desk: DeskClient) -> tuple[dict[str, Any], Tip] | None:
        """Return the row of our tip in the queue, and the tip opened: its words tell which it is, nothing else does."""
        for row in desk.queue()["envelopes"]:
            tip = desk.preview(row)
            if self.words in ("", tip.header["tip"]["words"]):
                return row, tip
        return None

    def _step(self, desk: DeskClient, case: str, move: str, part: dict[str, Any], **more: Any) -> None:
        """Make a move once, however often it has to be tried: what is written already is not written again."""
        before = self._length(desk, case)

        def attempt() -> bool:
            if self._length(desk, case) > before:
                return True
            desk.move(case, move, part, **more)
            return True

        until(f"the move {move}", attempt)

    def _length(self, desk: DeskClient, case: str) -> int:
        def look() -> int:
            try:
                return 1 + int(desk.client.get_json(f"/api/cases/{case}")["length"])
            except Refused as refusal:
                if refusal.kind == "not_found":
                    return 1
                raise

        return int(until("the case", look)) - 1

    def attest(self, second: DeskClient, case: str, payload: str) -> None:
        """See the same bytes with other eyes, sign them, and hand both signatures to the gate."""
        part = until("the draft", lambda: second.parts(case))[-1]
        if part["alert"] != payload:
            raise RuntimeError("The draft that was opened is not the one that was proposed.")
        first = Signature(part["signature"]["keyid"], _bytes(part["signature"]["sig"]))
        data = part["alert"].encode("utf-8")
        signed = Signed("alert", data, (first,)).joined(second.sign_alert(data))
        grade = {"conflict": "none", "privacy": True, "grade": {"source": "F", "information": 2}}
        self._step(second, case, "attest", grade)
        until("the gate's door", lambda: second.post_alert(signed, case))
        say(f"{second.id} of another organisation signed the very same {len(data)} bytes.")

    def receive(self, policy: Policy, payload: str) -> bytes:
        """Wait for the webhook and check what it brought with the policy file and nothing else."""
        began = time.monotonic()
        chain = parse(payload.encode("utf-8"), limits.MAX_BUNDLE)["id"]
        found = until("the alert at the subscriber", lambda: self.receiver.chain(chain))
        bundle: bytes = found[0]["data"]["bundle"].encode("utf-8")
        release = check(bundle, policy, clock.now())
        if not isinstance(release, Release) or release.alert.fields["salt"] not in payload:
            raise RuntimeError("What was delivered is not the alert that was signed.")
        word = state([release], clock.now()).word
        waited = time.monotonic() - began
        say(f"The gate let it out: {word.upper()}, delivered after {waited:.1f} s, {len(bundle):,} bytes with proof.")
        return bundle


def _bytes(text: str) -> bytes:
    return unb64(text, 64)
