"""Founding: a folder's store brought up to date and, where it has no network, a demo network in it.

`sereno run` does it in a process of its own: what it loads would stay in the supervisor's memory for months.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import Engine

from look.face import Face
from protocol.errors import Refused
from sereno import clock
from sereno.run import addresses
from sereno.storeroom import opened
from store.engine import reading
from store.rosters import roster_numbers

OF_A_NETWORK: Final = ("face.json", "log.key", "work.key", "people", "sereno.db")

if TYPE_CHECKING:
    from sereno import demonet


def prepare(folder: Path, port: int) -> bool:
    """Make the folder's store and, where it has no network, a demo network; say whether one was founded.

    Raises OSError where something of a network is there and its policy is not: a demo is no network's mend.
    """
    left = [name for name in OF_A_NETWORK if (folder / name).exists()]
    if left and not (folder / "policy.json").exists():
        raise OSError(_without_policy(folder, ", ".join(left)))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # It may have been there, open to others: the store is inside.
    with opened(folder, new=True) as engine:
        if (folder / "policy.json").exists():
            return False
        with reading(engine) as conn:
            if roster_numbers(conn):
                raise OSError(_without_policy(folder, "a store with a roster"))
        from sereno import demonet  # The locksmith's functions, which a folder with a network never needs.

        network = demonet.found_demo(clock.now())
        demonet.install(engine, network)
        demonet.write_secrets(folder / "people", network)
        demonet.write_files(folder, network, addresses(port))
        sign_pages(engine, network, folder)
    return True


def _without_policy(folder: Path, left: str) -> str:
    return (
        f"{folder} has {left} and no policy.json.  Put the policy back.  If it is a demo whose first start broke off, "
        "remove the folder; for a new demo name one that is empty."
    )


def sign_pages(engine: Engine, network: demonet.DemoNetwork, folder: Path) -> None:
    """Have the demo's custodians sign the list of the pages that this checkout makes."""
    from keys.manifest import join, prepare, sign_manifest
    from sereno.manifest import publish
    from sereno.sitepages import list_pages

    policy, now = network.policy, clock.now()
    payload = prepare(list_pages(Face.read(folder / "face.json"), policy), None, policy, now)
    parts = [sign_manifest(payload, seed, policy, policy.roots) for seed in network.roots[: policy.roots.threshold]]
    publish(engine, policy, join(parts, policy, policy.roots), now)


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
