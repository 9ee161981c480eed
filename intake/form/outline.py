"""Outlines: a network's zones as one picture without tiles, to be tapped.

Points are millionths of a degree; the picture is in units of which it is `WIDTH` wide, about a phone's pixels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

WIDTH: Final = 340.0
TALLEST: Final = 0.9  # Times the width: a long county is drawn narrower, so that the next question stays in sight.
GRID: Final = 18
LETTER: Final = 9.6  # Units that a letter of a name takes, at most.
LINE: Final = 19.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone's path, and the middle of the largest circle found in it, with its radius: where its name goes."""

    id: str
    names: Mapping[str, str]
    path: str
    middle: Point
    radius: float

    def label(self, name: str) -> list[tuple[str, float]]:
        """Return the lines of a name with their heights, none where it does not fit: the list below has it too."""
        lines = _lines(name, self.radius * 1.9)
        if not lines or len(lines) * LINE > self.radius * 1.6:
            return []
        top = self.middle[1] - (len(lines) - 1) * LINE / 2
        return [(line, round(top + at * LINE, 1)) for at, line in enumerate(lines)]


@dataclass(frozen=True, slots=True)
class Outline:
    """The picture: its size in units, and its zones."""

    width: float
    height: float
    zones: tuple[Zone, ...]


def draw(zones: Sequence[Mapping[str, Any]]) -> Outline:
    """Return the picture of a face's zones, north up, as wide as high on the ground."""
    every = [point for zone in zones for point in zone["outline"]]
    west, east = min(x for x, _ in every), max(x for x, _ in every)
    south, north = min(y for _, y in every), max(y for _, y in every)
    narrow = math.cos(math.radians((south + north) / 2_000_000))
    across, up = max((east - west) * narrow, 1.0), max(north - south, 1.0)
    scale = min(WIDTH / across, WIDTH * TALLEST / up)

    def place(point: Sequence[int]) -> Point:
        return round((point[0] - west) * narrow * scale, 1), round((north - point[1]) * scale, 1)

    drawn = tuple(_zone(zone, [place(point) for point in zone["outline"]]) for zone in zones)
    return Outline(round(across * scale, 1), round(up * scale, 1), drawn)


def _zone(zone: Mapping[str, Any], points: list[Point]) -> Zone:
    path = "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + "Z"
    middle, radius = _largest_circle(points)
    return Zone(zone["id"], zone["name"], path, middle, radius)


def _largest_circle(points: list[Point]) -> tuple[Point, float]:
    """Return the point of a grid that lies inside and farthest from every edge: a centroid may lie outside."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    north, south = min(y for _, y in points), max(y for _, y in points)
    best, radius = points[0], 0.0
    for row in range(1, GRID):
        for column in range(1, GRID):
            point = (west + (east - west) * column / GRID, north + (south - north) * row / GRID)
            if not _inside(point, points):
                continue
            free = min(_distance(point, a, b) for a, b in _edges(points))
            if free > radius:
                best, radius = point, free
    return (round(best[0], 1), round(best[1], 1)), round(radius, 1)


def _edges(points: list[Point]) -> zip[tuple[Point, Point]]:
    return zip(points, [*points[1:], points[0]], strict=True)


def _inside(point: Point, points: list[Point]) -> bool:
    x, y = point
    crossings = 0
    for (ax, ay), (bx, by) in _edges(points):
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            crossings += 1
    return crossings % 2 == 1


def _distance(point: Point, a: Point, b: Point) -> float:
    """Return how far a point is from the line between two others."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / length
    along = min(max(along, 0.0), 1.0)
    return math.hypot(point[0] - a[0] - along * dx, point[1] - a[1] - along * dy)


def _lines(name: str, room: float) -> list[str]:
    """Return a name in one line, else broken at the space nearest to its middle, or nothing if neither fits."""
    breaks = [at for at, letter in enumerate(name) if letter == " "]
    at = min(breaks, key=lambda one: abs(one - len(name) / 2), default=0)
    for lines in ([name], [name[:at], name[at + 1 :]] if at else []):
        if lines and max(map(len, lines)) * LETTER <= room:
            return lines
    return []
