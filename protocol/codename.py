"""Return codes: eight words that bring a witness back to their thread.  SPEC 6.4.

The words stand for 88 bits, eleven to a word; keys derive from the bits, so a code is the same in any word list.

Pure but for the chance that a new code draws.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

import nacl.pwhash.argon2id
import nacl.utils

from protocol import age
from protocol.encoding import b64
from protocol.errors import Refused
from protocol.kdf import hkdf
from protocol.signed import public_key
from protocol.wordlist import WORDS

CODE_WORDS: Final = 8
OPS: Final = 2
MEMORY_KIB: Final = 19_456  # OWASP's least for Argon2id at t=2: a second on an old phone, and no WASM needed.
# Spelled out: Python and browsers carry different Unicode versions and must read the same code.
_ACCENTS: Final = re.compile("[\u0300-\u036f]")
_INDEX: Final = {word: index for index, word in enumerate(WORDS)}


@dataclass(frozen=True, slots=True)
class Thread:
    """A witness's keys: `age` opens questions, `seed` signs answers."""

    age: age.Identity
    seed: bytes

    def value(self) -> dict[str, str]:
        """Return the `thread` field of a tip's header: the two public halves."""
        return {"age": self.age.recipient, "ed25519": b64(public_key(self.seed))}


def generate_code() -> bytes:
    """Return a new code's 11 bytes."""
    return nacl.utils.random(11)


def encode_code(code: bytes) -> str:
    """Return the eight words of a code's 11 bytes."""
    number = int.from_bytes(code, "big")
    return " ".join(WORDS[(number >> 11 * place) & 0x7FF] for place in range(CODE_WORDS - 1, -1, -1))


def decode_code(text: str) -> bytes:
    """Return a code's 11 bytes; capitals, accents and extra spaces don't matter.

    Raises Refused("code_word") naming the word that is not in the list and the nearest that is.
    """
    words = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).lower()).split()
    if len(words) != CODE_WORDS:
        raise Refused("code_word", f"A code has {CODE_WORDS} words; this has {len(words)}.")
    number = 0
    for word in words:
        if word not in _INDEX:
            near = difflib.get_close_matches(word[:20], WORDS, 1, 0)
            raise Refused("code_word", f"That word is not in the list: {word[:20]}. Did you mean {near[0]}?")
        number = number << 11 | _INDEX[word]
    return number.to_bytes(11, "big")


def derive_thread(code: bytes, network: str) -> Thread:
    """Return the thread keys of a code in a network: Argon2id, then HKDF-SHA-256 with one label for each key."""
    salt = bytes.fromhex(network)[:16]
    secret = nacl.pwhash.argon2id.kdf(32, code, salt, opslimit=OPS, memlimit=MEMORY_KIB * 1024)
    seed = hkdf(secret, b"", b"sereno/v1/thread/age", 32)
    return Thread(age.Identity(seed), hkdf(secret, b"", b"sereno/v1/thread/ed25519", 32))
