"""The legal part: 12,288 bytes in every tip that only attorneys can open, used or not.  SPEC 6.2.

An age file of exactly four stanzas: the roster's attorneys, filled up with throw-away keys; unused, four throw-away
keys over zeros.  So nobody else can see whether somebody asked for a lawyer.

Pure but for the chance it draws to seal.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from protocol import age, limits
from protocol.errors import Refused
from protocol.stanza import HYBRID

# What four stanzas (70 + 4 * 1,557), the nonce (16) and one chunk's tag (16) leave of the fixed size.
ROOM: Final = limits.LEGAL_BYTES - (70 + 1557 * limits.LEGAL_STANZAS) - 32
MAX_WORDS: Final = ROOM - 2


def seal_legal(words: str, attorneys: Sequence[str]) -> bytes:
    """Return the legal part that holds `words` for the attorneys' recipients; empty words seal to nobody.

    Raises Refused("too_large") over 5,956 bytes of UTF-8, and Refused("shape") for words without an attorney.
    """
    text = words.encode("utf-8")
    if len(text) > MAX_WORDS:
        raise Refused("too_large", f"The words for the attorneys take {len(text)} bytes; at most {MAX_WORDS} fit.")
    recipients = _filled_up(attorneys if text else (), needed=bool(text))
    plain = len(text).to_bytes(2, "big") + text
    return age.seal(plain.ljust(ROOM, b"\0"), recipients)


def seal_original(data: bytes, attorneys: Sequence[str]) -> bytes:
    """Return a photo as it came, sealed to the attorneys alone: an attachment of the type `tip.ORIGINAL`.

    Raises Refused("shape") without an attorney.  `age.open` gives the photo back.
    """
    return age.seal(data, _filled_up(attorneys, needed=True))


def _filled_up(attorneys: Sequence[str], *, needed: bool) -> list[str]:
    if needed and not attorneys:
        raise Refused("shape", "The roster names no attorney who could read this.")
    recipients = list(attorneys[: limits.LEGAL_STANZAS])
    while len(recipients) < limits.LEGAL_STANZAS:
        recipients.append(age.Identity.generate().recipient)
    return recipients


def check_legal(part: bytes) -> None:
    """Raise Refused("legal") unless these bytes look like a legal part: 12,288, four hybrid stanzas.  Needs no key."""
    if len(part) != limits.LEGAL_BYTES:
        raise Refused("legal", f"A legal part has {limits.LEGAL_BYTES} bytes; this one has {len(part)}.")
    try:
        header = age.parse_header(part)
    except Refused as error:
        raise Refused("legal", f"A legal part is an age file; this is none: {error.sentence}") from error
    kinds = [one.kind[:40] for one in header.stanzas]
    if kinds != [HYBRID] * limits.LEGAL_STANZAS:
        raise Refused(
            "legal",
            f"A legal part has {limits.LEGAL_STANZAS} stanzas {HYBRID}; this one has {', '.join(kinds)[:200]}.",
        )


def open_legal(part: bytes, identity: age.Identity) -> str:
    """Return the words, for an attorney's identity.  Raises as `age.open`, and Refused("tip_layout")."""
    plain = age.open(part, [identity])
    length = int.from_bytes(plain[:2], "big")
    if len(plain) != ROOM or length > MAX_WORDS or any(plain[2 + length :]):
        raise Refused("tip_layout", "The legal part is not laid out as words and zeros.")
    try:
        return plain[2 : 2 + length].decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("not_utf8", "The legal part's words are not UTF-8.") from error
