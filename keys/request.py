"""Requests: a public key and the place it asks for, signed by that very key.

A request holds no secret and travels by any way; what makes it somebody's is that this person reads its words aloud.
The signature shows that the key works and that nobody asks for a place with a key of someone else.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from protocol import xwing
from protocol.encoding import b64, canonical, unb64, unbech32
from protocol.errors import Refused
from protocol.policy import Policy
from protocol.roster import ORGANISATION_ROLES, ORIGIN
from protocol.shape import CODE, SHA256, Shape, base64, exactly, one_of, recipient, record
from protocol.signed import Signed, admit_key, key_id, public_key, sign
from protocol.sixwords import fingerprint_words

MAX_REQUEST: Final = 16 * 1024

_ANY: Final = {"v": exactly(1), "ed25519": base64(32)}
REQUESTS: Final[dict[str, Shape]] = {
    "root": record({**_ANY, "kind": exactly("root")}),
    "log": record({**_ANY, "kind": exactly("log"), "origin": ORIGIN}),
    "organisation": record(
        {
            **_ANY,
            "kind": exactly("organisation"),
            "network": SHA256,
            "id": CODE,
            "role": one_of(*ORGANISATION_ROLES),
            "age": recipient,
        }
    ),
    "verifier": record({**_ANY, "kind": exactly("verifier"), "network": SHA256, "desk": CODE}, {"org": CODE}),
}


@dataclass(frozen=True, slots=True)
class Request:
    """A checked request.  `public` is 32 bytes, `value` the fields of its kind.  Made by `open_request`."""

    kind: str
    public: bytes
    value: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The 8-character id of the key, which is all that a server ever knows of a person."""
        return key_id(self.public)

    @property
    def words(self) -> str:
        """The six words of the key, to be read aloud by its holder."""
        return fingerprint_words(self.public)


def request_root(seed: bytes) -> Signed:
    """Return the request of a root key."""
    return _request(seed, {"kind": "root"})


def request_log(seed: bytes, origin: str) -> Signed:
    """Return the request of a log's key under its origin, a name such as log.example.org/sereno."""
    return _request(seed, {"kind": "log", "origin": origin})


def request_organisation(seed: bytes, policy: Policy, code: str, role: str, age: str) -> Signed:
    """Return the request of an organisation of `role`; `age` is its X-Wing recipient, age1pq1…"""
    return _request(seed, {"kind": "organisation", "network": policy.network, "id": code, "role": role, "age": age})


def request_verifier(seed: bytes, policy: Policy, desk: str, organisation: str | None = None) -> Signed:
    """Return the request of a person who wants to verify at `desk`."""
    org = {} if organisation is None else {"org": organisation}
    return _request(seed, {"kind": "verifier", "network": policy.network, "desk": desk, **org})


def _request(seed: bytes, fields: Mapping[str, Any]) -> Signed:
    public = public_key(seed)
    value = {"v": 1, "ed25519": b64(public), **fields}
    REQUESTS[value["kind"]](value, "request")
    return sign("request", canonical(value), key_id(public), seed)


def open_request(signed: Signed, kind: str) -> Request:
    """Return the checked request of `kind`.

    Raises Refused: payload_type, shape, public_key (a key of low order), age_recipient, signer, signature.
    """
    # The key that must have signed stands inside, so the payload is read first; nothing is made of it before the check.
    if signed.noun != "request":
        raise Refused("payload_type", f"A request is needed; this is a signed {signed.noun}.")
    if kind not in REQUESTS:
        raise Refused("shape", f"A request's kind is one of {', '.join(REQUESTS)}; it is {kind[:32]!a}.")
    value = signed.read(REQUESTS[kind], MAX_REQUEST)
    public = admit_key(unb64(value["ed25519"], 32))
    if "age" in value:
        xwing.PublicKey.decode(unbech32("age1pq", value["age"]))
    signed.check("request", {key_id(public): public})
    return Request(kind, public, value)


def any_value(value: Any, path: str) -> None:
    """Any object with a text `kind`: what is read of a request before it is known which kind it is."""
    if not isinstance(value, dict) or not isinstance(value.get("kind"), str):
        raise Refused("shape", f"{path} must be an object with a kind.")


def open_any_request(signed: Signed) -> Request:
    """Return the checked request of whichever kind it says it is.  Raises as `open_request`."""
    return open_request(signed, signed.read(any_value, MAX_REQUEST)["kind"])
