"""The drop: verifiers' questions in cells that all look alike, in one file that everybody fetches.  SPEC 6.7.

A cell is an age file of 4,096 bytes to one thread:

    plaintext   u16 big-endian length, JCS of the signed question, zeros to 2,437 bytes

A dummy is a cell of zeros to a key that nobody has.  The file is 16, 32, 64 … cells, ascending by their bytes, which
begin with chance: so the order tells nothing, and one set of cells has one spelling.

Pure but for the chance that sealing draws.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Final

from protocol import age
from protocol.errors import Refused
from protocol.limits import CELL, DROP_CELLS, DROP_STEP
from protocol.signed import Signed
from protocol.stanza import HYBRID

# What one stanza (70 + 1,557), the nonce (16) and the chunk's tag (16) leave of a cell.
ROOM: Final = CELL - age.header_size(1) - 32


def seal_cell(signed: Signed, recipient: str) -> bytes:
    """Return the cell that holds a signed question for a thread's age recipient.  Raises Refused("too_large")."""
    text = signed.encode()
    if len(text) > ROOM - 2:
        raise Refused("too_large", f"The signed question takes {len(text)} bytes; a cell holds {ROOM - 2}.")
    return age.seal((len(text).to_bytes(2, "big") + text).ljust(ROOM, b"\0"), [recipient])


def dummy_cell() -> bytes:
    """Return a cell that nobody can open, and nobody can tell from another."""
    return age.seal(bytes(ROOM), [age.Identity.generate().recipient])


def check_cell(cell: bytes) -> None:
    """Raise Refused("cell") unless these bytes look like a cell: one hybrid stanza, 4,096 bytes.  Needs no key."""
    if len(cell) != CELL:
        raise Refused("cell", f"A cell of the drop has {CELL} bytes; this one has {len(cell)}.")
    try:
        header = age.parse_header(cell)
    except Refused as error:
        raise Refused("cell", f"A cell is an age file; this is none: {error.sentence}") from error
    kinds = [one.kind[:40] for one in header.stanzas]
    if kinds != [HYBRID]:
        raise Refused("cell", f"A cell has one stanza {HYBRID}; this one has {', '.join(kinds)[:200]}.")


def open_cell(cell: bytes, identity: age.Identity) -> Signed | None:
    """Return the signed question in a cell, not yet checked; None where the cell is somebody else's, or a dummy.

    Raises Refused: cell (its shape, or what is in it), age_mac, age_payload, and as `Signed.decode`.
    """
    check_cell(cell)
    try:
        file_key = age.open_header(cell, [identity])
    except Refused as error:
        # The shape has passed, so age_header means a share of low order: it is nobody's, and says so to everybody.
        if error.kind in ("age_no_match", "age_header"):
            return None
        raise
    plain = age.open(cell, [age.FileKey(file_key)])
    length = int.from_bytes(plain[:2], "big")
    if len(plain) != ROOM or length > ROOM - 2 or any(plain[2 + length :]):
        raise Refused("cell", "The cell is not laid out as length, question and zeros.")
    return Signed.decode(plain[2 : 2 + length], CELL)


def drop_size(cells: int) -> int:
    """Return how many cells a drop has that holds so many: 16, 32, 64 …  Raises Refused("drop") over 1,024."""
    if cells > DROP_CELLS:
        raise Refused("drop", f"{cells} cells were to be held; a drop has at most {DROP_CELLS}.")
    size = DROP_STEP
    while size < cells:
        size *= 2
    return size


def encode_drop(cells: Iterable[bytes]) -> bytes:
    """Return the drop of these cells, which fill it, dummies and all.  Raises Refused("drop" | "cell")."""
    file = b"".join(sorted(cells))
    decode_drop(file)
    return file


def decode_drop(file: bytes) -> tuple[bytes, ...]:
    """Return the cells of a drop, looked at from outside.

    Raises Refused: drop (not 16, 32, 64 … cells, at most 1,024; not ascending, or one twice), cell.
    """
    count, rest = divmod(len(file), CELL)
    if rest or not count or count > DROP_CELLS or count != drop_size(count):
        raise Refused(
            "drop", f"A drop has {DROP_STEP}, {2 * DROP_STEP} … cells of {CELL} bytes; this has {len(file)} bytes."
        )
    cells = tuple(file[at : at + CELL] for at in range(0, len(file), CELL))
    for cell in cells:
        check_cell(cell)
    if any(a >= b for a, b in pairwise(cells)):
        raise Refused("drop", "The cells of a drop ascend by their bytes, with none twice.")
    return cells
