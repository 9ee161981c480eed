"""`sereno log`: audit a network's log, or countersign it as a partner."""

from __future__ import annotations

import argparse

from sereno import audit, witness


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_subparsers(dest="what", required=True)
    audit.add_arguments(what.add_parser("audit", help="has it only grown since the last visit, and what changed?"))
    witness.add_arguments(what.add_parser("witness", help="run a witness; see deploy/partners.md"))


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked and return the exit status."""
    return audit.run(arguments) if arguments.what == "audit" else witness.run(arguments)
