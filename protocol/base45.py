"""Base45: bytes in the letters that a QR code holds most closely (RFC 9285), and so spelled that an address takes them.

Two of the 45 characters, the space and the percent sign, stand percent-encoded (RFC 3986), for the fragment of a URL.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from typing import Final

from protocol.errors import Refused

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE: Final = {char: value for value, char in enumerate(ALPHABET)}
FRAGMENT: Final = re.compile(r"(?:[0-9A-Z$*+./:-]|%20|%25)*")


def b45(data: bytes) -> str:
    """Return the base45 of `data`: three characters for two bytes, two for a last single one (RFC 9285, section 4)."""
    out = []
    for at in range(0, len(data), 2):
        pair = data[at : at + 2]
        number = int.from_bytes(pair, "big")
        for _ in range(len(pair) + 1):
            number, digit = divmod(number, 45)
            out.append(ALPHABET[digit])
    return "".join(out)


def unb45(text: str) -> bytes:
    """Return the bytes of base45 text.  Raises Refused("shape") unless encoding them again gives the same text."""
    out = bytearray()
    for at in range(0, len(text), 3):
        part = text[at : at + 3]
        if len(part) == 1 or any(char not in _VALUE for char in part):
            raise Refused("shape", f"The text is not base45 at character {at}.")
        number = sum(_VALUE[char] * 45**place for place, char in enumerate(part))
        if number >= 256 ** (len(part) - 1):
            raise Refused("shape", f"The text is not base45 at character {at}: no bytes encode to it.")
        out += number.to_bytes(len(part) - 1, "big")
    return bytes(out)


def to_fragment(data: bytes) -> str:
    """Return base45 as it stands after the # of an address."""
    return b45(data).replace("%", "%25").replace(" ", "%20")


def from_fragment(text: str) -> bytes:
    """Return the bytes of what stands after the # of an address.  Raises Refused("shape")."""
    if FRAGMENT.fullmatch(text) is None:
        raise Refused("shape", "The fragment is not base45 with its spaces and percent signs as %20 and %25.")
    return unb45(text.replace("%20", " ").replace("%25", "%"))
