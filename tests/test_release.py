"""The gate: nothing but a check of good bytes makes a Release or a Stop."""

from __future__ import annotations

import copy
import dataclasses
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from protocol.limits import DAY, FIRST_SEND, MINUTE, STOP_SKEW
from protocol.release import Bundle, Release, Stop, check, require_timely
from protocol.signed import Signed
from tests.refusals import refused
from tests.world import Message, World


def remade(data: bytes, **parts: Any) -> bytes:
    """Return a bundle with whole parts replaced."""
    return replace(Bundle.decode(data), **parts).encode()


def without(signed: Signed, *ids: str) -> Signed:
    """Return a signed object without these people's signatures."""
    return replace(signed, signatures=tuple(one for one in signed.signatures if one.keyid not in ids))


# --- What a check gives -----------------------------------------------------------------------------------------------


def test_a_bundle_proves_alone_who_signed_what_and_where_the_log_has_it(world: World) -> None:
    world.log.append("roster", world.signed_roster)
    data = world.bundle(world.attest(world.alert(), "ana", "bo", "cy"))
    release = check(data, world.policy, world.now)

    assert isinstance(release, Release)
    assert release.voices.ids == world.ids("ana", "bo", "cy")
    assert release.voices.organisations == {"alba", "faro"}
    assert release.voices.has_lead
    assert release.logged is not None
    assert (release.logged.index, release.logged.size) == (1, 2)
    assert (release.bundle, release.roster.name) == (data, world.roster.name)


def test_a_bundle_is_read_as_it_was_written(world: World) -> None:
    data = world.release().bundle
    assert Bundle.decode(data).encode() == data


def test_a_bundle_still_proves_what_it_proved_years_later(world: World) -> None:
    data = world.release().bundle
    assert world.check(data, at=world.now + 3000 * DAY).alert.kind == "confirmed"


def test_an_old_policy_checks_a_bundle_over_the_root_changes_it_carries(world: World) -> None:
    world.hand_over("wim", "xia", "yves")
    world.publish()
    data = world.release().bundle

    assert len(Bundle.decode(data).chain) == 1
    with refused("roster_signers"):
        world.check(remade(data, chain=()))


# --- Signatures -------------------------------------------------------------------------------------------------------


def test_a_removed_signature_is_noticed_even_if_the_others_would_do(world: World) -> None:
    data = world.bundle(world.attest(world.alert(), "ana", "bo", "cy"))
    signed = Bundle.decode(data).alert

    for names in (("cy",), ("ana", "bo")):
        with refused("log_proof"):
            world.check(remade(data, alert=without(signed, *world.ids(*names))))


def test_a_signature_added_after_the_log_is_noticed(world: World) -> None:
    data = world.release().bundle
    signed = Bundle.decode(data).alert

    with refused("log_proof"):
        world.check(remade(data, alert=signed.joined(world.attest(signed.payload, "cy"))))


def test_a_hostile_log_can_not_make_up_for_a_missing_signature(world: World) -> None:
    signed = world.attest(world.alert(), "ana", "bo")

    with refused("quorum_short"):
        world.check(world.bundle(without(signed, world.id("bo"))))


def test_people_who_signed_something_else_did_not_sign_an_alert(world: World) -> None:
    payload = world.alert()
    for noun in ("event", "set", "stay", "sign-in"):
        with refused("payload_type"):
            world.check(world.bundle(world.sign(noun, payload, "ana", "bo")))
        renamed = replace(world.sign(noun, payload, "ana", "bo"), noun="alert")
        with refused("signature"):
            world.check(world.bundle(renamed))


def test_a_stop_s_signatures_are_none_under_a_release(world: World) -> None:
    first = world.release()
    retraction = world.attest(world.stop("retracted", first), "ana", "bo")

    with refused("signature"):
        world.check(world.bundle(replace(retraction, payload=world.alert())))


def test_a_lapsed_signer_refuses_the_bundle(world: World) -> None:
    with refused("attestation_lapsed", world.id("lou")):
        world.check(world.bundle(world.attest(world.alert(), "ana", "bo", "lou")))


def test_a_public_alert_about_a_residence_is_refused_whoever_signed(world: World) -> None:
    with refused("alert_class"):
        world.check(world.bundle(world.attest(world.alert(class_="D", template="residence"), "ana", "bo", "cy", "dee")))


# --- Rosters ----------------------------------------------------------------------------------------------------------


