"""What the public face reads from its environment, once, at its start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """It needs to read the store, and nothing secret."""

    database: str
    policy: Path
    face: Path
    listen: str
    threads: int

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings.  Raises SystemExit that names the variable which is missing."""

        def need(name: str) -> str:
            if not environment.get(name):
                raise SystemExit(f"The public face needs {name} in its environment.")
            return environment[name]

        return cls(
            database=need("SERENO_DATABASE"),
            policy=Path(need("SERENO_POLICY")),
            face=Path(need("SERENO_FACE")),
            listen=need("SERENO_ALERTS_LISTEN"),
            threads=int(environment.get("SERENO_ALERTS_THREADS", 8)),
        )
