"""The public vectors, which nobody here wrote: not in the repository, but in the folder that SERENO_VECTORS names."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def folder(name: str) -> Path:
    """Return the folder of one set of public vectors; without it the test counts as NOT RUN, in CI as failed."""
    root = os.environ.get("SERENO_VECTORS", "")
    path = Path(root) / name
    if root and path.is_dir():
        return path
    sentence = f"NOT RUN: the public vectors {name}/ are not there; SERENO_VECTORS must name their folder."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
