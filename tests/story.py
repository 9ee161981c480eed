"""A case at a desk, told move by move: each is signed, opened and judged in Python and in JavaScript, which must agree.

story = Story()
story.open().triage().check().finding()
story.move("propose", "bo")
assert story.case.state == "proposed"
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from protocol.case import Case, Context
from protocol.casework import next_state
from protocol.errors import Refused
from protocol.event import NOTHING, Event, open_event, sign_event
from protocol.limits import DAY
from protocol.signed import Signed
from tests.javascript import call
from tests.world import World
from tests.world_network import CAST, Person

PART: Final = "5e" * 32  # Stands for the digest of a sealed part.
ENVELOPE: Final = "e1" * 16
OTHER_CASE: Final = Case("dd" * 16, "checking", "ab" * 32, ("e7" * 16,))
# Besides the usual cast: eve works at another desk, len (lent) is on nobody's shift, lea leads from elsewhere.
PEOPLE: Final = (
    *CAST,
    Person("eve", "faro", desk="south"),
    Person("lea", "vela", ("lead", "lent"), 20 * DAY, None, "south"),
)
ON_SHIFT: Final = ("bo", "cy", "dee", "tim", "lou", "rae")

# A state from which each move starts.
START: Final = {
    **dict.fromkeys(("triage", "hold", "merge", "link"), "new"),
    **dict.fromkeys(("check", "close"), "triaged"),
    **dict.fromkeys(("propose", "finding", "share"), "checking"),
    **dict.fromkeys(("attest", "refuse", "released"), "proposed"),
    **dict.fromkeys(("update", "suspend", "restore", "retract", "over"), "confirmed"),
    "open": "none",
    "resume": "held",
}
NOT_PLAIN: Final = ("roster", "key")

Judged = tuple[str, Any]  # ("case", the case's fields) or (kind, sentence).


def camel(name: str) -> str:
    """Return a Python name as JavaScript spells it."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def plain(value: Any) -> Any:
    """Return a frozen value as JSON, its fields as JavaScript spells them."""
    if hasattr(value, "__dataclass_fields__"):
        return {
            camel(name): plain(getattr(value, name)) for name in value.__dataclass_fields__ if name not in NOT_PLAIN
        }
    if isinstance(value, (frozenset, set)):
        return sorted(map(plain, value))
    return [plain(one) for one in value] if isinstance(value, (list, tuple)) else value


class Story:
    """One case and its desk; everybody's last event is remembered as the server does."""

    def __init__(self) -> None:
        self.world = World(verifiers=PEOPLE)
        self.policy, self.roster = self.world.policy.encode(), self.world.signed_roster.encode()
        self.case: Case | None = None
        self.heads: dict[str, str] = {}
        self.context = Context(
            roster=self.world.roster,
            desk="north",
            now=self.world.now,
            since=self.world.now,
            on_shift=self.ids(*ON_SHIFT),
        )

    def knowing(self, **changes: Any) -> Story:
        """Change what the desk knows."""
        self.context = replace(self.context, **changes)
        return self

    def ids(self, *names: str) -> frozenset[str]:
        """Return these people's ids."""
        return self.world.ids(*names)

    def sign(self, move: str, by: str, **changes: Any) -> Signed:
        """Return the signed event of a move, with everything that is usual and these changes."""
        usual: dict[str, Any] = {
            "day": self.context.now // DAY,
            "case_prev": self.case.head if self.case else NOTHING,
            "actor_prev": self.heads.get(by, NOTHING),
            "digest": PART,
        }
        if move in ("open", "link"):
            usual["envelopes"] = [ENVELOPE if move == "open" else "e2" * 16]
        if move == "merge":
            usual["into"] = OTHER_CASE.id
        case = changes.pop("case", "ca" * 16)
        rest = {**usual, **changes}
        return sign_event(self.world.network, case, move, self.world.id(by), self.world.seed(by), **rest)

    def open_event(self, signed: Signed) -> Event:
        """Return the opened event, which JavaScript opens to the same, or raise what both raise."""
        ours: Any
        try:
            event = open_event(signed, self.world.roster)
            ours = plain(event)
        except Refused as refusal:
            ours = refusal
        theirs = in_javascript("openedEvent", self.policy, self.roster, signed.encode())
        assert theirs == agreed(ours)
        if isinstance(ours, Refused):
            raise ours
        return event

    def judge(self, event: Event, by: str) -> Case:
        """Return the case after an event by both languages' rules, or raise what both raise."""
        context = replace(self.context, actor_head=self.heads.get(by, NOTHING))
        ours: Any
        try:
            case = next_state(self.case, event, context)
            ours = plain(case)
        except Refused as refusal:
            ours = refusal
        before = plain(self.case) if self.case else None
        theirs = in_javascript("next", before, plain(event), plain(context), self.policy, self.roster)
        assert theirs == agreed(ours)
        if isinstance(ours, Refused):
            raise ours
        return case

    def move(self, move: str, by: str = "bo", **changes: Any) -> Case:
        """Make a move and return the case after it."""
        event = self.open_event(self.sign(move, by, **changes))
        self.case = self.judge(event, by)
        self.heads[by] = event.name
        return self.case

    def to(self, state: str) -> Story:
        """Bring a new case into `state` by the shortest way."""
        ways: dict[str, tuple[tuple[str, str], ...]] = {
            "none": (),
            "new": (("open", "bo"),),
            "triaged": (("triage", "bo"),),
            "checking": (("check", "bo"), ("finding", "bo")),
            "proposed": (("propose", "bo"),),
            "confirmed": (("attest", "cy"), ("released", "cy")),
        }
        side = {"closed": "triaged", "held": "triaged", "merged": "triaged"}
        for name in ways:
            for move, by in ways[name]:
                self.knowing(sent=move == "released").move(move, by)
            if name == side.get(state, state):
                break
        if state in side:
            self.knowing(target=OTHER_CASE)
            self.move({"closed": "close", "held": "hold", "merged": "merge"}[state], "ana")
        return self.knowing(sent=False, target=None)


def in_javascript(question: str, *args: Any) -> Judged:
    """Return what JavaScript makes of it: ("taken", value) or the kind and sentence of its refusal."""
    try:
        return "taken", call("./casework", question, *args)
    except Refused as refusal:
        return refusal.kind, refusal.sentence


def agreed(ours: Any) -> Judged:
    """Return our own answer in the same form."""
    return (ours.kind, ours.sentence) if isinstance(ours, Refused) else ("taken", json.loads(json.dumps(ours)))
