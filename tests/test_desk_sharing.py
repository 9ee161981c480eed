"""Who joins in mid-week reads what came before, by keys that those who were there share.  SPEC 9.6.

Desks without their page, over the real store: ana and bo were there, eve joins.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from protocol import age
from protocol.encoding import b64
from protocol.limits import MINUTE
from protocol.part import encode_part
from store.engine import writing
from tests import javascript
from tests.desk_room import Room, refusal
from tests.shift import FOUND, PHOTO, SAID, WORDS, Shift
from tests.street import a_street


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    with a_street(tmp_path) as street:
        yield Shift(street)


def test_who_joins_in_mid_week_reads_tip_and_history_once_the_case_is_shared_and_signs_as_second_key(
    shift: Shift,
) -> None:
    assert shift.read("bo")["late"] == []
    shift.enrol("eve", lost="dee")
    assert "is not in set 1" in shift.read("eve")["tips"][0]["refused"]  # And not to look for a key elsewhere.
    eve = shift.world.id("eve")
    shift.street.settle(*shift.open)
    before = shift.read("eve")
    assert before["tips"][0]["words"] is None
    assert "is not in set 1" in before["tips"][0]["refused"]
    assert {words for _, words, _ in before["parts"]} == {""}
    assert (shift.read("ana")["late"], shift.read("bo")["late"], before["late"]) == ([eve], [eve], [])

    shift.must("ana", "share")
    draft = shift.room.draft("ana", shift.world.alert(issued=int(time.time())))
    shift.must("ana", "propose", draft, working={"class": "A", "audience": "public"})

    after = shift.read("eve")
    assert after["broken"] == ""
    assert after["tips"] == [{"words": WORDS, "refused": "", "by": shift.world.id("ana")}]
    assert [(move, words) for move, words, _ in after["parts"]][1:4] == [
        ("triage", "P1"),
        ("check", ""),
        ("finding", FOUND),
    ]
    assert after["draft"] == draft["alert"]
    assert shift.read("ana")["late"] == shift.read("bo")["late"] == []  # Nobody is asked to share it twice.
    shift.must("eve", "attest", SAID)


@pytest.mark.soak
def test_who_was_shared_with_shares_on_photos_and_all(shift: Shift) -> None:
    shift.join()
    shift.must("ana", "share")
    fay = shift.join("fay", lost="cy")

    assert shift.read("eve")["late"] == [fay]
    shift.must("eve", "share")
    assert shift.read("fay")["tips"] == [{"words": WORDS, "refused": "", "by": shift.world.id("eve")}]
    assert javascript.call("./deskweek", "photos", "fay", shift.envelope) == [PHOTO.data]
    assert shift.read("eve")["late"] == shift.read("bo")["late"] == []


@pytest.mark.soak
def test_who_is_lent_reads_a_case_that_is_shared_with_them_and_what_was_said_since_after_another_share(
    shift: Shift,
) -> None:
    assert shift.street.open("len") == ""
    shift.open.append("len")
    shift.street.settle(*shift.open)
    lent = shift.world.id("len")
    assert lent not in shift.street.settle("ana")[shift.world.epoch()][1]
    assert shift.read("len")["tips"][0]["words"] is None
    assert shift.read("ana")["late"] == [lent]
    shift.must("ana", "share")
    assert shift.read("len")["tips"][0]["words"] == WORDS
    assert shift.read("bo")["late"] == []

    draft = shift.room.draft("ana", shift.world.alert(issued=int(time.time())))
    shift.must("ana", "propose", draft, working={"class": "A", "audience": "public"})
    assert shift.read("len")["draft"] is None
    assert shift.read("bo")["late"] == [lent]
    shift.must("bo", "share")
    assert shift.read("len")["draft"] == draft["alert"]
    shift.must("len", "attest", SAID)


def test_a_wrong_key_opens_nothing_and_hides_nobodys_need(shift: Shift) -> None:
    eve = shift.join()
    shift.must("bo", "share", {"tips": {shift.envelope: b64(bytes(16))}, "parts": {}})

    tip = shift.read("eve")["tips"][0]
    assert (tip["words"], "MAC" in tip["refused"]) == (None, True)
    assert shift.read("ana")["late"] == [eve]
    shift.must("ana", "share")
    assert shift.read("eve")["tips"][0] == {"words": WORDS, "refused": "", "by": shift.world.id("ana")}


def test_a_tip_that_one_person_alone_can_open_stays_closed_to_those_it_was_sealed_to_whatever_is_shared(
    shift: Shift,
) -> None:
    to, ana = shift.room.to, shift.world.id("ana")
    spoilt = [one if id == ana else nobody() for id, one in zip(to.members, to.recipients, strict=True)]
    alone = shift.room.leave_tip(replace(to, recipients=tuple(spoilt)), words="Only for ana.")
    shift.must("ana", "link", {"duplicate": "found"}, envelopes=[alone])
    shift.join()
    shift.must("ana", "share")

    assert {tip["words"] for tip in shift.read("bo")["tips"]} == {WORDS, None}
    assert {(tip["words"], tip["by"]) for tip in shift.read("eve")["tips"]} == {(WORDS, ana), ("Only for ana.", ana)}


def nobody() -> str:
    """Return a recipient whose key was thrown away."""
    return age.Identity.generate().recipient


def test_a_part_that_is_not_the_one_its_event_names_breaks_the_history_whatever_key_comes_with_it(shift: Shift) -> None:
    shift.join()
    shift.must("ana", "share")
    path = f"/api/cases/{shift.case}"
    told = shift.room.enter("eve").get(path)
    other = {"v": 1, "minute": int(time.time()) // MINUTE, "move": "finding", "basis": "D1", "says": "against"}
    sealed = age.seal(encode_part({**other, "words": "Nobody is here."}), shift.room.to.recipients)
    told["events"][3]["sealed"] = b64(sealed)
    shift.street.liars["eve"].lies[path] = json.dumps(told).encode()

    read = shift.read("eve")

    assert "names the sealed part" in read["broken"]
    assert len(read["parts"]) == 3


@pytest.mark.soak
def test_an_envelope_in_the_place_of_the_one_that_was_shared_is_refused(shift: Shift) -> None:
    shift.join()
    shift.must("ana", "share")
    other = shift.room.leave_tip(words="Nobody is here.")
    body = shift.room.enter("ana").ask("GET", f"/api/envelopes/{other}?part=preview").data
    shift.street.liars["eve"].lies[f"/api/envelopes/{shift.envelope}"] = body

    tip = shift.read("eve")["tips"][0]

    assert (tip["words"], "MAC" in tip["refused"]) == (None, True)


def test_a_share_is_of_those_on_shift_at_the_desk_and_keeps_a_hold_as_it_was(shift: Shift) -> None:
    room: Room = shift.room
    ana, cy, sue = room.enter("ana"), room.enter("cy"), room.enter("sue")
    keys = {"tips": {shift.envelope: b64(bytes(16))}, "parts": {}}
    head = ana.get(f"/api/cases/{shift.case}")["head"]
    assert refusal(sue.move(shift.case, "share", keys, head=head)) == "not_found"
    assert refusal(ana.move(shift.case, "share")) == "move"  # It has to bring its keys.
    ana.must(shift.case, "hold", {"words": "Waiting for a call."})
    with writing(room.engine) as conn:
        conn.exec_driver_sql("UPDATE working SET minute = minute - 20")
    minute = ana.get(f"/api/cases/{shift.case}")["minute"]

    row = cy.must(shift.case, "share", keys)
    assert (row["state"], row["minute"]) == ("held", minute)
    row = cy.must(shift.case, "link", envelopes=[room.leave_tip()])
    assert (row["state"], row["minute"], len(row["envelopes"])) == ("held", minute, 2)

    stay = shift.world.sign_stay("cy", "ana", issued=int(time.time()), until=int(time.time()) + 60)
    assert ana.ask("POST", "/api/stays", stay.value()).status_code == 201
    assert cy.ask("GET", "/api/queue").status_code == 403
