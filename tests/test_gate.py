"""The gate against an adversary who holds everything but people's secrets.

A state machine (`tests.adversary`) tries to have an alert taken that too few people signed.  The same machine must find
each of the bugs that are planted in copies of `protocol`: what finds nothing would show nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.adversary import adversary
from tests.planted import Change, planted
from tests.stage import Broken, Gate

SETTINGS: Final = settings(
    max_examples=80,
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
NO_SIGNATURE: Final = ("if not is_signature(public, message, one.sig):", "if len(one.sig) != 64:")
EARLIEST_FIRST: Final = "return sorted(stops, key=lambda one: (one.alert.issued, one.alert.name))"
PLANTS: Final[dict[str, dict[str, Sequence[Change]]]] = {
    "signature_counted_by_key_id": {"signed.py": [NO_SIGNATURE]},
    "duplicates_counted": {
        "signed.py": [("if any(a >= b for a, b in pairwise(ids)):", "if any(a > b for a, b in pairwise(ids)):")],
        "quorum.py": [
            ("for keyid in sorted(set(ids)):", "for keyid in sorted(ids):"),
            ("if len(voices.ids) < keys or", "if len(voices.verifiers) < keys or"),
        ],
    },
    "roster_signature_unchecked": {
        "roster.py": [
            ("if len(known) < roots.threshold:", "if False:"),
            ('Signed(signed.noun, signed.payload, known).check("roster", old)', "pass"),
            ('signers = signed.check("roster", {**old, **new.by_id()})', "signers = tuple(new.by_id())"),
        ]
    },
    "roster_hash_unchecked": {"release.py": [('("roster", alert.roster, roster.name),', "")]},
    "expired_certification_counted": {"quorum.py": [("if alert.issued >= one.certified_until:", "if False:")]},
    "payload_type_ignored": {
        "signed.py": [
            ("if self.noun != noun:", "if False:"),
            ("message = pae(noun, self.payload)", "message = pae(self.noun, self.payload)"),
        ],
        "alert.py": [('if signed.noun != "alert":', "if False:")],
    },
    "kind_ignored": {"quorum.py": [('(alert.kind == "retracted" and voices.has_lead)', "voices.has_lead")]},
    "revocation_ignored": {"quorum.py": [("if bounds and (index is None or index >= min(bounds)):", "if False:")]},
    "stay_ignored": {"quorum.py": [("if keyid in stayed:", "if False:")]},
    "trainee_counted": {"quorum.py": [('if "trainee" in one.roles:', "if False:")]},
    "organisations_ignored": {"quorum.py": [(" or len(voices.organisations) < organisations:", ":")]},
    "lead_forgotten": {"quorum.py": [("if needs_lead and not voices.has_lead:", "if False:")]},
    "a_new_doubt_hides_the_old": {"state.py": [(EARLIEST_FIRST, EARLIEST_FIRST + "[-1:]")]},
}


def test_fewer_than_a_quorum_never_make_or_strengthen_an_alert() -> None:
    machine = adversary(Gate())
    run_state_machine_as_test(machine, settings=SETTINGS)

    assert min(machine.taken[kind] for kind in ("releases", "stops")) > 20, machine.taken  # It did reach the gate.


@pytest.mark.soak
def test_fewer_than_a_quorum_never_make_or_strengthen_an_alert_however_long_they_try() -> None:
    long = settings(SETTINGS, max_examples=2000, stateful_step_count=50, derandomize=False)
    run_state_machine_as_test(adversary(Gate()), settings=long)


@pytest.mark.parametrize("plant", PLANTS)
def test_a_hole_in_the_gate_is_found(plant: str, tmp_path: Path) -> None:
    quick = settings(SETTINGS, max_examples=400, phases=[Phase.generate], print_blob=False)
    with planted(tmp_path, f"protocol_with_{plant}", PLANTS[plant]) as package:
        machine = adversary(Gate(package))
        with pytest.raises(Broken):
            run_state_machine_as_test(machine, settings=quick)


def test_a_copy_without_a_plant_has_no_hole(tmp_path: Path) -> None:
    few = settings(SETTINGS, max_examples=20)
    with planted(tmp_path, "protocol_unchanged", {}) as package:
        machine = adversary(Gate(package))
        run_state_machine_as_test(machine, settings=few)
    assert isinstance(machine.taken, Counter)
