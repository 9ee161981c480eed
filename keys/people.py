"""Commands about people and organisations: their requests, and a draft that takes them in and lets them go.

A thin edge: reads arguments, files and the terminal, and leaves what is decided to the pure half.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Final

from keys import disk, terminal
from keys.changes import drop_organisation, replace_organisation
from keys.custodian import new_seed, seal_custody
from keys.dates import end_of_day
from keys.describe import describe_request
from keys.draft import Draft, decode_draft, encode_draft
from keys.enrol import admit, change_roots, enrol, remove, renew, revoke
from keys.founding import add_known, read_knowns, read_policy, read_signed
from keys.request import Request, open_request, request_organisation, request_verifier
from protocol.age import Identity, self_test
from protocol.encoding import unb64
from protocol.errors import Refused
from protocol.roster import ORGANISATION_ROLES, ROLES
from protocol.signed import key_id, public_key
from protocol.vault import generate_passphrase, open_vault, seal_vault

_SEALED_LIST: Final = "Who that is belongs in the sealed list (names add), and on no server."


def add_commands(commands: Any) -> None:
    """Add the commands of this file to the parser of `keys`."""
    parts = commands.add_parser("organisation", help="an organisation's keys").add_subparsers(
        required=True, metavar="PART"
    )
    one = parts.add_parser("new", help="make an organisation's keys and its request")
    one.add_argument("--id", required=True, metavar="CODE", help="its short name in rosters")
    one.add_argument("--role", choices=ORGANISATION_ROLES, required=True)
    _add_request(one)
    one.set_defaults(run=organisation_new)
    parts = commands.add_parser("verifier", help="a verifier's key").add_subparsers(required=True, metavar="PART")
    one = parts.add_parser("request", help="make your key, your vault and your request")
    one.add_argument("--desk", required=True, metavar="CODE")
    one.add_argument("--org", metavar="CODE")
    _add_request(one)
    one.set_defaults(run=verifier_request)
    one = commands.add_parser("admit", help="take an organisation, or its new keys, into a draft")
    _add_taking(one)
    text = "the code it has now: the new keys take its place, and its verifiers move along"
    one.add_argument("--replaces", metavar="CODE", help=text)
    one.set_defaults(run=draft_admit)
    one = commands.add_parser("enrol", help="take a verifier into a draft")
    _add_taking(one)
    one.add_argument("--org", required=True, metavar="CODE")
    one.add_argument("--desk", required=True, metavar="CODE")
    one.add_argument("--role", action="append", default=[], choices=ROLES, help="may be repeated")
    _add_until(one)
    one.set_defaults(run=draft_enrol)
    one = commands.add_parser("renew", help="in a draft, certify a verifier anew: a new key, a new id, the same place")
    one.add_argument("--id", required=True, metavar="ID", help="the id that ends")
    _add_taking(one)
    _add_until(one)
    one.set_defaults(run=draft_renew)
    _add_leaving(commands)


def _add_request(one: ArgumentParser) -> None:
    one.add_argument("--policy", type=Path, default=Path("policy.json"), metavar="FILE", help="the network's policy")
    one.add_argument("--out", type=Path, required=True, metavar="FILE", help="the secret key, under a pass-phrase")
    one.add_argument("--request", type=Path, required=True, metavar="FILE", help="what a custodian gets")
    one.add_argument("--words-out", type=Path, metavar="FILE", help="write the pass-phrase here, never show it")


def _add_taking(one: ArgumentParser) -> None:
    one.add_argument("--draft", type=Path, required=True, metavar="FILE", help="the draft, which is changed")
    one.add_argument("--request", type=Path, required=True, metavar="FILE")
    add_known(one)
    one.add_argument("--yes", action="store_true", help="the words were compared with their holder already")


def _add_until(one: ArgumentParser) -> None:
    one.add_argument("--until", required=True, metavar="DATE", help="last day of the certification, YYYY-MM-DD, UTC")


def _add_leaving(commands: Any) -> None:
    one = commands.add_parser("revoke", help="in a draft, let a verifier's key no longer count")
    one.add_argument("--draft", type=Path, required=True, metavar="FILE", help="the draft, which is changed")
    one.add_argument("--id", required=True, metavar="ID")
    text = "log index from which nothing of theirs counts: the log's size now, or 0 for nothing ever"
    one.add_argument("--from", type=int, required=True, dest="index", metavar="N", help=text)
    one.set_defaults(run=draft_revoke)
    one = commands.add_parser("remove", help="in a draft, leave a verifier out, or an organisation without verifiers")
    one.add_argument("--draft", type=Path, required=True, metavar="FILE", help="the draft, which is changed")
    who = one.add_mutually_exclusive_group(required=True)
    who.add_argument("--id", metavar="ID")
    who.add_argument("--organisation", metavar="CODE")
    one.set_defaults(run=draft_remove)
    one = commands.add_parser("roots", help="in a draft, replace the network's roots")
    one.add_argument("--draft", type=Path, required=True, metavar="FILE", help="the draft, which is changed")
    one.add_argument("--root", type=Path, action="append", required=True, metavar="PUB", help="each root, kept or new")
    one.add_argument("--threshold", type=int, default=2, metavar="N", help="custodians who must sign (2)")
    add_known(one)
    one.set_defaults(run=draft_roots)


def organisation_new(args: Namespace, now: int) -> None:
    """Make an organisation's Ed25519 and X-Wing keys."""
    self_test()  # A library without the post-quantum half would give the organisation a key that opens nothing.
    _require_room(args)
    policy, seed, identity = read_policy(args), new_seed(), Identity.generate()
    request = request_organisation(seed, policy, args.id, args.role, identity.recipient)
    passphrase = generate_passphrase()
    disk.create(args.out, seal_custody(request, seed, identity.seed, passphrase))
    disk.create(args.request, request.encode() + b"\n")
    terminal.hand_over(passphrase, f"organisation {args.id} ({args.out.name})", args.words_out)
    terminal.say(*describe_request(open_request(request, "organisation")))


