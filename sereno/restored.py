"""`sereno restored`: the first thing after a backup was restored, before anything runs.

What waits in a backup may have been sent since it was made, and ended or retracted too, which the backup can't know.
So no alert that waits is sent; people sign afresh.  A stop or a notice that is on its way goes out: at worst again.
"""

from __future__ import annotations

import argparse
from contextlib import closing
from pathlib import Path

from protocol.policy import Policy
from sereno import latch
from sereno.storeroom import opened
from store.deliveries import give_up_releases
from store.engine import writing
from store.messages import refuse_all_open


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--folder", type=Path, default=Path("run"), help="where the network is kept (default: run)")


def run(arguments: argparse.Namespace) -> int:
    """Refuse what waits for the gate, give up alerts on their way, and return the exit status."""
    folder: Path = arguments.folder
    Policy.decode((folder / "policy.json").read_bytes())  # A network's folder, and no other.
    with closing(latch.hold(folder)), opened(folder) as engine, writing(engine) as conn:
        refused, given_up = refuse_all_open(conn), give_up_releases(conn)
    print(f"Messages that waited for the gate, and are refused now: {refused}.  People sign them afresh at the desk.")
    print(f"Deliveries of alerts that were on their way, and are given up now: {given_up}.")
    print("Start everything, and have somebody elsewhere run `sereno log audit`: has the log become shorter?")
    return 0
