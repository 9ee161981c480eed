"""A witness: its key, and for each log it countersigns the last checkpoint it signed.  SPEC 8.5.

The state is one file a log: the log's key, an empty line, and the note with this witness' own line on it.  It is on the
disk before an answer goes out; a log whose file is missing is a log that nobody knows here, so a lost state signs
nothing.  What a log signed against its own past is kept beside it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from protocol.errors import Refused
from protocol.logkey import WitnessKey
from protocol.note import LOG, NAME, Checkpoint, Key, Note, check_cosignature, cosign, key_hash
from protocol.witness import SIZE_TYPE, AddCheckpoint, write_cosignatures
from sereno.breakglass import write_new
from sereno.visit import write_whole

KEY_FILE: Final = "witness.key"
EVIDENCE: Final = 1000  # Contradictions kept; the first few are all that anybody needs.
PLAIN: Final = "text/plain; charset=utf-8"

Answer = tuple[int, str, bytes]


@dataclass(frozen=True, slots=True)
class Known:
    """A log that this witness signs: its key, and the last note it signed; None before the first."""

    key: Key
    note: Note | None

    @property
    def last(self) -> Checkpoint | None:
        """The checkpoint of the last note."""
        return None if self.note is None else Checkpoint.decode(self.note.text)

    @classmethod
    def decode(cls, data: bytes, own: Key) -> Known:
        """Return what a state file holds.  Raises Refused where it isn't what witness `own` has written."""
        line, _, rest = data.decode("utf-8", "replace").partition("\n\n")
        key, note = Key.decode(line), Note.decode(rest) if rest else None
        mine = [one for one in note.lines if _is_mine(one.key_hash, one.name, own)] if note else []
        if note is not None:
            if len(mine) != 1:
                raise Refused("log_witness", f"The state of {key.name} is not signed by this witness.")
            check_cosignature(note.text, mine[0], own.public)
        return cls(key, note)

    def encode(self) -> bytes:
        """Return the state file."""
        return f"{self.key.encode()}\n\n{self.note.encode() if self.note else ''}".encode()


def _is_mine(hash_: bytes, name: str, own: Key) -> bool:
    return name == own.name and hash_ == key_hash(own.name, own.type_byte, own.public)


@dataclass(slots=True)
class Witness:
    """Countersigns, one request after another.  `open` it: two processes in one folder could sign a fork."""

    folder: Path
    key: WitnessKey
    _held: IO[bytes]
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def open(cls, folder: Path) -> Witness:
        """Return the witness of a folder.  Raises Refused("log_key"), OSError (as where another one runs there)."""
        key = WitnessKey.decode((folder / KEY_FILE).read_bytes())
        held = (folder / "lock").open("wb")
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            held.close()
            raise OSError(f"Another process is at work in {folder}; stop it first.") from error
        witness = cls(folder, key, held)
        witness.logs()  # A state that is damaged is told now, and not to the first log that asks.
        return witness

    def close(self) -> None:
        """Let another process work in the folder."""
        self._held.close()

    def logs(self) -> list[Known]:
        """Return the logs that this witness knows.  Raises Refused for a damaged state."""
        return [Known.decode(file.read_bytes(), self.key.public) for file in sorted(self.folder.glob("*.log"))]

    def add_log(self, text: str) -> Key:
        """Begin to countersign a log, or take its new key; what was signed stays.  Raises Refused("public_key")."""
        key = Key.decode(text)
        if key.type_byte != LOG:
            raise Refused("public_key", f"{key.name} is a cosigner's key; a log's is needed.")
        file = self._file(key.name)
        note = Known.decode(file.read_bytes(), self.key.public).note if file.exists() else None
        write_whole(file, Known(key, note).encode())
        return key

    def answer(self, body: bytes, now: int) -> Answer:
        """Return status, media type and body of the answer to an `add-checkpoint`."""
        with self._lock:  # What is checked, what is kept and what is signed are one act.
            try:
                request = AddCheckpoint.decode(body)
                known = self._known(request.origin)
                try:
                    request.check(known.key.name, known.key.public, known.last)
                except Refused as refusal:
                    if refusal.kind == "witness_size":
                        return refusal.status, SIZE_TYPE, f"{known.last.size if known.last else 0}\n".encode()
                    if refusal.kind in ("log_fork", "witness_proof"):
                        self._keep_evidence(request, known)
                    raise
                return 200, PLAIN, self._sign(request, known, now)
            except Refused as refusal:
                return refusal.status, PLAIN, f"{refusal.sentence} [{refusal.rule}]\n".encode("ascii", "replace")

    def _known(self, origin: str) -> Known:
        file = self._file(origin)
        if not file.exists():
            raise Refused("not_found", "This witness does not know the log.")
        return Known.decode(file.read_bytes(), self.key.public)

    def _sign(self, request: AddCheckpoint, known: Known, now: int) -> bytes:
        line = cosign(self.key.name, request.note.text, self.key.seed, now)
        hash_ = key_hash(known.key.name, LOG, known.key.public)
        log = next(one for one in request.note.lines if (one.name, one.key_hash) == (known.key.name, hash_))
        write_whole(self._file(known.key.name), Known(known.key, Note(request.note.text, (log, line))).encode())
        return write_cosignatures([line])

    def _keep_evidence(self, request: AddCheckpoint, known: Known) -> None:
        """Keep what the log signed that does not grow from what it signed before, with that."""
        text = request.encode() + b"\n-- last signed --\n" + known.encode()
        folder = self.folder / "evidence"
        folder.mkdir(mode=0o700, exist_ok=True)
        if len(list(folder.iterdir())) < EVIDENCE:
            write_whole(folder / f"{hashlib.sha256(text).hexdigest()[:16]}.txt", text)

    def _file(self, origin: str) -> Path:
        return self.folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:16]}.log"


def make_witness(folder: Path, name: str) -> WitnessKey:
    """Make a new witness' key in a folder.  Raises Refused("note") for a bad name, FileExistsError for a second key."""
    if NAME.fullmatch(name) is None:
        raise Refused("note", "A witness' name is printable ASCII without space and plus, such as witness.example.org.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    key = WitnessKey(name, os.urandom(32))
    write_new(folder / KEY_FILE, key.encode())
    return key
