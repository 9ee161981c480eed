"""What the desk reads from its environment, once, at its start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """`origins`: every origin from which the desk's page may come, the network's own first."""

    database: str
    policy: Path
    face: Path
    listen: str
    origins: tuple[str, ...]
    threads: int

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings.  Raises SystemExit that names the variable which is missing."""

        def need(name: str) -> str:
            if not environment.get(name):
                raise SystemExit(f"The desk needs {name} in its environment.")
            return environment[name]

        return cls(
            database=need("SERENO_DATABASE"),
            policy=Path(need("SERENO_POLICY")),
            face=Path(need("SERENO_FACE")),
            listen=need("SERENO_DESK_LISTEN"),
            origins=tuple(need("SERENO_DESK_ORIGINS").split()),
            threads=int(environment.get("SERENO_DESK_THREADS", 8)),
        )
