"""The signed vectors of casework and sign-in: told here with the outcome each must have, written by

    python -m tests.vector_stories

Keys and signatures follow from the world's name, so the same stories give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from protocol.case import Case
from protocol.encoding import b64, canonical
from protocol.event import NOTHING
from protocol.evidence import Missing
from protocol.limits import DAY, MINUTE
from tests.story import OTHER_CASE, Story, plain
from tests.world import World
from tests.world_network import NOW

FOLDER: Final = Path(__file__).resolve().parent.parent / "protocol" / "vectors"
ORIGIN: Final = "https://desk.example.org"
NONCE: Final = bytes(range(32))

Change = Callable[[Story], Any]


def nothing(story: Story) -> None:
    """Change nothing."""


def knows(**changes: Any) -> Change:
    """Return what changes a desk's knowledge; names of people stand for their ids."""

    def change(story: Story) -> None:
        people = {"stayed", "drawn", "conflicted", "suspended_lately"}
        story.knowing(**{name: story.ids(*one) if name in people else one for name, one in changes.items()})

    return change


def agreed_and_sent(story: Story) -> None:
    """Let cy agree, and the gate send it."""
    story.move("attest", "cy")
    story.knowing(sent=True)


def after(*moves: tuple[str, str]) -> Change:
    """Return what makes these moves first."""

    def change(story: Story) -> None:
        for move, by in moves:
            story.move(move, by)

    return change


def later(minutes: int) -> Change:
    """Return what lets time pass."""
    return lambda story: story.knowing(now=story.context.now + minutes * MINUTE)


