"""Founding: a folder's store brought up to date and, where it has no network, a demo network in it.

`sereno run` does it in a process of its own: what it loads would stay in the supervisor's memory for months.
"""

from __future__ import annotations

import sys
from pathlib import Path

from protocol.errors import Refused
from sereno import clock
from sereno.run import addresses, database
from store.engine import open_engine
from store.migrating import migrate


def prepare(folder: Path, port: int) -> bool:
    """Make the folder's store and, where it has no network, a demo network; say whether one was founded."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # It may have been there, open to others: the store is inside.
    engine = open_engine(database(folder))
    migrate(engine)
    if (folder / "policy.json").exists():
        return False
    from sereno import demonet  # The locksmith's functions, which a folder with a network never needs.

    network = demonet.found_demo(clock.now())
    demonet.install(engine, network)
    demonet.write_secrets(folder / "people", network)
    demonet.write_files(folder, network, addresses(port))
    engine.dispose()
    return True


def main(folder: str, port: str) -> int:
    """Prepare a folder, and return the exit status; what is wrong is said in a sentence."""
    try:
        prepare(Path(folder), int(port))
    except (OSError, Refused, RuntimeError) as error:
        print(f"{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
