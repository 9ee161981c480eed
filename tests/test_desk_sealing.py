"""To whom a desk seals its own words, and what it takes for an alert's word, while the server lies about both.  SPEC 5.

Sets that were genuine once are what such a server has: from before a stay or a revocation, of weeks ago, of another
desk.  Old ones still open what was sealed to them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import pytest

from protocol.limits import HOUR, MINUTE
from protocol.signed import Signed
from store.engine import writing
from store.rosters import put_roster
from tests import javascript
from tests.street import NETWORK, Street, a_street
from tests.world import Message


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with a_street(tmp_path) as made:
        yield made


def moves(street: Street, case: str = "ca" * 16) -> str:
    """Let bo open a case, whose words go to whom bo's desk takes for its readers; return the refusal, or ""."""
    along = {"envelopes": [street.room.leave_tip()]}
    kind: str = javascript.call("./deskweek", "move", "bo", case, "open", {"duplicate": "none-suggested"}, along)
    return kind


def calls_in_force(street: Street, *sets: Signed, **told: Any) -> None:
    """Let the server tell bo that these sets are in force, whatever else it tells."""
    value = street.room.enter("bo").get(NETWORK)
    listed = [{"set": one.value(), "complete": True, "retired": False} for one in sets]
    street.liars["bo"].lies[NETWORK] = json.dumps({**value, "sets": listed, **told}).encode()


def hands_out(street: Street, signed: Signed, keys: Sequence[Signed]) -> Signed:
    """Let the server hand a set out to bo with all that it was checked by when it was made."""
    roster = street.room.world.signed_roster.value()
    value = {"set": signed.value(), "keys": [one.value() for one in keys], "roster": roster, "chain": []}
    street.liars["bo"].lies[f"/api/sets/{signed.message()}"] = json.dumps(value).encode()
    return signed


def first_set(street: Street) -> Signed:
    """Return the set that the room was furnished with: ana, bo, cy and dee."""
    return Signed.of(street.room.enter("ana").get(NETWORK)["sets"][0]["set"])


def suspend(street: Street, name: str) -> None:
    """Let ana suspend somebody, from a minute ago on."""
    now = int(time.time())
    stay = street.room.world.sign_stay(name, "ana", issued=now - MINUTE, until=now + HOUR)
    assert street.room.enter("ana").ask("POST", "/api/stays", stay.value()).status_code == 201


def revoke(street: Street, name: str) -> None:
    """Let the custodians revoke somebody's key, from the log's first entry on."""
    world = street.room.world
    world.change(name, revoked_at=0)
    world.publish()
    with writing(street.room.engine) as conn:
        put_roster(conn, world.signed_roster.encode(), [], {})


def from_before_a_stay(street: Street) -> Signed:
    made = first_set(street)
    suspend(street, "cy")
    return made


def from_before_a_revocation(street: Street) -> Signed:
    made = first_set(street)
    revoke(street, "dee")
    return made


def of_another_desk(street: Street) -> Signed:
    world = street.room.world
    keys = world.epoch_keys("sue", "sol")
    return hands_out(street, world.sign("set", world.propose(keys, desk="south"), "sue", "sol"), keys)


def of_two_weeks_ago(street: Street) -> Signed:
    world = street.room.world
    epoch = world.epoch() - 2
    keys = world.epoch_keys("ana", "bo", "cy", "dee", epoch=epoch)
    return hands_out(street, world.sign("set", world.propose(keys, epoch=epoch), "ana", "bo"), keys)


LIES: Final[dict[Callable[[Street], Signed], str]] = {
    of_another_desk: "set_members",
    of_two_weeks_ago: "epoch_dates",
    from_before_a_stay: "set_members",
    from_before_a_revocation: "set_members",
}


def test_a_desk_seals_nothing_to_a_set_that_only_the_server_calls_in_force(street: Street) -> None:
    refused = {}
    for lie in LIES:
        calls_in_force(street, lie(street))
        assert street.open("bo", weeks=True) == ""
        refused[lie] = moves(street)

    assert refused == LIES
    assert street.room.rows("events", "cases") == {"events": 0, "cases": 0}


def test_a_set_that_was_sealed_to_a_minute_ago_is_looked_at_again_and_a_stay_once_shown_is_not_hidden(
    street: Street,
) -> None:
    made = first_set(street)
    assert street.open("bo", weeks=True) == ""
    assert moves(street) == ""
    suspend(street, "cy")
    assert street.look("bo") == [""]
    calls_in_force(street, made, stays=[])
    assert street.look("bo") == [""]

    assert moves(street, "cb" * 16) == "set_members"


def test_where_one_of_the_sets_may_read_the_desk_seals_to_that_one(street: Street) -> None:
    good = first_set(street)
    calls_in_force(street, of_another_desk(street), of_two_weeks_ago(street), good)
    assert street.open("bo", weeks=True) == ""

    assert moves(street) == ""

    assert javascript.call("./deskweek", "read", "bo", "ca" * 16)["parts"] == [["open", "", ""]]


# --- An alert's word --------------------------------------------------------------------------------------------------


def tells(street: Street, id: str, *messages: Message) -> Any:
    """Let the server tell bo of a chain; return how it stands at bo's desk."""
    told = []
    for one in messages:
        bundle = one.bundle.decode()
        row = {"name": one.alert.name, "alert": json.loads(bundle)["alert"], "bundle": bundle, "state": "released"}
        told.append({**row, "kind": None, "sentence": None})
    street.liars["bo"].lies[f"/api/alerts/{id}"] = json.dumps({"messages": told}).encode()
    return javascript.call("./deskweek", "chain", "bo", id)


def test_no_other_chain_is_an_alerts_word_and_none_that_a_suspended_or_revoked_person_signed(street: Street) -> None:
    world = street.room.world
    assert street.open("bo", weeks=True) == ""
    by_cy, by_dee, other = world.release("bo", "cy"), world.release("ana", "dee"), world.release()
    assert [tells(street, one.alert.id, one)["word"] for one in (by_cy, by_dee)] == ["confirmed"] * 2

    assert tells(street, by_cy.alert.id, other) == {"word": "", "messages": 0, "heads": []}

    for one, name, lowered in ((by_cy, "cy", suspend), (by_dee, "dee", revoke)):
        lowered(street, name)
        assert street.look("bo") == [""]
        # What was let out once has to be answered by name: a retraction needs its head.
        assert tells(street, one.alert.id, one) == {"word": "", "messages": 1, "heads": [one.alert.name]}
