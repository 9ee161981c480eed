"""The disk: files that only their owner reads, whole or not there, never written over.

Two files are written again, each replaced in one step: a draft, which holds no secret, and the sealed list of names.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final

MAX_FILE: Final = 2 * 1024 * 1024  # A roster of 1,000 verifiers takes 250 kB, a draft of it three times that.


def read(path: Path) -> bytes:
    """Return a file's bytes.  Raises OSError, also for a file of more than 2 MiB: none of ours is."""
    with path.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise OSError(errno.EFBIG, f"It has more than {MAX_FILE} bytes; no file of ours has", str(path))
    return data


def require_absent(paths: Iterable[Path]) -> None:
    """Raise FileExistsError if one of `paths` is there: said before anyone has typed a pass-phrase."""
    for path in paths:
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, "It is there already and is never written over", str(path))


def create(path: Path, data: bytes) -> None:
    """Write a new file, mode 0600, on the disk when this returns.  Raises FileExistsError; OSError leaves nothing.

    The name is taken first and the whole content moved onto it: a link would do it in one step, but the memory sticks
    that custodians carry are often formatted without links.
    """
    require_absent([path])
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        rewrite(path, data)
    except OSError:
        path.unlink()
        raise


def rewrite(path: Path, data: bytes) -> None:
    """Replace a file's content in one step: whoever reads it finds the old one or the new one, whole."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Bring a folder's names onto the disk, where the system can (Windows can't open a folder)."""
    with contextlib.suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
