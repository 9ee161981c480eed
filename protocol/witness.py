"""Witnesses: what a log asks a partner to countersign, and the rules by which the partner does.  SPEC 8.5.

C2SP tlog-witness, `add-checkpoint`.  A witness signs a log's checkpoint if it grows from the last one it signed, and so
never both of two that contradict each other: a log can't show different people different pasts unseen.

Pure: reads no clock, touches no store; who keeps a witness' state hands the last checkpoint in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from protocol import limits
from protocol.encoding import b64
from protocol.errors import Refused
from protocol.merkle import EMPTY, check_consistency
from protocol.note import (
    COSIGNER,
    MAX_NOTE,
    Checkpoint,
    Line,
    Note,
    check_cosignature,
    check_log,
    hash_of,
    key_hash,
    number_of,
    text_of,
)

MAX_HASHES: Final = 63  # As C2SP says.
MAX_REQUEST: Final = MAX_NOTE + 4096  # Bytes: a note, 63 hashes of 45, and the first line.
MAX_ANSWER: Final = 4096  # Bytes of an answer; a line under the longest name takes 300.
SIZE_TYPE: Final = "text/x.tlog.size"  # The media type of an answer that says which size the witness holds.


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A request, shaped but NOT yet checked: the size it grows from, the proof's 32-byte hashes, the log's note."""

    old: int
    hashes: tuple[bytes, ...]
    note: Note

    @classmethod
    def decode(cls, data: bytes) -> AddCheckpoint:
        """Return the request that a body spells.  Raises Refused: too_large, not_utf8, witness_request, note."""
        text = text_of(data, MAX_REQUEST)
        head, empty_line, note = text.partition("\n\n")
        first, *hashes = head.split("\n")
        if not empty_line or not first.startswith("old "):
            raise Refused("witness_request", "A request is `old` and a size, hashes, an empty line and a checkpoint.")
        if len(hashes) > MAX_HASHES:
            raise Refused("witness_request", f"The request has {len(hashes)} hashes; at most {MAX_HASHES} are taken.")
        old = number_of(first.removeprefix("old "), "witness_request")
        return cls(old, tuple(hash_of(one, "witness_request") for one in hashes), Note.decode(note))

    def encode(self) -> bytes:
        """Return the body."""
        return "\n".join([f"old {self.old}", *map(b64, self.hashes), "", self.note.encode()]).encode("utf-8")

    @property
    def origin(self) -> str:
        """The log that the request says it is of, which nobody has checked: for finding the key to check it with."""
        return self.note.text.partition("\n")[0]

    def check(self, origin: str, log_key: bytes, last: Checkpoint | None) -> Checkpoint:
        """Return the checkpoint that a witness which last signed `last` may sign now.

        Raises Refused: log_key, checkpoint (not the log's), witness_request (older than what it grows from),
        witness_size (grows from another size than the witness holds), log_fork (as long as the last one and
        different), witness_proof (does not grow from the last one).
        """
        found = check_log(self.note, origin, log_key)
        held = last or Checkpoint(origin, 0, EMPTY)
        if self.old > found.size:
            raise Refused("witness_request", f"The log has {found.size} leaves; it can't grow from {self.old}.")
        if self.old != held.size:
            raise Refused("witness_size", f"The request grows from {self.old} leaves; this witness holds {held.size}.")
        if found.size == held.size and found.root != held.root:
            raise Refused(
                "log_fork",
                f"At {found.size} leaves this log has root {found.root.hex()[:16]}; "
                f"this witness has signed {held.root.hex()[:16]}. It is not signed.",
            )
        self._check_growth(held, found)
        return found

    def _check_growth(self, held: Checkpoint, found: Checkpoint) -> None:
        if held.size == 0 or held.size == found.size:  # From nothing everything grows, and what is equal is equal.
            if self.hashes:
                raise Refused("witness_proof", f"From {held.size} to {found.size} leaves the proof must be empty.")
            return
        try:
            check_consistency(held.size, found.size, held.root, found.root, self.hashes)
        except Refused as error:
            raise Refused("witness_proof", error.sentence) from error


def read_size(data: bytes) -> int:
    """Return the size that a witness says it holds.  Raises Refused("too_large" | "not_utf8" | "witness_size")."""
    return number_of(text_of(data, 32).removesuffix("\n"), "witness_size")


def read_cosignature(data: bytes, text: str, name: str, public: bytes, now: int) -> Line:
    """Return cosigner `name`'s line over a checkpoint's `text` out of a witness' answer; other lines are passed over.

    Its clock must be ours within five minutes: a line that says later could make an alert look back-dated.
    Raises Refused: too_large, not_utf8, note, log_witness.
    """
    lines = text_of(data, MAX_ANSWER).removesuffix("\n").split("\n")
    wanted = key_hash(name, COSIGNER, public)
    found = [line for line in map(Line.decode, lines) if line.name == name and line.key_hash == wanted]
    if len(found) != 1:
        raise Refused("log_witness", f"The witness answers with {len(found)} lines of {name}; 1 is needed.")
    time = check_cosignature(text, found[0], public)
    if abs(time - now) > limits.CLOCK_SKEW:
        raise Refused("log_witness", f"{name} signs at {time}; here it is {now}. One of the two clocks is wrong.")
    return found[0]


def write_cosignatures(lines: Sequence[Line]) -> bytes:
    """Return a witness' answer."""
    return "".join(line.encode() + "\n" for line in lines).encode("utf-8")