def verifier_request(args: Namespace, now: int) -> None:
    """Make a verifier's key, vault and request: run by the verifier, on the verifier's own machine."""
    _require_room(args)
    policy, seed = read_policy(args), new_seed()
    request = request_verifier(seed, policy, args.desk, args.org)
    passphrase = generate_passphrase()
    keyid = key_id(public_key(seed))
    vault = seal_vault(policy.network, keyid, seed, passphrase)
    if open_vault(vault, passphrase).seed != seed:
        raise Refused("vault", "The vault that was just sealed does not open to the same key; nothing was kept.")
    disk.create(args.out, vault)
    disk.create(args.request, request.encode() + b"\n")
    terminal.hand_over(passphrase, f"vault {keyid} ({args.out.name})", args.words_out)
    terminal.say(*describe_request(open_request(request, "verifier")))
    terminal.say("Send the request to a custodian and read these words aloud when you are called back.")


def _require_room(args: Namespace) -> None:
    disk.require_absent([args.out, args.request, *([args.words_out] if args.words_out else [])])


def read_draft(path: Path) -> Draft:
    """Return the draft of a file."""
    return decode_draft(disk.read(path))


def draft_admit(args: Namespace, now: int) -> None:
    """Take an organisation in."""
    request = open_request(read_signed(args.request), "organisation")
    before, known = read_draft(args.draft), read_knowns(args)
    if args.replaces is None:
        draft = admit(before, request, known)
    else:
        draft = replace_organisation(before, args.replaces, request, known)
    terminal.confirm("Did the organisation read you these words?", describe_request(request), args.yes)
    disk.rewrite(args.draft, encode_draft(draft))
    instead = "" if args.replaces is None else f", in the place of {args.replaces}, and its verifiers with it"
    terminal.say(f"{request.value['id']} is in the draft{instead}.")


def draft_enrol(args: Namespace, now: int) -> None:
    """Take a verifier in."""
    request = open_request(read_signed(args.request), "verifier")
    draft = enrol(
        read_draft(args.draft),
        request,
        org=args.org,
        desk=args.desk,
        until=end_of_day(args.until),
        now=now,
        roles=args.role,
        known=read_knowns(args),
    )
    _take(args, request, draft, now)
    terminal.say(f"{request.id} is in the draft. {_SEALED_LIST}")


def draft_renew(args: Namespace, now: int) -> None:
    """Certify a verifier anew."""
    request = open_request(read_signed(args.request), "verifier")
    until = end_of_day(args.until)
    draft = renew(read_draft(args.draft), args.id, request, until=until, now=now, known=read_knowns(args))
    entry = next(one for one in draft["verifiers"] if one["id"] == request.id)
    roles = f", {' and '.join(entry['roles'])}" if entry["roles"] else ""
    more = [f"It takes the place of {args.id}: {entry['org']}, desk {entry['desk']}{roles}."]
    if "lead" in entry["roles"]:
        more.append(f"A stay that {args.id} signed ends with that id: where one still holds, revoke, or stay again.")
    _take(args, request, draft, now, *more)
    terminal.say(f"{request.id} is in the draft, in the place of {args.id}. {_SEALED_LIST}")


def _take(args: Namespace, request: Request, draft: Draft, now: int, *more: str) -> None:
    question = "did the person read you these words?"
    terminal.confirm_dated(question, [*describe_request(request), *more], now, args.yes)
    disk.rewrite(args.draft, encode_draft(draft))


def draft_revoke(args: Namespace, now: int) -> None:
    """Let a key no longer count."""
    disk.rewrite(args.draft, encode_draft(revoke(read_draft(args.draft), args.id, args.index)))
    terminal.say(f"{args.id} is revoked in the draft, from log index {args.index}. It holds once it is published.")


def draft_remove(args: Namespace, now: int) -> None:
    """Leave a verifier or an organisation out."""
    draft, gone = read_draft(args.draft), args.id or args.organisation
    draft = drop_organisation(draft, gone) if args.id is None else remove(draft, gone)
    disk.rewrite(args.draft, encode_draft(draft))
    terminal.say(f"{gone} is no longer in the draft.")


def draft_roots(args: Namespace, now: int) -> None:
    """Replace the roots."""
    draft = read_draft(args.draft)
    roots = [open_request(read_signed(path), "root") for path in args.root]
    new = change_roots(draft, [root.public for root in roots], args.threshold, read_knowns(args))
    disk.rewrite(args.draft, encode_draft(new))
    kept = {key_id(unb64(key)) for key in draft["roots"]["keys"]}
    for root in roots:
        terminal.say(f"Root {root.id} {'stays' if root.id in kept else 'is new'}: {root.words}.")
    terminal.say("To publish this draft, enough of the old and enough of the new roots have to sign.")
