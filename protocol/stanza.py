"""Stanzas: the text at the head of an age file, one stanza for each key that opens it.  SPEC 6.3.

    age-encryption.org/v1
    -> mlkem768x25519 U7E10Aon27j1oDrH7fP3B++SPROSnDVv...   (1,120 bytes: a lock that only one seed opens)
    c/k+TjhBA6Je1DF8rxZhe2Jm8CN0zbkV9rre6nA8g98             (the file key, sealed with it)
    --- HK2NmOBN9Dpq0Gw6xMCuhFcQlQLvZ/wQUi/2scLG75s         (MAC of all of the above)

Source: C2SP age.md.  Read without any key, so that a door can tell an envelope from anything else.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from protocol.encoding import b64raw, unb64raw
from protocol.errors import Refused
from protocol.kdf import hkdf
from protocol.xwing import SHARE

HYBRID: Final = "mlkem768x25519"
CLASSIC: Final = "X25519"
_SCRYPT: Final = "scrypt"  # Sealed with a passphrase.
INTRO: Final = b"age-encryption.org/v1\n"
FILE_KEY: Final = 16
BODY: Final = FILE_KEY + 16  # A sealed file key.  Any other length could hide a key that opens to two plaintexts.
COLUMNS: Final = 64
MAX_HEADER: Final = 64 * 1024  # 32 verifiers take 49,894 bytes; the bound keeps a hostile file from being read through.
_ANY_VERSION: Final = b"age-encryption.org/"
_ARMOR: Final = b"-----BEGIN "
_ARMOR_WITHIN: Final = 1024  # How far into a file an armor may begin, after white space or a covering letter.

_SHARES: Final = {HYBRID: SHARE, CLASSIC: 32}
_ARGUMENTS: Final = re.compile(rb"-> ([!-~]+(?: [!-~]+)*)")


@dataclass(frozen=True, slots=True)
class Stanza:
    """One stanza: `args` are its words, the first of which names its kind; `body` its bytes."""

    args: tuple[str, ...]
    body: bytes

    @property
    def kind(self) -> str:
        """The first argument, such as `mlkem768x25519`."""
        return self.args[0]

    def share(self) -> bytes:
        """Return the bytes of the second argument of a hybrid or X25519 stanza, 1,120 or 32 of them.

        Raises Refused("age_header") for more or fewer arguments, other lengths, a body that is not 32 bytes long.
        """
        length = _SHARES[self.kind]
        if len(self.args) != 2:
            raise Refused("age_header", f"{self.kind} stands before one argument; here before {len(self.args) - 1}.")
        share = _unbase64(self.args[1].encode("ascii"), f"the share of a stanza {self.kind}")
        if len(share) != length:
            raise Refused("age_header", f"The share of {self.kind} has {length} bytes; this one has {len(share)}.")
        if len(self.body) != BODY:
            raise Refused("age_header", f"The body of {self.kind} has {BODY} bytes; this one has {len(self.body)}.")
        return share

    def encode(self) -> bytes:
        """Return the lines of the stanza: the words, then the body in base64 at 64 columns and one shorter line."""
        text = b64raw(self.body)
        lines = ["-> " + " ".join(self.args)]
        lines += [text[at : at + COLUMNS] for at in range(0, len(text) + 1, COLUMNS)]
        return "\n".join(lines).encode("ascii") + b"\n"


@dataclass(frozen=True, slots=True)
class Header:
    """A header as read: `size` is its length in bytes, where the payload begins; `unmaced` what its MAC is over.

    The MAC is NOT yet checked: only whoever opens a stanza has the key for that.
    """

    stanzas: tuple[Stanza, ...]
    mac: bytes
    size: int
    unmaced: bytes

    def check(self, file_key: bytes) -> None:
        """Raise Refused("age_mac") unless the MAC is that of this file key: nobody added, dropped or moved a stanza."""
        if not hmac.compare_digest(self.mac, mac(file_key, self.unmaced)):
            raise Refused("age_mac", "The header's MAC is not that of its stanzas: the header was changed.")


def mac(file_key: bytes, unmaced: bytes) -> bytes:
    """Return the 32-byte MAC of a header up to and including its `---`."""
    return hmac.digest(hkdf(file_key, b"", b"header", 32), unmaced, hashlib.sha256)


def encode_header(stanzas: Sequence[Stanza], file_key: bytes) -> bytes:
    """Return the bytes of the whole header of these stanzas under a 16-byte file key."""
    unmaced = INTRO + b"".join(stanza.encode() for stanza in stanzas) + b"---"
    return unmaced + b" " + b64raw(mac(file_key, unmaced)).encode("ascii") + b"\n"


def parse_header(data: bytes, limit: int = MAX_HEADER) -> Header:
    """Return the header at the beginning of an age file, having looked at no more than its first `limit` bytes.

    Hybrid and X25519 stanzas must be well formed whoever they are for, so that everybody who reads a header says the
    same of it; stanzas of unknown kinds are kept.  Raises Refused: age_scope (armored, or sealed with a passphrase),
    age_header (anything that the grammar does not give).
    """
    if not data.startswith(INTRO):
        raise _not_age(data)
    at = len(INTRO)
    stanzas: list[Stanza] = []
    while not data.startswith(b"---", at):
        stanza, at = _stanza(data, at, limit)
        stanzas.append(stanza)
    if not stanzas:
        raise Refused("age_header", "The header has no stanza: nobody could open the file.")
    line, end = _line(data, at, limit)
    if not line.startswith(b"--- "):
        raise Refused("age_header", f"The line at byte {at} must be --- and, after one space, the MAC.")
    code = _unbase64(line[4:], "the header's MAC")
    if len(code) != 32:
        raise Refused("age_header", f"The header's MAC has 32 bytes; this one has {len(code)}.")
    return Header(tuple(stanzas), code, end, data[: at + 3])


def _stanza(data: bytes, start: int, limit: int) -> tuple[Stanza, int]:
    """Return the stanza that begins at `start` and the place of what follows it."""
    line, at = _line(data, start, limit)
    words = _ARGUMENTS.fullmatch(line)
    if words is None:
        raise Refused("age_header", f"The line at byte {start} must begin a stanza (->) or end the header (---).")
    args = tuple(words.group(1).decode("ascii").split(" "))
    if args[0] == _SCRYPT:
        raise Refused("age_scope", "The file is sealed with a passphrase; seal it to the age1pq recipients instead.")
    lines: list[bytes] = []
    while not lines or len(lines[-1]) == COLUMNS:
        line, at = _line(data, at, limit)
        if len(line) > COLUMNS:
            raise Refused("age_header", f"Lines of a body have at most {COLUMNS} columns; one has {len(line)}.")
        lines.append(line)
    stanza = Stanza(args, _unbase64(b"".join(lines), f"the body of the stanza at byte {start}"))
    if stanza.kind in _SHARES:
        stanza.share()
    return stanza, at


def _line(data: bytes, start: int, limit: int) -> tuple[bytes, int]:
    """Return the line that begins at `start`, without its line feed, and the place of the next."""
    end = data.find(b"\n", start, limit)
    if end < 0:
        raise Refused("age_header", f"The header must end within {min(limit, len(data))} bytes; it does not.")
    return data[start:end], end + 1


def _unbase64(text: bytes, what: str) -> bytes:
    try:
        return unb64raw(text.decode("ascii"))
    except (Refused, UnicodeDecodeError) as error:
        raise Refused("age_header", f"In {what}: unpadded canonical base64 is needed.") from error


def _not_age(data: bytes) -> Refused:
    if not data.startswith(_ANY_VERSION) and _ARMOR in data[:_ARMOR_WITHIN]:
        return Refused("age_scope", "The file is armored (text); send the binary file that age makes without -a.")
    return Refused("age_header", f"An age file begins with the line {INTRO.decode().strip()}; this one does not.")
