"""Signing in: a verifier's key, or an attorney's, answers the desk's nonce, once, within a minute.  SPEC 12.1.

The browser fills in the origin that it really talks to, so an answer that a look-alike page obtains opens nothing
here.  That a nonce is used once is for the desk to remember.

Pure: `now` is an argument.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from protocol import limits
from protocol.encoding import b64, canonical
from protocol.errors import Refused
from protocol.roster import Roster
from protocol.shape import SHA256, TIME, base64, exactly, matching, record
from protocol.signed import Signed, key_id, sign

LIFE: Final = limits.MINUTE  # Long enough for a slow key derivation, too short to be carried elsewhere.
NONCE: Final = 32
MAX_SIGN_IN: Final = 4096

# https, or http where it can't leave the machine or is an onion service.
ORIGIN: Final = matching(
    r"(https://[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?"
    r"|http://(127\.0\.0\.1|localhost|[a-z0-9-]{1,63}\.localhost|([a-z0-9-]{1,63}\.)?[a-z2-7]{56}\.onion))"
    r"(:[1-9][0-9]{0,4})?",
    "a secure origin such as https://desk.example.org",
)
SIGN_IN: Final = record({"v": exactly(1), "origin": ORIGIN, "network": SHA256, "nonce": base64(NONCE), "issued": TIME})


def sign_in(origin: str, network: str, nonce: bytes, now: int, verifier: str, seed: bytes) -> Signed:
    """Return a verifier's answer to the desk's 32-byte nonce.  Raises Refused("shape")."""
    value = {"v": 1, "origin": origin, "network": network, "nonce": b64(nonce), "issued": now}
    SIGN_IN(value, "sign-in")
    return sign("sign-in", canonical(value), verifier, seed)


def open_sign_in(
    signed: Signed, roster: Roster, origin: str, nonce: bytes, now: int, stayed: Collection[str] = ()
) -> str:
    """Return the id of the verifier who signs in; `stayed` are those whom a lead has suspended.

    Raises Refused: payload_type, signer, signature, shape, and sign_in (another origin, network or nonce; more than 60
    seconds off; more signers than one; not certified, revoked or suspended now).
    """
    one = roster.verifiers[_signer(signed, roster.verifier_keys(), roster, origin, nonce, now)]
    if one.revoked_at is not None or one.id in stayed:
        raise Refused("sign_in", f"The key of {one.id} is revoked or suspended; the lead knows more.")
    if now >= one.certified_until:
        raise Refused("sign_in", f"The certification of {one.id} ended at {one.certified_until}; here it is {now}.")
    return one.id


def attorney_keys(roster: Roster) -> dict[str, bytes]:
    """Return the signing keys of the organisations that read the legal part, by key id."""
    return {key_id(one.key): one.key for one in roster.attorneys()}


def open_attorney_sign_in(signed: Signed, roster: Roster, origin: str, nonce: bytes, now: int) -> str:
    """Return the key id of the attorneys' organisation that signs in, to fetch legal parts and nothing else (6.2).

    Raises as `open_sign_in`; every other organisation's key is no signer here.
    """
    return _signer(signed, attorney_keys(roster), roster, origin, nonce, now)


def _signer(signed: Signed, keys: Mapping[str, bytes], roster: Roster, origin: str, nonce: bytes, now: int) -> str:
    """Return the id of the one of `keys` that signed what was asked for here, within the minute."""
    signers = signed.check("sign-in", keys)
    value = signed.read(SIGN_IN, MAX_SIGN_IN)
    if len(signers) != 1:
        raise Refused("sign_in", f"One verifier signs in at a time; {', '.join(signers)} signed this.")
    for name, wanted in (("origin", origin), ("network", roster.network), ("nonce", b64(nonce))):
        if value[name] != wanted:
            raise Refused(
                "sign_in",
                f"The {name} that was signed is {value[name][:64]}; here it is {wanted[:64]}. Load the desk again.",
            )
    if abs(now - value["issued"]) > LIFE:
        raise Refused(
            "sign_in",
            f"It was signed at {value['issued']} by the device's clock; here it is {now}. "
            f"At most {LIFE} seconds may lie between: set the device's clock and try again.",
        )
    return signers[0]
