"""Notes: a text and who signed it; checkpoints, the notes in which a log states its size and root.  SPEC 8.2.

C2SP signed-note with Ed25519 (type 0x01), C2SP tlog-checkpoint without extension lines, C2SP cosignature/v1 (type
0x04).  Key names are printable ASCII, which is narrower than signed-note: names that look alike can't differ.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import nacl.signing

from protocol.encoding import MAX_INT, b64, sha256, unb64
from protocol.errors import Refused
from protocol.merkle import HASH
from protocol.signed import admit_key, is_signature

LOG: Final = 0x01  # Type byte of a log's key: plain Ed25519 over the note's text.
COSIGNER: Final = 0x04  # Type byte of a cosigner's key: Ed25519 over a time and the text.
MAX_NOTE: Final = 16 * 1024  # Bytes.  A checkpoint with 32 lines under the longest names takes 8 KiB.
MAX_LINES: Final = 32  # signed-note asks for at least 16.

NAME: Final = re.compile(r"[!-*,-~]{1,128}")  # Printable ASCII without space and plus.
NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,15}")
_UNFIT: Final = re.compile("[\x00-\x09\x0b-\x1f\ud800-\udfff]")  # Control characters, and what UTF-8 can't spell.
_LINE: Final = re.compile(r"— ([!-*,-~]{1,128}) ([A-Za-z0-9+/=]+)")
_KEY: Final = re.compile(r"([!-*,-~]{1,128})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})")


def text_of(data: bytes, limit: int = MAX_NOTE) -> str:
    """Return the text of bytes that came from elsewhere.  Raises Refused("too_large" | "not_utf8")."""
    if len(data) > limit:
        raise Refused("too_large", f"The text is {len(data)} bytes long; at most {limit} are taken.")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not_utf8", f"Byte {error.start} is not UTF-8.") from error


def number_of(text: str, kind: str) -> int:
    """Return the whole number that ASCII decimals without leading zeros spell.  Raises Refused(kind)."""
    if NUMBER.fullmatch(text) is None or int(text) > MAX_INT:
        raise Refused(kind, f"A number from 0 to {MAX_INT} without leading zeros is needed; it is {text[:40]!a}.")
    return int(text)


def hash_of(text: str, kind: str) -> bytes:
    """Return the 32 bytes that a line of padded base64 spells.  Raises Refused(kind)."""
    try:
        return unb64(text, HASH)
    except Refused as error:
        raise Refused(kind, f"A hash of {HASH} bytes in base64 is needed; it is {text[:60]!a}.") from error


def key_hash(name: str, type_byte: int, public: bytes) -> bytes:
    """Return the 4 bytes by which signature lines name a key: SHA-256(name ‖ 0x0A ‖ type ‖ key)[:4]."""
    return sha256(name.encode("utf-8") + b"\n" + bytes([type_byte]) + public)[:4]


@dataclass(frozen=True, slots=True)
class Key:
    """A public key with its name and type, as C2SP writes it: name+hash+base64(type ‖ key)."""

    name: str
    type_byte: int
    public: bytes

    @classmethod
    def decode(cls, text: str) -> Key:
        """Return the key that `text` spells.  Raises Refused("public_key")."""
        parts = _KEY.fullmatch(text)
        if parts is None:
            raise Refused("public_key", "A key is written name+hash+base64: hash 8 hexadecimal, base64 44 characters.")
        name, hash_text, base64_text = parts.groups()
        try:
            blob = unb64(base64_text, 33)
        except Refused as error:
            raise Refused("public_key", f"The key of {name} is not 33 bytes of base64.") from error
        if blob[0] not in (LOG, COSIGNER):
            raise Refused(
                "public_key",
                f"The key of {name} has type {blob[0]}; {LOG} (a log's) or {COSIGNER} (a cosigner's) is needed.",
            )
        key = cls(name, blob[0], admit_key(blob[1:]))
        if key.encode() != text:
            raise Refused("public_key", f"The key of {name} does not have the hash {hash_text}.")
        return key

    def encode(self) -> str:
        """Return the text, for a witness' configuration or a policy file."""
        hash_text = key_hash(self.name, self.type_byte, self.public).hex()
        return f"{self.name}+{hash_text}+{b64(bytes([self.type_byte]) + self.public)}"


