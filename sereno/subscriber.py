"""`sereno subscriber`: who gets alerts at a webhook, and who is paged; added, listed and ended by the operator."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from protocol.encoding import b64
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.roster import Roster
from protocol.vocabulary import TEMPLATES
from sereno import clock
from sereno.storeroom import opened
from store.engine import reading, writing
from store.knowledge import roster_now
from store.subscribers import (
    PAGER,
    WEBHOOK,
    active_subscribers,
    forget_subscriber,
    get_subscriber,
    put_subscriber,
    rotate_secret,
)
from worker.outbound import require_url

SECRET = 32  # Bytes.


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--folder", type=Path, default=Path("run"), help="where the network is kept (default: run)")
    what = parser.add_subparsers(dest="what", required=True)
    add = what.add_parser("add", help="send alerts to a webhook; prints its secret, once")
    add.add_argument("url")
    text = "only this zone (of a pager: this desk); may be given again; all if not given"
    add.add_argument("--zone", action="append", default=[], help=text)
    text = "only this class; may be given again"
    add.add_argument("--class", dest="classes", action="append", default=[], choices=sorted(TEMPLATES), help=text)
    add.add_argument("--responders", action="store_true", help="also what is for responders only")
    add.add_argument("--pager", action="store_true", help="no alerts: only be told that somebody has to look")
    what.add_parser("list", help="show who gets alerts")
    for name, text in (
        ("remove", "end a subscription and forget it"),
        ("rotate", "give a new secret beside the old one"),
    ):
        what.add_parser(name, help=text).add_argument("id")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked and return the exit status."""
    if arguments.what == "add":
        return _add(arguments)
    with opened(arguments.folder) as engine:
        if arguments.what == "list":
            return _list(engine)
        return _remove(engine, arguments.id) if arguments.what == "remove" else _rotate(engine, arguments.id)


def _add(arguments: argparse.Namespace) -> int:
    policy = Policy.decode((arguments.folder / "policy.json").read_bytes())
    require_url(arguments.url, allow_private=policy.mode == "exercise")
    secret = secrets.token_bytes(SECRET)
    with opened(arguments.folder) as engine, writing(engine) as conn:
        if arguments.zone:
            _require_known(roster_now(conn, policy, clock.now()), arguments.zone, pager=arguments.pager)
        id = put_subscriber(
            conn,
            channel=PAGER if arguments.pager else WEBHOOK,
            url=arguments.url,
            secret=secret,
            zones=arguments.zone,
            classes=arguments.classes,
            audience="responders" if arguments.responders else "public",
            active=True,
        )
    print(f"{id}\nwhsec_{b64(secret)}")
    print("Give the secret to the receiver over another way than the address. It is not shown again.")
    return 0


def _require_known(roster: Roster, chosen: Sequence[str], *, pager: bool) -> None:
    """Refuse what no alert and no page will ever name: whoever chose it would wait in vain."""
    known = {*roster.desks} if pager else {zone for desk in roster.desks.values() for zone in desk.zones}
    for one in chosen:
        if one not in known:
            what = "desk" if pager else "zone"
            raise Refused("not_found", f"The roster has no {what} {one}; it has {', '.join(sorted(known))}.")


def _list(engine: Engine) -> int:
    with reading(engine) as conn:
        found = [*active_subscribers(conn, WEBHOOK), *active_subscribers(conn, PAGER)]
    for one in found:
        which = ", ".join((*one.zones, *one.classes)) or "everything"
        print(f"{one.id}  {one.channel:<8} {one.audience:<11} {which:<24} {one.url}" + ("  slow" if one.slow else ""))
    if not found:
        print("Nobody gets alerts yet: sereno subscriber add URL")
    return 0


def _remove(engine: Engine, id: str) -> int:
    with writing(engine) as conn:
        gone = forget_subscriber(conn, id)
    print("Ended and forgotten." if gone else f"There is no subscriber {id}.")
    return 0 if gone else 1


def _rotate(engine: Engine, id: str) -> int:
    secret = secrets.token_bytes(SECRET)
    with writing(engine) as conn:
        get_subscriber(conn, id)
        rotate_secret(conn, id, secret)
    print(f"whsec_{b64(secret)}\nBoth secrets sign until the next rotation.")
    return 0
