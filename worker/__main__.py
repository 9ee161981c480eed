"""`python -m worker sweep | jobs | log`: one of the worker's three processes."""

from __future__ import annotations

import sys

USAGE = "usage: python -m worker sweep | jobs | log"


def main() -> None:
    """Serve as the process that the first argument names, until it is ended."""
    kind = sys.argv[1] if len(sys.argv) == 2 else ""
    # Each process loads what it needs and no more: the log's never sees Redis, the others never the log key.
    if kind == "sweep":
        from worker import sweep
        from worker.station import station

        sweep.serve(station(), station().settings.redis)
    elif kind == "jobs":
        from worker import rqworker

        rqworker.serve()
    elif kind == "log":
        from worker import logwriter

        logwriter.serve()
    else:
        raise SystemExit(USAGE)


if __name__ == "__main__":
    main()
