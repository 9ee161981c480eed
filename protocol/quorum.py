"""Attestations and quorum: which signatures count, and whether they suffice.  SPEC 7.3.

Counted afresh from signed bytes each time.  One person, one voice; one bad voice refuses the whole.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from protocol.alert import Alert
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.roster import Roster, Verifier
from protocol.stay import Stay, stayed_at


@dataclass(frozen=True, slots=True)
class Voices:
    """Those whose attestations count for one message."""

    verifiers: tuple[Verifier, ...]

    @property
    def ids(self) -> frozenset[str]:
        """The distinct verifiers' ids."""
        return frozenset(one.id for one in self.verifiers)

    @property
    def organisations(self) -> frozenset[str]:
        """The distinct organisations they come from."""
        return frozenset(one.org for one in self.verifiers)

    @property
    def has_lead(self) -> bool:
        """Whether a lead is among them."""
        return any("lead" in one.roles for one in self.verifiers)


def count(
    ids: Collection[str],
    alert: Alert,
    roster: Roster,
    stays: Collection[Stay] = (),
    index: int | None = None,
    revoked: Mapping[str, int] | None = None,
) -> Voices:
    """Return the voices of the signers `ids`, whose signatures `Signed.check` has found good; all must count.

    `index` is the alert's place in the log (None: not in it); `revoked` adds later rosters' revocations by verifier id.
    Raises Refused: attestation_lapsed, attestation_revoked, attestation_stayed, attestation_trainee.
    """
    stayed = stayed_at(stays, alert.issued)
    voices = []
    for keyid in sorted(set(ids)):
        one = roster.verifiers[keyid]
        if alert.issued >= one.certified_until:
            raise Refused(
                "attestation_lapsed",
                f"The certification of {keyid} ended at {one.certified_until}; the alert was issued at {alert.issued}.",
            )
        bounds = [bound for bound in (one.revoked_at, (revoked or {}).get(keyid)) if bound is not None]
        if bounds and (index is None or index >= min(bounds)):
            where = "not in the log" if index is None else f"entry {index}"
            raise Refused(
                "attestation_revoked",
                f"The key of {keyid} is revoked from log entry {min(bounds)} on; the alert is {where}.",
            )
        if keyid in stayed:
            raise Refused("attestation_stayed", f"A lead has suspended {keyid} for the time the alert was issued.")
        if "trainee" in one.roles:
            raise Refused("attestation_trainee", f"{keyid} is a trainee; trainees attest nothing.")
        voices.append(one)
    return Voices(tuple(voices))


def require(voices: Voices, alert: Alert, roster: Roster, policy: Policy) -> None:
    """Raise unless the voices suffice for this kind, class and audience: the refusal counts for its reader.

    The policy can only raise what the roster asks.  Raises Refused: quorum_short, quorum_lead.
    """
    if alert.kind == "suspended":
        if len(voices.ids) != 1:
            raise Refused("quorum_short", f"A suspension is one person's doubt; this has {len(voices.ids)} signers.")
        return
    # One is enough to say it is over; where two say so, readers may be told all clear.
    if (alert.kind == "ended" and voices.ids) or (alert.kind == "retracted" and voices.has_lead):
        return
    keys = max(roster.keys, policy.keys)
    organisations = max(roster.organisations_needed, policy.organisations)
    if len(voices.ids) < keys or len(voices.organisations) < organisations:
        mend = "A second verifier has to sign." if keys - len(voices.ids) == 1 else "More verifiers have to sign."
        if len(voices.ids) >= keys:
            mend = "A verifier of another organisation has to sign."
        raise Refused(
            "quorum_short",
            f"{len(voices.ids)} of {keys} keys ({', '.join(sorted(voices.ids))}) from {len(voices.organisations)} of "
            f"{organisations} organisations. {mend}",
        )
    needs_lead = alert.class_ in ("C", "D", "E") or (alert.class_ == "B" and alert.audience == "public")
    if needs_lead and not voices.has_lead:
        raise Refused("quorum_lead", f"Class {alert.class_} for {alert.audience} needs a lead among its signers.")
