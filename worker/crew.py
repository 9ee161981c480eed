"""The crew: who sweeps, and who works on the quick and on the slow queue, in three processes that share one memory.

For one machine.  On several, `worker sweep`, `worker jobs` and `worker slow` run apart, as many as are needed.  All
three have the same settings, so each may see what the others loaded.  Where one ends, the others follow, and whoever
started them starts them again: what they do is found by a row and can be done again.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
from typing import Final

from worker import queues, rqworker, sweep
from worker.station import station

_END_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of Linux.


def serve() -> None:
    """Sweep and work until the process is ended; jobs that are running are finished first."""
    # Nothing is open yet, no store, no Redis, no thread: what is shared is code, and chance comes from the kernel.
    gc.collect()
    gc.freeze()  # A collection that marked every object would copy the pages that are to be shared.
    others = [_begin(name) for name in (queues.QUICK, queues.SLOW)]
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, _end)
    try:
        if os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:  # Else one ended before it was heard.
            sweep.serve(station(), station().settings.redis)
    finally:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for pid in others:  # None is waited for yet, so each number is still that of ours.
            os.kill(pid, signal.SIGTERM)
        for pid in others:
            os.waitpid(pid, 0)


def _begin(name: str) -> int:
    """Begin a process that works on a queue, and return its number."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        if sys.platform == "linux":
            ctypes.CDLL(None, use_errno=True).prctl(_END_WITH_PARENT, signal.SIGKILL)
        if os.getppid() == parent:
            rqworker.serve(name)
        sys.exit()
    return pid


def _end(number: int, frame: object) -> None:
    raise SystemExit
