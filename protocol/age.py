"""age files: how everything secret is sealed.  SPEC 6.3.

The age v1 format (C2SP age.md), binary, to hybrid recipients (`age1pq1...`).  What is sealed here the standard `age`
tool opens, from 1.3 on.  Armored files and files sealed with a passphrase are refused with age_scope.  Files to
classic X25519 recipients can be opened and never made: a copy kept today could be opened once quantum computers can.

Pure: reads no clock, touches no store; draws chance only to seal and to generate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

import nacl.bindings
import nacl.exceptions
import nacl.utils

from protocol import xwing
from protocol.encoding import b64raw, bech32, unbech32
from protocol.errors import Refused
from protocol.kdf import hkdf
from protocol.stanza import CLASSIC, FILE_KEY, HYBRID, MAX_HEADER, Header, Stanza, encode_header, parse_header
from protocol.xwing import self_test

__all__ = [
    "CHUNK",
    "NONCE",
    "TAG",
    "ClassicIdentity",
    "FileKey",
    "Header",
    "Identity",
    "Stanza",
    "chunked_size",
    "header_size",
    "open",
    "open_first_chunk",
    "open_header",
    "parse_header",
    "plaintext_size",
    "public_key",
    "seal",
    "self_test",
]

CHUNK: Final = 64 * 1024
TAG: Final = 16
NONCE: Final = 16
_SEALED_CHUNK: Final = CHUNK + TAG
_RECIPIENT_LENGTH: Final = 1959  # Characters of an age1pq recipient.


# What a stanza gives to one identity: the file key, or None where the stanza is for someone else.
Opener = Callable[[Stanza], bytes | None]


@dataclass(frozen=True, slots=True)
class Identity:
    """A hybrid identity: a 32-byte seed, which is the whole secret."""

    seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.seed) != xwing.SEED:
            raise Refused("age_recipient", f"An identity has {xwing.SEED} bytes; this one has {len(self.seed)}.")

    @classmethod
    def generate(cls) -> Identity:
        """Return a new identity of chance."""
        return cls(nacl.utils.random(xwing.SEED))

    @classmethod
    def decode(cls, text: str) -> Identity:
        """Return the identity that `AGE-SECRET-KEY-PQ-1...`, upper case, spells.  Raises Refused("age_recipient")."""
        return cls(_unbech32_identity("age-secret-key-pq-", text))

    def encode(self) -> str:
        """Return `AGE-SECRET-KEY-PQ-1...`."""
        return bech32("age-secret-key-pq-", self.seed).upper()

    @property
    def recipient(self) -> str:
        """What files are sealed to so that this identity opens them: `age1pq1...`, 1,959 characters."""
        return bech32("age1pq", xwing.PrivateKey.expand(self.seed).public())

    def opener(self) -> Opener:
        """Return what tries this identity on a stanza; the seed is expanded once for all of them."""
        private = xwing.PrivateKey.expand(self.seed)

        def try_on(stanza: Stanza) -> bytes | None:
            return xwing.unwrap(private, stanza.share(), stanza.body) if stanza.kind == HYBRID else None

        return try_on


@dataclass(frozen=True, slots=True)
class ClassicIdentity:
    """An X25519 identity, a 32-byte scalar: it opens files that others made; nothing is sealed to it here."""

    scalar: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.scalar) != 32:
            raise Refused("age_recipient", f"An X25519 identity has 32 bytes; this one has {len(self.scalar)}.")

    @classmethod
    def decode(cls, text: str) -> ClassicIdentity:
        """Return the identity that `AGE-SECRET-KEY-1...`, upper case, spells.  Raises Refused("age_recipient")."""
        return cls(_unbech32_identity("age-secret-key-", text))

    def opener(self) -> Opener:
        """Return what tries this identity on a stanza."""
        public = nacl.bindings.crypto_scalarmult_base(self.scalar)

        def try_on(stanza: Stanza) -> bytes | None:
            if stanza.kind != CLASSIC:
                return None
            share = stanza.share()
            try:
                secret = nacl.bindings.crypto_scalarmult(self.scalar, share)
            except nacl.exceptions.RuntimeError as error:  # libsodium refuses a secret of zeros.
                raise Refused("age_header", "The share of a stanza X25519 is a point of low order.") from error
            key = hkdf(secret, share + public, b"age-encryption.org/v1/X25519", 32)
            try:
                return nacl.bindings.crypto_aead_chacha20poly1305_ietf_decrypt(stanza.body, b"", bytes(12), key)
            except nacl.exceptions.CryptoError:
                return None

        return try_on


@dataclass(frozen=True, slots=True)
class FileKey:
    """One file's own key, as who opened the file may share it: it opens that very file, or its MAC refuses it."""

    key: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.key) != FILE_KEY:
            raise Refused("age_recipient", f"A file's key has {FILE_KEY} bytes; this one has {len(self.key)}.")

    def opener(self) -> Opener:
        """Return what takes any stanza for its own; the header's MAC then says whether the key is the file's."""
        return lambda _: self.key


