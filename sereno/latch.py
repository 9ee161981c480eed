"""The latch: whoever runs a folder's programs, or changes what must not change under them, holds it alone.

It is a lock of the kernel's on a file: it is let go with the process that holds it, however that ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from pathlib import Path
from typing import IO, Final

NAME: Final = "running.lock"


def hold(folder: Path) -> IO[bytes]:
    """Return a file that keeps everybody else out of a folder until it is closed.  The folder is made if need be.

    Raises OSError that says who runs there already.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = (folder / NAME).open("ab")
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        held.close()
        who = (folder / NAME).read_text("ascii", "replace").strip() or "unknown"
        raise OSError(f"Another `sereno run` is using {folder}: process {who}. Stop it first.") from error
    with contextlib.suppress(OSError):  # On a full disk the lock holds all the same.
        os.ftruncate(held.fileno(), 0)
        os.write(held.fileno(), f"{os.getpid()}\n".encode())
    return held
