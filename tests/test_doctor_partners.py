"""The doctor and the partners: a policy that asks for witnesses nobody named, can reach, or who do not sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sereno.finding import Finding, Patient
from sereno.partners import witnesses
from tests.partnered import ONE, TWO, Partnered, partnered
from tests.stores import new_store


@pytest.fixture
def network(sqlite_url: str, tmp_path: Path) -> Iterator[Partnered]:
    engine = new_store(sqlite_url)
    with partnered(engine, tmp_path, ONE) as opened:
        yield opened
    engine.dispose()


def look(network: Partnered, monkeypatch: pytest.MonkeyPatch, addresses: str, **policy: object) -> list[Finding]:
    """Return what the doctor finds where the worker is given these addresses."""
    monkeypatch.setenv("SERENO_WITNESSES", addresses)
    station = network.post.station
    asked = replace(network.world.policy, **policy)  # type: ignore[arg-type]
    return list(witnesses(Patient(Path(), asked, station.face, station.engine, "", network.world.now)))


def test_what_is_well_needs_no_mend(network: Partnered, monkeypatch: pytest.MonkeyPatch) -> None:
    network.ask()
    (signed,) = look(network, monkeypatch, f"{ONE}=https://one.example")
    assert (signed.says, signed.mend) == (f"The witness {ONE} has signed the newest checkpoint.", "")
    (none,) = look(network, monkeypatch, "", cosigners=0)
    assert none.is_well
    assert "asks for no cosigner" in none.says


def test_what_partners_and_policy_get_wrong_is_named_with_its_mend(
    network: Partnered, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.post.log()
    address = f"{ONE}=https://one.example"
    for addresses, policy, says, mend in (
        (address, {"cosigners": 2}, "asks for 2 cosigners and the roster names 1: every alert", "publish a roster"),
        (address, {"cosigners": 2, "strict": True}, "nobody takes an alert", "deploy/partners.md"),
        ("", {}, f"these have no address here: {ONE}", "SERENO_WITNESSES=name=https://address"),
        (f"{address} {TWO}=https://two.example", {}, f"names {TWO}, which is no cosigner", "next roster"),
        (address, {}, f"{ONE} has not signed the newest checkpoint", "ask the partner"),
        ("one.example", {}, "SERENO_WITNESSES is name=https://address", "deploy/operators.md"),
    ):
        wrong = [one for one in look(network, monkeypatch, addresses, **policy) if not one.is_well]
        assert any(says in one.says and mend in one.mend for one in wrong), (says, wrong)
