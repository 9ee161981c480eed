"""The log: what it holds of an object, and the proof that it holds it.  SPEC 8.3.

An entry is 33 bytes, a type and the hash of a signed object with its signatures: readers can count kinds and learn
nothing else.  A proof is C2SP tlog-proof without an extra line: index, path, and the log's checkpoint.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from protocol.encoding import b64
from protocol.errors import Refused
from protocol.merkle import check_inclusion, leaf_hash
from protocol.note import Note, check_all, hash_of, number_of
from protocol.shape import one_of
from protocol.signed import Signed

# The first byte of an entry.  Numbers are never used again for something else.
TYPES: Final = {"release": 1, "stop": 2, "roster": 3, "set": 4, "stay": 5, "manifest": 6, "heads": 7}
MAGIC: Final = "c2sp.org/tlog-proof@v1"
MAX_HASHES: Final = 53  # The longest path in a tree of 2^53 - 1 leaves.


def entry(kind: str, signed: Signed) -> bytes:
    """Return the 33 bytes that the log holds of a signed object: type ‖ SHA-256.  Raises Refused("shape")."""
    one_of(*TYPES)(kind, "kind")
    return bytes([TYPES[kind]]) + signed.entry()


@dataclass(frozen=True, slots=True)
class Logged:
    """That an entry is in the log: its index, the checkpoint's size and root, and who cosigned it when."""

    index: int
    size: int
    root: bytes
    witnessed: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """A tlog-proof, shaped but NOT yet checked: an index, the path's 32-byte hashes, and the checkpoint's note."""

    index: int
    hashes: tuple[bytes, ...]
    note: Note

    @classmethod
    def decode(cls, text: str) -> Proof:
        """Return the proof that `text` spells.  Raises Refused("log_proof" | "note" | "too_large")."""
        head, empty_line, note = text.partition("\n\n")
        lines = head.split("\n")
        if not empty_line or lines[0] != MAGIC or len(lines) < 2 or not lines[1].startswith("index "):
            raise Refused("log_proof", f"A proof is {MAGIC}, index, hashes, an empty line and a checkpoint, no more.")
        if len(lines) - 2 > MAX_HASHES:
            raise Refused("log_proof", f"The proof has {len(lines) - 2} hashes; at most {MAX_HASHES} are taken.")
        index = number_of(lines[1].removeprefix("index "), "log_proof")
        return cls(index, tuple(hash_of(line, "log_proof") for line in lines[2:]), Note.decode(note))

    def encode(self) -> str:
        """Return the text."""
        return "\n".join([MAGIC, f"index {self.index}", *map(b64, self.hashes), "", self.note.encode()])

    def check(self, entry: bytes, origin: str, log_key: bytes, cosigners: Mapping[str, bytes]) -> Logged:
        """Return where `entry` stands in the log `origin`, whose 32-byte key is `log_key`.

        `cosigners` gives 32-byte keys by name; whether those who signed are enough is for the policy to say.
        Raises Refused: log_key, checkpoint, log_witness (as `note.check_all`), log_proof.
        """
        checkpoint, witnessed = check_all(self.note, origin, log_key, cosigners)
        check_inclusion(self.index, checkpoint.size, leaf_hash(entry), self.hashes, checkpoint.root)
        return Logged(self.index, checkpoint.size, checkpoint.root, witnessed)
