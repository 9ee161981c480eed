"""Packed JSON: an alert's value in few bytes, for a QR code.  SPEC 7.7.

Words that alerts use take one byte, hexadecimal and base64 the bytes they spell, numbers seven bits to a byte.  Nothing
is compressed: each value has one spelling, which a reader can follow by hand.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from typing import Any, Final

from protocol.encoding import MAX_DEPTH, MAX_INT, b64, unb64
from protocol.errors import Refused

OBJECT, LIST, NUMBER, BELOW_ZERO, TEXT, HEX, BASE64 = range(1, 8)
WORD: Final = 0x80  # And the word's place below it.
# What is one byte, by its place.  Append-only: a code that is printed must mean the same for ever.
WORDS: Final = (
    "v network mode id revision audience issued roster salt kind class template place zone cell seen first expires "
    "basis officers vehicles marking free instruction rights hotline supersedes detail sha256 len reason lapses "
    "exercise actual public responders confirmed checked suspended retracted ended A B C D E R "
    "detention workplace checkpoint presence clinic court school shelter worship residence impersonation rumour "
    "media observer official person 1-2 10+ 3-5 6-10 none unknown 0 1 2 3+ federal immigration local unclear "
    "avoid-rumours know-your-rights observe-only doubt new-evidence privacy wrong-details fabricated misidentified "
    "past-event gone en es vi zh-Hans zh-Hant tl ar kyr-1"
).split()
_PLACE: Final = {word: place for place, word in enumerate(WORDS)}
_HEX: Final = re.compile("(?:[0-9a-f]{2}){4,}")


def number(value: int) -> bytes:
    """Return a whole number, seven bits to a byte, the lowest first; all bytes but the last have their high bit set."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def text(value: str) -> bytes:
    """Return the UTF-8 of a text after its length in bytes."""
    data = value.encode("utf-8")
    return number(len(data)) + data


def pack(value: Any) -> bytes:
    """Return the bytes of a parsed JSON value.  Raises Refused("slip") for true, false and null, which no alert has."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))  # RFC 8785's order.
        pairs = (_packed_text(name) + pack(value[name]) for name in names)
        return bytes([OBJECT]) + number(len(value)) + b"".join(pairs)
    if isinstance(value, list):
        return bytes([LIST]) + number(len(value)) + b"".join(map(pack, value))
    if isinstance(value, str):
        return _packed_text(value)
    if type(value) is int:
        return bytes([NUMBER if value >= 0 else BELOW_ZERO]) + number(abs(value))
    raise Refused("slip", "A slip carries texts, whole numbers, lists and objects; this is none of them.")


def _packed_text(value: str) -> bytes:
    if value in _PLACE:
        return bytes([WORD | _PLACE[value]])
    if _HEX.fullmatch(value):
        return bytes([HEX]) + number(len(value) // 2) + bytes.fromhex(value)
    if len(value) >= 8:
        try:
            data = unb64(value)
        except Refused:
            return bytes([TEXT]) + text(value)
        return bytes([BASE64]) + number(len(data)) + data
    return bytes([TEXT]) + text(value)


class Reader:
    """Bytes that are read from their front."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def at_end(self) -> bool:
        """Whether all is read."""
        return self._at == len(self._data)

    def take(self, length: int) -> bytes:
        """Return the next bytes.  Raises Refused("slip") where there are fewer."""
        if length > len(self._data) - self._at:
            raise Refused("slip", f"The slip is cut short: {length} bytes are needed at byte {self._at}.")
        self._at += length
        return self._data[self._at - length : self._at]

    def number(self) -> int:
        """Return the number that stands next.  Raises Refused("slip")."""
        value = shift = 0
        while True:
            if shift > 49:
                raise Refused("slip", f"A number at byte {self._at} is too long; at most {MAX_INT} is taken.")
            byte = self.take(1)[0]
            value += (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
        if value > MAX_INT:
            raise Refused("slip", f"A number at byte {self._at} is too large; at most {MAX_INT} is taken.")
        return value

    def text(self) -> str:
        """Return the text that stands next.  Raises Refused("slip" | "not_utf8")."""
        try:
            return self.take(self.number()).decode("utf-8")
        except UnicodeDecodeError as error:
            raise Refused("not_utf8", "The slip holds text that is not UTF-8.") from error

    def value(self, depth: int = 0) -> Any:
        """Return the packed value that stands next.  Raises Refused("slip" | "not_utf8")."""
        tag = self.take(1)[0]
        if tag >= WORD or tag in (TEXT, HEX, BASE64):
            return self._text(tag)
        if depth > MAX_DEPTH:
            raise Refused("slip", f"The slip nests deeper than {MAX_DEPTH} levels.")
        if tag == OBJECT:
            return {self._text(self.take(1)[0]): self.value(depth + 1) for _ in range(self.number())}
        if tag == LIST:
            return [self.value(depth + 1) for _ in range(self.number())]
        if tag in (NUMBER, BELOW_ZERO):
            return self.number() if tag == NUMBER else -self.number()
        raise Refused("slip", f"The slip holds a part of kind {tag}, which nobody knows.")

    def _text(self, tag: int) -> str:
        if tag >= WORD and tag - WORD < len(WORDS):
            return WORDS[tag - WORD]
        if tag == TEXT:
            return self.text()
        if tag in (HEX, BASE64):
            data = self.take(self.number())
            return data.hex() if tag == HEX else b64(data)
        raise Refused("slip", f"The slip holds a part of kind {tag} where a text is needed.")
