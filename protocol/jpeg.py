"""JPEG, byte by byte: what shows a picture is kept, and everything that tells of its maker is not.  SPEC 6.5.

A **bare** JPEG holds nothing but tables, frame and scans, each exactly as long as it says:

    SOI (DQT | DHT | DRI | SOF | SOS scan)* EOI

Pixels are never decoded, so a picture comes out bit for bit, but for APPn (EXIF, GPS, XMP, thumbnails, colour
profiles), COM, fill bytes, and whatever follows EOI (a motion photo's film).  Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from protocol import limits
from protocol.errors import Refused

SOI, EOI, SOS, DQT, DHT, DRI = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD
FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})  # Baseline, extended, progressive: what every browser shows.
KEPT: Final = frozenset({*FRAMES, SOS, DQT, DHT, DRI})
EXIF, ADOBE = 0xE1, 0xEE
MAX_SCANS: Final = 100  # Progressive pictures have ten; thousands only keep a decoder busy.
# Stuffed zeros and restarts belong to the scan; a marker follows it.  Possessive, so that each byte is looked at once.
_SCAN: Final = re.compile(rb"(?:[^\xff]++|\xff++[\x00\xd0-\xd7])*+(?=\xff++[^\xff])")


@dataclass(frozen=True, slots=True)
class Jpeg:
    """A picture that was walked through: pixels as stored, `turn` (EXIF orientation, 1 to 8), and its bare bytes."""

    width: int
    height: int
    turn: int
    bare: bytes


@dataclass(slots=True)
class _Walk:
    """What was seen of a picture so far."""

    out: bytearray
    width: int = 0
    height: int = 0
    turn: int = 1
    scans: int = 0
    raw: bool = False  # Whether Adobe's mark says that the colours are not YCbCr.
    has_exif: bool = False


def read_jpeg(data: bytes) -> Jpeg:
    """Return what a JPEG shows, its turn, and its bare bytes.  Raises Refused("photo")."""
    if data[:2] != bytes((0xFF, SOI)):
        raise Refused("photo", "This is not a JPEG; only those are taken as they are.")
    walk, at = _Walk(bytearray(data[:2])), 2
    while True:
        at, marker = _marker(data, at)
        if marker == EOI:
            break
        end = _segment_end(data, at, marker)
        _segment(walk, marker, data[at + 2 : end])
        if marker in KEPT:
            walk.out += bytes((0xFF, marker)) + data[at:end]
        at = end
        if marker == SOS:
            at = _scan_end(data, end)
            walk.out += data[end:at]
    if walk.scans == 0:
        raise Refused("photo", "The JPEG ends before it shows anything.")
    walk.out += bytes((0xFF, EOI))
    return Jpeg(walk.width, walk.height, walk.turn, bytes(walk.out))


def require_bare(data: bytes) -> Jpeg:
    """Return the picture of a JPEG that holds nothing else.  Raises Refused("photo")."""
    found = read_jpeg(data)
    if found.bare != data:
        extra = len(data) - len(found.bare)
        raise Refused("photo", f"The JPEG carries {extra} bytes besides its picture; a photo of a tip has none.")
    return found


def _marker(data: bytes, at: int) -> tuple[int, int]:
    """Return where a marker's segment begins, and the marker, past any fill bytes."""
    if data[at : at + 1] not in (b"", b"\xff"):
        raise Refused("photo", f"The JPEG has no marker at byte {at}.")
    while data[at : at + 1] == b"\xff":
        at += 1
    if at >= len(data):
        raise Refused("photo", "The JPEG is cut off.")
    return at + 1, data[at]


def _segment_end(data: bytes, at: int, marker: int) -> int:
    if marker not in KEPT and not 0xE0 <= marker <= 0xEF and marker != 0xFE:
        raise Refused("photo", f"The JPEG has a segment of kind {marker:02x}, which browsers do not show alike.")
    length = int.from_bytes(data[at : at + 2], "big")
    if length < 2 or at + length > len(data):
        raise Refused("photo", "The JPEG is cut off." if length >= 2 else f"A segment at byte {at} has no length.")
    return at + length


def _scan_end(data: bytes, at: int) -> int:
    found = _SCAN.match(data, at)
    if found is None:
        raise Refused("photo", "The JPEG is cut off.")
    return found.end()


def _segment(walk: _Walk, marker: int, body: bytes) -> None:
    """Look at a segment; nothing can hide in one that is kept.  Raises Refused("photo")."""
    if marker in FRAMES:
        _frame(walk, body)
    elif marker == SOS:
        walk.scans += 1
        count = body[0] if body else 0
        if not 1 <= count <= 3 or len(body) != 4 + 2 * count or not walk.width or walk.scans > MAX_SCANS:
            raise Refused("photo", f"Scan {walk.scans} of the JPEG is not laid out as one.")
    elif marker == DQT and not _is_quantization(body):
        raise Refused("photo", "A quantization table of the JPEG is not as long as it says.")
    elif marker == DHT and not _is_huffman(body):
        raise Refused("photo", "A Huffman table of the JPEG is not as long as it says.")
    elif marker == DRI and len(body) != 2:
        raise Refused("photo", "The restart interval of the JPEG is not as long as it says.")
    elif marker == EXIF and not walk.has_exif and body.startswith(b"Exif\0"):
        walk.has_exif = True
        walk.turn = turn_of(body[6:])
    elif marker == ADOBE and body.startswith(b"Adobe") and len(body) >= 12:
        walk.raw = body[11] == 0


def _frame(walk: _Walk, body: bytes) -> None:
    if walk.width or len(body) < 6 or len(body) != 6 + 3 * body[5]:
        raise Refused("photo", "The JPEG's frame is not laid out as one.")
    walk.height, walk.width = int.from_bytes(body[1:3], "big"), int.from_bytes(body[3:5], "big")
    # Without Adobe's mark, which is dropped, three colours are read as YCbCr and four not alike.
    if body[5] not in (1, 3) or (walk.raw and body[5] == 3) or body[0] != 8:
        raise Refused("photo", "The JPEG's colours are not those of a photo; a screenshot of it can be sent.")
    if not 0 < walk.width * walk.height <= limits.MAX_PIXELS:
        size = f"{walk.width} by {walk.height}"
        raise Refused("photo", f"The JPEG has {size} pixels; from 1 to {limits.MAX_PIXELS} are taken.")


def _is_quantization(body: bytes) -> bool:
    at = 0
    while at < len(body):
        if body[at] & 0xEC:  # Precision 0 or 1, table 0 to 3.
            return False
        at += 65 if body[at] < 16 else 129
    return at == len(body) > 0


def _is_huffman(body: bytes) -> bool:
    at = 0
    while at < len(body):
        if body[at] & 0xEC:  # Class 0 or 1, table 0 to 3.
            return False
        at += 17 + sum(body[at + 1 : at + 17])
    return at == len(body) > 0


def turn_of(tiff: bytes) -> int:
    """Return the orientation, 1 to 8, that EXIF's TIFF header gives; 1 where it gives none that can be read."""
    if tiff[:4] not in (b"II*\0", b"MM\0*"):
        return 1
    order: Literal["little", "big"] = "little" if tiff[:1] == b"I" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order) if at + size <= len(tiff) else 0

    first = number(4, 4)
    for entry in range(first + 2, first + 2 + 12 * number(first, 2), 12):
        if (number(entry, 2), number(entry + 2, 2), number(entry + 4, 4)) == (0x0112, 3, 1):
            turn = number(entry + 8, 2)
            return turn if 1 <= turn <= 8 else 1
    return 1
