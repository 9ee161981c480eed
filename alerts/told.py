"""What is told of a chain: its checked messages, how it stands now, and its words in a language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from look.face import Face
from look.render import Locality, Rendered, Standing, alert_text
from look.words import Words
from protocol import limits
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.release import Knowledge, Release, Stop, check
from protocol.state import State, state
from store.knowledge import knowledge
from store.messages import Message, chain_messages, released_public

SHOWN: Final = limits.DAY  # How long after its release an alert stands on the first page, whatever became of it.
# The kind of message whose reason is why a chain has a word.
KIND_OF: Final = {"under-review": "suspended", "retracted": "retracted", "ended": "ended"}


@dataclass(frozen=True, slots=True)
class Chain:
    """A public chain: its messages in the order of their revisions, and its state."""

    id: str
    messages: tuple[Release | Stop, ...]
    state: State

    @property
    def is_open(self) -> bool:
        """Whether it stands, or may again: an alert under review is told first too, so that nobody shares it."""
        return self.state.is_current or self.state.word == "under-review"

    def until(self, now: int) -> int:
        """Return when the clock alone changes its state next (Unix seconds); 0 if it never does."""
        times = [self.state.head.alert.expires or 0]
        times += [one.alert.lapses or 0 for one in self.messages if one.alert.kind == "suspended"]
        over = self.state.word in ("retracted", "withdrawn", "ended")
        return min((at for at in times if at > now and not over), default=0)


def read_chain(conn: Connection, id: str, policy: Policy, now: int) -> Chain:
    """Return a public chain.  Raises Refused("not_found") for one that is not there or not for everyone."""
    return _read(conn, id, policy, knowledge(conn, policy, now), now)


def current_chains(conn: Connection, policy: Policy, now: int) -> list[Chain]:
    """Return the public chains of the last day: those that may still stand first, then the others, the newest first."""
    ids = {row.chain for row in released_public(conn, now - SHOWN)}
    known = knowledge(conn, policy, now) if ids else Knowledge()
    found = []
    for id in ids:
        try:
            found.append(_read(conn, id, policy, known, now))
        except Refused as refusal:
            if refusal.kind != "not_found":
                raise
    return sorted(found, key=lambda one: (not one.is_open, -one.state.since, one.id))


def is_public(conn: Connection, id: str) -> bool:
    """Say whether a chain has a release that was let out, and none that is not for everyone."""
    return _for_all(chain_messages(conn, id, released=True))


def _for_all(rows: list[Message]) -> bool:
    audiences = {one.audience for one in rows if one.kind in ("confirmed", "checked")}
    return audiences == {"public"}


def _read(conn: Connection, id: str, policy: Policy, known: Knowledge, now: int) -> Chain:
    rows = chain_messages(conn, id, released=True)
    # Before anything is checked: a refusal must not tell that an alert for responders is here.
    if not _for_all(rows):
        raise _not_here(id)
    messages = [one for row in rows for one in _checked(row, policy, known, now)]
    if not any(isinstance(one, Release) for one in messages):
        # Its signers count no more.  It does not stand; that it was taken back, or is over, is told to who comes back.
        messages = [one for row in rows for one in _checked(row, policy, Knowledge(), row.released_at or 0)]
        if not any(isinstance(one, Release) for one in messages) or state(messages, now).is_current:
            raise _not_here(id)
    ordered = tuple(sorted(messages, key=lambda one: (one.alert.revision, one.alert.issued, one.alert.name)))
    return Chain(id, ordered, state(ordered, now))


def _checked(row: Message, policy: Policy, known: Knowledge, now: int) -> list[Release | Stop]:
    """Return the message a row holds; none if it no longer counts, as for everyone else who would check it now."""
    try:
        return [check(row.bundle or b"", policy, now, known)]
    except Refused:
        return []


def _not_here(id: str) -> Refused:
    return Refused("not_found", f"There is no public alert {id[:32]} here.")


def standing(chain: Chain) -> Standing:
    """Return how a chain stands, as the words need it."""
    found = chain.state
    kind = KIND_OF.get(found.word)
    stops = (one for one in chain.messages if one.alert.kind == kind and one.alert.issued == found.since)
    stop = next(stops, None)
    return Standing(
        word=found.word,
        cause=found.cause,
        since=found.since,
        verifiers=len(found.head.voices.ids),
        organizations=len(found.head.voices.organisations),
        reason=stop.alert.fields["reason"] if stop else "",
    )


def words_of(chain: Chain, face: Face, words: Words, now: int) -> Rendered:
    """Return a chain's words in a language."""
    check_at = f"{face.addresses['alerts']}/{words.lang}/alerts/{chain.id}"
    locality = Locality.of(face, words.lang, check_at)
    return alert_text(chain.state.head.alert.fields, standing(chain), words.lang, now, locality)
