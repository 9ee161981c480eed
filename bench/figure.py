"""Figures: what was measured, the bare reference beside it, and what it must show."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Final

HEAD: Final = ("area", "what", "measured", "reference", "ratio", "must", "")


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.  `good` is None where nothing is promised: the number stands for itself.

    `ratio` is measured / reference; a rate wants it high, a time wants it low.
    """

    area: str
    what: str
    value: float
    unit: str
    reference: float | None = None
    must: str = ""
    good: bool | None = None

    @property
    def ratio(self) -> float | None:
        """Measured / reference, None without a reference."""
        return None if not self.reference else self.value / self.reference

    def row(self) -> tuple[str, ...]:
        """Return the cells of the figure's line."""
        mark = {True: "yes", False: "NO", None: ""}[self.good]
        beside = "" if self.reference is None else _number(self.reference)
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return (self.area, self.what, f"{_number(self.value)} {self.unit}", beside, ratio, self.must, mark)

    def json(self) -> dict[str, Any]:
        """Return the figure as a JSON value."""
        return {**asdict(self), "ratio": self.ratio}


def at_least(area: str, what: str, value: float, unit: str, bound: float) -> Figure:
    """Return a figure without a reference that must not be less than `bound`."""
    return Figure(area, what, value, unit, must=f"≥ {_number(bound)} {unit}", good=value >= bound)


def at_most(area: str, what: str, value: float, unit: str, bound: float) -> Figure:
    """Return a figure without a reference that must not be more than `bound`."""
    return Figure(area, what, value, unit, must=f"≤ {_number(bound)} {unit}", good=value <= bound)


def beside(
    area: str,
    what: str,
    value: float,
    unit: str,
    reference: float,
    *,
    least: float | None = None,
    most: float | None = None,
) -> Figure:
    """Return a figure whose ratio to its reference is at least `least` or at most `most`, if either is given."""
    ratio = value / reference
    if least is not None:
        return Figure(area, what, value, unit, reference, f"≥ {least:g} ×", ratio >= least)
    if most is not None:
        return Figure(area, what, value, unit, reference, f"≤ {most:g} ×", ratio <= most)
    return Figure(area, what, value, unit, reference)


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(figures: Sequence[Figure]) -> str:
    """Return the table as text."""
    rows = [HEAD, *(one.row() for one in figures)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEAD))]
    right = {2, 3, 4}
    lines = [
        "  ".join(
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "─" * len(lines[0]), *lines[1:]])


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]


def seconds(act: Callable[[], object]) -> float:
    """Return how long `act` takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def by_turns(subject: Callable[[], float], reference: Callable[[], float], rounds: int) -> tuple[float, float]:
    """Return the medians of both measurements, taken turn and turn about, so that what disturbs one disturbs both."""
    pairs = [(subject(), reference()) if turn % 2 else (reference(), subject())[::-1] for turn in range(rounds)]
    return median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
