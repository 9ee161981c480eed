"""X-Wing: the lock on one recipient's stanza, which opens only to whoever breaks both ML-KEM-768 and X25519.  SPEC 6.3.

Two layers.  The KEM: draft-connolly-cfrg-xwing-kem, that is HPKE's MLKEM768-X25519 (0x647a).  The wrap: HPKE base mode
(RFC 9180, section 6.1) with HKDF-SHA-256 and ChaCha20-Poly1305 and age's info, one message with no associated data.
ML-KEM comes from `cryptography`, which is used for nothing else; the rest is PyNaCl and hashlib.

Pure: reads no clock, touches no store; draws chance only to encapsulate.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Final

import nacl.bindings
import nacl.exceptions
import nacl.utils
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey

from protocol.errors import Refused
from protocol.kdf import expand, extract

SEED: Final = 32
PUBLIC: Final = 1216  # ML-KEM-768 encapsulation key, 1,184 bytes, then the X25519 public key, 32.
SHARE: Final = 1120  # ML-KEM-768 ciphertext, 1,088 bytes, then the X25519 ephemeral key, 32.
TAG: Final = 16
_PUBLIC_M: Final = 1184
_SHARE_M: Final = 1088
_LABEL: Final = b"\\.//^\\"  # Six bytes: the draft's picture of an X-Wing, its two lines run together.

_SUITE: Final = b"HPKE" + bytes.fromhex("647a 0001 0003")  # KEM X-Wing, KDF HKDF-SHA256, AEAD ChaCha20Poly1305.
_INFO: Final = b"age-encryption.org/mlkem768x25519"

# The SHA-256 of the public key of a seed of 32 zeros, which two independent implementations agree on.
_KNOWN_SEED: Final = bytes(SEED)
_KNOWN_PUBLIC: Final = "3bb0b003f553f49f38bab31546b7f4fdd323c74cbf4aaf97d9703ede4e83eff7"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A checked X-Wing public key: `encoded` is 1,216 bytes, `mlkem` the half that `cryptography` has taken in."""

    encoded: bytes
    mlkem: MLKEM768PublicKey = field(repr=False, compare=False)

    @classmethod
    def decode(cls, encoded: bytes) -> PublicKey:
        """Return the key that 1,216 bytes hold.

        Raises Refused("age_recipient") for another length, an ML-KEM key with a coefficient that is not below 3329
        (FIPS 203, section 7.2) and an X25519 point of low order, under which every secret would be the same.
        """
        if len(encoded) != PUBLIC:
            raise Refused("age_recipient", f"A hybrid recipient holds {PUBLIC} bytes; this one holds {len(encoded)}.")
        try:
            mlkem = MLKEM768PublicKey.from_public_bytes(encoded[:_PUBLIC_M])
        except ValueError as error:
            raise Refused("age_recipient", "The recipient's ML-KEM-768 key fails the modulus check.") from error
        if _agree(bytes(32), encoded[_PUBLIC_M:]) is None:  # Any scalar finds them out: X25519 clamps it.
            raise Refused("age_recipient", "The recipient's X25519 key is a point of low order.")
        return cls(encoded, mlkem)

    def encapsulate(self) -> tuple[bytes, bytes]:
        """Return a fresh 32-byte secret and the 1,120-byte share that gives it to the holder of the seed."""
        secret_m, share_m = self.mlkem.encapsulate()
        ephemeral = nacl.utils.random(32)
        share_x = nacl.bindings.crypto_scalarmult_base(ephemeral)
        public_x = self.encoded[_PUBLIC_M:]
        secret_x = _agree(ephemeral, public_x)
        if secret_x is None:
            raise Refused("age_recipient", "The recipient's X25519 key is a point of low order.")
        return _combine(secret_m, secret_x, share_x, public_x), share_m + share_x


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """What a 32-byte seed expands to.  Never stored or shown: the seed is the key, this is made where it is used."""

    mlkem: MLKEM768PrivateKey = field(repr=False, compare=False)
    scalar: bytes = field(repr=False)
    public_x: bytes

    @classmethod
    def expand(cls, seed: bytes) -> PrivateKey:
        """Return the key pair of a 32-byte seed.  Raises ValueError for another length."""
        if len(seed) != SEED:
            raise ValueError(f"An X-Wing seed has {SEED} bytes; this one has {len(seed)}.")
        expanded = hashlib.shake_256(seed).digest(96)
        scalar = expanded[64:]
        mlkem = MLKEM768PrivateKey.from_seed_bytes(expanded[:64])
        return cls(mlkem, scalar, nacl.bindings.crypto_scalarmult_base(scalar))

    def public(self) -> bytes:
        """Return the 1,216 bytes of the public key."""
        return self.mlkem.public_key().public_bytes_raw() + self.public_x

    def decapsulate(self, share: bytes) -> bytes:
        """Return the 32-byte secret of a 1,120-byte share; a share made for another key gives an unrelated secret.

        Raises Refused("age_header") for another length and for an X25519 part of low order.
        """
        if len(share) != SHARE:
            raise Refused("age_header", f"A hybrid share holds {SHARE} bytes; this one holds {len(share)}.")
        share_x = share[_SHARE_M:]
        secret_x = _agree(self.scalar, share_x)
        if secret_x is None:
            raise Refused("age_header", "The X25519 part of a hybrid share is a point of low order.")
        return _combine(self.mlkem.decapsulate(share[:_SHARE_M]), secret_x, share_x, self.public_x)


