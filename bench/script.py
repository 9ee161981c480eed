"""Scripts: what is measured in JavaScript, run by Node as a browser would run it, without a browser's clock."""

from __future__ import annotations

import base64
import json
import subprocess
from dataclasses import asdict
from typing import Any

from bench.stage import ROOT
from protocol.recipients import RecipientSet
from tests.javascript import node


def ask(name: str, question: dict[str, Any]) -> Any:
    """Return the JSON value that `bench/js/<name>.mjs` answers to a question.  Raises CalledProcessError."""
    command = [node(), str(ROOT / "bench" / "js" / f"{name}.mjs")]
    asked = json.dumps(_packed(question))
    done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, cwd=ROOT, check=True)
    return json.loads(done.stdout)


def as_json(to: RecipientSet) -> dict[str, Any]:
    """Return a recipient set as JavaScript has it."""
    return asdict(to)


def _packed(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$b64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, dict):
        return {name: _packed(one) for name, one in value.items()}
    return [_packed(one) for one in value] if isinstance(value, (list, tuple)) else value
