"""`sereno doctor`: finds what operators get wrong, and names the mend in plain words.  Exit 0 all well, 1 not."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy.exc import DBAPIError

from look.face import Face
from protocol.errors import Refused
from protocol.policy import Policy
from sereno import clock, partners, premises, records
from sereno.finding import Finding, Findings, Patient
from sereno.storeroom import engine_of, is_there
from store.migrating import is_newest

WELL, NOT_WELL = 0, 1
Value = TypeVar("Value")

PREMISES: Final[tuple[Callable[[Patient], Findings], ...]] = (
    premises.files,
    premises.room,
    premises.clock,
    premises.addresses,
    premises.origins,
    premises.hints,
    premises.processes,
)
RECORDS: Final[tuple[Callable[[Patient], Findings], ...]] = (
    records.database,
    records.roster,
    records.keys,
    records.log,
    partners.witnesses,
    records.gate,
    records.subscribers,
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--folder", type=Path, default=Path("run"), help="where everything is kept (default: run)")


def run(arguments: argparse.Namespace) -> int:
    """Look at everything, print what was found, and return the exit status."""
    found = look(arguments.folder, clock.now())
    for one in found:
        print(f"  {'well' if one.is_well else 'MEND'}  {one.says}")
        if not one.is_well:
            print(f"        → {one.mend}")
    wrong = sum(not one.is_well for one in found)
    print(f"\n{'All is well.' if not wrong else f'{wrong} of {len(found)} things have to be mended.'}")
    return NOT_WELL if wrong else WELL


def look(folder: Path, now: int) -> list[Finding]:
    """Return what is found in a folder at `now` (Unix seconds)."""
    if not folder.is_dir():
        return [Finding(f"There is no folder {folder}.", f"sereno run --folder {folder}, or name the right one.")]
    found: list[Finding] = []
    policy = _read(found, folder / "policy.json", Policy.decode, "Put back the policy that the custodians gave you.")
    face = _read(found, folder / "face.json", Face.decode, "Mend what it says there; docs are in deploy/operators.md.")
    if policy is None or face is None:
        return found
    redis = os.environ.get("SERENO_REDIS", f"unix://{folder.resolve()}/redis/redis.sock")
    try:
        engine = engine_of(folder)
    except OSError as error:
        mend = "Write it as deploy/operators.md shows, or set none: the store is then in the folder."
        return [*found, Finding(f"{error}", mend)]
    patient = Patient(folder, policy, face, engine, redis, now)
    try:
        for check in PREMISES:
            found += check(patient)
        if not is_there(engine):
            return [*found, Finding("There is no database.", f"sereno run --folder {folder}, or restore a backup.")]
        for check in RECORDS:
            found += check(patient)
            if check is records.database and not is_newest(engine):
                break  # Nothing else can be read from old tables.
    except DBAPIError as error:
        found.append(Finding(f"The database does not answer: {error.orig}", "Start it, or look at SERENO_DATABASE."))
    finally:
        engine.dispose()
    return found


def _read(found: list[Finding], path: Path, decode: Callable[[bytes], Value], mend: str) -> Value | None:
    try:
        value = decode(path.read_bytes())
    except OSError as error:
        found.append(Finding(f"{path} can't be read: {error.strerror}.", mend))
    except Refused as refusal:
        found.append(Finding(f"{path}: {refusal.sentence}", mend))
    else:
        found.append(Finding(f"{path.name} can be read."))
        return value
    return None
