"""What the desk reads from its environment, once, at its start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

KEY: Final = 32  # Bytes.


@dataclass(frozen=True, slots=True)
class Settings:
    """`origins`: every origin from which the desk's page may come, the network's own first.

    `challenge_key`: 32 secret bytes that mark sign-in challenges; drawn anew at each start unless given, which is right
    for one process.  Where several serve one desk they need the same.
    """

    database: str
    policy: Path
    face: Path
    listen: str
    origins: tuple[str, ...]
    threads: int
    challenge_key: bytes = field(default_factory=lambda: os.urandom(KEY), repr=False)

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
            challenge_key=_key(environment.get("SERENO_DESK_CHALLENGE_KEY", "")),
        )


def _key(text: str) -> bytes:
    if not text:
        return os.urandom(KEY)
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise SystemExit("SERENO_DESK_CHALLENGE_KEY must be hexadecimal.") from error
    if len(key) != KEY:
        raise SystemExit(f"SERENO_DESK_CHALLENGE_KEY must be {KEY} bytes in hexadecimal; it has {len(key)}.")
    return key
