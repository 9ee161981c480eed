"""Epochs and epoch keys: a verifier's encryption key for one week, signed by the verifier.  SPEC 5.3.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from protocol import limits
from protocol.age import public_key
from protocol.encoding import canonical
from protocol.errors import Refused
from protocol.roster import Roster
from protocol.shape import CODE, ID, SHA256, exactly, integer, recipient, record
from protocol.signed import Signed, sign

EPOCH_KEY: Final = record(
    {"v": exactly(1), "network": SHA256, "verifier": ID, "desk": CODE, "epoch": integer(2000, 9999), "age": recipient}
)


def epoch_of(now: int) -> int:
    """Return the number of the week that holds `now` (Unix seconds); weeks begin on Monday 00:00 UTC."""
    return (now + limits.EPOCH_OFFSET) // limits.EPOCH_SECONDS


def epoch_start(epoch: int) -> int:
    """Return the first second of an epoch."""
    return epoch * limits.EPOCH_SECONDS - limits.EPOCH_OFFSET


def epoch_grace_end(epoch: int) -> int:
    """Return the second from which an epoch's private keys must be gone and its envelopes are refused."""
    return epoch_start(epoch + 1) + limits.EPOCH_GRACE


@dataclass(frozen=True, slots=True)
class EpochKey:
    """A checked epoch key.  `name` is the SHA-256 of its payload, `age` its recipient.  Made by `open_epoch_key`."""

    name: str
    verifier: str
    desk: str
    epoch: int
    age: str


def sign_epoch_key(roster: Roster, verifier: str, epoch: int, age: str, seed: bytes) -> Signed:
    """Return a verifier's signed epoch key for `epoch`."""
    value = {
        "v": 1,
        "network": roster.network,
        "verifier": verifier,
        "desk": roster.verifiers[verifier].desk,
        "epoch": epoch,
        "age": age,
    }
    return sign("epoch-key", canonical(value), verifier, seed)


def open_epoch_key(signed: Signed, roster: Roster) -> EpochKey:
    """Return the checked epoch key.  Raises Refused: payload_type, signer, signature, epoch_key."""
    signers = signed.check("epoch-key", roster.verifier_keys())
    value = signed.read(EPOCH_KEY)
    if signers != (value["verifier"],):
        raise Refused("epoch_key", f"The epoch key of {value['verifier']} is signed by {', '.join(signers)}.")
    if value["network"] != roster.network:
        raise Refused(
            "epoch_key", f"The epoch key is for network {value['network'][:16]}; this is {roster.network[:16]}."
        )
    desk = roster.verifiers[value["verifier"]].desk
    if value["desk"] != desk:
        raise Refused("epoch_key", f"{value['verifier']} is of desk {desk}; the epoch key names {value['desk']}.")
    try:
        public_key(value["age"])
    except Refused as error:
        # In a set it would stop every sealing of the desk, and nobody would know by whom.
        raise Refused("epoch_key", f"Nothing can be sealed to {value['verifier']}: {error.sentence}") from error
    return EpochKey(signed.message(), value["verifier"], value["desk"], value["epoch"], value["age"])


def without_doubles(keys: Iterable[EpochKey]) -> dict[tuple[str, int], EpochKey]:
    """Return the keys by (verifier, epoch); where two differ for one pair, neither is taken.

    Two keys for one week mean a stolen signing key or a lost vault: a person has to look before either is trusted.
    """
    found: dict[tuple[str, int], EpochKey] = {}
    doubled: set[tuple[str, int]] = set()
    for key in keys:
        pair = (key.verifier, key.epoch)
        if pair in found and found[pair].name != key.name:
            doubled.add(pair)
        found[pair] = key
    return {pair: key for pair, key in found.items() if pair not in doubled}
