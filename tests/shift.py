"""A shift: a street with one case that somebody took as far as a finding, and desks that look at it."""

from __future__ import annotations

import time
from typing import Any, Final

from protocol.limits import MINUTE
from protocol.signed import Signed
from protocol.tip import Attachment
from store.engine import writing
from store.messages import claim_messages
from store.releases import set_released
from store.rosters import put_roster
from tests import javascript
from tests.street import Street
from tests.world import Message
from tests.world_network import Person

WORDS: Final = "Three people in vests, one car."
PHOTO: Final = Attachment("image/jpeg", b"a photo")
FOUND: Final = "Our checker sees it."
SAID: Final = {"conflict": "none", "privacy": True, "grade": {"source": "F", "information": 2}}


class Shift:
    """A street with a case that ana took as far as a finding, and desks that look at it."""

    def __init__(self, street: Street) -> None:
        self.street, self.room, self.world = street, street.room, street.room.world
        self.open = ["ana", "bo"]
        for name in self.open:
            assert street.open(name, weeks=True) == ""
        self.envelope = self.room.leave_tip(words=WORDS, files=[PHOTO])
        self.case = "ca" * 16
        assert self.move("ana", "open", {"duplicate": "none-suggested"}, envelopes=[self.envelope]) == ""
        self.must("ana", "triage", {"urgency": "P1"}, working={"urgency": "P1", "class": "A"})
        self.must("ana", "check", {"ways": ["field"]})
        finding = {"code": "D1", "minute": int(time.time()) // MINUTE, "against": False, "site": False, "over": False}
        self.must("ana", "finding", {"basis": "D1", "says": "for", "words": FOUND}, working={"finding": finding})

    def read(self, name: str) -> Any:
        """Return what somebody reads in the case at their own desk."""
        return javascript.call("./deskweek", "read", name, self.case)

    def move(self, name: str, move: str, part: Any = None, **along: Any) -> str:
        """Make a move as a desk does; a share without a part gives the keys that are owed."""
        if move != "open":
            self.read(name)
        kind: str = javascript.call("./deskweek", "move", name, self.case, move, part, along)
        return kind

    def must(self, name: str, move: str, part: Any = None, **along: Any) -> None:
        """Make a move that has to be taken."""
        assert self.move(name, move, part, **along) == ""

    def join(self, name: str = "eve", lost: str = "dee") -> str:
        """Enrol somebody anew, who lost a vault, and let desks sign the next set; return the new id."""
        self.enrol(name, lost)
        self.street.settle(*self.open)
        return self.world.id(name)

    def enrol(self, name: str, lost: str) -> None:
        """Enrol somebody anew, who lost a vault, and open their desk, which has made no keys yet."""
        self.world.change(lost, revoked_at=0)
        self.world.cast[name] = Person(name, "faro")
        self.world.publish()
        with writing(self.room.engine) as conn:
            put_roster(conn, self.world.signed_roster.encode(), [], {})
        assert self.street.open(name) == ""
        self.open.append(name)

    def propose(self, name: str = "ana", **changes: Any) -> None:
        """Propose a draft as somebody; its fields may be changed."""
        draft = self.room.draft(name, self.world.alert(**{"issued": int(time.time()), **changes}))
        self.must(name, "propose", draft, working={"class": "A", "audience": "public"})

    def agree(self, name: str) -> str:
        """Let somebody sign as the second key, as their page does; return the kind of the refusal, or ""."""
        self.read(name)
        kind: str = javascript.call("./deskweek", "second", name, self.case, SAID)
        return kind

    def let_out(self) -> list[Message]:
        """Let out what waits at the gate, as its last step does."""
        now = int(time.time())
        found = []
        with writing(self.room.engine) as conn:
            for row in claim_messages(conn, owner="gate", now=now, limit=8):
                bundle = self.world.bundle(Signed.decode(row.signed))
                assert set_released(conn, row.id, row.claim, bundle=bundle, now=now, until=now + MINUTE)
                found.append(self.world.check(bundle, now))
        return found

    def stop(self, name: str, kind: str, target: Message, **changes: Any) -> None:
        """Hand somebody's stop to the gate and let it out; no case is told."""
        signed = self.world.attest(self.world.stop(kind, target, issued=int(time.time()), **changes), name)
        answer = self.room.enter(name).ask("POST", "/api/alerts", {"alert": signed.value(), "case": self.case})
        assert answer.status_code == 202, answer.get_json()
        self.let_out()
