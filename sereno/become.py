"""How a child process is started so that it ends with its parent, however its parent ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

# This small program asks the kernel to end it with its starter and then becomes the wanted one.  Asking inside a forked
# child of a process with threads may hang, and a starter that died before the asking would never be noticed.
_BECOME: Final = """
import ctypes, os, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None, use_errno=True).prctl(1, signal.SIGKILL)
if os.getppid() != int(sys.argv[1]):
    sys.exit("its starter is gone")
os.execv(sys.argv[2], sys.argv[2:])
"""


def become(command: Sequence[str | Path]) -> list[str]:
    """Return the arguments that run `command` as a child which the kernel kills when this process is gone (Linux)."""
    return [sys.executable, "-IS", "-c", _BECOME, str(os.getpid()), *map(str, command)]
