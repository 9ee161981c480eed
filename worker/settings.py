"""What the worker's processes read from their environment, once, at their start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


def _need(environment: Mapping[str, str], name: str) -> str:
    if not environment.get(name):
        raise SystemExit(f"The worker needs {name} in its environment.")
    return environment[name]


def read_witnesses(text: str) -> dict[str, str]:
    """Return addresses by name of `name=https://address` with spaces between.  Raises SystemExit for anything else."""
    found = {}
    for one in text.split():
        name, equals, url = one.partition("=http")
        if not equals or not name or name in found:
            raise SystemExit(f"SERENO_WITNESSES is name=https://address, each name once; it has {one}.")
        found[name] = f"http{url}".rstrip("/")
    return found


@dataclass(frozen=True, slots=True)
class Settings:
    """For sweeps and jobs.  `allow_private`: deliver to private addresses too, on exercise networks only.

    `witnesses`: the addresses, by name, at which the roster's cosigners are asked.
    """

    database: str
    redis: str
    policy: Path
    face: Path
    allow_private: bool
    witnesses: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings.  Raises SystemExit that names the variable which is missing or wrong."""
        return cls(
            database=_need(environment, "SERENO_DATABASE"),
            redis=_need(environment, "SERENO_REDIS"),
            policy=Path(_need(environment, "SERENO_POLICY")),
            face=Path(_need(environment, "SERENO_FACE")),
            allow_private=environment.get("SERENO_ALLOW_PRIVATE") == "yes",
            witnesses=read_witnesses(environment.get("SERENO_WITNESSES", "")),
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
