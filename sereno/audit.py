"""`sereno log audit`: has the log only grown since you looked, and what changed?

Exit 0: it has, and all is as it should be.  3: it has, and there is something to look into.  1: refused.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from protocol.errors import Refused
from protocol.policy import Policy
from sereno import clock
from sereno.auditing import Report, audit
from sereno.logsite import LogSite
from sereno.visit import Visit, read_visit, write_whole

WELL, REFUSED, LOOK = 0, 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("url", help="where the network's alerts are, such as https://alerts.example.org")
    parser.add_argument("--policy", type=Path, help="the network's policy.json, which you got in person")
    parser.add_argument("--state", type=Path, help="where to keep what was seen, for the next visit")


def run(arguments: argparse.Namespace) -> int:
    """Visit the log, say what changed, and return the exit status."""
    now, site = clock.now(), LogSite(arguments.url)
    last = read_visit(arguments.state) if arguments.state else None
    policy, pinned = _policy(arguments.policy, last, site)
    if not pinned:
        print("The policy came from the site itself: changes show, but not whether the site is the network's own.")
    try:
        report = audit(site, policy, last, now, pinned=pinned)
    except Refused as refusal:
        print(f"REFUSED: {_plain(refusal.sentence)}\n  rule {refusal.rule}, {refusal.kind}")
        _keep_evidence(arguments.state, site, refusal, now)
        return REFUSED
    _print(report)
    if arguments.state:
        write_whole(arguments.state, report.visit.encode())
    else:
        print("Nothing was kept: with --state FILE the next visit says what changed since this one.")
    return LOOK if report.concerns else WELL


def _policy(file: Path | None, last: Visit | None, site: LogSite) -> tuple[Policy, bool]:
    """Return the policy to check by, and whether it was got in person; on the first visit the site's own may do."""
    if file is None and last is not None:
        return last.policy, last.pinned
    if file is None:
        try:
            return Policy.decode(site.policy()), False
        except Refused as refusal:
            raise OSError(f"{site.url} gives out a policy that is none: {refusal.kind}.") from None
    policy = Policy.decode(file.read_bytes())
    if last is not None and last.policy.network != policy.network:
        raise Refused(
            "policy",
            f"The policy is of network {policy.network[:16]}; the last visit was to {last.policy.network[:16]}. "
            "Name another --state file.",
        )
    return policy, True


def _print(report: Report) -> None:
    for text in report.says:
        print(_plain(text))
    for text in report.concerns:
        print(f"LOOK  {_plain(text)}")
    print("The log is as it should be." if not report.concerns else f"{len(report.concerns)} things to look into.")


def _plain(text: str) -> str:
    """Return a text that may quote a stranger's server, without what moves a terminal's cursor or hides."""
    return text.encode("ascii", "backslashreplace").decode("ascii")


def _keep_evidence(state: Path | None, site: LogSite, refusal: Refused, now: int) -> None:
    """Leave the last visit as it is, and put what was served now beside it: together they show what happened."""
    if state is None:
        return
    evidence = state.with_name(f"{state.name}.refused-{now}")
    write_whole(evidence, f"{refusal}\n\n".encode() + b"".join(site.served))
    print(f"  What was seen before is in {state}, what is served now in {evidence}: keep both.")
