"""Every way a byte can be refused: one kind, one rule, one HTTP status.  SPEC 2.

The table is the contract: Python, JavaScript and SPEC list the same kinds, and a test holds them together.
A refusal is raised, never returned as false: what is not checked must not look like a value.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Kind(NamedTuple):
    """What a refusal means to a caller: the rule it breaks and the HTTP status that says so."""

    rule: str
    status: int


KINDS: Final[dict[str, Kind]] = {
    # Encoding: bytes that are not what our own encoder writes.
    "too_large": Kind("ENC-1", 413),
    "not_utf8": Kind("ENC-2", 400),
    "not_json": Kind("ENC-3", 400),
    "not_canonical": Kind("ENC-4", 400),
    "shape": Kind("ENC-5", 400),
    "text": Kind("ENC-6", 400),
    # Signatures.
    "payload_type": Kind("SIG-1", 400),
    "signature": Kind("SIG-2", 403),
    "signer": Kind("SIG-3", 403),
    "public_key": Kind("SIG-4", 400),
    # age files.
    "age_header": Kind("AGE-1", 400),
    "age_no_match": Kind("AGE-2", 400),
    "age_mac": Kind("AGE-3", 400),
    "age_payload": Kind("AGE-4", 400),
    "age_scope": Kind("AGE-5", 400),
    "age_recipient": Kind("AGE-6", 400),
    # Tips and envelopes.
    "envelope_plain": Kind("ENV-1", 400),
    "stanza_kind": Kind("ENV-2", 400),
    "stanza_count": Kind("ENV-3", 409),
    "bucket": Kind("ENV-4", 400),
    "set_old": Kind("ENV-5", 409),
    "set_unknown": Kind("ENV-6", 409),
    "desk_unknown": Kind("ENV-7", 404),
    "digest": Kind("ENV-8", 400),
    "burnt": Kind("ENV-9", 410),
    "tip_magic": Kind("TIP-1", 400),
    "tip_layout": Kind("TIP-2", 400),
    "tip_padding": Kind("TIP-3", 400),
    "tip_digest": Kind("TIP-4", 400),
    "tip_thread": Kind("TIP-5", 403),
    # The drop.
    "drop": Kind("DRO-1", 400),
    "cell": Kind("DRO-2", 400),
    "question": Kind("DRO-3", 403),
    # Rosters, epoch keys, sets, vaults.
    "policy": Kind("ROS-1", 400),
    "roster_signers": Kind("ROS-2", 403),
    "roster_network": Kind("ROS-3", 403),
    "roster_dates": Kind("ROS-4", 403),
    "roster_chain": Kind("ROS-5", 403),
    "roster_content": Kind("ROS-6", 400),
    "epoch_key": Kind("EPO-1", 403),
    "epoch_dates": Kind("EPO-2", 400),
    "set_signers": Kind("SET-1", 403),
    "set_members": Kind("SET-2", 403),
    "set_chain": Kind("SET-3", 409),
    "stay": Kind("STA-1", 403),
    "vault": Kind("VAU-1", 400),
    "passphrase": Kind("VAU-2", 403),
    "code_word": Kind("COD-1", 400),
    # Alerts, quorum, release.
    "alert_network": Kind("ALE-1", 403),
    "alert_times": Kind("ALE-2", 400),
    "alert_class": Kind("ALE-3", 403),
    "alert_chain": Kind("ALE-4", 409),
    "alert_vocabulary": Kind("ALE-5", 400),
    "privacy": Kind("ALE-6", 400),
    "quorum_short": Kind("QUO-1", 403),
    "quorum_lead": Kind("QUO-2", 403),
    "attestation_lapsed": Kind("QUO-3", 403),
    "attestation_revoked": Kind("QUO-4", 403),
    "attestation_stayed": Kind("QUO-5", 403),
    "attestation_trainee": Kind("QUO-6", 403),
    "attestation_suspender": Kind("QUO-7", 403),
    "release_late": Kind("REL-1", 409),
    "release_state": Kind("REL-2", 409),
    "release_bundle": Kind("REL-3", 400),
    "slip": Kind("REL-4", 400),
    "slip_roster": Kind("REL-5", 409),
    # Log.
    "note": Kind("LOG-1", 400),
    "checkpoint": Kind("LOG-2", 400),
    "log_proof": Kind("LOG-3", 403),
    "log_key": Kind("LOG-4", 403),
    "log_witness": Kind("LOG-5", 403),
    "log_tile": Kind("LOG-6", 400),
    "log_fork": Kind("LOG-7", 409),
    "witness_request": Kind("LOG-8", 400),
    "witness_size": Kind("LOG-9", 409),
    "witness_proof": Kind("LOG-10", 422),
    # Casework.
    "move": Kind("CAS-1", 409),
    "event_chain": Kind("CAS-2", 409),
    "evidence": Kind("CAS-3", 409),
    "conflict": Kind("CAS-4", 403),
    # The doors and the desk.
    "work": Kind("DOO-1", 403),
    "under_load": Kind("DOO-2", 503),
    "slow_body": Kind("DOO-3", 408),
    "media_type": Kind("DOO-4", 415),
    "not_found": Kind("DOO-5", 404),
    "sign_in": Kind("DES-1", 401),
    "not_yours": Kind("DES-2", 403),
    # Outbound.
    "address": Kind("DEL-1", 400),
    # Photos and their way in.
    "photo": Kind("PHO-1", 400),
    "upload": Kind("UPL-1", 409),
    "part": Kind("UPL-2", 400),
    # Manifests of pages.
    "manifest": Kind("MAN-1", 400),
    "manifest_signers": Kind("MAN-2", 403),
    "manifest_network": Kind("MAN-3", 403),
    "manifest_chain": Kind("MAN-4", 409),
    "page": Kind("MAN-5", 400),
    # What travels by hand.
    "sealed_file": Kind("ENV-10", 400),
    # What a desk passes on to the attorneys.
    "legal": Kind("ENV-11", 400),
    # What witnesses are told of a desk.
    "notice": Kind("NOT-1", 403),
}


class Refused(ValueError):
    """A refusal: `kind` is a key of KINDS; the sentence names the rule's two sides and the mend, if any."""

    def __init__(self, kind: str, sentence: str) -> None:
        self.rule, self.status = KINDS[kind]
        self.kind = kind
        self.sentence = sentence
        super().__init__(f"{kind} ({self.rule}): {sentence}")

    def value(self) -> dict[str, str]:
        """Return what a server answers: kind, rule and sentence."""
        return {"kind": self.kind, "rule": self.rule, "sentence": self.sentence}
