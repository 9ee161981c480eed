"""What a desk brings to the gate and writes down of it by itself, whatever was lost on the way.

Desks without their page, over the real store: ana has proposed, bo is the second key, cy signed nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from protocol.errors import Refused
from protocol.limits import MINUTE
from protocol.signed import Signed
from store.engine import reading, writing
from store.messages import chain_messages, claim_messages, set_refused
from tests import javascript
from tests.shift import Shift
from tests.street import a_street

POSTING: Final = "/api/alerts"


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    with a_street(tmp_path) as street:
        yield Shift(street)


def posted(shift: Shift) -> list[Any]:
    """Return every message that the gate has."""
    with reading(shift.room.engine) as conn:
        chains = conn.exec_driver_sql("SELECT DISTINCT chain FROM messages").scalars().all()
        return [one for chain in chains for one in chain_messages(conn, chain)]


def attested(shift: Shift) -> list[str]:
    return list(shift.room.enter("ana").get(f"/api/cases/{shift.case}")["attested"])


def test_a_second_key_signs_nothing_that_would_come_too_late_or_from_too_few_organisations(shift: Shift) -> None:
    assert shift.street.open("dee", weeks=True) == ""
    shift.propose("bo")
    assert shift.agree("dee") == "quorum_short"  # Of one organisation.
    shift.must("ana", "refuse", {"missing": ["freshness"], "words": "Too old."})
    finding = {"code": "D1", "minute": int(time.time()) // MINUTE, "against": False, "site": False, "over": False}
    shift.must("ana", "finding", {"basis": "D1", "says": "for", "words": "Still."}, working={"finding": finding})
    # A moment before the fifteen minutes are over: it would not arrive in time.
    shift.propose("ana", issued=int(time.time()) - 15 * MINUTE + 5)
    assert shift.agree("bo") == "release_late"

    assert (attested(shift), posted(shift)) == ([], [])


def test_what_two_keys_signed_reaches_the_gate_though_the_connection_was_lost_and_the_page_closed(shift: Shift) -> None:
    shift.propose("ana")
    shift.street.liars["bo"].lies[POSTING] = b"This is no desk."
    assert shift.agree("bo") == ""
    assert (shift.read("ana")["gate"], posted(shift)) == ("owed", [])

    shift.street.liars["bo"].lies.clear()
    assert shift.street.open("bo", weeks=True) == ""
    assert shift.read("bo")["gate"] == "with"
    (message,) = posted(shift)
    signers = [one.keyid for one in Signed.decode(message.signed).signatures]
    assert signers == sorted(map(shift.world.id, ("ana", "bo")))
    assert shift.read("ana")["gate"] == "with"

    with writing(shift.room.engine) as conn:
        (row,) = claim_messages(conn, owner="gate", now=int(time.time()), limit=1)
        assert set_refused(conn, row.id, row.claim, Refused("log_witness", "Nobody saw the log."))
    assert [shift.read(name)["gate"] for name in ("ana", "bo")] == ["refused"] * 2


def test_what_comes_too_late_for_the_gate_is_said_to_and_is_not_handed_over(shift: Shift) -> None:
    shift.propose("ana")
    shift.street.liars["bo"].lies[POSTING] = b"This is no desk."
    assert shift.agree("bo") == ""
    shift.street.liars["bo"].lies.clear()
    shift.street.later(16 * MINUTE)

    assert [shift.read(name)["gate"] for name in ("bo", "ana")] == ["late"] * 2
    assert (posted(shift), POSTING in shift.street.liars["bo"].asked) == ([], False)

    # Nobody else is on shift: whoever agreed ends it, not whoever proposed.
    said = {"missing": ["freshness"], "words": "It did not go out."}
    assert shift.move("ana", "refuse", said) == "conflict"
    shift.must("bo", "refuse", said)
    row = shift.read("ana")["row"]
    assert (row["state"], row["proposal"], row["attested"], row["stale"]) == ("checking", None, [], True)


def test_a_suspension_is_told_to_a_case_that_did_not_hear_of_it_nor_of_the_release(shift: Shift) -> None:
    assert shift.street.open("cy", weeks=True) == ""
    cy = shift.world.id("cy")
    shift.propose("ana")
    assert shift.agree("bo") == ""
    assert shift.read("bo")["row"]["state"] == "proposed"
    (released,) = shift.let_out()
    shift.stop("cy", "suspended", released)

    row = shift.read("cy")["row"]

    assert (row["state"], row["suspenders"], row["stale"]) == ("confirmed", [cy], True)
    told = shift.read("cy")["parts"]
    assert [move for move, _, _ in told][-3:] == ["attest", "released", "suspend"]  # And not once more.
    assert shift.read("ana")["row"]["suspenders"] == [cy]
    shift.stop("ana", "retracted", released, revision=3)
    assert [move for move, _, _ in shift.read("ana")["parts"]][-1] == "retract"


def test_who_signed_nothing_writes_down_what_was_let_out_once_the_signers_had_the_time(shift: Shift) -> None:
    assert shift.street.open("cy", weeks=True) == ""
    shift.propose("ana")
    assert shift.agree("bo") == ""
    shift.read("bo")
    shift.let_out()
    assert shift.read("cy")["row"]["state"] == "proposed"

    shift.street.later(30)

    assert shift.read("cy")["row"]["state"] == "confirmed"


def test_an_alert_under_review_that_is_reported_over_says_why_it_is_under_review(shift: Shift) -> None:
    shift.propose("ana")
    assert shift.agree("bo") == ""
    shift.read("bo")
    (released,) = shift.let_out()
    shift.stop("bo", "suspended", released)
    shift.stop("ana", "ended", released, revision=3)

    assert javascript.call("./deskweek", "standing", "ana", released.alert.id) == ["under-review", "doubt"]
