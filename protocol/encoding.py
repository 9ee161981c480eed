"""Bytes and text: canonical JSON, base64, hex, bech32.  SPEC 3.

Every decoder here takes only what its encoder writes, so each value has one spelling.  Sources: RFC 8785 (JCS),
RFC 4648 (base64), BIP-173 (bech32, without its length limit, as age uses it).

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from functools import reduce
from operator import xor
from typing import Any, Final, NoReturn

import rfc8785

from protocol.errors import Refused

MAX_DEPTH: Final = 12  # Our deepest object (a bundle) nests six levels; a bound keeps deep recursion out.
MAX_INT: Final = 2**53 - 1  # What a JSON number means the same in both languages (RFC 8785, section 3.2.2.3).

_plain_text: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def sha256(data: bytes) -> bytes:
    """Return the 32-byte SHA-256 of `data`."""
    return hashlib.sha256(data).digest()


def fingerprint(data: bytes) -> str:
    """Return the lower-case hexadecimal SHA-256 of `data`, 64 characters: how our objects name bytes."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """Return the JCS bytes (RFC 8785) of a JSON value whose numbers are integers within ±(2^53 - 1).

    Raises Refused("not_json") for floats, NaN, large integers, lone surrogates and what JSON can't hold.
    """
    is_plain = _is_plain(value, 0)
    try:
        return _plain_text(value).encode("utf-8") if is_plain else rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, TypeError) as error:
        raise Refused("not_json", f"The value can't be written as canonical JSON: {error}.") from error


def parse(data: bytes, limit: int) -> Any:
    """Return the JSON value that `data` spells canonically.

    Raises Refused: too_large (over `limit` bytes), not_utf8, not_json, not_canonical (JCS of the value gives
    other bytes: duplicate keys, white space, other key order, floats, escapes that JCS does not write).
    """
    if len(data) > limit:
        raise Refused("too_large", f"The text is {len(data)} bytes long; at most {limit} are taken.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not_utf8", f"Byte {error.start} is not UTF-8.") from error
    try:
        value = json.loads(text, parse_float=_refuse_float, parse_constant=_refuse_float)
    except (ValueError, RecursionError) as error:
        if isinstance(error, Refused):
            raise
        raise Refused("not_json", f"The text is not JSON: {error}.") from error
    again = canonical(value)
    if again != data:
        at = next((i for i, (a, b) in enumerate(zip(again, data, strict=False)) if a != b), min(len(again), len(data)))
        raise Refused("not_canonical", f"The text departs from its canonical form (RFC 8785) at byte {at}.")
    return value


def _refuse_float(text: str) -> NoReturn:
    raise Refused("not_json", f"Numbers are whole; this one is {text[:40]}.")


def _is_plain(value: Any, depth: int) -> bool:
    """Say whether Python's own encoder, four times as fast, writes JCS: it does where every key is ASCII.

    Others are sorted by their UTF-16 units in RFC 8785, and by code points in Python.
    Raises Refused("not_json") for numbers that are none of ours, and for what nests too deep.
    """
    if depth > MAX_DEPTH:
        raise Refused("not_json", f"The value nests deeper than {MAX_DEPTH} levels.")
    if isinstance(value, float) or (isinstance(value, int) and abs(value) > MAX_INT):
        raise Refused("not_json", f"Numbers are whole and within ±{MAX_INT}; this one is {value}.")
    is_plain, children = True, value
    if isinstance(value, dict):
        is_plain, children = all(isinstance(key, str) and key.isascii() for key in value), value.values()
    elif not isinstance(value, (list, tuple)):
        return True
    for child in children:
        if not isinstance(child, str):  # Most are, and a text holds nothing to look at.
            is_plain &= _is_plain(child, depth + 1)
    return is_plain


def b64(data: bytes) -> str:
    """Return standard base64 with padding (RFC 4648, section 4)."""
    return binascii.b2a_base64(data, newline=False).decode("ascii")


def unb64(text: str, length: int | None = None) -> bytes:
    """Return the bytes of standard padded base64; exactly `length` of them where it is given.

    Raises Refused("shape") unless encoding the bytes again gives the same text.
    """
    try:
        data = binascii.a2b_base64(text)
    except ValueError as error:
        raise Refused("shape", f"The text is not base64: {error}.") from error
    if b64(data) != text:  # Decoding skips what is no base64; encoding again would not bring it back.
        raise Refused("shape", "The base64 text is not the one its bytes encode to.")
    if length is not None and len(data) != length:
        raise Refused("shape", f"The base64 text holds {len(data)} bytes; {length} are needed.")
    return data


def b64raw(data: bytes) -> str:
    """Return standard base64 without padding, as age headers use it."""
    return b64(data).rstrip("=")


def unb64raw(text: str) -> bytes:
    """Return the bytes of unpadded standard base64; raises Refused("shape") if padded or not canonical."""
    if "=" in text or len(text) % 4 == 1:
        raise Refused("shape", "The text is not unpadded base64.")
    return unb64(text + "=" * (-len(text) % 4))


BECH32: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUE: Final = {char: value for value, char in enumerate(BECH32)}
# The same five bits as Python's own digits and as RFC 4648 write them: both are done in C.
_TO_DIGITS: Final = str.maketrans(BECH32, "0123456789abcdefghijklmnopqrstuv")
_FROM_BASE32: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", BECH32)
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
# What each value of the five bits shifted out of the checksum's state mixes into it.
_MIX: Final = tuple(
    reduce(xor, (generator for bit, generator in enumerate(_GENERATOR) if top >> bit & 1), 0) for top in range(32)
)


def bech32(prefix: str, data: bytes) -> str:
    """Return `data` as lower-case bech32 with `prefix` and no length limit (BIP-173; age's keys)."""
    text = _in_fives(data)
    checksum = _polymod(prefix, text + "qqqqqq") ^ 1
    return f"{prefix}1{text}" + "".join(BECH32[checksum >> 5 * (5 - i) & 31] for i in range(6))


def unbech32(prefix: str, text: str) -> bytes:
    """Return the bytes of lower-case bech32 `text` with this `prefix`; raises Refused("shape") otherwise."""
    body = text[len(prefix) + 1 :]
    if not text.startswith(prefix + "1") or not _VALUE.keys() >= set(body):
        raise Refused("shape", f"The text is not bech32 that begins with {prefix}1.")
    if len(body) < 6 or _polymod(prefix, body) != 1:
        raise Refused("shape", "The bech32 checksum does not fit: a character was changed or lost.")
    fives = body[:-6]
    length, spare = divmod(5 * len(fives), 8)
    data = (int("0" + fives.translate(_TO_DIGITS), 32) >> spare).to_bytes(length)
    if _in_fives(data) != fives:
        raise Refused("shape", "The bech32 text is not the one its bytes encode to.")
    return data


def _in_fives(data: bytes) -> str:
    """Return bytes as characters of five bits each, filled up with zero bits."""
    return base64.b32encode(data).decode("ascii").rstrip("=").translate(_FROM_BASE32)


def _polymod(prefix: str, text: str) -> int:
    state = 1
    expanded = [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]
    for word in expanded + [_VALUE[char] for char in text]:
        state = (state & 0x1FFFFFF) << 5 ^ word ^ _MIX[state >> 25]
    return state
