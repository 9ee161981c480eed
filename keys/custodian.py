"""Custodian files: a root's or an organisation's secret seeds under a pass-phrase, its request in the clear.

The same lock as a verifier's vault (Argon2id, XChaCha20-Poly1305), but another file: a desk never opens a root key.
Everything in the clear is associated data, so who changes the request makes the file refuse to open.

Pure but for the chance that making a key and sealing draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import nacl.utils

from keys.request import Request, open_any_request
from protocol import vault
from protocol.encoding import b64, canonical, parse, unb64
from protocol.errors import Refused
from protocol.shape import base64, exactly, matching, record
from protocol.signed import SIGNED, Signed, public_key

MAX_CUSTODIAN: Final = 16 * 1024

_CLEAR: Final = {
    "v": exactly(1),
    "file": exactly("custodian"),
    "kdf": exactly("argon2id"),
    "t": exactly(vault.OPS),
    "m": exactly(vault.MEMORY_KIB),
    "p": exactly(1),
    "salt": base64(16),
    "request": SIGNED,
}
FILE: Final = record({**_CLEAR, "sealed": matching(r"[A-Za-z0-9+/]{24,2048}={0,2}", "base64")})
CONTENT: Final = record({"v": exactly(1), "ed25519": base64(32)}, {"age": base64(32)})


@dataclass(frozen=True, slots=True)
class Custody:
    """An opened custodian file: its request, the Ed25519 seed and, of an organisation, the X-Wing seed (32 bytes)."""

    request: Request
    seed: bytes = field(repr=False)
    age: bytes | None = field(repr=False)


def new_seed() -> bytes:
    """Return 32 bytes of chance."""
    return nacl.utils.random(32)


def seal_custody(request: Signed, seed: bytes, age: bytes | None, passphrase: str) -> bytes:
    """Return the custodian file, canonical JSON and a line feed, after having opened it again to be sure."""
    salt = nacl.utils.random(16)
    clear = {
        "v": 1,
        "file": "custodian",
        "kdf": "argon2id",
        "t": vault.OPS,
        "m": vault.MEMORY_KIB,
        "p": 1,
        "salt": b64(salt),
        "request": request.value(),
    }
    secret = {"v": 1, "ed25519": b64(seed), **({} if age is None else {"age": b64(age)})}
    sealed = vault.wrap(vault.vault_key(passphrase, salt), _label(clear), canonical(secret))
    file = canonical({**clear, "sealed": b64(sealed)}) + b"\n"
    opened = open_custody(file, passphrase)
    if (opened.seed, opened.age) != (seed, age):
        raise Refused("vault", "The file that was just sealed does not open to the same key; nothing was kept.")
    return file


def read_custody(file: bytes) -> tuple[Signed, Request]:
    """Return the request of a custodian file as it was signed and as it was checked; no pass-phrase is needed.

    Raises Refused("vault") for a file that is none, and what `open_request` raises.
    """
    signed = Signed.of(_read(file)["request"], "custodian file.request")
    return signed, open_any_request(signed)


def open_custody(file: bytes, passphrase: str) -> Custody:
    """Return the opened file.  Raises Refused: vault (it is none, or holds another key), passphrase."""
    value = _read(file)
    _, request = read_custody(file)
    key = vault.vault_key(passphrase, unb64(value["salt"], 16))
    clear = {name: value[name] for name in _CLEAR}
    try:
        text = vault.unwrap(key, _label(clear), unb64(value["sealed"]))
    except Refused as error:
        raise Refused(
            "passphrase", f"These words don't open the file of {request.id}. Check each word and their order."
        ) from error
    secret = parse(text, MAX_CUSTODIAN)
    CONTENT(secret, "custodian file")
    seed = unb64(secret["ed25519"], 32)
    if public_key(seed) != request.public:
        raise Refused("vault", f"The file of {request.id} holds the seed of another key.")
    return Custody(request, seed, unb64(secret["age"], 32) if "age" in secret else None)


def _read(file: bytes) -> dict[str, Any]:
    try:
        value: dict[str, Any] = parse(file.removesuffix(b"\n"), MAX_CUSTODIAN)
        FILE(value, "custodian file")
    except Refused as error:
        raise Refused("vault", f"The file is no custodian's file, or half of one: {error.sentence}") from error
    return value


def _label(clear: Mapping[str, Any]) -> str:
    return canonical(dict(clear)).decode("utf-8")
