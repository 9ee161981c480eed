"""Moves: the tables of who may make which from where and of what is overdue, told afresh here.  In both languages."""

from __future__ import annotations

from typing import Final

import pytest

from protocol.errors import Refused
from protocol.event import NAMES
from protocol.limits import DAY, HOUR, MINUTE
from protocol.moves import DUES, MOVES, STATES, overdue
from protocol.needs import NEEDS
from tests.refusals import refused
from tests.story import OTHER_CASE, START, Story, in_javascript, plain

# The table, transcribed: for each move where it leads from where.  What is not here is refused.
TABLE: Final = {
    "open": "none>new",
    "link": "new>new triaged>triaged checking>checking proposed>proposed confirmed>confirmed held>held",
    "triage": "new>triaged triaged>triaged checking>checking",
    "check": "triaged>checking checking>checking",
    "finding": "checking>checking proposed>proposed confirmed>confirmed",
    "propose": "checking>proposed",
    "attest": "proposed>proposed",
    "refuse": "proposed>checking",
    "released": "proposed>confirmed",
    "update": "confirmed>confirmed",
    "suspend": "confirmed>confirmed",
    "restore": "",
    "retract": "confirmed>confirmed closed>closed",
    "over": "confirmed>confirmed",
    "close": "triaged>closed checking>closed confirmed>closed",
    "hold": "new>held triaged>held checking>held proposed>held",
    "resume": "held>triaged",
    "merge": "new>merged triaged>merged checking>merged",
    "share": "new>new triaged>triaged checking>checking proposed>proposed confirmed>confirmed held>held",
}
# Who may, in a case that bo proposed: everybody certified on shift at the desk, leads from anywhere, and who else.
# A trainee (tim) may what binds nobody.
HERE: Final = {"ana", "lea", "bo", "cy", "dee"}
WHO: Final[dict[str, set[str]]] = {
    **{move: {*HERE, "tim"} for move in ("open", "link", "triage", "check", "finding", "share", "close", "merge")},
    **{move: {*HERE} for move in ("propose", "update", "over", "released")},
    **{move: HERE - {"bo"} for move in ("attest", "refuse")},
    **{move: {*HERE, "eve", "len"} for move in ("suspend", "retract")},
    **{move: {"ana", "lea"} for move in ("hold", "resume")},
}


def ready(state: str) -> Story:
    """Return a story in `state` whose desk knows everything a move could need."""
    return Story().to(state).knowing(sent=True, found_over=True, target=OTHER_CASE)


def outcome(story: Story, move: str, by: str) -> str:
    """Return "taken", or the kind of the refusal."""
    try:
        story.move(move, by)
    except Refused as refusal:
        return refusal.kind
    return "taken"


@pytest.mark.parametrize("state", ["none", *STATES])
def test_every_move_leads_where_the_table_says_and_nowhere_else(state: str) -> None:
    story = ready(state)
    case = story.case

    for move, row in TABLE.items():
        by = "cy" if move in ("attest", "refuse") else "ana"
        wanted = dict(pair.split(">") for pair in row.split()).get(state)
        if wanted is None:
            with refused("move"):
                story.move(move, by)
        else:
            assert story.move(move, by).state == wanted, move
        story.case = case


@pytest.mark.parametrize("move", sorted(WHO))
def test_a_move_is_made_by_those_who_may_and_by_nobody_else(move: str) -> None:
    story = ready(START[move])
    case, heads = story.case, dict(story.heads)

    allowed = set()
    for person in story.world.cast:
        story.case, story.heads = case, dict(heads)
        kind = outcome(story, move, person)
        assert kind in ("taken", "not_yours", "conflict"), (person, kind)
        if kind == "taken":
            allowed.add(person)

    assert allowed == WHO[move]


def test_every_move_has_its_row_and_every_need_its_rule() -> None:
    assert set(MOVES) == set(NAMES) == set(TABLE) == {*WHO, "restore"}
    assert {need for move in MOVES.values() for need in move.needs} == set(NEEDS)
    assert {state for move in MOVES.values() for state in move.to} <= {"none", *STATES}


def test_both_languages_hold_the_same_tables() -> None:
    _, theirs = in_javascript("tables")

    assert theirs == {"moves": {name: plain(move) for name, move in MOVES.items()}, "dues": plain(DUES)}


@pytest.mark.parametrize("move", sorted(name for name, row in MOVES.items() if "part" in row.needs))
def test_a_move_that_has_to_say_why_names_its_sealed_part(move: str) -> None:
    story = ready(START[move])
    if move == "restore":
        story.move("suspend", "dee")
        story.move("finding", "bo")

    with refused("move", "sealed part is needed"):
        story.move(move, "cy", digest="0" * 64)


@pytest.mark.parametrize(
    ("waiting", "seconds", "then"),
    [
        ("unopened", 2 * MINUTE - 1, ()),
        ("unopened", 2 * MINUTE, ("page-another",)),
        ("unopened", 5 * MINUTE, ("page-another", "page-lead")),
        ("unlinked", 5 * MINUTE, ("remind",)),
        ("field", 20 * MINUTE, ("remind",)),
        ("field", 45 * MINUTE, ("remind", "give-up")),
        ("second", 5 * MINUTE, ("redraw-and-page-lead",)),
        ("second", 10 * MINUTE, ("redraw-and-page-lead", "ask-neighbour")),
        ("suspended", 10 * MINUTE, ("withdrawn",)),
        ("P1", 45 * MINUTE, ("close-not-confirmed",)),
        ("P2", 4 * HOUR - 1, ()),
        ("P2", 4 * HOUR, ("close-not-confirmed",)),
        ("P3", 24 * HOUR, ("close-not-confirmed",)),
        ("held", 30 * MINUTE, ("return",)),
        ("closed", 72 * HOUR, ("burn",)),
        ("unread", 7 * DAY, ("warn", "warn-lead", "burn")),
    ],
)
def test_what_waits_too_long_is_due(waiting: str, seconds: int, then: tuple[str, ...]) -> None:
    assert overdue(waiting, seconds) == then
