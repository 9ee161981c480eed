"""`sereno`: the command.  Each sub-command loads its own module only: `check` needs nothing but the protocol."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence

from protocol.errors import Refused
from sereno.terminal import shown

STOPPED = 130  # As a shell says that Ctrl-C ended something.

Runs = Callable[[argparse.Namespace], int]
WHAT = {
    "run": "start everything on this machine",
    "demo": "walk one tip from a witness to a checked alert",
    "check": "is this alert genuine, and does it still stand? offline; exit 0 yes, 3 not any more, 1 no",
    "log": "audit a network's log: has it only grown, and what changed? or be a witness of one",
    "desk": "serve the desk's page from this machine, against your network's desk",
    "roster": "publish a roster that the custodians signed, or show the one in force",
    "manifest": "list this checkout's pages for the custodians to sign, or publish what they signed",
    "verify-site": "are a network's pages, as anybody gets them, those that its custodians signed? exit 0 yes, 1 no",
    "flyer": "a sheet to print for each language: the form's code and address, the hotline, the words of the roots",
    "stay": "suspend a person at once, on a lead's word that somebody brought",
    "subscriber": "add, list and end those who get alerts at a webhook",
    "restored": "the first thing after a backup was restored: send nothing that it may not know was sent",
    "doctor": "find what is wrong here, and say how to mend it; exit 0 all well, 1 not",
    "seal": "seal a tip without a browser",
    "open": "open an envelope with an epoch file",
    "legal": "the attorneys' desk: fetch what tips hold for attorneys, and show what was used",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a sub-command and return its exit status."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or words[0] not in WHAT:
        usage = "\n".join(f"  sereno {name:<11} {what}" for name, what in WHAT.items())
        print(f"usage: sereno COMMAND …\n\n{usage}\n\n  sereno COMMAND --help says more.", file=sys.stderr)
        return 0 if words in (["-h"], ["--help"]) else 2
    parser = argparse.ArgumentParser(prog=f"sereno {words[0]}", description=WHAT[words[0]])
    run = _load(words[0], parser)
    try:
        return run(parser.parse_args(words[1:]))
    except Refused as refusal:
        print(f"{shown(refusal.sentence)} [{refusal.rule}]", file=sys.stderr)
    except (OSError, TimeoutError) as error:
        print(shown(f"{error}"), file=sys.stderr)
    except (KeyboardInterrupt, EOFError):  # Whoever asked has gone: Ctrl-C, or no pass-phrase typed.
        print("Stopped.", file=sys.stderr)
        return STOPPED
    return 1


def _load(name: str, parser: argparse.ArgumentParser) -> Runs:
    """Declare a sub-command's arguments and return what runs it."""
    if name in ("seal", "open", "legal"):
        return _load_opening(name, parser)
    if name == "run":
        from sereno import run

        run.add_arguments(parser)
        return run.run
    if name == "demo":
        from sereno import demo

        demo.add_arguments(parser)
        return demo.run
    if name == "doctor":
        from sereno import doctor

        doctor.add_arguments(parser)
        return doctor.run
    if name == "desk":
        from sereno import desk

        desk.add_arguments(parser)
        return desk.run
    if name in ("flyer", "manifest", "verify-site"):
        return _load_pages(name, parser)
    if name in ("log", "restored", "roster", "stay", "subscriber"):
        return _load_records(name, parser)
    from sereno import check

    check.add_arguments(parser)
    return check.run


def _load_records(name: str, parser: argparse.ArgumentParser) -> Runs:
    if name == "log":
        from sereno import log

        log.add_arguments(parser)
        return log.run
    if name == "restored":
        from sereno import restored

        restored.add_arguments(parser)
        return restored.run
    if name == "roster":
        from sereno import roster

        roster.add_arguments(parser)
        return roster.run
    if name == "stay":
        from sereno import stay

        stay.add_arguments(parser)
        return stay.run
    from sereno import subscriber

    subscriber.add_arguments(parser)
    return subscriber.run


def _load_pages(name: str, parser: argparse.ArgumentParser) -> Runs:
    if name == "flyer":
        from sereno import flyer

        flyer.add_arguments(parser)
        return flyer.run
    if name == "manifest":
        from sereno import manifest

        manifest.add_arguments(parser)
        return manifest.run
    from sereno import verifysite

    verifysite.add_arguments(parser)
    return verifysite.run


def _load_opening(name: str, parser: argparse.ArgumentParser) -> Runs:
    if name == "legal":
        from sereno import legal

        legal.add_arguments(parser)
        return legal.run
    from sereno import breakglass

    (breakglass.add_seal_arguments if name == "seal" else breakglass.add_open_arguments)(parser)
    return breakglass.seal if name == "seal" else breakglass.open_


if __name__ == "__main__":
    raise SystemExit(main())
