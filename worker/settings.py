"""What the worker's processes read from their environment, once, at their start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


def _need(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise SystemExit(f"The worker needs {name} in its environment.")
    return environment[name]


@dataclass(frozen=True, slots=True)
class Settings:
    """For sweeps and jobs.  `allow_private`: deliver to private addresses too, on exercise networks only."""

    database: str
    redis: str
    policy: Path
    face: Path
    allow_private: bool

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings.  Raises SystemExit that names the variable which is missing or wrong."""
        return cls(
            database=_need(environment, "SERENO_DATABASE"),
            redis=_need(environment, "SERENO_REDIS"),
            policy=Path(_need(environment, "SERENO_POLICY")),
            face=Path(_need(environment, "SERENO_FACE")),
            allow_private=environment.get("SERENO_ALLOW_PRIVATE") == "yes",
        )


@dataclass(frozen=True, slots=True)
class LogSettings:
    """For the log's own process, the only one that reads the log key."""

    database: str
    policy: Path
    log_key: Path

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> LogSettings:
        """Return the settings.  Raises SystemExit that names the variable which is missing or wrong."""
        return cls(
            database=_need(environment, "SERENO_DATABASE"),
            policy=Path(_need(environment, "SERENO_POLICY")),
            log_key=Path(_need(environment, "SERENO_LOG_KEY")),
        )
