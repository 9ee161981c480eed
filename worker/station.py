"""What a worker's process stands on: the engine, the policy, the face, the settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Engine

from look.face import Face
from protocol import age
from protocol.policy import Policy
from store.engine import open_engine
from worker.settings import Settings


@dataclass(frozen=True, slots=True)
class Station:
    """What jobs and sweeps share."""

    engine: Engine
    policy: Policy
    face: Face
    settings: Settings

    @classmethod
    def open(cls, settings: Settings) -> Station:
        """Return the station.  Raises SystemExit where private addresses are allowed on an actual network."""
        age.self_test()
        policy = Policy.decode(settings.policy.read_bytes())
        if settings.allow_private and policy.mode != "exercise":
            raise SystemExit("SERENO_ALLOW_PRIVATE is for exercise networks; this one is actual.")
        return cls(open_engine(settings.database), policy, Face.read(settings.face), settings)


@cache
def station() -> Station:
    """Return this process's station, opened from its environment at the first call.  For jobs."""
    return Station.open(Settings.read())