Opening = Sequence[Identity | ClassicIdentity | FileKey]


def seal(plaintext: bytes, recipients: Sequence[str]) -> bytes:
    """Return an age file that each of the recipients can open, with one hybrid stanza for each, in their order.

    Raises Refused("age_recipient") for none, for more than a header may hold (42), and for each that is not a sound
    `age1pq1...`: sealing to fewer people than were asked for is never an answer.
    """
    if not recipients or header_size(len(recipients)) > MAX_HEADER:
        most = (MAX_HEADER - header_size(0)) // (header_size(1) - header_size(0))
        raise Refused("age_recipient", f"A file is sealed to 1 to {most} recipients; {len(recipients)} were given.")
    publics = [public_key(recipient) for recipient in recipients]
    file_key = nacl.utils.random(FILE_KEY)
    stanzas = []
    for public in publics:
        share, body = xwing.wrap(public, file_key)
        stanzas.append(Stanza((HYBRID, b64raw(share)), body))
    nonce = nacl.utils.random(NONCE)
    key = hkdf(file_key, nonce, b"payload", 32)
    chunks = [
        nacl.bindings.crypto_aead_chacha20poly1305_ietf_encrypt(chunk, b"", counter, key)
        for counter, chunk in _chunks(plaintext, CHUNK)
    ]
    return b"".join((encode_header(stanzas, file_key), nonce, *chunks))


def open(data: bytes, identities: Opening, at: int | None = None) -> bytes:
    """Return the plaintext of a whole age file.

    `at` is the index of the stanza to try first (an opener knows its own place in the recipient set); the others are
    tried if it is not the one.  Raises Refused: age_header, age_scope, age_no_match (no stanza is for these
    identities), age_mac, age_payload (a chunk was changed, cut, moved or added).
    """
    header = parse_header(data)
    file_key = _file_key(header, identities, at)
    payload = data[header.size :]
    key = _payload_key(file_key, payload)
    plaintext_size(len(payload))  # Refuses what no plaintext gives: a cut chunk, or an empty one after others.
    return b"".join(_open_chunk(key, nonce, chunk) for nonce, chunk in _chunks(payload[NONCE:], _SEALED_CHUNK))


def open_header(data: bytes, identities: Opening, at: int | None = None) -> bytes:
    """Return the 16-byte file key, the header's MAC checked, from a file's beginning: its header, or more.

    For previews.  `at` and the refusals are as in `open`, but for age_payload.
    """
    return _file_key(parse_header(data), identities, at)


def open_first_chunk(file_key: bytes, payload: bytes, last: bool) -> bytes:
    """Return the first 64 KiB of plaintext, from the payload's beginning up to the end of its first chunk, or more.

    The payload begins at `Header.size`.  `last` says that the first chunk is the only one; it may then be shorter
    and nothing may follow it.  The caller says it (the envelope's bucket tells), as a beginning alone can't: a wrong
    word is refused.  Raises Refused: age_header (no whole nonce), age_payload.
    """
    key = _payload_key(file_key, payload)
    chunk = payload[NONCE:] if last else payload[NONCE : NONCE + _SEALED_CHUNK]
    if not TAG <= len(chunk) <= _SEALED_CHUNK or not (last or len(chunk) == _SEALED_CHUNK):
        needed = f"{TAG} to {_SEALED_CHUNK}" if last else str(_SEALED_CHUNK)
        raise Refused("age_payload", f"The first chunk must have {needed} bytes; {len(chunk)} are there.")
    return _open_chunk(key, _chunk_nonce(0, last), chunk)


