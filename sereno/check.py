"""`sereno check`: is this alert genuine, and does it still stand?  Offline: files in, a verdict out.

Exit 0: genuine and current.  3: genuine, but under review, withdrawn, retracted or ended.  1: not genuine.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from protocol import limits
from protocol.encoding import canonical, parse
from protocol.errors import Refused
from protocol.log import Logged
from protocol.policy import Policy
from protocol.quorum import Voices
from protocol.release import Knowledge, Release, Stop, check
from protocol.roster import Roster, open_roster
from protocol.slip import Slip
from protocol.state import State, state
from protocol.stay import Stay, check_stay
from protocol.trail import Trail
from sereno import clock
from sereno.terminal import shown

GENUINE, NOT_GENUINE, NOT_CURRENT = 0, 1, 3
MOST: Final = 256  # Stays in one list, as a publication has them.

WEB = ("https://", "http://")

WORDS = {
    "confirmed": "CONFIRMED",
    "checked": "CHECKED, NOT CONFIRMED",
    "under-review": "UNDER REVIEW",
    "withdrawn": "WITHDRAWN",
    "retracted": "RETRACTED",
    "ended": "ENDED",
}
CAUSES = {
    ("ended", "time"): "time ran out; it was not confirmed clear",
    ("ended", "signed"): "a verifier reported that it is over",
    ("retracted", "signed"): "it was retracted: it was wrong",
    ("withdrawn", "lapsed"): "it was suspended and nobody could re-check it within 10 minutes",
    ("under-review", "suspended"): "a verifier suspended it; do not share it",
    ("under-review", "forked"): "two versions contradict each other; do not share either",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("release", help="the release.json to check, or what a QR code says: https://…/check#…")
    parser.add_argument("more", nargs="*", help="further messages of the same alert: updates, stops")
    text = "a stay (or the network's stays.json): whom a lead has suspended did not sign; may be repeated"
    parser.add_argument("--stay", type=Path, action="append", default=[], metavar="FILE", help=text)
    parser.add_argument("--policy", type=Path, required=True, help="the network's policy.json, which you got in person")
    parser.add_argument(
        "--roster",
        type=Path,
        action="append",
        default=[],
        help="a file with a roster, such as /roster.json: for a QR code under it, and for whom it has revoked since",
    )
    parser.add_argument("--at", type=clock.read_time, default=None, help="the time to check for; now if not given")


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict and return the exit status."""
    now = clock.now() if arguments.at is None else arguments.at
    try:
        policy = Policy.decode(arguments.policy.read_bytes())
    except Refused as error:
        print(f"The policy file can't be used. {error.sentence} [{error.rule}]", file=sys.stderr)
        return NOT_GENUINE
    trails = [Trail.decode(file.read_bytes()) for file in arguments.roster]
    revoked = revoked_in(trails, arguments.roster, policy)
    messages: list[Release | Stop] = []
    stays: list[Stay] = []
    for given in (*map(str, arguments.stay), arguments.release, *arguments.more):
        fault = "CAN'T BE CHECKED"  # A code that can't be read is not an alert yet, so it is not a false one either.
        try:
            bundle = bundle_of(given, trails)
            fault = "NOT GENUINE"
            if Path(given) in arguments.stay:
                stays += [check_stay(one, policy) for one in _each(bundle)]
            else:
                messages.append(check(bundle, policy, now, Knowledge(tuple(stays), revoked)))
        except Refused as error:
            called = "the code" if given.startswith(WEB) else Path(given).name
            print(f"{fault}: {called}\n  {shown(error.sentence)}\n  rule {error.rule}, {error.kind}")
            print(_as_of(now))
            return NOT_GENUINE
    try:
        found = state(messages, now)
    except Refused as error:
        print(f"NOT AN ALERT BY ITSELF: {shown(error.sentence)}\n  rule {error.rule}, {error.kind}")
        return NOT_GENUINE
    print("\n".join(_verdict(found, messages, policy)))
    print(_as_of(now))
    return GENUINE if found.is_current else NOT_CURRENT


