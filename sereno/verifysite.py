"""`sereno verify-site`: are a network's pages, as anybody gets them, those that its custodians signed?

Exit 0: every page that was asked for is the same.  1: one is not, or the manifest is refused.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from look.words import languages
from protocol.encoding import canonical, parse
from protocol.errors import Refused
from protocol.manifest import CARRIED, Manifest, open_manifest, roots_of
from protocol.policy import Policy, Roots
from protocol.roster import Roster, open_roster
from protocol.shape import SHA256, exactly, integer, record
from protocol.signed import Signed
from protocol.sixwords import words_of
from protocol.trail import Trail
from sereno import browse, clock
from sereno.sitecheck import SAME, check_face
from sereno.sitepages import WORKER
from sereno.visit import write_whole

SEEN: Final = record(
    {
        "v": exactly(1),
        "network": SHA256,
        "manifest": record({"number": integer(1), "name": SHA256}),
        "roster": integer(0),
    }
)
CANT_SHOW: Final = (
    "This shows what was served here, now. Not shown: a page made for one visitor, who is told apart by address, time "
    "or browser (run this from several places, and through Tor); what a page is served later; what a browser is told "
    "by others. A copy on your own machine (sereno desk, a saved form or check page) can't be swapped."
)


@dataclass(frozen=True, slots=True)
class Seen:
    """What an earlier run saw: the manifest's number and name, and the roster's number (0: none was looked at)."""

    number: int
    name: str
    roster: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    text = "where form, desk and alerts are; which is which shows, or write form=URL, desk=URL, check=URL"
    parser.add_argument("url", nargs="+", help=text)
    parser.add_argument("--policy", type=Path, required=True, help="the network's policy.json, which you got in person")
    text = "a roster that changed the roots after the policy was written; in their order"
    parser.add_argument("--chain", type=Path, action="append", default=[], help=text)
    parser.add_argument("--manifest", type=Path, help="the manifest, if not the one that the alerts' site hands out")
    parser.add_argument(
        "--state", type=Path, help="where to remember the manifest: an older one is refused from then on"
    )


def run(arguments: argparse.Namespace) -> int:
    """Ask for every page, say of each what it is, and return the exit status."""
    policy = Policy.decode(arguments.policy.read_bytes())
    given = [_address(one) for one in arguments.url]
    seen = read_seen(arguments.state, policy) if arguments.state else None
    try:
        chain = [_signed(one.read_bytes()) for one in arguments.chain]
        alerts = _alerts_of(given, needed=arguments.manifest is None)
        roster = None if alerts is None else _roster(alerts, chain, policy, clock.now())
        data = arguments.manifest.read_bytes() if arguments.manifest else _fetch(alerts or "", "/manifest.json")
        manifest = open_manifest(_signed(data), _roots(roster, chain, policy), policy)
        _require_newer(seen, manifest, roster)
    except Refused as refusal:
        print(f"REFUSED: {plain(refusal.sentence)}\n  rule {refusal.rule}, {refusal.kind}")
        return 1
    print(f"Manifest {manifest.number} of {len(manifest.pages)} pages, signed on {clock.shown(manifest.issued)}:")
    print(f"  {words_of(bytes.fromhex(manifest.name))}")
    if arguments.state:
        write_whole(arguments.state, _encode_seen(policy, manifest, roster, seen))
    return _report(manifest, [(face or _face_of(url, manifest), url) for face, url in given])


def _report(manifest: Manifest, sites: list[tuple[str, str]]) -> int:
    """Look at every site, say what is found, and return the exit status."""
    wrong = 0
    for face, url in sites:
        print(f"{face} at {url}")
        for found in check_face(manifest, face, partial(browse.get, url), languages()):
            wrong += found.word != SAME
            print(f"  {found.word:<8} {found.path}" + (f"  {plain(found.why)}" if found.why else ""))
    for face in sorted(set(CARRIED) - {face for face, _ in sites}):
        print(f"{face}: NOT looked at; name its address too.")
    print(
        f"{wrong} page{'s are' if wrong > 1 else ' is'} not what the custodians signed. Do not use it; call them."
        if wrong
        else "Every page that was looked at is the one that the custodians signed."
    )
    print(CANT_SHOW)
    return 1 if wrong else 0


def _address(text: str) -> tuple[str, str]:
    face, is_named, url = text.partition("=")
    if not is_named:
        face, url = "", text
    if (is_named and face not in CARRIED) or not url.startswith(("https://", "http://")):
        raise OSError(f"{text} is no address: write https://…, or one of {', '.join(CARRIED)} before it and =.")
    return face, url.rstrip("/")


def _fetch(url: str, path: str) -> bytes:
    answer = browse.get(url, path, "en")
    if answer.status != 200:
        raise OSError(f"{url} has no {path}: the answer is {answer.status}.")
    return answer.body


def _alerts_of(given: list[tuple[str, str]], *, needed: bool) -> str | None:
    """Return the address that hands out the roster and the manifest: the public face's."""
    for face, url in given:
        if face == "check" or (not face and browse.get(url, "/policy.json", "en").status == 200):
            return url
    if needed:
        raise OSError("None of these addresses hands out a manifest. Name the alerts' address too, or --manifest FILE.")
    return None


