"""The terminal: what is said, asked and typed.  A secret is typed or read from standard input, never an argument.

Where the words go is the caller's choice: shown once, or written to a file that the caller named.
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterable
from pathlib import Path

from keys import disk
from keys.dates import clock_sentence


class Declined(Exception):
    """A person did not say yes: nothing was done."""


def say(*lines: str) -> None:
    """Print lines to standard output."""
    for line in lines:
        print(line)
    sys.stdout.flush()


def confirm(question: str, lines: Iterable[str], yes: bool) -> None:
    """Show what is about to be done and go on only at "yes" (`yes`: it was said on the command line)."""
    say(*lines)
    if yes:
        return
    print(f"{question} Type yes: ", end="", flush=True)
    if sys.stdin.readline().strip().lower() != "yes":
        raise Declined("You did not say yes, so nothing was done.")


def confirm_dated(question: str, lines: Iterable[str], now: int, yes: bool) -> None:
    """As `confirm`, after saying which day this machine believes in: what is signed here holds by that."""
    confirm(f"Is that the right day, and {question}", [*lines, clock_sentence(now)], yes)


def ask_line(question: str) -> str:
    """Return what a person types, seen: no secret key, but nothing for a command line's history either."""
    print(question, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not sys.stdin.isatty():
        print(file=sys.stderr)
    return line.strip()


def ask_passphrase(what: str) -> str:
    """Return the pass-phrase of a key: typed unseen, or a line of standard input where that is no terminal."""
    question = f"Pass-phrase of {what}: "
    if sys.stdin.isatty():
        return getpass.getpass(question)
    print(question, end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    print(file=sys.stderr)
    return line.rstrip("\n")


def hand_over(passphrase: str, what: str, file: Path | None) -> None:
    """Give a new pass-phrase to its holder: into `file`, or on the screen once and then away from it."""
    if file is not None:
        disk.create(file, passphrase.encode("ascii") + b"\n")
        say(f"The pass-phrase of {what} is in {file}. Bring it to paper, then destroy the file.")
        return
    say(
        "",
        f"The pass-phrase of {what}, shown this once. Only its holder looks at the screen and writes it on paper:",
        "",
        f"    {passphrase}",
        "",
    )
    if sys.stdin.isatty() and sys.stdout.isatty():
        getpass.getpass("Written down? Press Enter: the screen is cleared. ")
        print("\033[H\033[2J\033[3J", end="", flush=True)
