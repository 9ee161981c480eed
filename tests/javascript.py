"""JavaScript beside Python: one Node process for each test process, asked by lines of JSON (tests/js/server.mjs)."""

from __future__ import annotations

import atexit
import base64
import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from protocol.errors import Refused

ROOT: Final = Path(__file__).resolve().parent.parent
OLDEST: Final = 20  # What package.json asks for.
GATHERED: Final = f"{sys.prefix}/node"  # Where tools/node puts what it found or fetched.


@functools.cache
def node() -> str:
    """Return the path of a Node that is new enough: the machine's, else the one that `make` put beside its Python.

    Without one the tests that need it count as NOT RUN, in CI as failed.
    """
    paths = (shutil.which("node"), shutil.which("node", path=GATHERED))
    found = [path for path in paths if path and _major(path) >= OLDEST]
    if found:
        return found[0]
    sentence = f"NOT RUN: Node {OLDEST} or later is needed; `make test` installs it."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


def packages() -> Path:
    """Return node_modules; without it the tests that need others' JavaScript count as NOT RUN, in CI as failed."""
    path = ROOT / "node_modules"
    if (path / "esbuild").is_dir():
        return path
    sentence = "NOT RUN: node_modules is not there; `npm ci --ignore-scripts` makes it."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


def call(module: str, name: str, *args: Any) -> Any:
    """Return what a function of protocol/js, or of tests/js for a module that begins with ".", gives for `args`.

    Raises Refused as it does, and RuntimeError with the stack of anything else that it throws.
    """
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps({"module": module, "call": name, "args": _pack(args)}) + "\n")
    server.stdin.flush()
    line = server.stdout.readline()
    if not line:
        raise RuntimeError(f"Node ended while it was asked for {module}.{name}.")
    answer = json.loads(line)
    if "refused" in answer:
        raise Refused(answer["refused"], answer["sentence"])
    if "error" in answer:
        raise RuntimeError(answer["error"])
    return _unpack(answer["ok"])


def _major(path: str) -> int:
    asked = subprocess.run([path, "-p", "process.versions.node"], capture_output=True, text=True)
    return int(asked.stdout.split(".")[0]) if asked.returncode == 0 else 0


@functools.cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [node(), str(ROOT / "tests" / "js" / "server.mjs")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        cwd=ROOT,
    )
    atexit.register(_end, server)
    return server


def _end(server: subprocess.Popen[str]) -> None:
    server.communicate()  # Closes its input, which is what it waits for.


def _pack(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$b64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return {name: _pack(one) for name, one in value.items()}
    return [_pack(one) for one in value] if isinstance(value, (list, tuple)) else value


def _unpack(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {"$b64"}:
            return base64.b64decode(value["$b64"])
        return {name: _unpack(one) for name, one in value.items()}
    return [_unpack(one) for one in value] if isinstance(value, list) else value
