"""Envelopes: a tip sealed for the verifiers of one desk and epoch, and the door's check that needs no key.  SPEC 6.3.

Pure but for the chance that sealing draws.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

from protocol import age, limits, xwing
from protocol.encoding import b64
from protocol.errors import Refused
from protocol.legal import seal_legal
from protocol.recipients import RecipientSet
from protocol.stanza import BODY, HYBRID, INTRO
from protocol.tip import Attachment, Tip, decode_preview, decode_tip, encode_tip


def envelope_size(stanzas: int, bucket: int) -> int:
    """Return the bytes of an envelope: 70 + 1,557 for each stanza, nonce, and a bucket in chunks with their tags."""
    return age.header_size(stanzas) + age.chunked_size(bucket)


def preview_size(stanzas: int) -> int:
    """Return how many of an envelope's first bytes its preview needs."""
    return envelope_size(stanzas, limits.CHUNK)


@dataclass(frozen=True, slots=True)
class Outline:
    """What can be seen of an envelope without a key: stanzas in its header, bytes of its bucket."""

    stanzas: int
    bucket: int


def check_envelope(data: bytes, counts: Collection[int]) -> Outline:
    """Return the outline of an envelope whose stanza count is one of `counts`, those of the accepted sets.

    This is the door: what isn't shaped exactly like a sealed tip is not stored, so plaintext can't be by accident.
    Raises Refused: envelope_plain, stanza_kind, stanza_count, bucket, age_header.
    """
    stanzas = check_start(data, counts)
    for bucket in limits.BUCKETS:
        if len(data) == envelope_size(stanzas, bucket):
            return Outline(stanzas, bucket)
    sizes = ", ".join(str(envelope_size(stanzas, bucket)) for bucket in limits.BUCKETS)
    raise Refused("bucket", f"The envelope has {len(data)} bytes; with this header it must have one of {sizes}.")


def check_start(data: bytes, counts: Collection[int]) -> int:
    """Return the stanza count of an envelope of which at least the header is there; one of `counts`.

    Raises Refused: envelope_plain, stanza_kind, stanza_count, age_header.
    """
    if not data.startswith(INTRO):
        raise Refused("envelope_plain", "This is not an age file. Only what was sealed in the browser is taken.")
    return next((count for count in counts if sealed_to(count).match(data)), None) or _count(data, counts)


@cache
def sealed_to(count: int) -> re.Pattern[bytes]:
    """Return the pattern of a header with `count` hybrid stanzas and no other, as `age.parse_header` takes it.

    It reads a header ten times as fast, and the door reads everybody's; what it does not match is parsed.
    """
    share, body = _base64(xwing.SHARE), _base64(BODY)
    stanza = rb"-> %b %b\n%b\n" % (HYBRID.encode("ascii"), share, body)
    return re.compile(rb"%b(?:%b){%d}--- %b\n" % (re.escape(INTRO), stanza, count, _base64(32)))


def _base64(length: int) -> bytes:
    """Return the pattern of unpadded base64 of `length` bytes, not a multiple of three: spare bits are zeros."""
    letters = ascii_uppercase + ascii_lowercase + digits + "+/"
    last = letters[:: 16 if length % 3 == 1 else 4]
    return f"[A-Za-z0-9+/]{{{length * 8 // 6}}}[{last}]".encode("ascii")


def _count(data: bytes, counts: Collection[int]) -> int:
    header = age.parse_header(data)
    for stanza in header.stanzas:
        if stanza.kind != HYBRID:
            raise Refused(
                "stanza_kind",
                f"A stanza is of kind {stanza.kind[:40]}; only mlkem768x25519 keeps a tip secret for decades.",
            )
    if len(header.stanzas) not in counts:
        accepted = ", ".join(str(count) for count in sorted(counts)) or "none"
        raise Refused(
            "stanza_count",
            f"The envelope is sealed to {len(header.stanzas)} keys; the accepted sets have {accepted}. Seal it again.",
        )
    return len(header.stanzas)


def seal_envelope(
    header: Mapping[str, Any],
    to: RecipientSet,
    attorneys: Sequence[str],
    files: Sequence[Attachment] = (),
    legal: str = "",
) -> bytes:
    """Return the envelope of a tip for the members of a set.

    `header` holds v, kind, id, day, network, form, tip and perhaps thread; desk, roster, set and legal are filled in.
    """
    part = seal_legal(legal, attorneys)
    full = {**header, "desk": to.desk, "roster": to.roster, "set": to.name, "legal": b64(part)}
    return age.seal(encode_tip(full, files), to.recipients)


def open_envelope(data: bytes, identity: age.Identity | age.FileKey, to: RecipientSet, member: str | None) -> Tip:
    """Return the tip of an envelope, opened by a member of the set it was sealed to.

    Who is no member (None) opens it by the file's key, which a member shared (9.6).
    Raises Refused: age_no_match ("not for me"), tip_layout (another set, roster, desk or stanza count), and as
    `age.open` and `decode_tip`.
    """
    plaintext = age.open(data, [identity], at=_place(to, member))
    tip = decode_tip(plaintext)
    _check_set(tip, data, to)
    return tip


def open_preview(
    start: bytes, bucket: int, identity: age.Identity | age.FileKey, to: RecipientSet, member: str | None
) -> Tip:
    """Return the tip's words from an envelope's first bytes and its bucket; attachments stay where they are.

    Raises as `open_envelope`, and Refused("age_payload") where `start` is shorter than `preview_size`.
    """
    header = age.parse_header(start)
    end = preview_size(len(header.stanzas))
    key = age.open_header(start[: header.size], [identity], at=_place(to, member))
    chunk = age.open_first_chunk(key, start[header.size : end], last=bucket == limits.CHUNK)
    tip = decode_preview(chunk)
    _check_set(tip, start, to)
    return tip


def envelope_key(start: bytes, identity: age.Identity, to: RecipientSet, member: str) -> bytes:
    """Return the file key of an envelope, from its header or more: what a member shares with who came later (9.6).

    Raises Refused: age_header, age_no_match, age_mac.
    """
    return age.open_header(start, [identity], at=_place(to, member))


def _place(to: RecipientSet, member: str | None) -> int | None:
    if member is None:
        return None
    if member not in to.members:
        raise Refused("age_no_match", f"{member} is not in set {to.number} of desk {to.desk}, so nothing opens.")
    return to.members.index(member)


def _check_set(tip: Tip, data: bytes, to: RecipientSet) -> None:
    for name, wanted in (("desk", to.desk), ("roster", to.roster), ("set", to.name)):
        if tip.header[name] != wanted:
            raise Refused(
                "tip_layout", f"The tip names {name} {tip.header[name][:16]}; it was sealed to {wanted[:16]}."
            )
    if len(age.parse_header(data).stanzas) != len(to.members):
        raise Refused(
            "tip_layout", f"The envelope must have {len(to.members)} stanzas, one for each member of its set."
        )
