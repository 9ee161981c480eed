"""`sereno roster`: put a roster that the custodians signed into the store, once it checks from the policy's roots."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Engine

from keys.request import open_request
from protocol.errors import Refused
from protocol.log import entry
from protocol.policy import Policy
from protocol.roster import Roster, open_roster
from protocol.signed import Signed
from sereno import clock
from sereno.run import database
from store.engine import open_engine, reading, writing
from store.logbook import queue_entry
from store.migrating import migrate
from store.rosters import current_roster, put_roster


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--folder", type=Path, default=Path("run"), help="where the network is kept (default: run)")
    what = parser.add_subparsers(dest="what", required=True)
    add = what.add_parser("add", help="publish a signed roster to doors, desks and alerts")
    add.add_argument("roster", type=Path)
    add.add_argument("--link", type=Path, action="append", default=[], help="a root change on the way from the policy")
    add.add_argument(
        "--organisation", type=Path, action="append", default=[], help="an organisation's request file, for its age key"
    )
    what.add_parser("show", help="say which roster is in force, and for how long")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked and return the exit status."""
    policy = Policy.decode((arguments.folder / "policy.json").read_bytes())
    engine = open_engine(database(arguments.folder))
    migrate(engine)
    return _add(engine, policy, arguments) if arguments.what == "add" else _show(engine, policy)


def _add(engine: Engine, policy: Policy, arguments: argparse.Namespace) -> int:
    signed = Signed.decode(arguments.roster.read_bytes().removesuffix(b"\n"))
    links = [Signed.decode(one.read_bytes().removesuffix(b"\n")) for one in arguments.link]
    roster = open_roster(signed, links, policy)
    roster.require_current(clock.now())
    given: dict[str, str] = {}
    for file in arguments.organisation:
        request = open_request(Signed.decode(file.read_bytes().removesuffix(b"\n")), "organisation")
        given[request.value["id"]] = request.value["age"]
    with writing(engine) as conn:
        before = current_roster(conn)
        if before is not None and before.number >= roster.number and before.name != roster.name:
            raise Refused("roster_chain", f"Roster {before.number} is in force; {roster.number} does not follow it.")
        known = _known(roster, before.recipients if before else {}, given)
        put_roster(conn, signed.encode(), [one.encode() for one in links], known)
        queue_entry(conn, "roster", entry("roster", signed))
    print(f"Roster {roster.number} is in force until {clock.shown(roster.expires)}.")
    return 0


def _known(roster: Roster, before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the recipient of every organisation, from the files or from the roster before."""
    found = {id: given.get(id) or before.get(id) for id in roster.organisations}
    missing = sorted(id for id, recipient in found.items() if recipient is None)
    if missing:
        raise Refused(
            "roster_content",
            f"The age recipients of {', '.join(missing)} are needed: add --organisation with their files.",
        )
    return {id: recipient for id, recipient in found.items() if recipient is not None}


def _show(engine: Engine, policy: Policy) -> int:
    with reading(engine) as conn:
        stored = current_roster(conn)
    if stored is None:
        print("No roster yet: sereno roster add roster.json --organisation FILE …")
        return 1
    roster = open_roster(Signed.decode(stored.signed), [Signed.decode(link) for link in stored.chain], policy)
    days = (roster.expires - clock.now()) // 86_400
    print(
        f"Roster {roster.number}, until {clock.shown(roster.expires)} ({days} days), {len(roster.verifiers)} verifiers."
    )
    return 0
