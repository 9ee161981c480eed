"""Commands that found a network: the ceremony whole, and its parts for custodians who are apart.

A thin edge: reads arguments, files and the terminal, and leaves what is decided to the pure half.
"""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import Any

from keys import disk, terminal
from keys.ceremony import CUSTODIANS, THRESHOLD, Root, found_network, make_root, network_words, transcript
from keys.custodian import new_seed, open_custody, read_custody, seal_custody
from keys.describe import describe_request
from keys.known import Known, read_known
from keys.publish import renew_policy
from keys.request import Request, open_request, request_log
from protocol.encoding import fingerprint
from protocol.errors import Refused
from protocol.limits import DESK_KEYS
from protocol.logkey import LogKey
from protocol.policy import Policy
from protocol.signed import Signed
from protocol.vault import generate_passphrase


def read_signed(path: Path) -> Signed:
    """Return the signed object of a file, with or without a line feed at its end."""
    return Signed.decode(disk.read(path).removesuffix(b"\n"))


def read_chain(args: Namespace) -> tuple[Signed, ...]:
    """Return the root changes that were named."""
    return tuple(read_signed(path) for path in args.chain)


def read_knowns(args: Namespace) -> list[Known]:
    """Return what the rosters and policies of other networks list."""
    return [read_known(disk.read(path)) for path in args.known]


def read_policy(args: Namespace) -> Policy:
    """Return the policy that was named (policy.json if none was)."""
    return Policy.decode(disk.read(args.policy))


def add_mode(parser: ArgumentParser) -> None:
    """Add the mode and what a policy may ask for."""
    parser.add_argument("--mode", choices=["exercise", "actual"], required=True, help="it can never be changed")
    parser.add_argument("--keys", type=_keys, default=2, metavar="N", help="verifiers an alert needs at least (2)")
    parser.add_argument("--organisations", type=int, default=1, metavar="N", help="organisations they are from (1)")
    parser.add_argument("--cosigners", type=int, default=0, metavar="N", help="partners who must witness the log (0)")
    parser.add_argument("--strict", action="store_true", help="refuse alerts that no partner has witnessed at once")


def _keys(text: str) -> int:
    """Return a policy's number of keys, never lowered later.  Raises ArgumentTypeError for more than a desk joins."""
    if not text.isdecimal():
        raise ArgumentTypeError(f"a whole number of verifiers, not {text}")
    if int(text) > DESK_KEYS:
        raise ArgumentTypeError(
            f"a desk joins {DESK_KEYS} signatures: of a network that asks for {text} no alert goes out"
        )
    return int(text)


def add_known(parser: ArgumentParser) -> None:
    """Add the rosters and policies of other networks."""
    text = "roster or policy of another network, whose keys are refused here; may be repeated"
    parser.add_argument("--known", type=Path, action="append", default=[], metavar="FILE", help=text)


def add_commands(commands: Any) -> None:
    """Add the commands of this file to the parser of `keys`."""
    one = commands.add_parser("ceremony", help="make three root keys and the policy, all custodians at one table")
    add_mode(one)
    one.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the new files")
    one.add_argument("--words-out", type=Path, metavar="DIR", help="write the pass-phrases here, never show them")
    one.add_argument("--dry-run", action="store_true", help="do all of it with throw-away keys and keep nothing")
    one.set_defaults(run=ceremony, parser=one)
    parts = commands.add_parser("root", help="one root key").add_subparsers(required=True, metavar="PART")
    one = parts.add_parser("new", help="make a root key")
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.add_argument("--words-out", type=Path, metavar="FILE", help="write the pass-phrase here, never show it")
    one.set_defaults(run=root_new)
    one = parts.add_parser("public", help="give the public part of a root key, for whoever founds the network")
    one.add_argument("file", type=Path, metavar="FILE")
    one.add_argument("--out", type=Path, metavar="FILE", help="write it here (else it is printed)")
    one.set_defaults(run=root_public)
    one = parts.add_parser("try", help="try whether a pass-phrase opens a root key")
    one.add_argument("file", type=Path, metavar="FILE")
    one.set_defaults(run=root_try)
    _add_founding(commands)


def _add_founding(commands: Any) -> None:
    one = commands.add_parser("network", help="write the policy of a network from its custodians' public parts")
    one.add_argument("--root", type=Path, action="append", required=True, metavar="PUB", help="once for each custodian")
    one.add_argument("--threshold", type=int, default=THRESHOLD, metavar="N", help="custodians who must sign (2)")
    add_mode(one)
    add_known(one)
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.set_defaults(run=network)
    one = commands.add_parser("policy", help="write the policy again with the roots that a later roster names")
    one.add_argument("--policy", type=Path, default=Path("policy.json"), metavar="FILE")
    one.add_argument("--roster", type=Path, required=True, metavar="FILE")
    one.add_argument("--chain", type=Path, action="append", default=[], metavar="FILE", help="root changes before it")
    one.add_argument("--out", type=Path, required=True, metavar="FILE")
    one.set_defaults(run=policy_again)
    parts = commands.add_parser("log", help="the log's key").add_subparsers(required=True, metavar="PART")
    one = parts.add_parser("new", help="make the log's key")
    one.add_argument("--origin", required=True, metavar="NAME", help="such as log.example.org/sereno")
    one.add_argument("--out", type=Path, required=True, metavar="FILE", help="the secret key, for the log writer")
    one.add_argument("--request", type=Path, required=True, metavar="FILE", help="the public part, for custodians")
    one.set_defaults(run=log_new)


