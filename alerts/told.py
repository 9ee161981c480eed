"""What is told of a chain: its checked messages, how it stands now, and its words in a language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from look.face import Face
from look.render import Locality, Rendered, Standing, alert_text
from protocol import limits
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.release import Release, Stop
from protocol.state import State, state
from store.knowledge import knowledge, released_chain
from store.messages import released_public

SHOWN = limits.DAY  # How long after its release an alert stands on the first page, whatever became of it.


@dataclass(frozen=True, slots=True)
class Chain:
    """A public chain: its messages in the order of their revisions, and its state."""

    id: str
    messages: tuple[Release | Stop, ...]
    state: State

    @property
    def until(self) -> int:
        """When its state changes next by the clock alone (Unix seconds); 0 if it never does."""
        if self.state.is_current:
            return self.state.head.alert.expires or 0
        lapses = [one.alert.lapses or 0 for one in self.messages if one.alert.kind == "suspended"]
        return max(lapses, default=0) if self.state.word == "under-review" else 0


def read_chain(conn: Connection, id: str, policy: Policy, now: int) -> Chain:
    """Return a public chain.  Raises Refused("not_found") for one that is not there or not for everyone."""
    messages = released_chain(conn, id, policy, knowledge(conn, policy), now)
    releases = [one for one in messages if isinstance(one, Release)]
    # A stop names an audience too; what the chain is about is said by its releases.
    if not releases or any(one.alert.audience != "public" for one in releases):
        raise Refused("not_found", f"There is no public alert {id[:16]} here.")
    ordered = tuple(sorted(messages, key=lambda one: (one.alert.revision, one.alert.issued)))
    return Chain(id, ordered, state(messages, now))


def current_chains(conn: Connection, policy: Policy, now: int) -> list[Chain]:
    """Return the public chains of the last day: those that stand first, then the others, the newest first."""
    ids = {row.chain for row in released_public(conn, now - SHOWN)}
    found = []
    for id in ids:
        try:
            found.append(read_chain(conn, id, policy, now))
        except Refused:
            continue  # A stop whose alert is for responders only, or whose signers were revoked since: nothing to show.
    return sorted(found, key=lambda one: (not one.state.is_current, -one.state.since, one.id))


def standing(chain: Chain) -> Standing:
    """Return how a chain stands, as the words need it."""
    head = chain.state.head
    reasons: Sequence[str] = [one.alert.fields["reason"] for one in chain.messages if one.alert.is_stop]
    return Standing(
        word=chain.state.word,
        cause=chain.state.cause,
        since=chain.state.since,
        verifiers=len(head.voices.ids),
        organizations=len(head.voices.organisations),
        reason=reasons[-1] if reasons else "",
    )


def words_of(chain: Chain, face: Face, language: str, now: int) -> Rendered:
    """Return a chain's words in a language."""
    check = f"{face.addresses['alerts']}/{language}/alerts/{chain.id}"
    locality = Locality.of(face, language, check)
    return alert_text(chain.state.head.alert.fields, standing(chain), language, now, locality)
