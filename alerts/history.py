"""History: what happened to an alert, line by line, what was signed and what the clock did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.told import Chain
from look.render import time_text
from look.words import Words
from protocol.alert import Alert


@dataclass(frozen=True, slots=True)
class Event:
    """One line: when (in words and for machines), what, and the name of the message that says so; "" for the clock."""

    time: str
    iso: str
    text: str
    name: str


def history(chain: Chain, words: Words, timezone: str, now: int) -> list[Event]:
    """Return a chain's lines, the newest first."""
    told = [(one.alert.issued, _said(one.alert, words), one.alert.name) for one in chain.messages]
    clock = _clock(chain, words)
    if clock:
        told.append((chain.state.since, clock, ""))
    zone = ZoneInfo(timezone)
    return [
        Event(time_text(at, words, now, timezone), datetime.fromtimestamp(at, zone).isoformat(), text, name)
        for at, text, name in sorted(told, key=lambda one: one[0], reverse=True)
    ]


def _said(alert: Alert, words: Words) -> str:
    """Return what a signed message did."""
    return {
        "confirmed": words.gettext("Confirmed by verifiers who checked it."),
        "updated": words.gettext("Confirmed again, with news."),
        "checked": words.gettext("Checked. It was not confirmed."),
        "suspended": words.gettext("A verifier asked to look again: under review."),
        "retracted": words.gettext("Taken back: it was wrong."),
        "ended": words.gettext("A verifier reported that it is over."),
    }["updated" if alert.kind == "confirmed" and alert.revision > 1 else alert.kind]


def _clock(chain: Chain, words: Words) -> str:
    """Return what the clock did, which nobody signs; "" if nothing."""
    return {
        ("withdrawn", "lapsed"): words.gettext("Nobody could check it again within 10 minutes: withdrawn."),
        ("ended", "time"): words.gettext("Its time ran out."),
    }.get((chain.state.word, chain.state.cause), "")
