"""The vault: a verifier's signing key under a pass-phrase.  SPEC 5.6.

Argon2id (RFC 9106) gives a key, XChaCha20-Poly1305 seals with the file's header as associated data.  The same key wraps
epoch keys in the desk's browser storage; those are never in the file that is downloaded.

Pure but for the chance that sealing draws.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Any, Final

import nacl.bindings
import nacl.exceptions
import nacl.pwhash.argon2id
import nacl.utils

from protocol import limits
from protocol.encoding import b64, canonical, parse, unb64
from protocol.errors import Refused
from protocol.shape import ID, SHA256, base64, exactly, matching, record
from protocol.wordlist import WORDS

OPS: Final = 3
MEMORY_KIB: Final = 65_536  # 64 MiB: what a five-year-old phone's browser can still allocate.
MAX_VAULT: Final = 4096

_HEADER: Final = {
    "v": exactly(1),
    "kdf": exactly("argon2id"),
    "t": exactly(OPS),
    "m": exactly(MEMORY_KIB),
    "p": exactly(1),
    "salt": base64(16),
}
_BASE64: Final = matching(r"[A-Za-z0-9+/]{24,2048}={0,2}", "base64")
FILE: Final = record({**_HEADER, "nonce": base64(24), "sealed": _BASE64})
CONTENT: Final = record({"v": exactly(1), "network": SHA256, "verifier": ID, "seed": base64(32)})


@dataclass(frozen=True, slots=True)
class Vault:
    """An opened vault.  `seed` signs; `key` (32 bytes) wraps what stays in the browser's storage."""

    network: str
    verifier: str
    seed: bytes
    key: bytes


def generate_passphrase() -> str:
    """Return six words of the list, drawn at random: 66 bits."""
    words: list[str] = []
    while len(words) < limits.MIN_PASSPHRASE_WORDS:
        number = int.from_bytes(nacl.utils.random(2), "big") & 0x7FF
        words.append(WORDS[number])
    return " ".join(words)


def vault_key(passphrase: str, salt: bytes) -> bytes:
    """Return the 32-byte key of a pass-phrase: Argon2id, t=3, m=64 MiB, p=1, over its NFKD lower-case words."""
    text = " ".join(unicodedata.normalize("NFKD", passphrase).lower().split())
    return nacl.pwhash.argon2id.kdf(32, text.encode("utf-8"), salt, opslimit=OPS, memlimit=MEMORY_KIB * 1024)


def seal_vault(network: str, verifier: str, seed: bytes, passphrase: str) -> bytes:
    """Return the vault file: canonical JSON and a line feed."""
    salt, nonce = nacl.utils.random(16), nacl.utils.random(24)
    header = {"v": 1, "kdf": "argon2id", "t": OPS, "m": MEMORY_KIB, "p": 1, "salt": b64(salt)}
    content = canonical({"v": 1, "network": network, "verifier": verifier, "seed": b64(seed)})
    sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        content, canonical(header), nonce, vault_key(passphrase, salt)
    )
    return canonical({**header, "nonce": b64(nonce), "sealed": b64(sealed)}) + b"\n"


def open_vault(file: bytes, passphrase: str) -> Vault:
    """Return the opened vault.  Raises Refused("passphrase") for wrong words, "vault" for a file that is none."""
    try:
        value: dict[str, Any] = parse(file.removesuffix(b"\n"), MAX_VAULT)
        FILE(value, "vault")
        salt, nonce, sealed = unb64(value["salt"], 16), unb64(value["nonce"], 24), unb64(value["sealed"])
    except Refused as error:
        raise Refused("vault", f"The file is no vault, or half of one: {error.sentence}") from error
    key = vault_key(passphrase, salt)
    header = {name: value[name] for name in _HEADER}
    try:
        text = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, canonical(header), nonce, key)
    except nacl.exceptions.CryptoError as error:
        raise Refused("passphrase", "These words don't open this vault. Check each word and their order.") from error
    content = parse(text, MAX_VAULT)
    CONTENT(content, "vault")
    return Vault(content["network"], content["verifier"], unb64(content["seed"], 32), key)


def wrap(key: bytes, label: str, data: bytes) -> bytes:
    """Return `data` sealed under a vault key for browser storage: 24-byte nonce and XChaCha20-Poly1305 text."""
    nonce = nacl.utils.random(24)
    return nonce + nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(data, label.encode("utf-8"), nonce, key)


def unwrap(key: bytes, label: str, wrapped: bytes) -> bytes:
    """Return what `wrap` sealed under the same key and label.  Raises Refused("vault")."""
    try:
        return nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            wrapped[24:], label.encode("utf-8"), wrapped[:24], key
        )
    except (nacl.exceptions.CryptoError, nacl.exceptions.TypeError, nacl.exceptions.ValueError) as error:
        raise Refused("vault", f"What is stored as {label} was not sealed by this vault, or was changed.") from error