def test_the_roster_is_the_one_the_alert_names(world: World) -> None:
    data, older = world.release().bundle, world.signed_roster
    world.publish()

    with refused("alert_network", "roster"):
        world.check(remade(data, roster=world.signed_roster))
    with refused("alert_network", "roster"):
        world.check(remade(world.release().bundle, roster=older))


def test_a_roster_that_no_custodian_signed_proves_nothing(world: World) -> None:
    other = World(name="birch")
    data = other.release().bundle

    with refused("roster_signers"):
        world.check(data)
    with refused("roster_signers"):
        world.check(remade(world.release().bundle, roster=other.signed_roster))
    with refused("log_key"):
        world.check(remade(data, roster=world.signed_roster))
    with refused("signer"):
        world.check(world.bundle(Bundle.decode(data).alert))


@pytest.mark.parametrize("change", [{"network": "a" * 64}, {"mode": "actual"}])
def test_an_alert_of_another_network_or_mode_is_refused(world: World, change: dict[str, str]) -> None:
    with refused("alert_network", next(iter(change))):
        world.check(world.bundle(world.attest(world.alert(**change), "ana", "bo")))


def test_an_alert_is_issued_inside_its_roster_s_dates(world: World) -> None:
    for at in (world.roster.issued - 1, world.roster.expires):
        with refused("roster_dates"):
            world.check(world.bundle(world.attest(world.alert(issued=at), "ana", "bo")), at=at)
    for at in (world.roster.issued, world.roster.expires - 1):
        assert world.check(world.bundle(world.attest(world.alert(issued=at), "ana", "bo")), at=at).alert.issued == at


def test_an_alert_from_the_future_is_refused_and_a_slow_clock_forgiven(world: World) -> None:
    data = world.release().bundle

    assert world.check(data, at=world.now - 5 * MINUTE).bundle == data
    with refused("alert_times", "5 minutes after now"):
        world.check(data, at=world.now - 5 * MINUTE - 1)


# --- No other way to make one -----------------------------------------------------------------------------------------


def _subclass(one: Message) -> object:
    return types.new_class("Forged", (type(one),))


@pytest.mark.parametrize(
    "forge",
    [
        lambda one: type(one)(object(), one.alert, one.voices, one.roster, one.logged, one.bundle, one.answers),
        lambda one: type(one)(None, one.alert, one.voices, one.roster, None, b""),
        lambda one: type(one)(),
        copy.copy,
        copy.deepcopy,
        lambda one: one.__reduce_ex__(5),  # What pickling asks for; the house imports no pickle.
        lambda one: dataclasses.replace(one, bundle=b""),
        _subclass,
    ],
    ids=["constructor", "null key", "no arguments", "copy", "deepcopy", "pickle", "replace", "subclass"],
)
@pytest.mark.parametrize("kind", [Release, Stop])
def test_only_a_check_makes_one(world: World, forge: Callable[[Any], object], kind: type) -> None:
    first = world.release()
    genuine = first if kind is Release else world.suspend(first)

    assert type(genuine) is kind
    with pytest.raises(TypeError):
        forge(genuine)


@pytest.mark.parametrize("name", ["alert", "voices", "roster", "logged", "bundle", "answers", "sent"])
def test_what_was_checked_does_not_change(world: World, name: str) -> None:
    release = world.release()
    with pytest.raises(AttributeError):
        setattr(release, name, None)
    with pytest.raises(AttributeError):
        delattr(release, name)


def test_what_python_makes_by_force_proves_nothing_and_holds_nothing() -> None:
    # `object.__new__` is no honest code, and Python has no wall against it: what it gives is an empty shell, of which
    # every field is missing.  A process that could run it could send what it likes; so the gate has its own.
    shell = object.__new__(Release)
    for name in ("alert", "voices", "roster", "logged", "bundle", "answers"):
        with pytest.raises(AttributeError):
            getattr(shell, name)


# --- The gate's clock -------------------------------------------------------------------------------------------------


def test_the_gate_takes_stops_within_two_minutes_and_first_sends_within_fifteen(world: World) -> None:
    first = world.release()
    doubt = world.suspend(first)

    for off in (-STOP_SKEW, 0, STOP_SKEW):
        require_timely(doubt.alert, world.now + off)
    require_timely(first.alert, world.now + FIRST_SEND)
    for off in (-STOP_SKEW - 1, STOP_SKEW + 1):
        with refused("alert_times", "within 2 minutes"):
            require_timely(doubt.alert, world.now + off)
    with refused("release_late"):
        require_timely(first.alert, world.now + FIRST_SEND + 1)
