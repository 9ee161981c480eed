"""Cases and events in the store: chains that can't be moved twice at once, and what is left of them."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from protocol.case import Case
from protocol.encoding import fingerprint
from protocol.errors import Refused
from protocol.event import NOTHING, Event, open_event, sign_event
from protocol.limits import DAY, MINUTE
from protocol.signed import Signed
from store import cases, envelopes, events, sessions, shifts
from store.engine import reading, writing
from tests.test_store_envelopes import put as put_envelope
from tests.world import NOW, World

TODAY = NOW // DAY
CASE = "ca" * 16


def move(
    world: World, conn: Connection, who: str, name: str, case: str = CASE, **changes: Any
) -> tuple[Signed, Event, bytes]:
    """Return an event that follows both chains as the store has them now, and its sealed part."""
    sealed = changes.pop("sealed", f"{name} by {who}".encode())
    head = conn.execute(sa.select(cases.cases.c.head).where(cases.cases.c.id == case)).scalar() or NOTHING
    values = {
        "day": TODAY,
        "case_prev": head,
        "actor_prev": events.actor_head(conn, world.id(who)),
        "digest": fingerprint(sealed) if sealed else NOTHING,
        **changes,
    }
    signed = sign_event(world.network, case, name, world.id(who), world.seed(who), **values)
    return signed, open_event(signed, world.roster), sealed


def after(event: Event, state: str, **stand: Any) -> Case:
    """Return a case as the event leaves it."""
    return Case(event.case, state, event.name, event.envelopes, **stand)


def make(world: World, conn: Connection, who: str, name: str, state: str, case: str = CASE, **changes: Any) -> Event:
    """Make a move and store it."""
    stand = {field: changes.pop(field) for field in cases.STAND if field in changes and field != "into"}
    signed, event, sealed = move(world, conn, who, name, case, **changes)
    events.put_event(conn, signed.encode(), sealed, event, after(event, state, into=event.into, **stand), "north")
    return event


def test_events_build_a_case_and_come_back_in_their_order(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        envelope = put_envelope(conn, b"sealed")
        opened = make(world, conn, "ana", "open", "new", envelopes=[envelope])
        triaged = make(world, conn, "bo", "triage", "triaged")
        stand: dict[str, Any] = {
            "proposal": "propose",
            "proposer": world.id("ana"),
            "attested": (world.id("bo"),),
            "stale": True,
        }
        last = make(world, conn, "ana", "check", "checking", **stand)
    with reading(engine) as conn:
        case = cases.get_case(conn, CASE)
        found = events.list_events(conn, CASE)

        assert case.case == Case(CASE, "checking", last.name, (envelope,), **stand)
        assert (case.desk, case.length, case.opened_day, case.closed_day) == ("north", 3, TODAY, None)
        assert [(one.number, one.name, one.move) for one in found] == [
            (1, opened.name, "open"),
            (2, triaged.name, "triage"),
            (3, last.name, "check"),
        ]
        assert [open_event(Signed.decode(one.signed or b""), world.roster).name for one in found] == [
            one.name for one in found
        ]
        assert events.list_events(conn, CASE, after=2) == found[2:]
        assert events.actor_head(conn, world.id("ana")) == last.name
        assert events.heads_of_day(conn, TODAY) == {CASE: last.name}
        assert events.heads_of_day(conn, TODAY - 1) == {}
        assert cases.linked_cases(conn, envelope) == [CASE]


def test_a_stale_page_is_told_both_heads_and_changes_nothing(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        make(world, conn, "ana", "open", "new", envelopes=[put_envelope(conn, b"a")])
        stale = move(world, conn, "bo", "triage")
        newer = make(world, conn, "ana", "triage", "triaged")
    signed, event, sealed = stale
    heads = f"follows {event.case_prev[:16]}.*is {newer.name[:16]}"
    with pytest.raises(Refused, match=heads) as refusal, writing(engine) as conn:
        events.put_event(conn, signed.encode(), sealed, event, after(event, "triaged"), "north")
    with reading(engine) as conn:
        assert cases.get_case(conn, CASE).length == 2
        assert events.actor_head(conn, world.id("bo")) == NOTHING
    assert refusal.value.kind == "event_chain"


def test_a_person_s_chain_that_forks_is_refused(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        make(world, conn, "ana", "open", "new", envelopes=[put_envelope(conn, b"a")])
    with reading(engine) as conn:
        signed, event, sealed = move(world, conn, "ana", "triage", actor_prev=NOTHING)
    with pytest.raises(Refused, match="tell a lead") as refusal, writing(engine) as conn:
        events.put_event(conn, signed.encode(), sealed, event, after(event, "triaged"), "north")
    assert refusal.value.kind == "event_chain"


def test_the_same_event_again_changes_nothing(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        signed, event, sealed = move(world, conn, "ana", "open", envelopes=[put_envelope(conn, b"a")])
        for _ in range(2):
            events.put_event(conn, signed.encode(), sealed, event, after(event, "new"), "north")
        assert cases.get_case(conn, CASE).length == len(events.list_events(conn, CASE)) == 1


def test_of_two_who_move_a_case_at_once_one_is_refused(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        make(world, conn, "ana", "open", "new", envelopes=[put_envelope(conn, b"a")])
        moves = [move(world, conn, who, "triage") for who in ("bo", "cy", "dee")]
    outcomes: list[str] = []
    ready = threading.Barrier(3)

    def store(signed: Signed, event: Event, sealed: bytes) -> None:
        ready.wait()
        try:
            with writing(engine) as conn:
                events.put_event(conn, signed.encode(), sealed, event, after(event, "triaged"), "north")
            outcomes.append("stored")
        except Refused as refusal:
            outcomes.append(refusal.kind)

    threads = [threading.Thread(target=store, args=one) for one in moves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["event_chain", "event_chain", "stored"]
    with reading(engine) as conn:
        assert [one.number for one in events.list_events(conn, CASE)] == [1, 2]


def test_an_event_whose_parts_do_not_belong_together_is_refused(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        signed, event, sealed = move(world, conn, "ana", "open", envelopes=[put_envelope(conn, b"a")])
    good = after(event, "new")
    other = sign_event(world.network, CASE, "hold", world.id("ana"), world.seed("ana"), day=TODAY)
    for parts, kind in (
        ((signed.encode(), b"another part", event, good), "digest"),
        ((signed.encode(), b"", event, good), "digest"),
        ((other.encode(), sealed, event, good), "event_chain"),
        ((signed.encode(), sealed, event, replace(good, head="00" * 32)), "event_chain"),
    ):
        with pytest.raises(Refused) as refusal, writing(engine) as conn:
            events.put_event(conn, *parts, "north")
        assert refusal.value.kind == kind
    with reading(engine) as conn:
        missing, event, sealed = move(world, conn, "ana", "open", envelopes=["0e" * 16])
    with pytest.raises(Refused, match="no envelope"), writing(engine) as conn:
        events.put_event(conn, missing.encode(), sealed, event, after(event, "new"), "north")
    with reading(engine) as conn, pytest.raises(Refused, match="no case"):
        cases.get_case(conn, CASE)


def test_closing_forgets_what_was_worked_on_and_has_the_envelopes_burnt_within_three_days(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        alone, shared = put_envelope(conn, b"alone"), put_envelope(conn, b"shared")
        make(world, conn, "ana", "open", "new", envelopes=sorted([alone, shared]))
        make(world, conn, "bo", "open", "new", "0b" * 16, envelopes=[shared])
        cases.set_working(conn, CASE, urgency="P1", class_="A", minute=NOW // MINUTE, codes={"D": ["D1"]})
        assert [one.case.id for one in cases.working_cases(conn)] == [CASE]
        assert cases.get_case(conn, CASE).working == cases.Working("P1", "A", NOW // MINUTE, {"D": ["D1"]})
        make(world, conn, "ana", "close", "closed")

        closed = cases.get_case(conn, CASE)
        assert (closed.working, closed.closed_day, closed.case.state) == (None, TODAY, "closed")
        assert cases.working_cases(conn) == []
        assert envelopes.get_envelope(conn, alone).burn_day == TODAY + 3
        assert envelopes.get_envelope(conn, shared).burn_day > TODAY + 3
        make(world, conn, "ana", "retract", "closed", day=TODAY + 1)
        assert cases.get_case(conn, CASE).closed_day == TODAY
        with pytest.raises(Refused, match="closed") as refusal:
            cases.set_working(conn, CASE, urgency=None, class_=None, minute=1, codes={})
        make(world, conn, "bo", "close", "closed", "0b" * 16)
        assert envelopes.get_envelope(conn, shared).burn_day == TODAY + 3
        assert [one.case.id for one in cases.desk_cases(conn, "north", ["closed"])] == ["0b" * 16, CASE]
        assert cases.desk_cases(conn, "north", ["new"]) == cases.desk_cases(conn, "south", ["closed"]) == []
    assert refusal.value.kind == "move"


def test_a_merge_hands_the_envelopes_over(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        one, two = put_envelope(conn, b"one"), put_envelope(conn, b"two")
        make(world, conn, "ana", "open", "new", envelopes=[one])
        make(world, conn, "bo", "open", "new", "0b" * 16, envelopes=[two])
        make(world, conn, "ana", "merge", "merged", into="0b" * 16)

        assert cases.linked_envelopes(conn, CASE) == []
        assert cases.linked_envelopes(conn, "0b" * 16) == sorted([one, two])
        assert cases.get_case(conn, CASE).case.into == "0b" * 16
        assert envelopes.get_envelope(conn, one).burn_day > TODAY + 3


def test_after_burning_an_event_keeps_move_day_and_digest_and_after_ninety_days_nothing(engine: Engine) -> None:
    world = World()
    with writing(engine) as conn:
        envelope = put_envelope(conn, b"a")
        opened = make(world, conn, "ana", "open", "new", envelopes=[envelope])
        make(world, conn, "ana", "close", "closed", proposer=world.id("ana"))
        envelopes.burn(conn, envelope)
        events.strip_events(conn, CASE)
        left = events.list_events(conn, CASE)

        assert left[0] == events.StoredEvent(opened.name, CASE, 1, "open", None, TODAY, opened.digest, None, None)
        assert cases.get_case(conn, CASE).case == Case(CASE, "closed", left[1].name, ())
        assert cases.forget_cases(conn, TODAY + 90) == 0
        assert cases.forget_cases(conn, TODAY + 91) == 1
        assert events.list_events(conn, CASE) == []


def test_a_challenge_is_used_once_and_remembered_for_as_long_as_it_could_come_again(engine: Engine) -> None:
    with writing(engine) as conn:
        sessions.use_challenge(conn, b"nonce", NOW + 60)
        assert sessions.forget_over(conn, NOW + 59) == 0
    with pytest.raises(Refused) as refusal, writing(engine) as conn:
        sessions.use_challenge(conn, b"nonce", NOW + 60)
    assert refusal.value.kind == "sign_in"
    with writing(engine) as conn:
        assert sessions.forget_over(conn, NOW + 60) == 1


def test_a_session_holds_until_it_is_over_or_revoked_and_the_store_can_t_sign_in(engine: Engine) -> None:
    with writing(engine) as conn:
        for token, who in ((b"one", "a" * 8), (b"two", "a" * 8), (b"three", "c" * 8), (b"four", "d" * 8)):
            sessions.open_session(conn, token, who, NOW + 600)
        assert sessions.session_verifier(conn, b"one", NOW) == "a" * 8
        sessions.revoke_session(conn, b"three")
        assert sessions.revoke_verifier(conn, "a" * 8) == 2
        assert b"four" not in b"".join(bytes(row.token) for row in conn.execute(sa.select(sessions.sessions)))
        for token, now in ((b"one", NOW), (b"three", NOW), (b"four", NOW + 600)):
            with pytest.raises(Refused, match="not signed in"):
                sessions.session_verifier(conn, token, now)
        held = [sessions.holder(conn, token) for token in (b"one", b"three", b"five")]
        assert held == ["a" * 8, None, None]  # Whoever was put out can be told so until the next sweep.
        assert sessions.forget_over(conn, NOW + 599) == 2
        assert sessions.forget_over(conn, NOW + 600) == 1


def test_a_shift_is_known_while_it_lasts(engine: Engine) -> None:
    with writing(engine) as conn:
        shifts.begin_shift(conn, "a" * 8, "north", NOW + 7200)
        shifts.begin_shift(conn, "a" * 8, "north", NOW + 3600)
        shifts.begin_shift(conn, "c" * 8, "north", NOW + 600)
        shifts.begin_shift(conn, "d" * 8, "south", NOW + 600)

        assert shifts.on_shift(conn, "north", NOW) == {"a" * 8: NOW + 3600, "c" * 8: NOW + 600}
        assert shifts.on_shift(conn, "north", NOW + 600) == {"a" * 8: NOW + 3600}
        assert shifts.end_shift(conn, "a" * 8)
        assert not shifts.end_shift(conn, "a" * 8)
        assert shifts.forget_shifts(conn, NOW + 600) == 2
