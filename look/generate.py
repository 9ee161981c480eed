"""What scripts get of the look: `python -m look.generate` writes icons.js and templates.js; `--check` only compares."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from look import icons

FOLDER: Final = Path(__file__).parent
MADE: Final = "Made by look/generate.py from {source}.  Not to be edited."


def _icons() -> str:
    shapes = {name: icons.shapes(name) for name in icons.names()}
    lines = [f"  {json.dumps(name)}: {json.dumps(drawn)}," for name, drawn in shapes.items()]
    return "\n".join(
        [
            f"// {MADE.format(source='icons/')}",
            "/** @type {Readonly<Record<string, readonly (readonly [string, Readonly<Record<string, string>>])[]>>} */",
            "export const ICONS = Object.freeze({",
            *lines,
            "});",
            "/** What points along the line of reading, and turns with it. */",
            f"export const TURNS = Object.freeze({json.dumps(sorted(icons.TURNS))});",
            "",
        ]
    )


def _templates() -> str:
    value: dict[str, Any] = json.loads((FOLDER / "templates.json").read_text("utf-8"))
    tables = {
        "TEXTS": ("Readonly<Record<string, Readonly<Record<string, string>>>>", value["texts"]),
        "DO": ("Readonly<Record<string, readonly string[]>>", value["lists"]["do"]),
        "COUNTS": ("Readonly<Record<string, readonly [string, string]>>", value["plurals"]["count"]),
    }
    lines = [f"// {MADE.format(source='templates.json')}"]
    for name, (type_, table) in tables.items():
        rows = [f"  {json.dumps(key)}: {json.dumps(row, ensure_ascii=False)}," for key, row in table.items()]
        lines += [f"/** @type {{{type_}}} */", f"export const {name} = Object.freeze({{", *rows, "});"]
    return "\n".join(lines) + "\n"


def files() -> dict[Path, str]:
    """Return every made file's text, by path."""
    return {FOLDER / "icons.js": _icons(), FOLDER / "templates.js": _templates()}


def main(arguments: list[str]) -> int:
    """Write the files, or with `--check` name those that differ from their sources.  Returns an exit code."""
    stale = [path for path, text in files().items() if not path.exists() or path.read_text("utf-8") != text]
    if "--check" in arguments:
        for path in stale:
            print(f"look/{path.name} is not what its sources give: run python -m look.generate.", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.write_text(files()[path], "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