def wrap(public: PublicKey, file_key: bytes) -> tuple[bytes, bytes]:
    """Return (share, body): HPKE's enc, 1,120 bytes, and the sealed file key, 16 bytes longer than it was."""
    secret, share = public.encapsulate()
    key, nonce = _schedule(secret)
    return share, nacl.bindings.crypto_aead_chacha20poly1305_ietf_encrypt(file_key, b"", nonce, key)


def unwrap(private: PrivateKey, share: bytes, body: bytes) -> bytes | None:
    """Return the file key, or None where the stanza is for someone else (or was changed: no one can tell which).

    Raises Refused("age_header") as `decapsulate`, and for a body too short to carry a tag.
    """
    if len(body) < TAG:
        raise Refused("age_header", f"The body of a hybrid stanza has a tag of {TAG} bytes; this has {len(body)}.")
    key, nonce = _schedule(private.decapsulate(share))
    try:
        return nacl.bindings.crypto_aead_chacha20poly1305_ietf_decrypt(body, b"", nonce, key)
    except nacl.exceptions.CryptoError:
        return None


def self_test() -> None:
    """Raise RuntimeError unless the installed libraries really do X-Wing; called when a program starts.

    `cryptography` 47 lists ML-KEM and refuses it when it is used; other builds may lack it.  There is no weaker lock
    to fall back on, so the program must not start.
    """
    try:
        private = PrivateKey.expand(_KNOWN_SEED)
        public = PublicKey.decode(private.public())
        secret, share = public.encapsulate()
        again = private.decapsulate(share)
        other = private.decapsulate(bytes([share[0] ^ 1]) + share[1:])
    except UnsupportedAlgorithm as error:
        raise RuntimeError(
            "The installed `cryptography` does not do ML-KEM-768, so nothing could be sealed; install 48.0.1 or later."
        ) from error
    known = hashlib.sha256(public.encoded).hexdigest() == _KNOWN_PUBLIC
    if not known or not hmac.compare_digest(secret, again) or hmac.compare_digest(secret, other):
        raise RuntimeError("The installed `cryptography` computes ML-KEM-768 wrongly; install 48.0.1 or later.")


def _agree(scalar: bytes, point: bytes) -> bytes | None:
    """Return the X25519 secret, or None if it would be zero: libsodium refuses those by itself (RFC 7748, 6.1)."""
    try:
        return nacl.bindings.crypto_scalarmult(scalar, point)
    except nacl.exceptions.RuntimeError:
        return None


def _combine(secret_m: bytes, secret_x: bytes, share_x: bytes, public_x: bytes) -> bytes:
    return hashlib.sha3_256(secret_m + secret_x + share_x + public_x + _LABEL).digest()


def _labeled_extract(salt: bytes, label: bytes, ikm: bytes) -> bytes:
    return extract(salt, b"HPKE-v1" + _SUITE + label + ikm)


def _labeled_expand(key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return expand(key, length.to_bytes(2, "big") + b"HPKE-v1" + _SUITE + label + info, length)


# Base mode has no pre-shared key and our info never changes, so neither does the context of the key schedule.
_CONTEXT: Final = b"\0" + _labeled_extract(b"", b"psk_id_hash", b"") + _labeled_extract(b"", b"info_hash", _INFO)


def _schedule(shared: bytes) -> tuple[bytes, bytes]:
    """Return HPKE's key (32 bytes) and base nonce (12), the nonce of the one message that is sent (RFC 9180, 5.1)."""
    secret = _labeled_extract(shared, b"secret", b"")
    return _labeled_expand(secret, b"key", _CONTEXT, 32), _labeled_expand(secret, b"base_nonce", _CONTEXT, 12)
