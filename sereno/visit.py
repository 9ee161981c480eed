"""A visit to a log: what an auditor keeps until the next one, in a file that is also evidence."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from protocol.errors import Refused
from protocol.note import Checkpoint, Note
from protocol.policy import Policy
from protocol.shape import boolean, exactly, hexadecimal, integer, list_of, record, refuse
from protocol.signed import SIGNED, Signed

MANY: Final = 100_000


def _string(value: Any, path: str) -> None:
    if not isinstance(value, str):
        raise refuse(path, "text", value)


VISIT: Final = record(
    {
        "v": exactly(1),
        "policy": _string,
        "pinned": boolean,
        "checkpoint": _string,
        "time": integer(0),
        "rosters": list_of(SIGNED, MANY),
        "missing": list_of(record({"index": integer(0), "entry": hexadecimal(33)}), MANY),
    }
)


@dataclass(frozen=True, slots=True)
class Visit:
    """What was seen: the policy it was checked by (`pinned`: got in person), the checkpoint's note, when, every
    roster that the log holds, and the (index, entry) of objects that the site did not show."""

    policy: Policy
    pinned: bool
    note: Note
    time: int
    rosters: tuple[Signed, ...]
    missing: tuple[tuple[int, bytes], ...]

    @property
    def checkpoint(self) -> Checkpoint:
        """The checkpoint, which was checked when it was seen."""
        return Checkpoint.decode(self.note.text)

    @classmethod
    def decode(cls, data: bytes) -> Visit:
        """Return the visit that a file holds.  Raises ValueError where it is none: Refused, or not JSON."""
        value = json.loads(data)
        VISIT(value, "visit")
        return cls(
            policy=Policy.decode(value["policy"].encode("utf-8")),
            pinned=value["pinned"],
            note=Note.decode(value["checkpoint"]),
            time=value["time"],
            rosters=tuple(Signed.of(one) for one in value["rosters"]),
            missing=tuple((one["index"], bytes.fromhex(one["entry"])) for one in value["missing"]),
        )

    def encode(self) -> bytes:
        """Return the file."""
        value = {
            "v": 1,
            "policy": self.policy.encode().decode("utf-8"),
            "pinned": self.pinned,
            "checkpoint": self.note.encode(),
            "time": self.time,
            "rosters": [one.value() for one in self.rosters],
            "missing": [{"index": index, "entry": entry.hex()} for index, entry in self.missing],
        }
        return json.dumps(value, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def read_visit(path: Path) -> Visit | None:
    """Return the last visit; None where there was none.  Raises Refused("shape") for a file that is something else."""
    try:
        return Visit.decode(path.read_bytes())
    except FileNotFoundError:
        return None
    except Refused:
        raise
    except ValueError as error:
        raise Refused("shape", f"{path.name} is no visit of a log: {error}. Name another file, or mend it.") from error


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that after a power cut it is there as it was, or as it is meant to be, and nothing between."""
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    folder = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
