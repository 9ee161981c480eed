"""Commands about the sealed list of names: who is behind which id, for custodians and leads alone.

A thin edge: reads arguments, files and the terminal, and leaves what is decided to the pure half.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from keys import disk, terminal
from keys.founding import read_policy
from keys.names import Names, open_names, seal_names
from protocol.vault import generate_passphrase


def add_commands(commands: Any) -> None:
    """Add the commands of this file to the parser of `keys`."""
    parts = commands.add_parser("names", help="the sealed list of who is behind which id").add_subparsers(
        required=True, metavar="PART"
    )
    one = parts.add_parser("new", help="begin the list")
    one.add_argument("--policy", type=Path, default=Path("policy.json"), metavar="FILE", help="(policy.json)")
    _add_out(one)
    one.set_defaults(run=names_new)
    one = parts.add_parser("add", help="add whoever is behind an id; the name is asked for, never an argument")
    _add_one(one)
    one.set_defaults(run=names_add)
    one = parts.add_parser("remove", help="take an id out once its certification has ended")
    _add_one(one)
    one.set_defaults(run=names_remove)
    one = parts.add_parser("show", help="show the list; look that nobody else looks")
    _add_list(one)
    one.set_defaults(run=names_show)
    one = parts.add_parser("words", help="write the list again under new words: somebody who knew the old ones left")
    _add_list(one)
    _add_out(one)
    one.set_defaults(run=names_words)


def _add_list(one: ArgumentParser) -> None:
    one.add_argument("--list", type=Path, required=True, metavar="FILE", dest="names", help="the sealed list")


def _add_one(one: ArgumentParser) -> None:
    _add_list(one)
    one.add_argument("--id", required=True, metavar="ID", help="as the roster has it")


def _add_out(one: ArgumentParser) -> None:
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.add_argument("--words-out", type=Path, metavar="FILE", help="write the pass-phrase here, never show it")


def names_new(args: Namespace, now: int) -> None:
    """Begin a list under new words."""
    _keep(args, Names(read_policy(args).network, {}))


def names_words(args: Namespace, now: int) -> None:
    """Write a list again under new words."""
    _keep(args, _open(args)[0])
    terminal.say(f"Destroy {args.names} and every copy of it: its old words still open it.")


def _keep(args: Namespace, names: Names) -> None:
    disk.require_absent([args.out, *([args.words_out] if args.words_out else [])])
    passphrase = generate_passphrase()
    disk.create(args.out, seal_names(names, passphrase))
    terminal.hand_over(passphrase, f"the list of names ({args.out.name})", args.words_out)
    terminal.say(f"{args.out} is for custodians and leads, who know these words. It goes on no server.")


def _open(args: Namespace) -> tuple[Names, str]:
    file = disk.read(args.names)
    passphrase = terminal.ask_passphrase(str(args.names))
    return open_names(file, passphrase), passphrase


def names_add(args: Namespace, now: int) -> None:
    """Add a name."""
    names, passphrase = _open(args)
    name = terminal.ask_line(f"Who is {args.id}? ")
    disk.rewrite(args.names, seal_names(names.added(args.id, name), passphrase))
    terminal.say(f"{args.id} is in the list.")


def names_remove(args: Namespace, now: int) -> None:
    """Take an id out."""
    names, passphrase = _open(args)
    disk.rewrite(args.names, seal_names(names.removed(args.id), passphrase))
    terminal.say(f"{args.id} is no longer in the list.")


def names_show(args: Namespace, now: int) -> None:
    """Show everybody."""
    names, _ = _open(args)
    terminal.say(*(f"{id}  {name}" for id, name in sorted(names.by_id.items())), f"{len(names.by_id)} in the list.")
