"""Commands that turn a list of pages into a signed manifest, at one table or with custodians who are apart.

A thin edge: reads arguments, files and the terminal, and leaves what is decided to the pure half.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from keys import disk, terminal
from keys.custodian import open_custody
from keys.founding import open_root_file, read_chain, read_policy, read_signed
from keys.manifest import changes, join, prepare, previous_roots, require_next, require_same, sign_manifest
from protocol.manifest import roots_of
from protocol.policy import Policy, Roots
from protocol.signed import Signed
from protocol.sixwords import fingerprint_words


def add_commands(commands: Any) -> None:
    """Add the commands of this file to the parser of `keys`."""
    text = "sign the list of a network's pages, which `sereno manifest make` wrote"
    parts = commands.add_parser("manifest", help=text).add_subparsers(required=True, metavar="PART")
    one = parts.add_parser("prepare", help="make the bytes of the next manifest, for custodians who sign apart")
    one.add_argument("--pages", type=Path, required=True, metavar="LIST", help="what `sereno manifest make` wrote")
    _add_network(one)
    one.set_defaults(run=manifest_prepare)
    one = parts.add_parser("sign", help="sign a prepared manifest as one custodian")
    one.add_argument("file", type=Path, metavar="UNSIGNED")
    one.add_argument("--pages", type=Path, metavar="LIST", help="the list that your own machine made, to be compared")
    one.add_argument("--custodian", type=Path, required=True, metavar="FILE")
    _add_network(one)
    one.set_defaults(run=manifest_sign)
    one = parts.add_parser("join", help="put the custodians' parts together")
    one.add_argument("file", type=Path, nargs="+", metavar="PART")
    _add_network(one, says_yes=False)
    one.set_defaults(run=manifest_join)
    one = parts.add_parser("publish", help="prepare, sign and join, all custodians at one table")
    one.add_argument("--pages", type=Path, required=True, metavar="LIST", help="what `sereno manifest make` wrote")
    one.add_argument("--custodian", type=Path, action="append", required=True, metavar="FILE", help="once for each")
    _add_network(one)
    one.set_defaults(run=manifest_publish)


def _add_network(one: ArgumentParser, *, says_yes: bool = True) -> None:
    one.add_argument("--policy", type=Path, default=Path("policy.json"), metavar="FILE", help="(policy.json)")
    one.add_argument("--previous", type=Path, metavar="MANIFEST", help="the manifest before; none before the first")
    text = "roster that changed the roots after the policy was written, the newest too; in their order"
    one.add_argument("--chain", type=Path, action="append", default=[], metavar="FILE", help=text)
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    if says_yes:
        one.add_argument("--yes", action="store_true", help="day and changes were read already")


def _read_network(args: Namespace) -> tuple[Policy, Roots, Signed | None]:
    """Return the policy, the roots in force, and the previous manifest once roots of this network have signed it."""
    policy, chain = read_policy(args), read_chain(args)
    sets = [roots_of(policy, chain[:count]) for count in range(len(chain), -1, -1)]
    if args.previous is None:
        return policy, sets[0], None
    previous = read_signed(args.previous)
    previous_roots(previous, policy, sets)
    return policy, sets[0], previous


def _shown(payload: bytes, previous: Signed | None) -> list[str]:
    return [*changes(previous, payload), f"Words of the manifest: {fingerprint_words(payload)}."]


def manifest_prepare(args: Namespace, now: int) -> None:
    """Write the bytes that custodians sign apart."""
    disk.require_absent([args.out])
    policy, _, previous = _read_network(args)
    payload = prepare(disk.read(args.pages), previous, policy, now)
    terminal.confirm_dated("is this what shall be signed?", _shown(payload, previous), now, args.yes)
    disk.create(args.out, payload + b"\n")
    terminal.say("Written. Every custodian makes the list on their own machine and names it when they sign.")


def manifest_sign(args: Namespace, now: int) -> None:
    """Sign as one custodian, after having read what changes and compared it with a list of their own."""
    disk.require_absent([args.out])
    policy, roots, previous = _read_network(args)
    payload = disk.read(args.file).removesuffix(b"\n")
    require_next(payload, previous, policy, now)
    if args.pages is None:
        compared = "NOT compared with pages that this machine made: name your own list with --pages."
    else:
        require_same(payload, disk.read(args.pages), policy)
        compared = "The pages that your own machine made are the same."
    terminal.confirm_dated("do you sign this?", [*_shown(payload, previous), compared], now, args.yes)
    part = sign_manifest(payload, _root_seed(args.custodian), policy, roots)
    disk.create(args.out, part.encode() + b"\n")
    terminal.say(f"Signed with {part.signatures[0].keyid}. {args.out} goes to whoever joins the parts.")


def manifest_join(args: Namespace, now: int) -> None:
    """Put parts together and write the manifest once it opens."""
    disk.require_absent([args.out])
    policy, roots, previous = _read_network(args)
    signed = join([read_signed(path) for path in args.file], policy, roots)
    require_next(signed.payload, previous, policy, now)
    _write(signed, args.out)


def manifest_publish(args: Namespace, now: int) -> None:
    """Prepare, show, sign and write."""
    disk.require_absent([args.out])
    policy, roots, previous = _read_network(args)
    payload = prepare(disk.read(args.pages), previous, policy, now)
    terminal.confirm_dated("do all of you sign this?", _shown(payload, previous), now, args.yes)
    parts = [sign_manifest(payload, _root_seed(path), policy, roots) for path in args.custodian]
    _write(join(parts, policy, roots), args.out)


def _root_seed(path: Path) -> bytes:
    open_root_file(path)
    return open_custody(disk.read(path), terminal.ask_passphrase(str(path))).seed


def _write(signed: Signed, out: Path) -> None:
    disk.create(out, signed.encode() + b"\n")
    signers = " and ".join(one.keyid for one in signed.signatures)
    terminal.say(
        f"{out} is signed by {signers} and was checked as everyone will check it.",
        f"Words of the manifest: {fingerprint_words(signed.payload)}.",
        "Give it to the operator (sereno manifest add), and keep it: the next one follows it.",
    )
