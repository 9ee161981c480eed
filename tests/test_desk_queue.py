"""What a desk keeps in sight of its cases while connections drop and others merge, open and move what it looks at."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests import javascript
from tests.street import Street, a_street

X: Final = "ca" * 16
Y: Final = "cb" * 16
NEW: Final = {"duplicate": "none-suggested"}


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with a_street(tmp_path) as made:
        for name in ("ana", "bo"):
            assert made.open(name, weeks=True) == ""
        yield made


def at_desk(name: str, what: str, *args: Any) -> Any:
    return javascript.call("./deskweek", what, name, *args)


def open_case(street: Street, case: str, words: str) -> str:
    """Let ana open a case for a new tip; return the envelope's id."""
    envelope = street.room.leave_tip(words=words)
    assert at_desk("ana", "move", case, "open", NEW, {"envelopes": [envelope]}) == ""
    return envelope


def test_a_tip_of_a_case_that_a_lost_connection_kept_closed_is_opened_with_the_next_queue(street: Street) -> None:
    open_case(street, X, "By the ferry.")
    lies = street.liars["bo"].lies
    lies[f"/api/sets/{street.room.to.name}"] = b"<p>Welcome to our hotel."  # What stands before a lost connection.
    assert at_desk("bo", "poll") == {X: [None]}

    lies.clear()

    assert at_desk("bo", "poll") == {X: ["By the ferry."]}


def test_tips_that_a_merge_hands_over_are_seen_in_the_case_that_took_them(street: Street) -> None:
    for case, words in ((X, "By the ferry."), (Y, "At the landing.")):
        open_case(street, case, words)
    assert at_desk("bo", "poll") == {X: ["By the ferry."], Y: ["At the landing."]}
    at_desk("ana", "read", X)
    assert at_desk("ana", "move", X, "merge", {"words": "The same."}, {"into": Y}) == ""

    assert at_desk("bo", "poll") == {Y: ["At the landing.", "By the ferry."]}


def test_a_tip_that_the_server_has_no_more_is_missed_by_whoever_reads_the_case(street: Street) -> None:
    envelope = open_case(street, X, "By the ferry.")
    at_desk("bo", "poll")
    assert at_desk("bo", "gone", X) == []
    path = f"/api/cases/{X}"
    told = {**street.room.enter("bo").get(path), "envelopes": [], "tips": []}
    queue = street.room.enter("bo").get("/api/queue")
    queue["cases"][0]["envelopes"] = []
    street.liars["bo"].lies |= {path: json.dumps(told).encode(), "/api/queue": json.dumps(queue).encode()}

    assert at_desk("bo", "poll") == {X: []}
    assert at_desk("bo", "gone", X) == [envelope]


def test_an_alert_that_nobody_drafted_in_a_case_is_not_the_alert_of_that_case(street: Street) -> None:
    room, ana = street.room, street.room.enter("ana")
    case = room.case(ana, upto="found")
    payload = room.world.alert(issued=int(time.time()))
    ana.must(case, "propose", room.draft("ana", payload), working={"class": "A", "audience": "public"})
    queue = room.enter("bo").get("/api/queue")
    queue["cases"][0]["chains"] = [json.loads(payload)["id"], "ab" * 16]
    street.liars["bo"].lies |= {
        "/api/queue": json.dumps(queue).encode(),
        **{f"/api/alerts/{id}": b'{"messages":[]}' for id in queue["cases"][0]["chains"]},
    }

    at_desk("bo", "poll")

    assert at_desk("bo", "chains") == [json.loads(payload)["id"]]


def test_a_desk_knows_in_which_case_somebody_else_has_put_a_tip(street: Street) -> None:
    waiting = street.room.leave_tip(words="By the ferry.")
    at_desk("bo", "poll")
    assert at_desk("bo", "placeOf", waiting) is None
    assert at_desk("ana", "move", X, "open", NEW, {"envelopes": [waiting]}) == ""

    at_desk("bo", "poll")

    assert at_desk("bo", "placeOf", waiting) == X


def test_what_was_asked_before_a_move_does_not_undo_it_when_it_is_answered_after(street: Street) -> None:
    open_case(street, X, "By the ferry.")
    triage, check = ["triage", {"urgency": "P1"}], ["check", {"ways": ["field"]}]

    assert at_desk("ana", "overtaken", X, [triage, check]) == ["", ""]
