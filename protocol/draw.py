"""The draw: who judges a proposal as the second key.  SPEC 9.4.

Nobody picks their own second: the order follows from the proposal and from the log's latest root, which no verifier
chooses, and whoever audits the case can redo it.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from protocol.encoding import sha256
from protocol.roster import Verifier


def draw(
    proposal: str, root: bytes, candidates: Iterable[Verifier], proposer: Verifier, conflicted: Collection[str] = ()
) -> tuple[str, ...]:
    """Return the ids of those who may judge, the first drawn first: other organisations before the proposer's own.

    `proposal` is the SHA-256 that names the proposal's event (hexadecimal), `root` the log's latest root (32 bytes).
    Within a group the lowest SHA-256(proposal ‖ root ‖ id) comes first.
    """
    fit = {
        one.id: one
        for one in candidates
        if one.id != proposer.id and one.id not in conflicted and one.revoked_at is None and "trainee" not in one.roles
    }
    lots = {name: sha256(bytes.fromhex(proposal) + root + name.encode("ascii")) for name in fit}
    return tuple(sorted(fit, key=lambda name: (fit[name].org == proposer.org, lots[name])))
