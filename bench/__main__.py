"""`python -m bench [AREA…]`: measure, print one table, and write bench.json."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from bench import delivery, door, footprint, form, gate, log, preview, seal, sweep
from bench.figure import Figure, table
from tests import databases

Area = Callable[[bool], Iterator[Figure]]
AREAS: Final[dict[str, Area]] = {
    "gate": gate.measure,
    "seal": seal.measure,
    "preview": preview.measure,
    "log": log.measure,
    "sweep": sweep.measure,
    "delivery": delivery.measure,
    "run": footprint.measure,
    "door": door.measure,
    "form": form.measure,
}


def main() -> int:
    """Measure the areas that were named, or all; return 1 if a figure is not what it must be."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("areas", nargs="*", metavar="AREA", help=f"of {', '.join(AREAS)} (default: all)")
    parser.add_argument("--quick", action="store_true", help="fewer of everything: for a first look")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where the figures go as JSON")
    asked = parser.parse_args()
    unknown = [name for name in asked.areas if name not in AREAS]
    if unknown:
        parser.error(f"there is no area {', '.join(unknown)}; there are {', '.join(AREAS)}")
    databases.open_run()
    try:
        figures = _measured(asked.areas or list(AREAS), asked.quick)
    finally:
        databases.close_run()
    print(table(figures))
    machine = {"python": platform.python_version(), "system": platform.system(), "cores": os.cpu_count()}
    value = {"machine": machine, "quick": asked.quick, "figures": [one.json() for one in figures]}
    asked.json.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 1 if any(one.good is False for one in figures) else 0


def _measured(names: list[str], quick: bool) -> list[Figure]:
    figures: list[Figure] = []
    for name in names:
        began = time.monotonic()
        print(f"{name} …", end=" ", file=sys.stderr, flush=True)
        figures += AREAS[name](quick)
        print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    return figures


if __name__ == "__main__":
    raise SystemExit(main())
