"""What the intake reads from its environment, once, at its start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """`work_key`: 32 secret bytes that sign work challenges.  `hourly_bytes`: what a desk's door takes in an hour."""

    database: str
    policy: Path
    face: Path
    listen: str
    work_key: bytes
    hourly_bytes: int
    threads: int

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings.  Raises SystemExit that names the variable which is missing or wrong."""

        def need(name: str) -> str:
            if not environment.get(name):
                raise SystemExit(f"The intake needs {name} in its environment.")
            return environment[name]

        try:
            work_key = bytes.fromhex(need("SERENO_WORK_KEY"))
        except ValueError as error:
            raise SystemExit("SERENO_WORK_KEY must be hexadecimal.") from error
        if len(work_key) != 32:
            raise SystemExit(f"SERENO_WORK_KEY must be 32 bytes in hexadecimal; it has {len(work_key)}.")
        return cls(
            database=need("SERENO_DATABASE"),
            policy=Path(need("SERENO_POLICY")),
            face=Path(need("SERENO_FACE")),
            listen=need("SERENO_INTAKE_LISTEN"),
            work_key=work_key,
            hourly_bytes=int(environment.get("SERENO_INTAKE_HOURLY_BYTES", 512 * 1024 * 1024)),
            threads=int(environment.get("SERENO_INTAKE_THREADS", 8)),
        )
