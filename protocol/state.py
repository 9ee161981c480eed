"""State: what the clock makes of a chain's messages.  Order-free, signed by nobody, the same for everyone.  SPEC 7.5.

Pure: `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from protocol.errors import Refused
from protocol.release import Release, Stop
from protocol.vocabulary import CHECKED, CONFIRMED, ENDED, RETRACTED, UNDER_REVIEW, WITHDRAWN


@dataclass(frozen=True, slots=True)
class State:
    """A chain's public word, why, since when (Unix seconds), and the release it is about."""

    word: str
    cause: str
    since: int
    head: Release

    @property
    def is_current(self) -> bool:
        """Whether the alert stands: what `sereno check` answers with exit 0."""
        return self.word in (CONFIRMED, CHECKED)


def heads(messages: Iterable[Release | Stop]) -> list[Release]:
    """Return the releases that no other release of the chain supersedes, newest first; more than one is a fork."""
    releases = {one.alert.name: one for one in messages if isinstance(one, Release)}
    gone = {name for one in releases.values() for name in one.alert.supersedes}
    found = [one for name, one in releases.items() if name not in gone]
    return sorted(found, key=lambda one: (-one.alert.revision, one.alert.name))


def open_suspensions(messages: Sequence[Release | Stop]) -> list[Stop]:
    """Return the suspensions that no restore answers, the earliest first."""
    answered = {name for one in messages for name in one.answers}
    found = [one for one in messages if one.alert.kind == "suspended" and one.alert.name not in answered]
    stops = [one for one in found if isinstance(one, Stop)]
    return sorted(stops, key=lambda one: (one.alert.issued, one.alert.name))


def state(messages: Sequence[Release | Stop], now: int) -> State:
    """Return the state at `now` of one chain's checked messages, in whatever order they came.

    Raises Refused("alert_chain") for messages of different chains, or with no release among them.
    """
    if len({one.alert.id for one in messages}) != 1:
        raise Refused("alert_chain", "The messages belong to different chains, or there are none.")
    found = heads(messages)
    if not found:
        raise Refused("alert_chain", "The chain has stops only; what they stop has not arrived.")
    head = found[0]
    expires = head.alert.expires or 0

    retractions = [one.alert.issued for one in messages if one.alert.kind == "retracted"]
    if retractions:
        return State(RETRACTED, "signed", min(retractions), head)
    suspended = _suspended(messages, now, head)
    if suspended is not None:
        return suspended
    ends = [one.alert.issued for one in messages if one.alert.kind == "ended"]
    if ends:
        return State(ENDED, "signed", min(ends), head)
    if len(found) > 1:
        since = max(one.alert.issued for one in found)
        return State(UNDER_REVIEW, "forked", since, head)
    if now >= expires:
        return State(ENDED, "time", expires, head)
    return State(CONFIRMED if head.alert.kind == "confirmed" else CHECKED, "signed", head.alert.issued, head)


def _suspended(messages: Sequence[Release | Stop], now: int, head: Release) -> State | None:
    """Return what the unanswered suspensions make of the chain: under review, then withdrawn.

    Only a logged suspension lapses into a withdrawal: with a back-dated, unlogged one a single key could retract.
    """
    waiting = open_suspensions(messages)
    lapsed = [one.alert.lapses or 0 for one in waiting if one.logged is not None and now >= (one.alert.lapses or 0)]
    if lapsed:
        return State(WITHDRAWN, "lapsed", min(lapsed), head)
    if not waiting:
        return None
    # An unlogged suspension whose time is over still warns until the alert itself is over.
    if all(now >= (one.alert.lapses or 0) for one in waiting) and now >= (head.alert.expires or 0):
        return None
    return State(UNDER_REVIEW, "suspended", waiting[0].alert.issued, head)
