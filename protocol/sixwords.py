"""Six words: a hash that two people can compare over the telephone.

Six words of 2,048 are the first 66 bits of a SHA-256: who wants another key with the same words has to make some 2^66.

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from typing import Final

from protocol.encoding import sha256
from protocol.wordlist import WORDS

COUNT: Final = 6
_BITS: Final = 11  # One word of 2,048.


def words_of(digest: bytes) -> str:
    """Return the six words of a 32-byte hash: its first 66 bits, 11 to a word, most significant first."""
    number = int.from_bytes(digest, "big") >> (8 * len(digest) - COUNT * _BITS)
    return " ".join(WORDS[(number >> _BITS * place) & 0x7FF] for place in reversed(range(COUNT)))


def fingerprint_words(data: bytes) -> str:
    """Return the six words of the SHA-256 of `data`: of a public key, a payload, a file."""
    return words_of(sha256(data))
