"""Planted bugs: copies of `protocol` with a hole in them, so that a test shows it would see one.

A copy is another package, made of the sources as they are with some text replaced; what is not found any more fails,
so that a plant follows the code it is about.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import protocol

SOURCE: Final = Path(protocol.__file__).parent
Change = tuple[str, str]


@contextmanager
def planted(folder: Path, package: str, changes: Mapping[str, Sequence[Change]]) -> Iterator[str]:
    """Give the name of an importable copy of `protocol` in which each file's (old, new) texts are replaced."""
    target = folder / package
    target.mkdir()
    for path in SOURCE.glob("*.py"):
        text = path.read_text()
        for old, new in changes.get(path.name, ()):
            assert text.count(old) == 1, f"{path.name} has {text.count(old)} times: {old}"
            text = text.replace(old, new)
        text = text.replace("from protocol.", f"from {package}.").replace(
            "from protocol import", f"from {package} import"
        )
        (target / path.name).write_text(text)
    assert set(changes) <= {path.name for path in SOURCE.glob("*.py")}
    sys.path.insert(0, str(folder))
    try:
        yield package
    finally:
        sys.path.remove(str(folder))
        for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
            del sys.modules[name]
        shutil.rmtree(target)