# Name, state before, what happened since, move, by whom, changes of the event, state after or !kind of the refusal.
STORIES: Final[tuple[tuple[str, str, Change, str, str, dict[str, Any], str], ...]] = (
    ("a case is opened", "none", nothing, "open", "bo", {}, "new"),
    ("a case is opened once", "new", nothing, "open", "bo", {}, "!move"),
    ("a trainee may open a case of an exercise", "none", nothing, "open", "tim", {}, "new"),
    ("somebody who lapsed opens none", "none", nothing, "open", "lou", {}, "!not_yours"),
    ("somebody who is revoked opens none", "none", nothing, "open", "rae", {}, "!not_yours"),
    ("somebody of another desk opens none", "none", nothing, "open", "eve", {}, "!not_yours"),
    ("somebody off shift opens none", "none", knows(on_shift=frozenset()), "open", "bo", {}, "!not_yours"),
    ("somebody a lead has suspended opens none", "none", knows(stayed=["bo"]), "open", "bo", {}, "!not_yours"),
    ("a lead opens one from anywhere", "none", nothing, "open", "lea", {}, "new"),
    ("an event of tomorrow is refused", "none", nothing, "open", "bo", {"day": NOW // DAY + 1}, "!event_chain"),
    ("a tip is linked", "checking", nothing, "link", "bo", {}, "checking"),
    ("a tip is linked once", "new", nothing, "link", "bo", {"envelopes": ["e1" * 16]}, "!move"),
    ("a new case is triaged", "new", nothing, "triage", "bo", {}, "triaged"),
    ("a triage says why", "new", nothing, "triage", "bo", {"digest": NOTHING}, "!move"),
    ("a stale page moves nothing", "new", nothing, "triage", "bo", {"case_prev": NOTHING}, "!event_chain"),
    ("a lost event of a person shows", "new", nothing, "triage", "bo", {"actor_prev": NOTHING}, "!event_chain"),
    ("a check follows triage", "new", nothing, "check", "bo", {}, "!move"),
    ("a check is started", "triaged", nothing, "check", "bo", {}, "checking"),
    ("a proposal is made", "checking", nothing, "propose", "bo", {}, "proposed"),
    ("a trainee proposes nothing", "checking", nothing, "propose", "tim", {}, "!not_yours"),
    (
        "a proposal has its evidence",
        "checking",
        knows(missing=(Missing("site_told"),)),
        "propose",
        "bo",
        {},
        "!evidence",
    ),
    ("a conflict of interest keeps off", "checking", knows(conflicted=["bo"]), "propose", "bo", {}, "!conflict"),
    ("a second person attests", "proposed", nothing, "attest", "cy", {}, "proposed"),
    ("the proposer does not attest", "proposed", nothing, "attest", "bo", {}, "!conflict"),
    ("one person attests once", "proposed", after(("attest", "cy")), "attest", "cy", {}, "!conflict"),
    ("who attested may refuse after it", "proposed", after(("attest", "cy")), "refuse", "cy", {}, "checking"),
    ("but not once the gate has sent it", "proposed", agreed_and_sent, "refuse", "cy", {}, "!conflict"),
    ("who was not drawn does not attest", "proposed", knows(drawn=["dee"]), "attest", "cy", {}, "!not_yours"),
    ("a lent verifier attests once drawn", "proposed", knows(drawn=["len"]), "attest", "len", {}, "proposed"),
    ("a refusal goes back to checking", "proposed", nothing, "refuse", "cy", {}, "checking"),
    ("a refusal stands", "proposed", after(("refuse", "cy")), "propose", "ana", {}, "!evidence"),
    ("what the gate has sent is confirmed", "proposed", knows(sent=True), "released", "cy", {}, "confirmed"),
    ("what it has not sent is not", "proposed", nothing, "released", "cy", {}, "!move"),
    ("anybody certified suspends, from another desk too", "confirmed", nothing, "suspend", "eve", {}, "confirmed"),
    ("one person suspends once", "confirmed", after(("suspend", "cy")), "suspend", "cy", {}, "!conflict"),
    ("a second suspension in a day", "confirmed", knows(suspended_lately=["cy"]), "suspend", "cy", {}, "!conflict"),
    ("an update does not answer a suspension", "confirmed", after(("suspend", "cy")), "update", "bo", {}, "!move"),
    ("a restore needs new evidence", "confirmed", after(("suspend", "cy")), "restore", "bo", {}, "!evidence"),
    (
        "the suspender does not restore",
        "confirmed",
        after(("suspend", "cy"), ("finding", "bo")),
        "restore",
        "cy",
        {},
        "!conflict",
    ),
    ("others do", "confirmed", after(("suspend", "cy"), ("finding", "bo")), "restore", "bo", {}, "confirmed"),
    ("a lead retracts", "confirmed", nothing, "retract", "ana", {}, "confirmed"),
    ("over rests on a finding", "confirmed", nothing, "over", "bo", {}, "!evidence"),
    ("what stands is not closed", "confirmed", knows(stands=True), "close", "bo", {}, "!move"),
    ("what is over is closed", "confirmed", nothing, "close", "bo", {}, "closed"),
    ("a closed case can be retracted", "closed", nothing, "retract", "bo", {}, "closed"),
    ("and not opened again", "closed", nothing, "check", "bo", {}, "!move"),
    ("a lead holds a case", "triaged", nothing, "hold", "ana", {}, "held"),
    ("nobody else does", "triaged", nothing, "hold", "bo", {}, "!not_yours"),
    ("a lead resumes it", "held", nothing, "resume", "ana", {}, "triaged"),
    ("a held case waits", "held", later(29), "check", "bo", {}, "!move"),
    ("until half an hour is over", "held", later(30), "check", "bo", {}, "checking"),
    ("a case is shared with who joined later", "proposed", nothing, "share", "cy", {}, "proposed"),
    ("what is on hold is shared too", "held", nothing, "share", "cy", {}, "held"),
    ("a share carries its keys", "checking", nothing, "share", "cy", {"digest": NOTHING}, "!move"),
    ("a trainee may share in an exercise", "checking", nothing, "share", "tim", {}, "checking"),
    ("somebody of another desk shares nothing", "checking", nothing, "share", "eve", {}, "!not_yours"),
    ("somebody lent who was drawn shares nothing", "checking", knows(drawn=["len"]), "share", "len", {}, "!not_yours"),
    ("somebody a lead has suspended shares nothing", "checking", knows(stayed=["cy"]), "share", "cy", {}, "!not_yours"),
    ("somebody who is revoked shares nothing", "checking", nothing, "share", "rae", {}, "!not_yours"),
    ("somebody who lapsed shares nothing", "checking", nothing, "share", "lou", {}, "!not_yours"),
    ("a closed case is not shared", "closed", nothing, "share", "bo", {}, "!move"),
    ("a case is merged into another", "triaged", knows(target=OTHER_CASE), "merge", "bo", {}, "merged"),
    ("not into a closed one", "triaged", knows(target=replace(OTHER_CASE, state="closed")), "merge", "bo", {}, "!move"),
    ("a merged case is no more", "merged", nothing, "triage", "bo", {}, "!move"),
)


def casework() -> dict[str, Any]:
    """Return the vectors of casework: nothing here asks `casework` about the event in question."""
    vectors: list[dict[str, Any]] = []
    told = Story()
    for name, state, change, move, by, changes, outcome in STORIES:
        story = Story().to(state)
        change(story)
        event = story.sign(move, by, **changes)
        context = {**plain(story.context), "actorHead": story.heads.get(by, NOTHING)}
        case: Case | None = story.case
        wanted = {"refused": outcome[1:]} if outcome.startswith("!") else {"state": outcome}
        vectors.append(
            {
                "name": name,
                "case": plain(case) if case else None,
                "event": event.value(),
                "context": {field: one for field, one in context.items() if one != plain(told.context).get(field)}
                | {
                    "desk": "north",
                    "now": story.context.now,
                    "since": story.context.since,
                    "onShift": context["onShift"],
                },
                "outcome": wanted,
            }
        )
    about = "Casework (SPEC 9): one signed event on one case (null: none yet), and the state after it or the refusal."
    policy = told.world.policy.encode().decode()
    return {"about": about, "policy": policy, "roster": told.world.signed_roster.value(), "vectors": vectors}


def signing_in() -> dict[str, Any]:
    """Return the vectors of sign-in."""
    world = World()
    bo = world.id("bo")
    rows: tuple[tuple[str, str, dict[str, Any], dict[str, Any], str], ...] = (
        ("a certified verifier signs in", "bo", {}, {}, bo),
        ("a minute late is in time", "bo", {}, {"now": NOW + 60}, bo),
        ("more than a minute late is not", "bo", {}, {"now": NOW + 61}, "sign_in"),
        ("more than a minute early is not", "bo", {}, {"now": NOW - 61}, "sign_in"),
        ("another origin", "bo", {"origin": "https://desk.example.com"}, {}, "sign_in"),
        ("another port", "bo", {"origin": ORIGIN + ":8443"}, {}, "sign_in"),
        ("an origin without a lock", "bo", {"origin": "http://desk.example.org"}, {}, "shape"),
        ("another network", "bo", {"network": "00" * 32}, {}, "sign_in"),
        ("another nonce", "bo", {"nonce": b64(bytes(32))}, {}, "sign_in"),
        ("somebody who lapsed", "lou", {}, {}, "sign_in"),
        ("somebody who is revoked", "rae", {}, {}, "sign_in"),
        ("somebody a lead has suspended", "bo", {}, {"stayed": [bo]}, "sign_in"),
        ("two at a time", "bo+cy", {}, {}, "sign_in"),
        ("a field too many", "bo", {"more": 1}, {}, "shape"),
    )
    vectors = []
    for name, by, changes, told, outcome in rows:
        value = {"v": 1, "origin": ORIGIN, "network": world.network, "nonce": b64(NONCE), "issued": NOW, **changes}
        signed = world.sign("sign-in", canonical(value), *by.split("+"))
        known = {"origin": ORIGIN, "nonce": NONCE.hex(), "now": NOW, "stayed": [], **told}
        vectors.append({"name": name, "signed": signed.value(), **known, "outcome": outcome})
    about = "Sign-in (SPEC 12.1): a signed answer and what the desk knows; the verifier's id, or the refusal's kind."
    policy = world.policy.encode().decode()
    return {"about": about, "policy": policy, "roster": world.signed_roster.value(), "vectors": vectors}


def written(value: dict[str, Any]) -> str:
    """Return the text of a vector file."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (FOLDER / "casework.json").write_text(written(casework()))
    (FOLDER / "signin.json").write_text(written(signing_in()))
