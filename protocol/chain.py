"""Chains: whether a new message fits the ones before it.  SPEC 7.6.  The gate asks before it sends anything.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from protocol.alert import Alert
from protocol.errors import Refused
from protocol.release import Release, Stop
from protocol.state import heads, open_suspensions, state
from protocol.vocabulary import ENDED, RETRACTED, WITHDRAWN


def require_fits(alert: Alert, signers: Collection[str], messages: Sequence[Release | Stop], now: int) -> None:
    """Raise unless `alert` may follow `messages`, the checked messages of its chain so far.

    A message that is among them already fits.  Raises Refused: alert_chain, release_state, attestation_suspender.
    """
    if any(one.alert.name == alert.name for one in messages):
        return
    if not messages:
        if alert.is_stop or alert.revision != 1:
            raise Refused("alert_chain", f"Chain {alert.id} has no message yet, so the first must be a release.")
        return
    highest = max(one.alert.revision for one in messages)
    if alert.revision != highest + 1:
        raise Refused("alert_chain", f"The next revision is {highest + 1}; this says {alert.revision}. Open it afresh.")
    unknown = set(alert.supersedes) - {one.alert.name for one in messages}
    if unknown:
        raise Refused("alert_chain", f"The message answers {sorted(unknown)[0][:16]}, which the chain does not have.")
    if alert.is_stop:
        _stop_fits(alert, signers, messages, now)
    else:
        _release_fits(alert, messages, now)


def _stop_fits(alert: Alert, signers: Collection[str], messages: Sequence[Release | Stop], now: int) -> None:
    # Whoever may read the alert reads its stop: one that names fewer would let an alert stand before everyone else.
    for one in messages:
        if isinstance(one, Release) and one.alert.audience != alert.audience:
            raise Refused(
                "alert_chain",
                f"A stop is for the chain's audience, {one.alert.audience}; this is for {alert.audience}.",
            )
    word = state(messages, now).word
    # A retraction corrects what was said and so comes never too late; the others lower what still stands.
    if word in (RETRACTED, WITHDRAWN) or (word == ENDED and alert.kind != "retracted"):
        raise Refused("release_state", f"The alert is {word}; there is nothing left that {alert.kind} would lower.")
    if alert.kind == "suspended":
        if not set(alert.supersedes) <= {one.alert.name for one in messages if isinstance(one, Release)}:
            raise Refused("alert_chain", "A suspension answers confirmed or checked messages and no stop.")
        for one in messages:
            if one.alert.kind == "suspended" and one.voices.ids & set(signers):
                raise Refused("attestation_suspender", "One verifier suspends a chain once; another has to agree.")


def _release_fits(alert: Alert, messages: Sequence[Release | Stop], now: int) -> None:
    current = state(messages, now)
    if current.word in (RETRACTED, WITHDRAWN, ENDED):
        raise Refused("release_state", f"The alert is {current.word}; what is over needs a new alert, not an update.")
    found = heads(messages)
    wanted = {one.alert.name for one in found} | {one.alert.name for one in open_suspensions(messages)}
    if set(alert.supersedes) != wanted:
        raise Refused(
            "alert_chain",
            f"An update answers every head and every open suspension, {len(wanted)} messages; this answers "
            f"{len(set(alert.supersedes) & wanted)} of them and {len(set(alert.supersedes) - wanted)} others.",
        )
    for one in found:
        for name in ("kind", "first", "class_", "audience"):
            if getattr(alert, name) != getattr(one.alert, name):
                raise Refused("alert_chain", f"An update keeps the chain's {name.rstrip('_')}; this one changes it.")
