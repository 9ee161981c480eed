"""`sereno stay`: obey a lead's stay that somebody brought, at once: here, or at a network's desk as its lead.

A stay travels like a stop: it is checked by the policy and counts whoever carries it.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from protocol.encoding import parse
from protocol.errors import Refused
from protocol.limits import MAX_BUNDLE
from protocol.policy import Policy
from protocol.signed import Signed
from protocol.stay import check_stay, open_stay
from protocol.vault import open_vault
from sereno import clock
from sereno.deskclient import DeskClient
from sereno.storeroom import opened
from store.engine import writing
from store.knowledge import roster_now
from store.suspending import suspend


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("stay", type=Path, help="the file that `python -m keys stay` wrote")
    parser.add_argument("--folder", type=Path, default=Path("run"), help="where the network is kept (default: run)")
    parser.add_argument("--network", help="a desk elsewhere, e.g. https://desk.example.org: for the lead who signed")
    parser.add_argument("--policy", type=Path, help="with --network: the policy file that you were handed")
    parser.add_argument("--vault", type=Path, help="with --network: the lead's own vault")


def run(arguments: argparse.Namespace) -> int:
    """Check the stay, bring it where it counts, and return the exit status."""
    if arguments.network is not None and not (arguments.policy and arguments.vault):
        print("--network needs --policy and --vault too.", file=sys.stderr)
        return 2
    policy = Policy.decode((arguments.policy or arguments.folder / "policy.json").read_bytes())
    data = arguments.stay.read_bytes()
    stay = check_stay(data, policy)
    signed = Signed.of(parse(data, MAX_BUNDLE)["stay"])
    now = clock.now()
    if stay.until <= now:
        raise Refused("stay", f"The stay ended at {clock.shown(stay.until)}; the lead has to sign another.")
    if arguments.network is not None:
        _bring(signed, policy, arguments.network, arguments.vault)
    else:
        _obey(signed, policy, arguments.folder, now)
    print(f"{stay.verifier} is suspended until {clock.shown(stay.until)}, by {stay.by}. Tell the custodians.")
    return 0


def _obey(signed: Signed, policy: Policy, folder: Path, now: int) -> None:
    with opened(folder) as engine, writing(engine) as conn:
        open_stay(signed, roster_now(conn, policy, now))  # The lead is one now too, and not only by an older roster.
        suspend(conn, signed, now)


def _bring(signed: Signed, policy: Policy, origin: str, vault: Path) -> None:
    words = getpass.getpass(f"Pass-phrase of {vault}: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    opened = open_vault(vault.read_bytes(), words)
    desk = DeskClient(origin, policy, opened.verifier, opened.seed, {})
    desk.enter()
    desk.client.post_json("/api/stays", signed.value())
