"""Tips and replies: what a source tells, as exactly one bucket of bytes before it is sealed.  SPEC 6.1.

    0        magic `sereno1\\0`
    8        u32 big-endian length of the header
    12       canonical JSON header, zeros to 65,536: the preview, exactly the first age chunk
    65,536   attachments back to back, zeros to the end

Pure: reads no clock, touches no store.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from protocol import age, limits
from protocol.encoding import canonical, fingerprint, parse
from protocol.errors import Refused
from protocol.reply import REPLIES, Reply, open_reply
from protocol.shape import (
    CODE,
    SHA256,
    Shape,
    base64,
    boolean,
    exactly,
    hexadecimal,
    integer,
    list_of,
    one_of,
    recipient,
    record,
    typed,
)
from protocol.signed import SIGNED

MAGIC: Final = b"sereno1\0"
ORIGINAL: Final = "application/age"  # A photo as it came from the camera, sealed to the attorneys (6.2).

TIP: Final = record(
    {
        "what": one_of("taking", "at-door", "stopped", "waiting", "told", "other"),
        "where": record({"zone": CODE}, {"words": typed(140), "home": boolean}),
        "when": record({"choice": one_of("now", "half-hour", "today", "earlier")}, {"minute": integer(0, 1439)}),
        "seen": one_of("now", "saw", "told", "post"),
    },
    {
        "marking": record({"kind": one_of("letters", "said", "unmarked", "unsure")}, {"letters": typed(24)}),
        "officers": one_of("1-2", "3-5", "6-10", "10+"),
        "vehicles": one_of("0", "1", "2", "3+"),
        "equipment": one_of("none", "visible", "long-guns", "unsure"),
        "words": typed(280),
        "caller": one_of("hotline", "on-the-line"),
    },
)

_FILE: Final = record(
    {
        "type": one_of("image/jpeg", "image/png", "image/webp", ORIGINAL),
        "off": integer(limits.CHUNK, limits.BUCKETS[-1]),
        "len": integer(1, limits.BUCKETS[-1]),
        "sha256": SHA256,
        "turn": integer(1, 8),
    }
)
_EVERY: Final[dict[str, Shape]] = {
    "v": exactly(1),
    "kind": one_of("tip", *REPLIES),
    "id": hexadecimal(16),
    "day": integer(15_000, 60_000),
    "network": SHA256,
    "desk": CODE,
    "roster": SHA256,
    "set": SHA256,
    "form": SHA256,
    "files": list_of(_FILE, 2 * limits.MAX_FILES),
    "legal": base64(limits.LEGAL_BYTES),
}
_THREAD: Final = record({"age": recipient, "ed25519": base64(32)})
_TOLD: Final = record({**_EVERY, "tip": TIP}, {"thread": _THREAD})
_SAID: Final = record({**_EVERY, "files": list_of(_FILE, 0), "thread": _THREAD, "said": SIGNED})


def HEADER(value: Any, path: str) -> None:  # noqa: N802 (a shape, like the others)
    """The header of a tip, or of a reply: an answer or a withdrawal."""
    (_SAID if isinstance(value, dict) and value.get("kind") in tuple(REPLIES) else _TOLD)(value, path)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo or a sealed original: media type, bytes, and `turn`, the EXIF orientation that shows it upright."""

    type: str
    data: bytes
    turn: int = 1


@dataclass(frozen=True, slots=True)
class Tip:
    """A tip whose layout was checked.  `header` is its whole JSON header; `files` is empty in a preview.

    `reply` is what an answer or a withdrawal says, its thread's signature checked; None of a tip.
    """

    id: str
    day: int
    header: Mapping[str, Any]
    files: tuple[Attachment, ...]
    reply: Reply | None = None


def bucket_for(size: int) -> int:
    """Return the smallest bucket that holds `size` bytes.  Raises Refused("too_large")."""
    for bucket in limits.BUCKETS:
        if size <= bucket:
            return bucket
    raise Refused("too_large", f"The tip takes {size} bytes; the largest bucket holds {limits.BUCKETS[-1]}.")


