"""`python -m keys`: what it never does: take a secret as an argument, load what talks, go on when it is misused."""

from __future__ import annotations

import json
import subprocess
import sys
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from keys.__main__ import parser
from tests.databases import ROOT
from tests.locksmith import Table

LIBRARIES: Final = {"nacl", "_sodium", "cryptography", "_openssl", "rfc8785", "_cffi_backend"}


@pytest.fixture
def desk(tmp_path: Path) -> Table:
    return Table(tmp_path)


def options(one: ArgumentParser) -> Iterator[tuple[str, object]]:
    for action in one._actions:
        if isinstance(action, _SubParsersAction):
            for part in action.choices.values():
                yield from options(part)
        else:
            yield from ((name, action.type) for name in action.option_strings)


def test_no_argument_takes_a_secret() -> None:
    named = dict(options(parser()))

    assert named["--words-out"] is Path
    assert not [name for name in named if any(part in name for part in ("pass", "seed", "secret", "words-in"))]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "root",
        "ceremony --mode drill --out roots",
        "ceremony --mode exercise --out same --words-out same",
        "draft --out draft.json",
        "draft --log log.request --out draft.json",
        "draft --desk north:2:harbor --out draft.json",
        "draft --log log.request --desk north:2:harbor --drop-desk south --out draft.json",
        "remove --draft draft.json",
        "draft --log log.request --desk north --out draft.json",
    ],
)
def test_a_command_that_is_misused_exits_with_2(desk: Table, line: str) -> None:
    assert desk.run(line) == 2


def test_the_locksmith_loads_nothing_that_talks_or_remembers() -> None:
    def loaded(program: str) -> set[str]:
        line = [sys.executable, "-c", f"import json, sys; {program}; print(json.dumps(list(sys.modules)))"]
        asked = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, check=True)
        return {name.partition(".")[0] for name in json.loads(asked.stdout)}

    found = loaded("import keys.__main__ as k; k.parser()") - loaded("pass")  # The virtual environment loads some.

    assert found - sys.stdlib_module_names <= {"keys", "protocol", *LIBRARIES}
    assert not found & {"socket", "ssl", "http", "sqlite3", "asyncio", "subprocess"}


def test_python_m_keys_is_a_command() -> None:
    asked = subprocess.run([sys.executable, "-m", "keys", "show", "absent"], cwd=ROOT, capture_output=True, text=True)

    assert (asked.returncode, asked.stdout, asked.stderr) == (1, "", "absent: No such file or directory.\n")
