"""Pictures that tests make by hand: of grey blocks, and with everything that cameras add to them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Final

MARK: Final = b"MarkedCamera 37.3318N 122.0312W"  # What no verifier may ever open.
SIDE: Final = 8  # Pixels of a block.
# A corner is dark and the edge beside it grey: every turn of it is another picture.
TURNABLE: Final = ((0, 128, 128), (255, 255, 255), (255, 255, 255), (255, 255, 255))
# Categories 0 to 11 have the 4-bit codes 0 to 11, and the one AC code is "the rest is zero": few bits, easily written.
DC_TABLE: Final = bytes([0x00, *[0, 0, 0, 12, *[0] * 12], *range(12)])
AC_TABLE: Final = bytes([0x10, *[1, *[0] * 15], 0])
QUANT: Final = bytes([0x00, *[8] * 64])  # A DC step of 8 is one level of grey.


def segment(marker: int, body: bytes) -> bytes:
    """Return a JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(
    blocks: Sequence[Sequence[int]] = TURNABLE, *, scale: int = 1, before: bytes = b"", after: bytes = b""
) -> bytes:
    """Return a grey JPEG of 8 by 8 blocks, each `scale` times; `before` and `after` stand round it."""
    rows = [[grey for grey in row for _ in range(scale)] for row in blocks for _ in range(scale)]
    frame = struct.pack(">BHHB3B", 8, len(rows) * SIDE, len(rows[0]) * SIDE, 1, 1, 0x11, 0)
    tables = segment(0xDB, QUANT) + segment(0xC0, frame) + segment(0xC4, DC_TABLE) + segment(0xC4, AC_TABLE)
    scan = segment(0xDA, bytes([1, 1, 0x00, 0, 63, 0])) + _scan([grey for row in rows for grey in row])
    return b"\xff\xd8" + before + tables + scan + b"\xff\xd9" + after


def _scan(greys: Sequence[int]) -> bytes:
    bits, last = [], 0
    for grey in greys:
        level = grey - 128
        difference, last = level - last, level
        size = abs(difference).bit_length()
        value = difference if difference > 0 else difference + (1 << size) - 1
        bits.append(f"{size:04b}" + (f"{value:0{size}b}" if size else "") + "0")
    text = "".join(bits)
    text += "1" * (-len(text) % 8)
    return int(text, 2).to_bytes(len(text) // 8, "big").replace(b"\xff", b"\xff\x00")


def exif(turn: int, order: str = "<") -> bytes:
    """Return an EXIF segment with a turn, a camera and a place, and a thumbnail that is a JPEG of its own."""
    mark = b"II" if order == "<" else b"MM"
    entries = struct.pack(order + "HHIH2x", 0x0112, 3, 1, turn) + struct.pack(order + "HHII", 0x010E, 2, len(MARK), 38)
    tiff = mark + struct.pack(order + "HIH", 42, 8, 2) + entries + bytes(4)
    return segment(0xE1, b"Exif\0\0" + tiff.ljust(38, b"\0") + MARK + jpeg(((7, 9),)))


def photographed(turn: int = 1, *, scale: int = 1, order: str = "<") -> bytes:
    """Return a JPEG as a phone makes it: EXIF, GPS, XMP, IPTC, a profile, a comment, and a film behind it."""
    before = (
        segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
        + exif(turn, order)
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + MARK)
        + segment(0xE2, b"ICC_PROFILE\0\1\1" + MARK)
        + segment(0xED, b"Photoshop 3.0\0" + MARK)
        + segment(0xFE, MARK)
    )
    return jpeg(scale=scale, before=before, after=b"\0\0\0\x18ftypmp42" + MARK + bytes(64))


def png(width: int, height: int) -> bytes:
    """Return a PNG, dark on its left half, with a comment and an EXIF chunk."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    row = b"\0" + bytes(width // 2) + b"\xff" * (width - width // 2)
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Comment\0" + MARK),
        (b"eXIf", b"II*\0" + MARK),
        (b"IDAT", zlib.compress(row * height)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(name, data) for name, data in parts)


def told_apart(data: bytes) -> list[bytes]:
    """Return every APPn and COM of a photo in pieces of 16 bytes, but those of a plain sky."""
    pieces, at = [], 2
    while data[at + 1] not in (0xD9, 0xDA):
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] >= 0xE0:
            pieces += [data[start : start + 16] for start in range(at + 4, end - 16, 16)]
        at = end
    return [one for one in pieces if len(set(one)) > 8]


HEIC: Final = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200)
SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90"><rect width="90" height="90"/></svg>'
