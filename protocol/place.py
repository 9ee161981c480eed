"""Places: an 800 m grid, so that an alert tells a neighbourhood and never a door.  SPEC 12.2.

Latitude and longitude are whole millionths of a degree (WGS 84), and all arithmetic is on whole numbers below 2^53, so
that both languages put a point into the same cell.  Rows are 7,200 millionths of latitude high: 801 m on a sphere of
6,371 km.  Within a row every cell is as wide in longitude as gives 801 m there: 7,200 / cos(latitude of the row's
middle), with the cosine by Bhaskara's formula, cos x = (32,400 - 4x²) / (32,400 + x²) for x in degrees: cells are
between 793 and 803 m wide.  Row 0 begins at the equator, column 0 at Greenwich; the column at 180 degrees is cut short.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import re
from typing import Final

from protocol.errors import Refused

DEGREE: Final = 1_000_000
HEIGHT: Final = 7_200
CELL_METRES: Final = 801
RADIUS_METRES: Final = 567  # From a cell's middle to its corners: the circle that a map or CAP draws.
MAX_LATITUDE: Final = 80 * DEGREE  # Nearer the poles the formula's cells are no longer 800 m wide.
HALF_TURN: Final = 180 * DEGREE

_CELL: Final = re.compile(r"(0|-?[1-9][0-9]{0,4}),(0|-?[1-9][0-9]{0,4})", re.ASCII)


def cell_of(latitude: int, longitude: int) -> str:
    """Return the cell, `column,row`, that holds a point given in millionths of a degree.

    Raises Refused("shape") beyond 80 degrees north or south, or outside -180 <= longitude < 180 degrees.
    """
    if not -MAX_LATITUDE <= latitude <= MAX_LATITUDE or not -HALF_TURN <= longitude < HALF_TURN:
        raise Refused(
            "shape",
            f"A place lies within 80 degrees of the equator and 180 of Greenwich; this one is at {latitude}, "
            f"{longitude} millionths.",
        )
    row = latitude // HEIGHT
    return f"{longitude // _width(row)},{row}"


def centre_of(cell: str) -> tuple[int, int]:
    """Return the middle of a cell as latitude and longitude in millionths of a degree.

    Raises Refused("shape") for a text that `cell_of` never writes.
    """
    match = _CELL.fullmatch(cell)
    if match is None:
        raise Refused("shape", f'A cell is its column and row, such as -13439,5185; this is "{cell[:40]}".')
    column, row = int(match[1]), int(match[2])
    if not -MAX_LATITUDE // HEIGHT <= row <= MAX_LATITUDE // HEIGHT:
        raise Refused("shape", f"Rows go from {-MAX_LATITUDE // HEIGHT} to {MAX_LATITUDE // HEIGHT}; this is {row}.")
    width = _width(row)
    west, east = -HALF_TURN // width, (HALF_TURN - 1) // width
    if not west <= column <= east:
        raise Refused("shape", f"Row {row} has the columns {west} to {east}; this is {column}.")
    latitude = min(max(row * HEIGHT + HEIGHT // 2, -MAX_LATITUDE), MAX_LATITUDE)
    return latitude, min(max(column * width + width // 2, -HALF_TURN), HALF_TURN - 1)


def _width(row: int) -> int:
    """Return how wide the cells of a row are, in millionths of a degree of longitude."""
    middle = (
        abs(row * HEIGHT + HEIGHT // 2) // 1000
    )  # Thousandths of a degree: its square times 7,200 stays below 2^53.
    square = middle * middle
    return HEIGHT * (32_400_000_000 + square) // (32_400_000_000 - 4 * square)
