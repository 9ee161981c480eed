"""The gate at work: what is in order goes out once, however often and by how many it is tried."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine

from protocol.limits import MINUTE
from protocol.release import Stop, check
from protocol.signed import Signed
from protocol.state import state
from store import messages
from store.engine import reading, writing
from store.knowledge import let_out_chain
from tests.outpost import Outpost, confirm, planned, published
from tests.world import World
from worker import gate

Story = Callable[[Outpost], tuple[Signed, bytes]]


@pytest.fixture
def post(engine: Engine, tmp_path: Path) -> Outpost:
    outpost = Outpost(engine, World(), tmp_path)
    outpost.subscribe("http://127.0.0.1:9/")
    return outpost


def test_an_alert_goes_out_with_a_proof_that_the_policy_file_alone_can_check(post: Outpost) -> None:
    release = confirm(post)

    assert release.logged is not None
    assert release.voices.ids == post.world.ids("ana", "bo")
    assert state([release], post.world.now).word == "confirmed"
    with reading(post.engine) as conn:
        row = messages.get_message(conn, release.alert.name)
    assert (row.log_index, row.released_at, planned(post, row)) == (release.logged.index, post.world.now, 1)


def test_a_job_that_runs_twice_lets_out_once(post: Outpost) -> None:
    id = post.post(post.world.attest(post.world.alert(), "ana", "bo"))
    (row,) = post.claim()
    with post.logging():
        for _ in range(2):
            gate.pass_gate(post.station, id, row.claim, post.world.now)

    assert (post.row(id).state, planned(post, row), published(post)) == ("released", 1, 1)


def test_jobs_that_run_at_once_let_out_once(post: Outpost) -> None:
    id = post.post(post.world.attest(post.world.alert(), "ana", "bo"))
    (row,) = post.claim()
    start = threading.Barrier(4)

    def run() -> None:
        start.wait()
        gate.pass_gate(post.station, id, row.claim, post.world.now)

    with post.logging(), ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(run) for _ in range(4)]:
            one.result()  # Raises what was raised there.

    assert (post.row(id).state, planned(post, row), published(post)) == ("released", 1, 1)


def test_a_job_whose_claim_is_over_does_nothing(post: Outpost) -> None:
    id = post.post(post.world.attest(post.world.alert(), "ana", "bo"))
    (row,) = post.claim()
    post.world.now += 15
    (again,) = post.claim()
    with post.logging():
        gate.pass_gate(post.station, id, row.claim, post.world.now)
        assert post.row(id).state == "posted"
        gate.pass_gate(post.station, id, again.claim, post.world.now)

    assert post.row(id).state == "released"


def test_an_alert_waits_for_the_log_and_a_stop_does_not(post: Outpost) -> None:
    first = confirm(post)
    update = post.post(post.world.attest(post.world.following(first), "ana", "bo"))
    (row,) = post.claim()
    gate.pass_gate(post.station, update, row.claim, post.world.now)  # Nobody writes the log.
    assert (post.row(update).state, post.row(update).due_at) == ("posted", post.world.now + 1)

    doubt = post.post(post.world.attest(post.world.stop("suspended", first), "cy"))
    (row,) = post.claim()
    gate.pass_gate(post.station, doubt, row.claim, post.world.now)
    out = post.row(doubt)
    assert (out.state, out.log_index, planned(post, out)) == ("released", None, 1)
    assert check(out.bundle or b"", post.world.policy, post.world.now).logged is None

    assert post.prove() == 1
    out = post.row(doubt)
    stop = check(out.bundle or b"", post.world.policy, post.world.now)
    assert isinstance(stop, Stop)
    assert stop.logged is not None
    assert out.log_index == stop.logged.index
    assert post.prove() == 0
    assert state([first, stop], post.world.now + 10 * MINUTE).word == "withdrawn"


def test_what_the_log_held_before_a_crash_goes_out_after_it(post: Outpost) -> None:
    id = post.post(post.world.attest(post.world.alert(), "ana", "bo"))
    (row,) = post.claim()
    gate.pass_gate(post.station, id, row.claim, post.world.now)
    post.log()  # And then everything is down for twenty minutes.
    post.world.pass_minutes(20)
    post.admit()

    assert post.row(id).state == "released"


def test_a_restore_carries_what_it_answers_and_is_refused_to_who_suspended(post: Outpost) -> None:
    world, first = post.world, confirm(post)
    row = post.send(world.attest(world.stop("suspended", first), "bo"))
    doubt = check(row.bundle or b"", world.policy, world.now)
    refused = post.send(world.attest(world.following(first, [doubt]), "ana", "bo"))
    assert (refused.state, refused.refused_kind) == ("refused", "attestation_suspender")
    row = post.send(world.attest(world.following(first, [doubt]), "ana", "dee"))

    release = check(row.bundle or b"", world.policy, world.now)
    assert release.answers == {doubt.alert.name}
    with reading(post.engine) as conn:
        assert state(let_out_chain(conn, first.alert.id, world.policy), world.now).word == "confirmed"


def test_a_stop_whose_signer_is_revoked_before_its_proof_stays_as_it_went_out(post: Outpost) -> None:
    first = confirm(post)
    row = post.send(post.world.attest(post.world.stop("ended", first), "dee"))
    post.world.change("dee", revoked_at=0)
    post.world.publish()
    post.publish()

    assert post.prove() == 0
    assert post.row(row.id).bundle == row.bundle
    assert post.prove() == 0


def test_a_stop_that_no_longer_reads_keeps_no_other_from_its_proof(post: Outpost) -> None:
    rows = []
    for first in (confirm(post), confirm(post)):
        doubt = post.post(post.world.attest(post.world.stop("suspended", first), "cy"))
        (row,) = post.claim()
        gate.pass_gate(post.station, doubt, row.claim, post.world.now)
        rows.append(row)
    with writing(post.engine) as conn:
        mine = messages.messages.c.id == rows[0].id
        conn.execute(messages.messages.update().where(mine).values(signed=b"{}"))

    assert post.prove() == 1
    assert [post.row(one.id).log_index is None for one in rows] == [True, False]


def test_what_was_issued_before_the_next_roster_began_goes_out_and_nothing_of_after_it(post: Outpost) -> None:
    world, first = post.world, confirm(post)
    world.now += 5 * MINUTE
    early, late = (
        world.attest(world.stop(kind, first, issued=world.now + at, revision=revision), by)
        for kind, by, at, revision in (("suspended", "cy", -60, 2), ("retracted", "ana", 0, 3))
    )
    world.change("ana", roles=())
    world.publish(issued=world.now - 30)
    post.publish()

    assert post.send(early).state == "released"
    assert post.send(late).refused_kind == "roster_dates"

    fast = world.attest(world.stop("ended", first, issued=world.now + 60, revision=3), "dee")
    world.publish(issued=world.now + 30)  # It has begun by dee's clock, which is a minute fast, and not by the gate's.
    post.publish()
    assert post.send(fast).state == "released"


def test_a_second_chance_needs_other_signatures(post: Outpost) -> None:
    payload = post.world.alert()
    short = post.world.attest(payload, "ana")
    assert post.send(short).refused_kind == "quorum_short"
    assert post.send(short).state == "refused"
    assert post.send(post.world.attest(payload, "ana", "bo")).state == "released"


def test_before_the_first_roster_nothing_goes_out(post: Outpost, engine: Engine) -> None:
    with writing(engine) as conn:
        conn.execute(sa.text("DELETE FROM rosters"))
    row = post.send(post.world.attest(post.world.alert(), "ana", "bo"))

    assert (row.state, row.refused_kind) == ("refused", "not_found")
    assert "roster" in (row.refused or "")
