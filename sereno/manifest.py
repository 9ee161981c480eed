"""`sereno manifest`: list the pages that this checkout makes, and publish the list once the custodians signed it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sqlalchemy import Engine

from look.face import Face
from protocol.encoding import sha256
from protocol.manifest import Manifest, decode_listing, open_manifest, read_manifest
from protocol.policy import Policy
from protocol.signed import Signed
from protocol.sixwords import words_of
from sereno import clock
from sereno.breakglass import write_new
from sereno.sitepages import list_pages
from sereno.storeroom import opened
from store.engine import reading, writing
from store.knowledge import roster_now
from store.logbook import queue_signed
from store.manifests import current_manifest, put_manifest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    what = parser.add_subparsers(dest="what", required=True)
    make = what.add_parser("make", help="list this checkout's pages, for the custodians to compare and sign")
    make.add_argument("--policy", type=Path, required=True, help="the network's policy.json")
    make.add_argument("--face", type=Path, required=True, help="the network's face.json")
    make.add_argument("--out", type=Path, help="where to write the list; to the terminal if not given")
    add = what.add_parser("add", help="publish and log a manifest that the custodians signed")
    add.add_argument("manifest", type=Path)
    show = what.add_parser("show", help="say which manifest is published, and whether this checkout's pages are in it")
    for one in (add, show):
        one.add_argument("--folder", type=Path, default=Path("run"), help="where the network is kept (default: run)")


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked and return the exit status."""
    return {"make": _make, "add": _add, "show": _show}[arguments.what](arguments)


def _make(arguments: argparse.Namespace) -> int:
    listed = list_pages(Face.read(arguments.face), Policy.decode(arguments.policy.read_bytes()))
    if arguments.out is None:
        sys.stdout.write(listed.decode("ascii"))
        return 0
    write_new(arguments.out, listed)
    print(f"{arguments.out} lists this checkout's pages. Whoever makes it elsewhere from the same gets the same bytes:")
    print(f"  {words_of(sha256(listed))}")
    return 0


def _add(arguments: argparse.Namespace) -> int:
    policy = Policy.decode((arguments.folder / "policy.json").read_bytes())
    signed = Signed.decode(arguments.manifest.read_bytes().removesuffix(b"\n"))
    with opened(arguments.folder, new=True) as engine:
        found = publish(engine, policy, signed, clock.now())
    print(f"Manifest {found.number} of {len(found.pages)} pages is published, and logged by the log writer.")
    _compare(found, arguments.folder, policy)
    return 0


def publish(engine: Engine, policy: Policy, signed: Signed, now: int) -> Manifest:
    """Store and log a manifest once it checks by the roots in force, and return it.

    Raises Refused: roster and manifest kinds, manifest_chain where a newer one is published already.
    """
    with writing(engine) as conn:
        found = open_manifest(signed, roster_now(conn, policy, now).roots, policy)
        before = current_manifest(conn)
        if before is not None:
            found.require_follows(_number(before), before.message())
        put_manifest(conn, signed)
        queue_signed(conn, "manifest", signed)
    return found


def _number(signed: Signed) -> int:
    number: int = read_manifest(signed.payload)["number"]
    return number


def _show(arguments: argparse.Namespace) -> int:
    policy = Policy.decode((arguments.folder / "policy.json").read_bytes())
    with opened(arguments.folder, new=True) as engine, reading(engine) as conn:
        signed = current_manifest(conn)
        if signed is None:
            print("No manifest yet: sereno manifest make, python -m keys manifest …, sereno manifest add FILE.")
            return 1
        found = open_manifest(signed, roster_now(conn, policy, clock.now()).roots, policy)
    print(f"Manifest {found.number} of {len(found.pages)} pages, signed on {clock.shown(found.issued)}:")
    print(f"  {words_of(bytes.fromhex(found.name))}")
    return _compare(found, arguments.folder, policy)


def _compare(found: Manifest, folder: Path, policy: Policy) -> int:
    """Say where the pages that this machine will serve are not the listed ones; visitors would see that too."""
    listed = decode_listing(list_pages(Face.read(folder / "face.json"), policy), policy)
    here = {(one["face"], one["path"]): one["name"] for one in listed["pages"]}
    apart = sorted(place for place in {**here, **found.pages} if here.get(place) != found.pages.get(place))
    for face, path in apart:
        print(f"  not as this checkout makes it: {face} {path}")
    if apart:
        print("Serve the checkout that was signed, or have the custodians sign this one's list.")
    return 1 if apart else 0