@dataclass(frozen=True, slots=True)
class Line:
    """One signature line, shaped but NOT yet checked: a key's name, its 4-byte hash, and what the key signed with."""

    name: str
    key_hash: bytes
    sig: bytes

    @classmethod
    def decode(cls, text: str) -> Line:
        """Return the line that `text`, without its newline, spells.  Raises Refused("note")."""
        parts = _LINE.fullmatch(text)
        if parts is None:
            raise Refused("note", f"A signature line is: em dash, key name, base64; it is {text[:60]!a}.")
        name, base64_text = parts.groups()
        try:
            blob = unb64(base64_text)
        except Refused as error:
            raise Refused("note", f"The signature of {name} is not base64.") from error
        if len(blob) < 5:
            raise Refused("note", f"The signature of {name} has {len(blob)} bytes; more than 4 are needed.")
        return cls(name, blob[:4], blob[4:])

    def encode(self) -> str:
        """Return the text without its newline."""
        return f"— {self.name} {b64(self.key_hash + self.sig)}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a newline, and the lines of who signed it; shaped but NOT yet checked."""

    text: str
    lines: tuple[Line, ...]

    @classmethod
    def decode(cls, text: str) -> Note:
        """Return the note that `text` spells.  Raises Refused("too_large" | "note")."""
        unfit = _UNFIT.search(text)
        if unfit is not None:
            raise Refused("note", f"A note holds no controls but newlines; this one holds U+{ord(unfit.group()):04X}.")
        length = len(text.encode("utf-8"))
        if length > MAX_NOTE:
            raise Refused("too_large", f"The note is {length} bytes long; at most {MAX_NOTE} are taken.")
        end = text.rfind("\n\n")
        if end < 0 or not text.endswith("\n"):
            raise Refused("note", "A note is a text, an empty line and signature lines, each ended by a newline.")
        lines = text[end + 2 : -1].split("\n")
        if len(lines) > MAX_LINES:
            raise Refused("note", f"The note has {len(lines)} signature lines; at most {MAX_LINES} are taken.")
        return cls(text[: end + 1], tuple(Line.decode(line) for line in lines))

    def encode(self) -> str:
        """Return the whole text."""
        return self.text + "\n" + "".join(line.encode() + "\n" for line in self.lines)

    def joined(self, line: Line) -> Note:
        """Return this note with a cosigner's line in its place, by name; it replaces an older one of that name."""
        log, *others = self.lines
        by_name = {one.name: one for one in (*others, line)}
        return replace(self, lines=(log, *(by_name[name] for name in sorted(by_name))))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log states: its origin, its number of leaves, and their 32-byte root."""

    origin: str
    size: int
    root: bytes

    @classmethod
    def decode(cls, text: str) -> Checkpoint:
        """Return the checkpoint that a note's text spells; no extension lines.  Raises Refused("checkpoint")."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3] != "":
            raise Refused("checkpoint", f"A checkpoint has 3 lines: origin, size, root; this one has {len(lines) - 1}.")
        if NAME.fullmatch(lines[0]) is None:
            raise Refused(
                "checkpoint", f"An origin is printable ASCII without space and plus; it is {lines[0][:60]!a}."
            )
        return cls(lines[0], number_of(lines[1], "checkpoint"), hash_of(lines[2], "checkpoint"))

    def encode(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{b64(self.root)}\n"


def sign(name: str, text: str, seed: bytes) -> Note:
    """Return the note of `text`, which ends with a newline, signed by the log `name` with its 32-byte Ed25519 seed."""
    key = nacl.signing.SigningKey(seed)
    line = Line(name, key_hash(name, LOG, bytes(key.verify_key)), key.sign(text.encode("utf-8")).signature)
    return Note(text, (line,))


def cosign(name: str, text: str, seed: bytes, now: int) -> Line:
    """Return the line by which cosigner `name` says: at `now` (Unix seconds) `text` was the newest I had seen."""
    key = nacl.signing.SigningKey(seed)
    sig = key.sign(_cosigned(text, now)).signature
    return Line(name, key_hash(name, COSIGNER, bytes(key.verify_key)), now.to_bytes(8, "big") + sig)


def _cosigned(text: str, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def check_log(note: Note, origin: str, public: bytes) -> Checkpoint:
    """Return the checkpoint of a note that carries exactly one line of the log's key; other lines are not looked at.

    What a witness or a reader of the log needs; bundles are held to `check_all`.
    Raises Refused: log_key (no such line, two, or the signature fails), checkpoint (not one, or not of `origin`).
    """
    name_hash = key_hash(origin, LOG, public)
    found = [line for line in note.lines if line.name == origin and line.key_hash == name_hash]
    if len(found) != 1:
        raise Refused("log_key", f"The log {origin}+{name_hash.hex()} must sign once; it signs {len(found)} times.")
    if not is_signature(public, note.text.encode("utf-8"), found[0].sig):
        raise Refused("log_key", f"The signature of the log {origin} is not over this checkpoint.")
    checkpoint = Checkpoint.decode(note.text)
    if checkpoint.origin != origin:
        raise Refused("checkpoint", f"The checkpoint is of {checkpoint.origin}; {origin} is needed.")
    return checkpoint


def check_cosignature(text: str, line: Line, public: bytes) -> int:
    """Return when (Unix seconds) a cosigner signed `text`.  Raises Refused("log_witness")."""
    if line.key_hash != key_hash(line.name, COSIGNER, public):
        raise Refused("log_witness", f"The line of {line.name} names another key: {line.key_hash.hex()}.")
    time = int.from_bytes(line.sig[:8], "big")
    if len(line.sig) != 72 or not 0 < time <= MAX_INT:
        raise Refused("log_witness", f"The line of {line.name} must hold a time from 1 to {MAX_INT} and 64 bytes.")
    if not is_signature(public, _cosigned(text, time), line.sig[8:]):
        raise Refused("log_witness", f"The signature of {line.name} is not over this checkpoint at {time}.")
    return time


def check_all(
    note: Note, origin: str, public: bytes, cosigners: Mapping[str, bytes]
) -> tuple[Checkpoint, tuple[tuple[str, int], ...]]:
    """Return the checkpoint, and (name, Unix seconds) of each cosigner, if every line of the note counts.

    C2SP has checkers pass over unknown lines; what nobody checks could be changed unseen, so here the first line
    is the log's, and every other one that of a known cosigner, by name in ascending order, and each must check.
    Raises Refused: log_key, checkpoint (as `check_log`), log_witness.
    """
    checkpoint = check_log(note, origin, public)
    log, *others = note.lines
    if log.name != origin or log.key_hash != key_hash(origin, LOG, public):
        raise Refused("log_key", f"The first line must be of the log {origin}; it is of {log.name}.")
    if any(a.name >= b.name for a, b in pairwise(others)):
        raise Refused("log_witness", "Cosigners' lines must ascend by name with none twice.")
    witnessed = []
    for line in others:
        if line.name not in cosigners:
            raise Refused(
                "log_witness", f"{line.name} is not among the cosigners: {', '.join(sorted(cosigners)) or 'none'}."
            )
        witnessed.append((line.name, check_cosignature(note.text, line, cosigners[line.name])))
    return checkpoint, tuple(witnessed)
