"""Findings: what the doctor sees, in plain words; where something is wrong, how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from look.face import Face
from protocol.policy import Policy


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at.  `mend` says what to do where it is not well, and is empty where it is."""

    says: str
    mend: str = ""

    @property
    def is_well(self) -> bool:
        """Whether nothing has to be done."""
        return not self.mend


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at: the folder, the network's policy and face, its store, where Redis is, and when."""

    folder: Path
    policy: Policy
    face: Face
    engine: Engine
    redis: str
    now: int


Findings = Iterator[Finding]
