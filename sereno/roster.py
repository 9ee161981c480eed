"""`sereno roster`: put a roster that the custodians signed into the store, once it checks from the policy's roots."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

from keys.request import open_request
from protocol import limits
from protocol.encoding import fingerprint
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.roster import ROSTER, Roster, open_roster
from protocol.signed import Signed
from sereno import clock
from sereno.storeroom import opened
from store.engine import reading, writing
from store.logbook import queue_signed
from store.rosters import StoredRoster, coming_rosters, current_roster, put_roster

_TWO: Final = "The custodians signed two rosters of one number: ask them which holds."


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
    show = what.add_parser("show", help="say which roster is in force, and for how long")
    for one in (add, show):  # Here too, where `sereno manifest` has it.
        one.add_argument("--folder", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked and return the exit status."""
    policy = Policy.decode((arguments.folder / "policy.json").read_bytes())
    with opened(arguments.folder, new=True) as engine:
        return _add(engine, policy, arguments) if arguments.what == "add" else _show(engine, policy)


def _add(engine: Engine, policy: Policy, arguments: argparse.Namespace) -> int:
    signed = Signed.decode(arguments.roster.read_bytes().removesuffix(b"\n"))
    links = [Signed.decode(one.read_bytes().removesuffix(b"\n")) for one in arguments.link]
    roster = open_roster(signed, links, policy)
    now = clock.now()
    _require_due(roster, now)
    given: dict[str, str] = {}
    for file in arguments.organisation:
        request = open_request(Signed.decode(file.read_bytes().removesuffix(b"\n")), "organisation")
        given[request.value["id"]] = request.value["age"]
    with writing(engine) as conn:
        coming, current = coming_rosters(conn, now), current_roster(conn, now)
        here = [*([current] if current else []), *coming]
        _require_follows(roster, current, here)
        before = {org: recipient for one in here for org, recipient in one.recipients.items()}
        known = _known(roster, before, given)
        put_roster(conn, signed.encode(), [one.encode() for one in links], known)
        queue_signed(conn, "roster", signed)
    begun = roster.issued <= now
    print(
        f"Roster {roster.number} is in force until {clock.shown(roster.expires)}."
        if begun
        else f"Roster {roster.number} comes into force by itself at {clock.shown(roster.issued)}."
    )
    passed = [str(one.number) for one in coming if one.number < roster.number] if begun else []
    if passed:
        print(f"It takes the place of roster {', '.join(passed)}, signed ahead and not begun.")
    return 0


def _require_due(roster: Roster, now: int) -> None:
    """Refuse a roster that is over, and one that begins later than custodians may sign ahead."""
    ahead = limits.ROSTERS_AHEAD * limits.ROSTER_LIFE
    if not (now < roster.expires and roster.issued <= now + ahead):
        raise Refused(
            "roster_dates",
            f"Roster {roster.number} holds from {clock.shown(roster.issued)} to {clock.shown(roster.expires)}; it is "
            f"{clock.shown(now)}. One is taken that is not over and begins in {ahead // limits.DAY} days at most.",
        )


def _require_follows(roster: Roster, current: StoredRoster | None, here: Sequence[StoredRoster]) -> None:
    """Refuse a roster older than the one in force, another of one number, or one that follows another of a number."""
    if current is not None and roster.number < current.number:
        raise Refused("roster_chain", f"Roster {current.number} is in force; {roster.number} does not follow it.")
    for one in here:
        if one.number == roster.number and one.name != roster.name:
            raise Refused("roster_chain", f"{_TWO} Here is {one.name[:16]}, and this one is {roster.name[:16]}.")
        if one.number + 1 == roster.number and one.name != roster.previous:
            raise Refused(
                "roster_chain",
                f"{_TWO} Roster {roster.number} follows {roster.previous[:16]}; here roster {one.number} is "
                f"{one.name[:16]}.",
            )


def _known(roster: Roster, before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the recipient of every organisation, from the files or from the roster before."""
    wanted = {one.id: one.age for one in roster.organisations.values()}
    kept = {id: text for id, text in before.items() if fingerprint(text.encode()) == wanted.get(id)}
    found = {id: given.get(id) or kept.get(id) for id in wanted}
    missing = sorted(id for id, recipient in found.items() if recipient is None)
    if missing:
        raise Refused(
            "roster_content",
            f"The age recipients of {', '.join(missing)} are needed: add --organisation with their files.",
        )
    return {id: recipient for id, recipient in found.items() if recipient is not None}


def _show(engine: Engine, policy: Policy) -> int:
    now = clock.now()
    with reading(engine) as conn:
        stored, coming = current_roster(conn, now), coming_rosters(conn, now)
    if stored is None:
        print("No roster yet: sereno roster add roster.json --organisation FILE …")
        return 1
    roster = open_roster(Signed.decode(stored.signed), [Signed.decode(link) for link in stored.chain], policy)
    days = (roster.expires - now) // 86_400
    print(
        f"Roster {roster.number}, until {clock.shown(roster.expires)} ({days} days), {len(roster.verifiers)} verifiers."
    )
    for one in coming:
        value = Signed.decode(one.signed).read(ROSTER)
        print(f"Roster {one.number} comes into force at {clock.shown(value['issued'])}.")
    return 0