def ceremony(args: Namespace, now: int) -> None:
    """Make the roots, the policy and the transcript."""
    numbers = range(1, CUSTODIANS + 1)
    files = [args.out / f"root-{number}.json" for number in numbers]
    words = [args.words_out / f"words-{number}.txt" if args.words_out else None for number in numbers]
    policy_file, transcript_file = args.out / "policy.json", args.out / "transcript.txt"
    if args.words_out and args.words_out.resolve() == args.out.resolve():
        args.parser.error("--words-out must not be --out: a pass-phrase beside its file protects nothing")
    disk.require_absent([*files, policy_file, transcript_file, *(one for one in words if one)])
    roots = [make_root() for _ in numbers]
    policy = _found(args, [root.public for root in roots])
    if args.dry_run:
        for root in roots:
            seal_custody(root.request, root.seed, None, generate_passphrase())
        terminal.say("A rehearsal: the keys were made, sealed, opened again and thrown away. Nothing was written.")
        terminal.say("The ceremony would write:", *(f"  {path}" for path in [*files, policy_file, transcript_file]))
        return
    for folder in [args.out, *([args.words_out] if args.words_out else [])]:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for root, file, words_file in zip(roots, files, words, strict=True):
        _keep_root(root, file, words_file)
    record = transcript(policy, [open_request(root.request, "root") for root in roots], now)
    disk.create(policy_file, policy.encode())
    disk.create(transcript_file, record.encode("utf-8"))
    terminal.say(
        "", record, f"Written to {args.out}. Give each custodian their file; keep the policy and the transcript."
    )


def _found(
    args: Namespace, publics: list[bytes], threshold: int = THRESHOLD, known: list[Known] | None = None
) -> Policy:
    return found_network(
        publics,
        args.mode,
        threshold=threshold,
        keys=args.keys,
        organisations=args.organisations,
        cosigners=args.cosigners,
        strict=args.strict,
        known=known or [],
    )


def _keep_root(root: Root, file: Path, words_file: Path | None) -> None:
    """Write a root's file, which was opened again with these words, and hand the words over."""
    passphrase = generate_passphrase()
    sealed = seal_custody(root.request, root.seed, None, passphrase)
    disk.create(file, sealed)
    terminal.hand_over(passphrase, f"root key {root.id} ({file.name})", words_file)


def root_new(args: Namespace, now: int) -> None:
    """Make one root key."""
    disk.require_absent([args.out, *([args.words_out] if args.words_out else [])])
    root = make_root()
    _keep_root(root, args.out, args.words_out)
    terminal.say(*describe_request(open_request(root.request, "root")))


def root_public(args: Namespace, now: int) -> None:
    """Give the public part of a root key: print it, or write it."""
    request = open_root_file(args.file)
    data = request.encode() + b"\n"
    if args.out is None:
        terminal.say(data.decode("utf-8").rstrip("\n"))
        return
    disk.create(args.out, data)
    terminal.say(*describe_request(open_request(request, "root")))


def open_root_file(path: Path) -> Signed:
    """Return the request inside a root's custodian file.  Raises Refused("vault" | "shape")."""
    signed, request = read_custody(disk.read(path))
    if request.kind != "root":
        raise Refused("shape", f"{path} holds a key of kind {request.kind}; a root's is needed.")
    return signed


def root_try(args: Namespace, now: int) -> None:
    """Try a pass-phrase on a root key: soon after the ceremony, and once a year."""
    custody = open_custody(disk.read(args.file), terminal.ask_passphrase(str(args.file)))
    terminal.say(f"The pass-phrase opens the key {custody.request.id}: {custody.request.words}.")


def network(args: Namespace, now: int) -> None:
    """Write the policy from public parts."""
    disk.require_absent([args.out])
    roots: list[Request] = [open_request(read_signed(path), "root") for path in args.root]
    policy = _found(args, [root.public for root in roots], args.threshold, read_knowns(args))
    disk.create(args.out, policy.encode())
    terminal.say(transcript(policy, roots, now))


def policy_again(args: Namespace, now: int) -> None:
    """Write the policy with newer roots, for people who come after a root change."""
    policy = renew_policy(read_policy(args), read_signed(args.roster), read_chain(args))
    file = policy.encode()
    disk.create(args.out, file)
    terminal.say(f"Network {network_words(policy.network)}; policy file SHA-256 {fingerprint(file)}.")


def log_new(args: Namespace, now: int) -> None:
    """Make the log's key and its request."""
    disk.require_absent([args.out, args.request])
    seed = new_seed()
    request = request_log(seed, args.origin)
    key = LogKey(args.origin, seed)
    disk.create(args.out, key.encode())
    disk.create(args.request, request.encode() + b"\n")
    terminal.say(*describe_request(open_request(request, "log")), f"For partners: {key.public.encode()}")