def _face_of(url: str, manifest: Manifest) -> str:
    """Return which face an address seems to be.  One that lies about it is found out by its pages."""
    check = next(path for face, path in manifest.pages if face == "check")
    for face, path in (("desk", WORKER), ("check", check)):
        if browse.get(url, path, "en").status == 200:
            return face
    return "form"


def _roster(url: str, chain: list[Signed], policy: Policy, now: int) -> Roster:
    """Return the roster that a site says is in force, checked; it must know every root change that we were handed."""
    trail = Trail.decode(_fetch(url, "/roster.json"))
    roster = open_roster(trail.roster, trail.chain, policy)
    roster.require_current(now)
    known = [one.message() for one in (*trail.chain, trail.roster)]
    for number, link in enumerate(chain):
        roots_of(policy, chain[: number + 1])
        if link.message() not in known:
            raise Refused(
                "roster_chain",
                f"The site's roster {roster.number} knows nothing of the root change {link.message()[:16]} that you "
                "were handed: it hands out an old one.",
            )
    return roster


def _roots(roster: Roster | None, chain: list[Signed], policy: Policy) -> Roots:
    return roster.roots if roster is not None else roots_of(policy, chain)


def _require_newer(seen: Seen | None, manifest: Manifest, roster: Roster | None) -> None:
    if seen is None:
        return
    manifest.require_follows(seen.number, seen.name)
    if roster is not None and roster.number < seen.roster:
        raise Refused(
            "roster_chain", f"The site hands out roster {roster.number}; roster {seen.roster} was seen before."
        )


def read_seen(path: Path, policy: Policy) -> Seen | None:
    """Return what a state file remembers; None where there is none yet.  Raises Refused, OSError for another's."""
    if not path.exists():
        return None
    value: Mapping[str, Any] = parse(path.read_bytes(), 4096)
    SEEN(value, "state")
    if value["network"] != policy.network:
        raise OSError(f"{path} remembers network {value['network'][:16]}; the policy is of {policy.network[:16]}.")
    return Seen(value["manifest"]["number"], value["manifest"]["name"], value["roster"])


def _encode_seen(policy: Policy, manifest: Manifest, roster: Roster | None, before: Seen | None) -> bytes:
    number = max(roster.number if roster else 0, before.roster if before else 0)
    held = {"number": manifest.number, "name": manifest.name}
    return canonical({"v": 1, "network": policy.network, "manifest": held, "roster": number})


def _signed(data: bytes) -> Signed:
    return Signed.decode(data.removesuffix(b"\n"))


def plain(text: str) -> str:
    """Return a text that may quote a stranger's server, without what moves a terminal's cursor or hides."""
    return text.encode("ascii", "backslashreplace").decode("ascii")
