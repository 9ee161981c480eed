"""Signed objects: bytes, what they claim to be, and who signed them.  SPEC 4.

Ed25519 (RFC 8032, PyNaCl's verdict) over the DSSE v1 pre-authentication encoding of a payload type and the payload's
bytes.  The bytes are kept, never re-made: a payload is parsed only after its signatures were checked.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import nacl.bindings
import nacl.exceptions
import nacl.signing

from protocol.encoding import BECH32, b64, canonical, fingerprint, parse, sha256, unb64
from protocol.errors import Refused
from protocol.shape import ID, Shape, base64, list_of, matching, record, refuse

MAX_SIGNATURES: Final = 64
MAX_SIGNED: Final = 512 * 1024  # A roster of 1,000 verifiers takes 250 kB; nothing else comes near.


def _any_text(value: Any, path: str) -> None:
    if not isinstance(value, str):
        raise refuse(path, "text", value)


SIGNED: Final = record(
    {
        "payload": _any_text,
        "payloadType": matching(r"application/vnd\.sereno\.[a-z-]{1,32}\.v1\+json", "a Sereno payload type"),
        "signatures": list_of(record({"keyid": ID, "sig": base64(64)}), MAX_SIGNATURES, 1),
    }
)


def payload_type(noun: str) -> str:
    """Return the payload type of a noun: `application/vnd.sereno.<noun>.v1+json`."""
    return f"application/vnd.sereno.{noun}.v1+json"


def pae(noun: str, payload: bytes) -> bytes:
    """Return the bytes that are signed: DSSE v1 pre-authentication encoding of type and payload."""
    kind = payload_type(noun).encode("ascii")
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def key_id(public: bytes) -> str:
    """Return the 8-character id of a public key: the first 40 bits of its SHA-256 in bech32 characters."""
    number = int.from_bytes(sha256(public)[:5], "big")
    return "".join(BECH32[(number >> shift) & 31] for shift in range(35, -5, -5))


def admit_key(public: bytes) -> bytes:
    """Return `public` if it is a canonical point of the prime-order group, the only keys a roster may hold.

    Libraries disagree on signatures under crafted keys; under these keys all agree.  Raises Refused("public_key").
    """
    if len(public) != 32 or not nacl.bindings.crypto_core_ed25519_is_valid_point(public):
        raise Refused("public_key", f"The Ed25519 key {public.hex()[:16]} is no point of the prime-order group.")
    return public


def is_signature(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return PyNaCl's verdict on one Ed25519 signature; of any bytes, and without raising."""
    if len(public) != 32 or len(signature) != 64:
        return False
    try:
        nacl.bindings.crypto_sign_open(signature + message, public)
    except nacl.exceptions.BadSignatureError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: the 8-character id of its key and 64 bytes."""

    keyid: str
    sig: bytes


@dataclass(frozen=True, slots=True)
class Signed:
    """A payload with its signatures, shaped but NOT yet checked.  `signatures` ascend by key id, each id once."""

    noun: str
    payload: bytes
    signatures: tuple[Signature, ...]

    @classmethod
    def of(cls, value: Any, path: str = "signed") -> Signed:
        """Return the object a JSON value holds.  Raises Refused("shape" | "not_utf8")."""
        SIGNED(value, path)
        noun = value["payloadType"].removeprefix("application/vnd.sereno.").removesuffix(".v1+json")
        ids = [entry["keyid"] for entry in value["signatures"]]
        if any(a >= b for a, b in pairwise(ids)):
            raise Refused(
                "shape", f"{path}.signatures must ascend by key id with no id twice; they are {', '.join(ids)}."
            )
        signatures = tuple(Signature(entry["keyid"], unb64(entry["sig"], 64)) for entry in value["signatures"])
        try:
            return cls(noun, value["payload"].encode("utf-8"), signatures)
        except UnicodeEncodeError as error:  # Half a surrogate pair: JSON can spell it, UTF-8 can't.
            raise Refused("not_utf8", f"{path}.payload is not UTF-8 at character {error.start}.") from error

    @classmethod
    def decode(cls, data: bytes, limit: int = MAX_SIGNED) -> Signed:
        """Return the object that canonical JSON bytes spell.  Raises as `parse` and `of`."""
        return cls.of(parse(data, limit))

    def value(self) -> dict[str, Any]:
        """Return the JSON value, for a bundle or an answer."""
        return {
            "payload": self.payload.decode("utf-8"),
            "payloadType": payload_type(self.noun),
            "signatures": [{"keyid": one.keyid, "sig": b64(one.sig)} for one in self.signatures],
        }

    def encode(self) -> bytes:
        """Return the canonical JSON bytes."""
        return canonical(self.value())

    def message(self) -> str:
        """Return the SHA-256 of the payload in hexadecimal: how other objects name this one."""
        return fingerprint(self.payload)

    def entry(self) -> bytes:
        """Return the 32-byte SHA-256 of the whole object: what the log commits to, signatures included."""
        return sha256(self.encode())

    def joined(self, other: Signed) -> Signed:
        """Return this object with another's signatures over the same bytes added.  Raises Refused("signature")."""
        if (self.noun, self.payload) != (other.noun, other.payload):
            raise Refused(
                "signature", f"The signatures are over different bytes: {self.message()} and {other.message()}."
            )
        both = {one.keyid: one for one in (*self.signatures, *other.signatures)}
        return replace(self, signatures=tuple(both[keyid] for keyid in sorted(both)))

    def check(self, noun: str, keys: Mapping[str, bytes]) -> tuple[str, ...]:
        """Return the ids of the signers: every signature must be by a key of `keys` and over these bytes.

        One bad signature refuses the object, even if the others would do: whoever added it wanted it to count.
        Raises Refused: payload_type (the object is not a `noun`), signer (a key id `keys` lacks), signature.
        """
        if self.noun != noun:
            raise Refused("payload_type", f"A signed {noun} is needed; this is a signed {self.noun}.")
        message = pae(noun, self.payload)
        for one in self.signatures:
            public = keys.get(one.keyid)
            if public is None:
                raise Refused("signer", f"{one.keyid} has no key that may sign this {noun}.")
            if not is_signature(public, message, one.sig):
                raise Refused("signature", f"The signature of {one.keyid} is not over the bytes of this {noun}.")
        return tuple(one.keyid for one in self.signatures)

    def read(self, shape: Shape, limit: int = MAX_SIGNED) -> Any:
        """Return the payload as a JSON value of `shape`.  Call `check` first.  Raises as `parse` and the shape."""
        value = parse(self.payload, limit)
        shape(value, self.noun)
        return value


def sign(noun: str, payload: bytes, keyid: str, seed: bytes) -> Signed:
    """Return `payload` signed as a `noun` by the Ed25519 key of a 32-byte seed."""
    signature = nacl.signing.SigningKey(seed).sign(pae(noun, payload)).signature
    return Signed(noun, payload, (Signature(keyid, signature),))


def public_key(seed: bytes) -> bytes:
    """Return the 32-byte Ed25519 public key of a 32-byte seed."""
    return bytes(nacl.signing.SigningKey(seed).verify_key)
