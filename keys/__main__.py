"""`python -m keys …`: the locksmith's commands.  Exit 0 done, 1 refused (one plain sentence says why), 2 misused."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence

from keys import founding, manifesting, naming, people, publishing, staying
from keys.terminal import Declined
from protocol.errors import Refused
from protocol.shape import UNSEEN


def parser() -> ArgumentParser:
    """Return the parser.  No argument takes a secret: pass-phrases are generated, shown once, and typed."""
    made = ArgumentParser(
        prog="python -m keys",
        description="Root keys, rosters and the people on them. Use it on a machine that is offline.",
        allow_abbrev=False,
    )
    commands = made.add_subparsers(required=True, metavar="COMMAND")
    for part in (founding, people, publishing, manifesting, naming, staying):
        part.add_commands(commands)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; the clock is read here and nowhere else."""
    args = parser().parse_args(arguments)
    try:
        args.run(args, int(time.time()))
    except Refused as error:
        print(f"Refused ({error.rule}, {error.kind}): {_plain(error.sentence)}", file=sys.stderr)
        return 1
    except Declined as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or 'The disk'}: {error.strerror or error}.", file=sys.stderr)
        return 1
    return 0


def _plain(sentence: str) -> str:
    """Return a sentence that can't move the cursor: it may quote a file that someone sent us."""
    return "\n".join(UNSEEN.sub("\N{REPLACEMENT CHARACTER}", line) for line in sentence.split("\n"))


if __name__ == "__main__":
    sys.exit(main())
