"""`sereno`: the command.  Each sub-command loads its own module only: `check` needs nothing but the protocol."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from types import ModuleType

from protocol.errors import Refused

Runs = Callable[[argparse.Namespace], int]
WHAT = {
    "run": "start everything on this machine",
    "demo": "walk one tip from a witness to a checked alert",
    "check": "is this alert genuine, and does it still stand? offline; exit 0 yes, 3 not any more, 1 no",
    "seal": "seal a tip without a browser",
    "open": "open an envelope with an epoch file",
    "doctor": "find what is set up wrong, and name the mend",
    "desk": "serve the desk's pages from this machine, against a network's desk",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sub-command and return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] not in WHAT:
        usage = "\n".join(f"  sereno {name:<8} {what}" for name, what in WHAT.items())
        print(f"usage: sereno COMMAND …\n\n{usage}\n\n  sereno COMMAND --help says more.", file=sys.stderr)
        return 0 if words in (["-h"], ["--help"]) else 2
    parser = argparse.ArgumentParser(prog=f"sereno {words[0]}", description=WHAT[words[0]])
    run = _load(words[0], parser)
    try:
        return run(parser.parse_args(words[1:]))
    except Refused as refusal:
        print(f"{refusal.sentence} [{refusal.rule}]", file=sys.stderr)
    except (OSError, TimeoutError) as error:
        print(f"{error}", file=sys.stderr)
    return 1


def _load(name: str, parser: argparse.ArgumentParser) -> Runs:
    if name in ("seal", "open"):
        from sereno import breakglass

        (breakglass.add_seal_arguments if name == "seal" else breakglass.add_open_arguments)(parser)
        return breakglass.seal if name == "seal" else breakglass.open_
    module = _module(name)
    module.add_arguments(parser)
    run: Runs = module.run
    return run


def _module(name: str) -> ModuleType:
    if name == "run":
        from sereno import run as module
    elif name == "demo":
        from sereno import demo as module
    elif name == "doctor":
        from sereno import doctor as module
    elif name == "desk":
        from sereno import desk as module
    else:
        from sereno import check as module
    return module


if __name__ == "__main__":
    raise SystemExit(main())
