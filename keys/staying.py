"""The command of a lead who suspends a person now, without a desk: a file that travels by any way.

A thin edge: reads arguments, files and the terminal, and leaves what is decided to the pure half.
"""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from keys import disk, terminal
from keys.dates import say
from keys.founding import read_chain, read_policy, read_signed
from protocol import limits
from protocol.encoding import canonical
from protocol.errors import Refused
from protocol.roster import open_roster
from protocol.signed import sign
from protocol.stay import check_stay, encode_stay
from protocol.vault import open_vault


def add_commands(commands: Any) -> None:
    """Add the command of this file to the parser of `keys`."""
    one = commands.add_parser("stay", help="as a lead, suspend a person now, for 7 days at most")
    one.add_argument("--id", required=True, metavar="ID", help="whose signatures shall not count")
    one.add_argument("--vault", type=Path, required=True, metavar="FILE", help="the lead's own vault")
    one.add_argument("--roster", type=Path, required=True, metavar="FILE", help="the roster in force")
    one.add_argument("--policy", type=Path, default=Path("policy.json"), metavar="FILE", help="(policy.json)")
    text = "earlier roster that changed the roots after the policy was written; in their order"
    one.add_argument("--chain", type=Path, action="append", default=[], metavar="FILE", help=text)
    one.add_argument("--days", type=int, default=limits.STAY_LIFE // limits.DAY, metavar="N", help="(7, the most)")
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.add_argument("--yes", action="store_true", help="day and person were read already")
    one.set_defaults(run=stay)


def stay(args: Namespace, now: int) -> None:
    """Sign a stay and write its bundle, once it checks as everyone will check it."""
    disk.require_absent([args.out])
    policy, chain, signed = read_policy(args), read_chain(args), read_signed(args.roster)
    roster = open_roster(signed, chain, policy)
    roster.require_current(now)
    one = roster.verifiers.get(args.id)
    if one is None:
        raise Refused("stay", f"Roster {roster.number} has no verifier {args.id}, so there is nobody to suspend.")
    until = now + args.days * limits.DAY
    lines = [
        f"Verifier {one.id}, {one.org}, desk {one.desk}: nothing they sign counts from now until {say(until)}.",
        "It can't be taken back; it ends by itself. The custodians revoke, or leave it at that.",
    ]
    terminal.confirm_dated("do you suspend this person?", lines, now, args.yes)
    vault = open_vault(disk.read(args.vault), terminal.ask_passphrase(str(args.vault)))
    value = {"v": 1, "network": policy.network, "verifier": args.id, "issued": now, "until": until}
    bundle = encode_stay(sign("stay", canonical(value), vault.verifier, vault.seed), signed, chain)
    check_stay(bundle, policy)
    disk.create(args.out, bundle)
    terminal.say(
        f"{args.out} is signed by {vault.verifier}. Whoever has it obeys it: give it to the operator (sereno stay),",
        "to the other leads, and to whoever checks alerts alone (sereno check --stay).",
    )