def bundle_of(given: str, trails: Sequence[Trail]) -> bytes:
    """Return the bundle in a file, or of a slip: an address, or a file with one.  Raises OSError, as `Slip` does."""
    data = given.encode("utf-8") if given.startswith(WEB) else Path(given).read_bytes()
    if not data.startswith(tuple(start.encode() for start in WEB)):
        return data
    slip = Slip.find(data.decode("utf-8", "replace"))
    if slip is None:
        raise Refused("slip", "This address carries no slip. Copy all of it, or get the proof file, release.json.")
    return slip.bundle(trails)


def revoked_in(trails: Sequence[Trail], files: Sequence[Path], policy: Policy) -> dict[str, int]:
    """Return whom the highest of these rosters has revoked, and from which entry of the log on.

    One that does not check up to the policy's roots says nothing, and that is said.
    """
    opened: list[Roster] = []
    for trail, file in zip(trails, files, strict=True):
        try:
            opened.append(open_roster(trail.roster, trail.chain, policy))
        except Refused as error:
            print(f"{file.name} says nothing here: {error.sentence} [{error.rule}]", file=sys.stderr)
    highest = max(opened, key=lambda one: one.number, default=None)
    verifiers = highest.verifiers.values() if highest is not None else ()
    return {one.id: one.revoked_at for one in verifiers if one.revoked_at is not None}


def _each(data: bytes) -> list[bytes]:
    """Return the bundles of a file: itself, or those of a list as /stays.json has them."""
    if not data.startswith(b"["):
        return [data]
    value = parse(data, MOST * limits.MAX_BUNDLE)
    if not isinstance(value, list) or len(value) > MOST:
        raise Refused("shape", f"A list of stays has at most {MOST} of them.")
    return [canonical(one) for one in value]


def _as_of(now: int) -> str:
    return f"As of {clock.shown(now)}; a later stop may exist."


def _verdict(found: State, messages: Sequence[Release | Stop], policy: Policy) -> list[str]:
    head = found.head
    drill = " · EXERCISE, not real" if policy.mode == "exercise" else ""
    fields = head.alert.fields
    lines = [f"{WORDS[found.word]}{drill}"]
    cause = CAUSES.get((found.word, found.cause))
    lines.append(f"  {'since' if cause else 'issued'} {clock.shown(found.since)}" + (f": {cause}" if cause else ""))
    lines.append(f"  what     class {head.alert.class_}, {fields['template']}, for {head.alert.audience}")
    lines.append(f"  where    zone {fields['place']['zone']}, cell {fields['place']['cell']}")
    lines.append(f"  seen     {clock.shown(fields['seen'])}")
    lines.append(f"  until    {clock.shown(head.alert.expires or 0)}")
    lines += [f"  {language:<8} {text}" for language, text in sorted(fields["free"].items())]
    lines += ["  genuine:", f"    {_signers(head.voices)}"]
    lines.append(f"    roster {head.roster.number} of network {head.roster.network[:16]}, by the pinned root keys")
    if head.logged is not None:
        lines.append(f"    entry {head.logged.index} of the log {head.roster.log_origin}")
        lines.append(f"    {_strength(head.logged, policy, head.alert.issued)}")
    lines += [f"    and {one.alert.kind}, {clock.shown(one.alert.issued)}" for one in messages if one.alert.is_stop]
    return lines


def _strength(logged: Logged, policy: Policy, issued: int) -> str:
    """Return how strong the log's word is: witnessed, or by log alone, and then for how long that does."""
    seen = ", ".join(f"{name} at {clock.shown(time)}" for name, time in logged.witnessed)
    if len(logged.witnessed) >= max(policy.cosigners, 1):
        return f"witnessed: {seen}"
    if not policy.cosigners:
        return "by log; no cosigner has countersigned it, and your policy asks for none"
    return (
        f"by log, NOT YET WITNESSED: {len(logged.witnessed)} of {policy.cosigners} cosigners. "
        f"Without them it counts until {clock.shown(issued + limits.HOUR)}; ask for the bundle again before then"
    )


def _signers(voices: Voices) -> str:
    ids = ", ".join(f"{one.id} ({one.org})" for one in voices.verifiers)
    return f"{len(voices.ids)} verifiers of {len(voices.organisations)} organisations signed these bytes: {ids}"
