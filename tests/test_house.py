"""The house: who may import whom, what is pure, how long is too long, and which words and addresses stay out.

Every rule is also held against a bad example, so that a rule which sees nothing is noticed.
"""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from tests import house

ROOT: Final = Path(__file__).resolve().parent.parent
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())
IMPORT_NAMES: Final = {"pynacl": "nacl", "psycopg[binary]": "psycopg"}  # Where it is not the name in lower case.
# No address that packages come from and no path of the machine that something was written on.  Put together here, so
# that this file passes its own test.
ADDRESSES: Final = re.compile(
    "|".join(
        [
            r'"resolved": "' + "http",
            "--(extra-)?" + "index-url[ =]",
            "--" + "find-links[ =]",
            r"https?://[^ \"']+\.(whl|tgz|deb)\b",
            r"registry\." + "npmjs",
            "files\\." + "pythonhosted",
            "pypi\\.org/" + "simple",
            *(rf"(?<![\w.]){start}/" for start in ("/wo" + "rk", "/ro" + "ot", "/tmp/pro" + "be", "/ho" + "me/[a-z]+")),
        ]
    )
)
# A page's world, which the pure half of JavaScript has no part in.
JS_IMPURE: Final = frozenset(
    "Date fetch document window self navigator location localStorage sessionStorage indexedDB caches XMLHttpRequest "
    "WebSocket Worker setTimeout setInterval performance process require eval Function Math.random".split()
)
JS_NEVER: Final = frozenset(".innerHTML .outerHTML .insertAdjacentHTML .cookie document.write eval Math.random".split())


