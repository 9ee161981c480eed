"""The slip: an alert, its signatures and its log proof, short enough for a QR code.  SPEC 7.7.

A bundle without its trail, which it names by hash.  With that trail at hand it becomes the bundle again, byte for
byte, and `release.check` decides as ever; a slip by itself proves nothing and nothing here is checked.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from protocol import limits
from protocol.base45 import from_fragment, to_fragment
from protocol.encoding import BECH32, canonical, parse
from protocol.errors import Refused
from protocol.log import Proof
from protocol.merkle import HASH
from protocol.note import Checkpoint, Line, Note
from protocol.packed import Reader, number, pack, text
from protocol.release import Bundle
from protocol.signed import Signature, Signed
from protocol.trail import Trail

VERSION: Final = 1
# In a forwarded text too.  Base45 ends with a letter or a digit, so that a full stop after it is not part of it.
ADDRESS: Final = re.compile(r"#((?:[0-9A-Z$*+./:-]|%20|%25){63,16383}[0-9A-Z])")


@dataclass(frozen=True, slots=True)
class Slip:
    """A slip's parts, shaped but NOT yet checked.  `trail` is the hexadecimal name of the trail it was made under."""

    trail: str
    alert: Signed
    suspensions: tuple[Signed, ...]
    proof: Proof | None

    @classmethod
    def of(cls, bundle: Bundle) -> Slip:
        """Return the slip of a bundle."""
        return cls(Trail(bundle.roster, bundle.chain).name(), bundle.alert, bundle.suspensions, bundle.proof)

    @classmethod
    def decode(cls, data: bytes) -> Slip:
        """Return the slip that bytes spell.  Raises Refused: too_large, slip, not_utf8, shape, note, log_proof."""
        if len(data) > limits.MAX_SLIP:
            raise Refused("too_large", f"The slip is {len(data)} bytes long; at most {limits.MAX_SLIP} are taken.")
        reader = Reader(data)
        version = reader.number()
        if version != VERSION:
            raise Refused("slip", f"A slip of version {VERSION} is needed; this is of version {version}.")
        trail, alert = reader.take(HASH).hex(), _read_signed(reader)
        suspensions = tuple(_read_signed(reader) for _ in range(reader.number()))
        proof = None if reader.at_end else _read_proof(reader)
        slip = cls(trail, alert, suspensions, proof)
        if slip.encode() != data:
            raise Refused("slip", "The slip is not the one that its content encodes to.")
        return slip

    @classmethod
    def find(cls, words: str) -> Slip | None:
        """Return the slip in an address or in a text that holds one; None if there is none.  Raises as `decode`."""
        found = ADDRESS.search(words)
        return None if found is None else cls.decode(from_fragment(found[1]))

    def encode(self) -> bytes:
        """Return the bytes.  Raises Refused("slip") for what is no alert under a checkpoint."""
        parts = [number(VERSION), bytes.fromhex(self.trail), _signed(self.alert), number(len(self.suspensions))]
        parts += map(_signed, self.suspensions)
        return b"".join(parts) + (b"" if self.proof is None else _proof(self.proof))

    def address(self, origin: str) -> str:
        """Return the address that carries the slip to a check page of an origin such as https://alerts.example.org."""
        return f"{origin}/check#{to_fragment(self.encode())}"

    def bundle(self, trails: Iterable[Trail]) -> bytes:
        """Return the bundle file that the slip was made of, with whichever of these trails it names.

        Raises Refused("slip_roster") where none is the one.
        """
        for trail in trails:
            if trail.name() == self.trail:
                return Bundle(self.alert, trail.roster, trail.chain, self.suspensions, self.proof).encode()
        raise Refused(
            "slip_roster",
            f"The code was made under the roster file {self.trail[:16]}, which is not at hand. "
            "Get that roster, or the whole proof, release.json.",
        )


def _signed(one: Signed) -> bytes:
    if one.noun != "alert":
        raise Refused("slip", f"A slip carries signed alerts; this is a signed {one.noun}.")
    parts = [pack(parse(one.payload, limits.MAX_ALERT)), number(len(one.signatures))]
    for each in one.signatures:
        bits = 0
        for char in each.keyid:
            bits = bits << 5 | BECH32.index(char)
        parts.append(bits.to_bytes(5, "big") + each.sig)
    return b"".join(parts)


def _read_signed(reader: Reader) -> Signed:
    payload, signatures = canonical(reader.value()), []
    for _ in range(reader.number()):
        bits = int.from_bytes(reader.take(5), "big")
        keyid = "".join(BECH32[bits >> shift & 31] for shift in range(35, -5, -5))
        signatures.append(Signature(keyid, reader.take(64)))
    return Signed.of(Signed("alert", payload, tuple(signatures)).value(), "slip")


def _proof(proof: Proof) -> bytes:
    try:
        checkpoint = Checkpoint.decode(proof.note.text)
    except Refused as error:
        raise Refused("slip", f"A slip's proof ends in a checkpoint. {error.sentence}") from error
    parts = [number(proof.index), number(len(proof.hashes)), *proof.hashes]
    parts += [text(checkpoint.origin), number(checkpoint.size), checkpoint.root, number(len(proof.note.lines))]
    for line in proof.note.lines:
        name = "" if line.name == checkpoint.origin else line.name
        parts += [text(name), number(len(line.sig)), line.key_hash, line.sig]
    return b"".join(parts)


def _read_proof(reader: Reader) -> Proof:
    index, hashes = reader.number(), tuple(reader.take(HASH) for _ in range(reader.number()))
    checkpoint = Checkpoint(reader.text(), reader.number(), reader.take(HASH))
    lines = []
    for _ in range(reader.number()):
        name, length = reader.text() or checkpoint.origin, reader.number()
        lines.append(Line(name, reader.take(4), reader.take(length)))
    return Proof.decode(Proof(index, hashes, Note(checkpoint.encode(), tuple(lines))).encode())
