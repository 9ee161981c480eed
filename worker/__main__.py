"""`python -m worker crew | sweep | jobs | slow | log`: one of the worker's processes; `crew` is three of them."""

from __future__ import annotations

import sys

USAGE = "usage: python -m worker crew | sweep | jobs | slow | log"


def main() -> None:
    """Serve as the process that the first argument names, until it is ended."""
    kind = sys.argv[1] if len(sys.argv) == 2 else ""
    # Each process loads what it needs and no more: the log's never sees Redis, the others never the log key.
    if kind == "sweep":
        from worker import sweep
        from worker.station import station

        sweep.serve(station(), station().settings.redis)
    elif kind in ("jobs", "slow"):
        from worker import queues, rqworker

        rqworker.serve(queues.QUICK if kind == "jobs" else queues.SLOW)
    elif kind == "crew":
        from worker import crew

        crew.serve()
    elif kind == "log":
        from worker import logwriter

        logwriter.serve()
    else:
        raise SystemExit(USAGE)


if __name__ == "__main__":
    main()