def header_size(recipients: int) -> int:
    """Return the bytes of a header with this many hybrid stanzas and no other: 70 + 1,557 for each."""
    return 70 + 1557 * recipients


def chunked_size(plaintext: int) -> int:
    """Return the bytes of the payload (what follows the header: nonce and chunks) of this many bytes of plaintext."""
    return NONCE + plaintext + TAG * max(1, -(-plaintext // CHUNK))


def plaintext_size(payload: int) -> int:
    """Return the bytes of plaintext in a payload of this many bytes; the inverse of `chunked_size`.

    Raises Refused("age_header") without a whole nonce, ("age_payload") for a size that no plaintext gives.
    """
    if payload < NONCE:
        raise Refused("age_header", f"After the header comes a nonce of {NONCE} bytes; {payload} are there.")
    sealed = payload - NONCE
    plaintext = sealed - TAG * max(1, -(-sealed // _SEALED_CHUNK))
    if plaintext < 0 or chunked_size(plaintext) != payload:
        raise Refused("age_payload", f"No plaintext gives {payload} bytes of payload: its last chunk is cut or empty.")
    return plaintext


@lru_cache(maxsize=256)
def public_key(recipient: str) -> xwing.PublicKey:
    """Return the key, which is no secret, that `age1pq1...` spells.  Raises Refused("age_recipient"): it is unsound."""
    if len(recipient) != _RECIPIENT_LENGTH:
        raise Refused("age_recipient", f"A recipient has {_RECIPIENT_LENGTH} characters; one has {len(recipient)}.")
    try:
        encoded = unbech32("age1pq", recipient)
    except Refused as error:
        raise Refused("age_recipient", f"{recipient[:20]}... is not an age1pq recipient: {error.sentence}") from error
    return xwing.PublicKey.decode(encoded)


def _unbech32_identity(prefix: str, text: str) -> bytes:
    """Return the bytes of an upper-case identity.  A refusal says nothing of the text: it may be a secret."""
    try:
        secret = unbech32(prefix, text.lower())
    except Refused as error:
        raise Refused("age_recipient", f"The text is not an identity {prefix.upper()}1...: {error.sentence}") from error
    if bech32(prefix, secret).upper() != text:
        raise Refused("age_recipient", f"An identity {prefix.upper()}1... is written in upper case.")
    return secret


def _file_key(header: Header, identities: Opening, at: int | None) -> bytes:
    openers = [identity.opener() for identity in identities]
    order = list(header.stanzas)
    if at is not None and 0 <= at < len(order):
        order.insert(0, order.pop(at))
    for stanza in order:
        for opener in openers:
            file_key = opener(stanza)
            if file_key is not None:
                header.check(file_key)
                return file_key
    raise Refused("age_no_match", f"None of the {len(order)} stanzas is for the identities at hand.")


def _payload_key(file_key: bytes, payload: bytes) -> bytes:
    nonce = payload[:NONCE]
    if len(nonce) != NONCE:
        raise Refused("age_header", f"After the header comes a nonce of {NONCE} bytes; {len(nonce)} are there.")
    return hkdf(file_key, nonce, b"payload", 32)


def _chunk_nonce(counter: int, last: bool) -> bytes:
    return counter.to_bytes(11, "big") + bytes([last])


def _chunks(data: bytes, size: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield (nonce, chunk) of data in pieces of `size`; empty data is one empty chunk."""
    count = max(1, -(-len(data) // size))
    for index in range(count):
        yield _chunk_nonce(index, index == count - 1), data[index * size : (index + 1) * size]


def _open_chunk(key: bytes, nonce: bytes, chunk: bytes) -> bytes:
    try:
        return nacl.bindings.crypto_aead_chacha20poly1305_ietf_decrypt(chunk, b"", nonce, key)
    except nacl.exceptions.CryptoError as error:
        index = int.from_bytes(nonce[:11], "big")
        raise Refused("age_payload", f"Chunk {index} does not open: it was changed, cut or moved.") from error
