"""What the intake reads from its environment, once, at its start."""

from __future__ import annotations

import os
import re
from base64 import b32decode, b32encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha3_256
from pathlib import Path
from typing import Final

_ONION: Final = re.compile(r"http://([a-z2-7]{56})\.onion")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the intake needs to know.

    `work_key`: 32 secret bytes that sign work challenges.  `hourly_bytes`: what a desk's door takes in an hour.
    `onion`: the origin of an onion service that leads here too, or "".
    """

    database: str
    policy: Path
    face: Path
    listen: str
    work_key: bytes
    hourly_bytes: int
    threads: int
    onion: str = ""

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
            hourly_bytes=_count("SERENO_INTAKE_HOURLY_BYTES", environment, 512 * 1024 * 1024),
            threads=_count("SERENO_INTAKE_THREADS", environment, 8),
            onion=_onion(environment.get("SERENO_INTAKE_ONION", "")),
        )


def _count(name: str, environment: Mapping[str, str], default: int) -> int:
    """Return a variable's whole number from 1 on.  Raises SystemExit for anything else."""
    text = environment.get(name) or str(default)
    if not re.fullmatch(r"[1-9][0-9]{0,14}", text):
        raise SystemExit(f"{name} must be a whole number from 1 on, in digits alone; {text[:80]!r} is not.")
    return int(text)


def _onion(origin: str) -> str:
    """Return the origin of a version 3 onion service, or "" for none.  Raises SystemExit for anything else.

    Its address is base32 of key ‖ checksum ‖ version (Tor's rend-spec-v3, 6): one wrong letter, and pages would lead
    people to nobody.
    """
    found = _ONION.fullmatch(origin)
    if origin and not (found and _is_address(found[1])):
        raise SystemExit(
            f"SERENO_INTAKE_ONION must be http://, the 56 letters of a version 3 onion address, and .onion; "
            f"{origin[:80]!r} is not, or one of its letters is wrong."
        )
    return origin


def _is_address(letters: str) -> bool:
    data = b32decode(letters.upper())
    key, version = data[:32], data[34:]
    checksum = sha3_256(b".onion checksum" + key + version).digest()[:2]
    return version == b"\3" and letters == b32encode(key + checksum + version).decode("ascii").lower()
