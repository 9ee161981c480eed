"""Faults found by reading against the protocol, each mended: audiences of stops, slow clocks, stays that came late."""

from __future__ import annotations

import pytest

from protocol.encoding import b64
from protocol.epoch import epoch_start
from protocol.limits import CLOCK_SKEW, HOUR
from protocol.publication import encode_publication, open_publication
from protocol.signed import Signed, payload_type
from protocol.stay import require_unstayed
from tests.javascript import call
from tests.refusals import refused
from tests.world import World


@pytest.mark.parametrize("kind", ["suspended", "retracted", "ended"])
def test_a_stop_is_for_everyone_who_may_read_the_alert(world: World, kind: str) -> None:
    first = world.release()
    closed = world.release(audience="responders")

    world.fits(world.attest(world.stop(kind, first), "ana"), [first])
    world.fits(world.attest(world.stop(kind, closed), "ana"), [closed])
    with refused("alert_chain", "A stop is for the chain's audience, public"):
        world.fits(world.attest(world.stop(kind, first, audience="responders"), "ana"), [first])
    with refused("alert_chain", "A stop is for the chain's audience, responders"):
        world.fits(world.attest(world.stop(kind, closed, audience="public"), "ana"), [closed])


def test_a_receiver_obeys_a_stop_whatever_audience_it_names(world: World) -> None:
    first = world.release()
    wrong = world.retract(first, audience="responders")

    assert world.state([first, wrong]).word == "retracted"


def test_a_phone_that_is_five_minutes_slow_can_seal_when_the_week_turns(world: World) -> None:
    keys = world.epoch_keys()
    signed = world.sign("set", world.propose(keys), "ana", "bo")
    data = encode_publication(world.signed_roster, (), world.attorneys(), (), [(signed, keys)])
    began = epoch_start(world.epoch())

    assert open_publication(data, world.policy, began - CLOCK_SKEW).sets["north"].epoch == world.epoch()
    with refused("epoch_dates", "The set of desk north is for epoch"):
        open_publication(data, world.policy, began - CLOCK_SKEW - 1)


def test_who_is_suspended_now_signs_nothing_new_however_it_is_dated(world: World) -> None:
    stay = world.stay("bo")
    stays = [{"verifier": stay.verifier, "issued": stay.issued, "until": stay.until}]
    before, over = world.now - 1, world.now + HOUR

    for now in (before, over):
        require_unstayed([world.id("ana"), world.id("bo")], [stay], now)
        call("stay", "requireUnstayed", [world.id("ana"), world.id("bo")], stays, now)
    require_unstayed([world.id("ana")], [stay], world.now)
    for now in (world.now, over - 1):
        with refused("attestation_stayed", f"A lead has suspended {world.id('bo')}"):
            require_unstayed([world.id("ana"), world.id("bo")], [stay], now)
        with refused("attestation_stayed", f"A lead has suspended {world.id('bo')}"):
            call("stay", "requireUnstayed", [world.id("ana"), world.id("bo")], stays, now)


def test_an_alert_from_before_a_stay_keeps_standing(world: World) -> None:
    first = world.release("ana", "bo")
    world.pass_minutes(1)
    world.stay("bo")

    assert world.state([world.check(first.bundle)]).word == "confirmed"
    with refused("attestation_stayed", "A lead has suspended"):
        world.release("ana", "bo")


def test_half_a_character_in_a_signed_payload_is_refused_and_nothing_else_happens() -> None:
    value = {
        "payload": "\ud800",
        "payloadType": payload_type("stay"),
        "signatures": [{"keyid": "k7mq2x9a", "sig": b64(bytes(64))}],
    }

    with refused("not_utf8", "signed.payload is not UTF-8 at character 0"):
        Signed.of(value)
