"""Commands that turn a draft into a signed roster, at one table or with custodians who are apart; and `show`.

A thin edge: reads arguments, files and the terminal, and leaves what is decided to the pure half.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import Any

from keys import disk, terminal
from keys.changes import change_cosigners, change_desks, change_log
from keys.custodian import Custody, open_custody
from keys.dates import say
from keys.describe import describe
from keys.difference import difference
from keys.draft import change_quorum, draft_roster, encode_draft, next_draft
from keys.founding import open_root_file, read_chain, read_policy, read_signed
from keys.people import read_draft
from keys.publish import join, next_chain, prepare, read_payload, require_follows, require_near, sign_roster
from keys.request import open_request
from protocol import limits
from protocol.note import Key
from protocol.policy import Policy
from protocol.roster import ROSTER, open_roster
from protocol.signed import Signed
from protocol.sixwords import fingerprint_words


def add_commands(commands: Any) -> None:
    """Add the commands of this file to the parser of `keys`."""
    one = commands.add_parser("draft", help="begin the draft of the first roster, or of the one after another")
    _add_network(one)
    one.add_argument("--log", type=Path, metavar="FILE", help="the log's request: first roster, or a new key")
    text = "a desk, new or changed: code, least number of verifiers, zones; may be repeated"
    one.add_argument("--desk", type=_desk, action="append", default=[], metavar="CODE:N:ZONE,…", help=text)
    one.add_argument("--keys", type=int, metavar="N", help="verifiers an alert needs (2, or as before)")
    text = "organisations they must be from (2, or as before)"
    one.add_argument("--organisations", type=int, metavar="N", help=text)
    text = "a partner who witnesses the log, new or with a new key: name+hash+key; may be repeated"
    one.add_argument("--cosigner", action="append", default=[], metavar="KEY", help=text)
    text = "a partner, or a desk without verifiers, that the next roster leaves out; may be repeated"
    one.add_argument("--drop-cosigner", action="append", default=[], metavar="NAME", help=text)
    one.add_argument("--drop-desk", action="append", default=[], metavar="CODE", help=text)
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.set_defaults(run=draft_begin, parser=one)
    _add_signing(commands)


def _add_signing(commands: Any) -> None:
    one = commands.add_parser("prepare", help="make the bytes of the next roster, for custodians who sign apart")
    _add_bytes(one)
    one.set_defaults(run=roster_prepare)
    one = commands.add_parser("sign", help="sign a prepared roster as one custodian")
    one.add_argument("file", type=Path, metavar="UNSIGNED")
    one.add_argument("--custodian", type=Path, required=True, metavar="FILE")
    _add_network(one)
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.add_argument("--yes", action="store_true", help="what changes was read already")
    one.set_defaults(run=roster_sign)
    one = commands.add_parser("join", help="put the custodians' parts together")
    one.add_argument("file", type=Path, nargs="+", metavar="PART")
    _add_network(one)
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.set_defaults(run=roster_join)
    one = commands.add_parser("publish", help="prepare, sign and join, all custodians at one table")
    _add_bytes(one)
    one.add_argument("--custodian", type=Path, action="append", required=True, metavar="FILE", help="once for each")
    one.set_defaults(run=roster_publish)
    one = commands.add_parser("show", help="say in words what a file is")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--policy", type=Path, metavar="FILE", help="check a roster's signatures by this policy")
    _add_chain(one)
    one.set_defaults(run=show)


def _add_chain(one: ArgumentParser) -> None:
    text = "earlier roster that changed the roots after the policy was written; in their order"
    one.add_argument("--chain", type=Path, action="append", default=[], metavar="FILE", help=text)


def _add_network(one: ArgumentParser) -> None:
    one.add_argument("--policy", type=Path, default=Path("policy.json"), metavar="FILE", help="(policy.json)")
    one.add_argument("--previous", type=Path, metavar="ROSTER", help="the roster before; none before the first")
    _add_chain(one)


def _add_bytes(one: ArgumentParser) -> None:
    one.add_argument("--draft", type=Path, required=True, metavar="FILE")
    _add_network(one)
    one.add_argument("--days", type=int, default=30, metavar="N", help="how long it holds (30, which is the most)")
    text = "it begins a day before the previous one ends, not now: up to three can be signed ahead"
    one.add_argument("--ahead", action="store_true", help=text)
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.add_argument("--yes", action="store_true", help="day and changes were read already")
    one.set_defaults(parser=one)


def _desk(text: str) -> dict[str, Any]:
    code, _, rest = text.partition(":")
    least, _, zones = rest.partition(":")
    if not least.isdecimal() or not zones:
        raise ArgumentTypeError(
            f"a desk is written CODE:N:ZONE,ZONE…, for instance north:2:harbor,old-town; not {text}"
        )
    return {"id": code, "minimum": int(least), "zones": zones.split(",")}


def _read_network(args: Namespace) -> tuple[Policy, tuple[Signed, ...], Signed | None]:
    """Return the policy, the root changes, and the previous roster once it is opened with both."""
    policy, chain = read_policy(args), read_chain(args)
    if args.previous is None:
        return policy, chain, None
    previous = read_signed(args.previous)
    open_roster(previous, chain, policy)
    return policy, chain, previous


def _changes(payload: bytes, previous: Signed | None) -> list[str]:
    old = None if previous is None else previous.read(ROSTER)
    return [*difference(old, read_payload(payload)), f"Words of the roster: {fingerprint_words(payload)}."]


def draft_begin(args: Namespace, now: int) -> None:
    """Write a new draft."""
    disk.require_absent([args.out])
    if args.previous is None and (args.log is None or not args.desk or args.drop_cosigner or args.drop_desk):
        args.parser.error("either --previous, or --log and at least one --desk for the network's first roster")
    policy, _, previous = _read_network(args)
    cosigners = [Key.decode(text) for text in args.cosigner]
    if previous is None:
        draft = draft_roster(policy, open_request(read_signed(args.log), "log"), args.desk, cosigners)
    else:
        draft = change_desks(next_draft(previous), args.desk, args.drop_desk)
        draft = change_cosigners(draft, cosigners, args.drop_cosigner)
        draft = draft if args.log is None else change_log(draft, open_request(read_signed(args.log), "log"))
    disk.create(args.out, encode_draft(change_quorum(draft, args.keys, args.organisations)))
    terminal.say(f"{args.out} is a draft; admit organisations and enrol verifiers, then publish it.")


def roster_prepare(args: Namespace, now: int) -> None:
    """Write the bytes that custodians sign apart."""
    disk.require_absent([args.out])
    policy, _, previous = _read_network(args)
    payload = _prepare(args, previous, policy, now)
    terminal.confirm_dated("is this what shall be signed?", _changes(payload, previous), now, args.yes)
    disk.create(args.out, payload + b"\n")
    terminal.say("Written. Every custodian must see these words before signing.")


def _prepare(args: Namespace, previous: Signed | None, policy: Policy, now: int) -> bytes:
    if args.ahead and previous is None:
        args.parser.error("--ahead is for a roster after another: name that one with --previous")
    return prepare(read_draft(args.draft), previous, policy, now, args.days * limits.DAY, ahead=args.ahead)


def _open_root(path: Path) -> Custody:
    open_root_file(path)
    return open_custody(disk.read(path), terminal.ask_passphrase(str(path)))


def roster_sign(args: Namespace, now: int) -> None:
    """Sign as one custodian, after having read what changes."""
    disk.require_absent([args.out])
    policy, chain, previous = _read_network(args)
    payload = disk.read(args.file).removesuffix(b"\n")
    value = read_payload(payload)
    require_follows(previous, value)
    require_near(value, now)
    terminal.confirm_dated("do you sign this?", _changes(payload, previous), now, args.yes)
    custody = _open_root(args.custodian)
    part = sign_roster(payload, custody.seed, policy, next_chain(previous, chain, policy))
    disk.create(args.out, part.encode() + b"\n")
    terminal.say(f"Signed with {custody.request.id}. {args.out} goes to whoever joins the parts.")


def roster_join(args: Namespace, now: int) -> None:
    """Put parts together and write the roster once it opens."""
    disk.require_absent([args.out])
    policy, chain, previous = _read_network(args)
    _write_roster(join([read_signed(path) for path in args.file], previous, policy, chain), args.out, now)


def roster_publish(args: Namespace, now: int) -> None:
    """Prepare, show, sign and write."""
    disk.require_absent([args.out])
    policy, chain, previous = _read_network(args)
    payload = _prepare(args, previous, policy, now)
    terminal.confirm_dated("do all of you sign this?", _changes(payload, previous), now, args.yes)
    after = next_chain(previous, chain, policy)
    parts = [sign_roster(payload, _open_root(path).seed, policy, after) for path in args.custodian]
    _write_roster(join(parts, previous, policy, chain), args.out, now)


def _write_roster(signed: Signed, out: Path, now: int) -> None:
    disk.create(out, signed.encode() + b"\n")
    begins = signed.read(ROSTER)["issued"]
    if begins > now:
        terminal.say(f"It begins at {say(begins)}: one of you keeps it, and hands it to the operator in that week.")
    signers = " and ".join(one.keyid for one in signed.signatures)
    terminal.say(
        f"{out} is signed by {signers} and was checked as everyone will check it.",
        f"Words of the roster: {fingerprint_words(signed.payload)}.",
        "Give it to the operator, with the organisations' requests: they hold the keys that files are sealed to.",
    )


def show(args: Namespace, now: int) -> None:
    """Say what a file is."""
    policy = None if args.policy is None else read_policy(args)
    terminal.say(*describe(disk.read(args.file), policy, read_chain(args), now))