def tracked() -> list[str]:
    """Every file that is in the repository or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return sorted(path for path in set(listed) if path and (ROOT / path).is_file())


def ours(*endings: str) -> list[str]:
    """The source files that we write by hand."""
    return [
        path
        for path in tracked()
        if path.endswith(endings) and not house.NOT_WRITTEN_BY_US.intersection(path.split("/")[:-1])
    ]


@cache
def tree(path: str) -> ast.Module:
    """Return a Python file as it is read."""
    return ast.parse((ROOT / path).read_text())


def scripts(files: list[Path]) -> dict[str, Any]:
    """Functions, imports and names of JavaScript files, by path."""
    carried = Path(sys.prefix) / "node" / "node"
    node = str(carried) if carried.exists() else shutil.which("node")
    if not node or not (ROOT / "node_modules" / "typescript").exists():
        pytest.fail("Node or node_modules is missing: run `make check` once")
    asked = [node, "tests/js/lengths.mjs", *map(str, files)]
    read = json.loads(subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout) if files else {}
    return {os.path.relpath(path, ROOT): found for path, found in read.items()}


def script_faults(path: str, found: dict[str, Any]) -> Iterator[str]:
    """What is wrong with one JavaScript file."""
    for function in found["functions"]:
        if function["lines"] > house.LONGEST_FUNCTION:
            yield f"{path}:{function['line']}: {function['name']} has {function['lines']} lines, at most 40"
        if "verify" in house.words(function["name"]):
            yield f"{path}:{function['line']}: {function['name']}: verifying is people's work"
    pure = path.startswith("protocol/js/") and path.endswith(".js")
    for name in sorted((JS_IMPURE if pure else JS_NEVER) & found["names"].keys()):
        yield f"{path}:{found['names'][name]}: {name} has no place here"
    for one in found["imports"]:
        if pure and not re.fullmatch(r"\./(vendor/)?[a-z0-9-]+\.js", one["what"]):
            yield f"{path}:{one['line']}: protocol imports only its own, not {one['what']}"


@pytest.mark.parametrize("rule", house.RULES, ids=lambda rule: rule.__name__)
def test_every_python_file_keeps_the_rule(rule: house.Rule) -> None:
    files = [path for path in tracked() if path.endswith(".py")]
    if rule in (house.short_functions, house.names_that_say_something):
        files = ours(".py")

    assert [fault for path in files for fault in rule(path, tree(path))] == []


def test_every_library_a_package_imports_has_its_reason() -> None:
    wanted = [*PROJECT["project"]["dependencies"], *PROJECT["project"]["optional-dependencies"]["postgres"]]
    names = {re.split(r"[<>=; ]", line)[0].lower() for line in wanted}
    declared = frozenset(IMPORT_NAMES.get(name, name) for name in names) | {"werkzeug", "jinja2"}  # Flask itself.

    faults = [fault for path in ours(".py") for fault in house.declared_libraries(path, tree(path), declared)]

    assert faults == []
    assert list(house.declared_libraries("store/a.py", ast.parse("import requests"), declared))


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    lengths = {path: len((ROOT / path).read_text().splitlines()) for path in ours(".py", ".js", ".mjs")}

    assert {path: lines for path, lines in lengths.items() if lines > house.LONGEST_FILE} == {}
    assert "tests/test_house.py" in lengths


def test_every_script_keeps_the_rules() -> None:
    found = scripts([ROOT / path for path in ours(".js", ".mjs")])

    assert [fault for path, one in found.items() for fault in script_faults(path, one)] == []
    assert found["tests/js/lengths.mjs"]["functions"]


def test_a_bad_script_is_seen(tmp_path: Path) -> None:
    bad = tmp_path / "bad.js"
    bad.write_text(
        'import { readFile } from "node:fs";\nconst verifyTip = () => {\n' + "  readFile();\n" * 40 + "};\n"
        "/* fetch in a comment is none */ const later = { Date: 1 };\n"
        "export const now = () => new Date(Math.random());\n"
        "export const show = (/** @type {any} */ page) => { page.body.innerHTML = later; };\nimport('./' + now());\n"
    )
    (found,) = scripts([bad]).values()

    pure = "\n".join(script_faults("protocol/js/bad.js", found))
    page = "\n".join(script_faults("intake/form/bad.js", found))

    assert "verifyTip has 42 lines" in pure
    assert "verifying is people's work" in pure
    assert "Date has no place" in pure
    assert "Math.random has no place" in pure
    assert "fetch" not in pure
    assert "not node:fs" in pure
    assert "not (computed)" in pure
    assert ".innerHTML has no place" in page


BAD: Final = [
    (house.who_may_import_whom, "worker/a.py", "import intake.doors"),
    (house.who_may_import_whom, "alerts/a.py", "from keys import ceremony"),
    (house.who_may_import_whom, "protocol/a.py", "def f():\n    from store import engine"),
    (house.who_may_import_whom, "keys/a.py", "import store"),
    (house.who_may_import_whom, "look/a.py", "from store import engine"),
    (house.who_may_import_whom, "keys/a.py", "import look"),
    (house.who_may_import_whom, "intake/doors/a.py", "from store import cases"),
    (house.who_may_import_whom, "intake/a.py", "import store"),
    (house.who_may_import_whom, "store/migrations/versions/a.py", "from store import engine"),
    (house.no_import_by_string, "worker/a.py", "__import__('keys')"),
    (house.no_import_by_string, "worker/a.py", "from importlib import import_module"),
    (house.queries_are_the_stores, "worker/a.py", "from sqlalchemy import select"),
    (house.queries_are_the_stores, "alerts/a.py", "import sqlalchemy as sa"),
    (house.queries_are_the_stores, "verifier/a.py", "conn.exec_driver_sql('SELECT 1')"),
    (house.protocol_is_pure, "protocol/a.py", "import time"),
    (house.protocol_is_pure, "protocol/a.py", "from os import environ"),
    (house.protocol_is_pure, "protocol/a.py", "import nacl.utils"),
    (house.protocol_is_pure, "protocol/a.py", "from datetime import datetime"),
    (house.protocol_is_pure, "protocol/a.py", "open('tip')"),
    (house.look_is_light, "look/a.py", "import flask"),
    (house.short_functions, "store/a.py", "def f():\n" + "    pass\n" * 40),
    (house.names_that_say_something, "store/utils.py", ""),
    (house.names_that_say_something, "worker/core/a.py", ""),
    (house.names_that_say_something, "store/a.py", "class QueueManager: ..."),
    (house.names_that_say_something, "store/a.py", "def verify_roster(): ..."),
    (house.words_we_use, "store/a.py", "def open_ticket(): ..."),
    (house.words_we_use, "store/a.py", "voter_count = 2"),
    (house.no_cookie, "verifier/a.py", "from flask import session"),
    (house.no_cookie, "verifier/a.py", "answer.set_cookie('a', 'b')"),
    (house.no_cookie, "verifier/a.py", "answer.headers['Set-Cookie'] = 'a'"),
    (house.no_pickle, "tests/a.py", "import pickle"),
    (house.nothing_swallowed, "worker/a.py", "try: f()\nexcept Exception: pass"),
    (house.nothing_swallowed, "worker/a.py", "try: f()\nexcept (ValueError, BaseException) as e: log(e)"),
    (house.nothing_swallowed, "worker/a.py", "try: f()\nexcept: pass"),
]
GOOD: Final = [
    (
        house.who_may_import_whom,
        "intake/a.py",
        "from store import envelopes\nfrom store.drop import put\nimport protocol",
    ),
    (house.who_may_import_whom, "intake/a.py", "from . import doors\nfrom .doors import tip"),
    (house.protocol_is_pure, "protocol/age.py", "import nacl.utils"),
    (house.names_that_say_something, "protocol/a.py", "class Verifier:\n    def check(self): ...\nverified = 1"),
    (house.nothing_swallowed, "worker/a.py", "try: f()\nexcept Exception:\n    undo()\n    raise"),
]


@pytest.mark.parametrize(("rule", "path", "text"), BAD)
def test_a_bad_example_is_seen(rule: house.Rule, path: str, text: str) -> None:
    assert list(rule(path, ast.parse(text)))


@pytest.mark.parametrize(("rule", "path", "text"), GOOD)
def test_a_good_example_passes(rule: house.Rule, path: str, text: str) -> None:
    assert list(rule(path, ast.parse(text))) == []


def test_every_rule_has_a_bad_example() -> None:
    assert {rule for rule, _, _ in BAD} == set(house.RULES)


def test_the_packages_of_pyproject_are_the_folders_on_disk() -> None:
    folders = {path.rpartition("/")[0].replace("/", ".") for path in tracked() if path.endswith(".py") and "/" in path}
    packages = {folder for folder in folders if folder.split(".")[0] not in {"tests", "bench", "deploy"}}
    listed = PROJECT["tool"]["setuptools"]["packages"]

    assert packages <= set(listed)  # Nothing of ours is left out, and no folder is ours that nobody named.
    assert {name for name in listed if "." in name} <= packages
    assert set(house.PACKAGES) == {name for name in listed if "." not in name}


@pytest.mark.parametrize("name", sorted(house.OURS))
def test_a_package_is_ours_and_no_namesake(name: str) -> None:
    elsewhere = [Path(entry) for entry in sys.path if entry and Path(entry).resolve() != ROOT]
    namesakes = [entry for entry in elsewhere if (entry / name).is_dir() or list(entry.glob(f"{name}.*py*"))]
    spec = importlib.util.find_spec(name)

    assert namesakes == []
    assert spec is not None
    places = [spec.origin] if spec.origin else list(spec.submodule_search_locations or [])
    assert all(Path(place).is_relative_to(ROOT) for place in places)


def test_no_index_would_take_what_we_name() -> None:
    assert "Private :: Do Not Upload" in PROJECT["project"]["classifiers"]


def test_no_file_tells_where_it_was_made() -> None:
    faults = []
    for path in tracked():
        try:
            text = (ROOT / path).read_text("utf-8")
        except UnicodeDecodeError:
            continue  # Not text.
        faults += [f"{path}: {match[0]}" for match in ADDRESSES.finditer(text)]

    assert faults == []


@pytest.mark.parametrize(
    "bad",
    [
        "cd /wo" + "rk/main",
        "pip install --extra-" + "index-url x",
        "see https" + "://a.example/b-1.0.whl",
        "/ro" + "ot/.npm",
    ],
)
def test_a_line_that_tells_is_seen(bad: str) -> None:
    assert ADDRESSES.search(bad)
