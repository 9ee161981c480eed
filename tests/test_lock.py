"""The locks: everything by hash, and complete for each Python and machine that we say we run on."""

from __future__ import annotations

import importlib.metadata
import re
from pathlib import Path
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT: Final = Path(__file__).resolve().parent.parent
PYTHONS: Final = ("3.11.0", "3.11.2", "3.11.9", "3.12.1", "3.13.0")
MACHINES: Final = ("x86_64", "aarch64")


def locked(name: str) -> set[str]:
    """Return the names that a requirements file pins."""
    return {line.split("==")[0] for line in (ROOT / name).read_text().splitlines() if re.match(r"[a-z0-9-]+==", line)}


def wanted(requirement: Requirement) -> bool:
    """Tell whether any Python and machine of ours asks for a requirement."""
    environments = (
        {
            "python_version": full.rpartition(".")[0],
            "python_full_version": full,
            "platform_machine": machine,
            "extra": "",
        }
        for full in PYTHONS
        for machine in MACHINES
    )
    return requirement.marker is None or any(requirement.marker.evaluate(one) for one in environments)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_the_lock_is_complete_for_every_python_of_ours(name: str) -> None:
    names = locked(name)
    asked: dict[str, str] = {
        canonicalize_name(requirement.name): by
        for by in names
        for requirement in map(Requirement, importlib.metadata.distribution(by).requires or [])
        if wanted(requirement)
    }

    assert {need: by for need, by in asked.items() if need not in names} == {}
    assert asked["async-timeout"] == "redis"  # Asked for by old Pythons only: seen from this one all the same.


@pytest.mark.parametrize("name", [f"requirements{one}.txt" for one in ("", "-test", "-redis", "-node")])
def test_what_is_locked_is_locked_by_hash(name: str) -> None:
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.lstrip().startswith("#")]
    pinned = [line for line in lines if not line.startswith(" ")]

    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9a-z.]+ \\", line) for line in pinned)
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines if line not in pinned)
    assert pinned
