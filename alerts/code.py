"""An alert's code: its slip (SPEC 7.7) as a QR code, drawn into the page, to be checked on another device."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import segno

from protocol.errors import Refused
from protocol.release import Bundle
from protocol.slip import Slip

QUIET: Final = 4  # Modules of white around a code; ISO/IEC 18004 asks for four.


def code_of(bundle: bytes, origin: str) -> str:
    """Return the QR code of a bundle as an SVG element; "" for one that the largest code does not hold."""
    try:
        return _drawn(Slip.of(Bundle.decode(bundle)).address(origin))
    except Refused as refusal:
        if refusal.kind != "slip":
            raise
        return ""


@lru_cache(maxsize=64)  # Drawing takes 50 ms, and every reader of an alert asks for the same.
def _drawn(address: str) -> str:
    head, mark, fragment = address.partition("#")
    try:
        # Two segments: small letters take eight bits each, the capitals and digits of base45 five and a half.
        # (segno takes several, its types say one.)
        code = segno.make_qr((head + mark, fragment), error="l")  # type: ignore[arg-type]
    except segno.DataOverflowError:
        return ""
    return str(code.svg_inline(omitsize=True, border=QUIET, light="#fff", dark="#000", svgclass="code", lineclass=None))