def encode_tip(header: Mapping[str, Any], files: Sequence[Attachment] = ()) -> bytes:
    """Return the plaintext of a tip, exactly one bucket; `header` comes without `files`, which are described here.

    Raises Refused("shape" | "text" | "too_large" | "tip_thread").
    """
    entries, offset = [], limits.CHUNK
    for one in files:
        entries.append(
            {"type": one.type, "off": offset, "len": len(one.data), "sha256": fingerprint(one.data), "turn": one.turn}
        )
        offset += len(one.data)
    value = {**header, "files": entries}
    _check_header(value)
    text = canonical(value)
    if len(text) > limits.MAX_HEADER:
        raise Refused("too_large", f"The header takes {len(text)} bytes; at most {limits.MAX_HEADER} are taken.")
    head = MAGIC + len(text).to_bytes(4, "big") + text
    body = head.ljust(limits.CHUNK, b"\0") + b"".join(one.data for one in files)
    return body.ljust(bucket_for(offset if files else limits.CHUNK), b"\0")


def _check_header(value: Any) -> None:
    HEADER(value, "header")
    originals = sum(one["type"] == ORIGINAL for one in value["files"])
    for name, count in (("photos", len(value["files"]) - originals), ("originals", originals)):
        if count > limits.MAX_FILES:
            raise Refused("shape", f"header.files holds {count} {name}; at most {limits.MAX_FILES} are taken.")
    if "thread" in value:
        _require_sound(value["thread"]["age"])


def _require_sound(recipient: str) -> None:
    """Raise Refused("tip_thread") for a thread that no question can be sealed to."""
    try:
        age.public_key(recipient)
    except Refused as error:
        raise Refused("tip_thread", f"Nothing can be sealed to the tip's thread: {error.sentence}") from error


def decode_preview(chunk: bytes) -> Tip:
    """Return the tip that the first 65,536 plaintext bytes hold, without its attachments.

    Raises Refused: tip_magic, tip_layout, tip_padding, tip_thread, and as `parse`, the shape and `open_reply`.
    """
    if len(chunk) != limits.CHUNK or not chunk.startswith(MAGIC):
        raise Refused("tip_magic", "The envelope holds something else than a Sereno tip of version 1.")
    length = int.from_bytes(chunk[8:12], "big")
    if length > limits.MAX_HEADER:
        raise Refused("tip_layout", f"The header claims {length} bytes; at most {limits.MAX_HEADER} are taken.")
    value = parse(chunk[12 : 12 + length], limits.MAX_HEADER)
    _check_header(value)
    if any(chunk[12 + length :]):
        raise Refused("tip_padding", "What follows the header in the first chunk must be zeros.")
    offset = limits.CHUNK
    for index, one in enumerate(value["files"]):
        if one["off"] != offset:
            raise Refused("tip_layout", f"Attachment {index} begins at {one['off']}; {offset} was expected.")
        offset += one["len"]
    reply = None if value["kind"] == "tip" else open_reply(value)
    return Tip(value["id"], value["day"], MappingProxyType(value), (), reply)


def decode_tip(plaintext: bytes) -> Tip:
    """Return the tip and its attachments.  Raises Refused: bucket, tip_digest, and as `decode_preview`."""
    if len(plaintext) not in limits.BUCKETS:
        raise Refused(
            "bucket", f"A tip fills one of {', '.join(map(str, limits.BUCKETS))} bytes; this has {len(plaintext)}."
        )
    tip = decode_preview(plaintext[: limits.CHUNK])
    files, offset = [], limits.CHUNK
    for index, one in enumerate(tip.header["files"]):
        data = plaintext[offset : offset + one["len"]]
        offset += one["len"]
        if len(data) != one["len"]:
            raise Refused(
                "tip_layout", f"Attachment {index} ends at {offset}, past the bucket's {len(plaintext)} bytes."
            )
        if fingerprint(data) != one["sha256"]:
            raise Refused("tip_digest", f"The bytes of attachment {index} are not those the header names.")
        files.append(Attachment(one["type"], data, one["turn"]))
    if len(plaintext) != bucket_for(offset):
        raise Refused("bucket", f"{offset} bytes belong into the bucket of {bucket_for(offset)}, not {len(plaintext)}.")
    if any(plaintext[offset:]):
        raise Refused("tip_padding", "What follows the last attachment must be zeros.")
    return Tip(tip.id, tip.day, tip.header, tuple(files), tip.reply)


def day_is_off(tip: Tip, now: int) -> bool:
    """Say whether the day a tip claims is more than two away from the opener's."""
    return abs(tip.day - now // limits.DAY) > limits.MAX_DAY_SKEW
