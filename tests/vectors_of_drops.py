"""Vectors of questions, replies, cells and drops; `tests.make_vectors` writes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

from protocol import age, limits
from protocol.codename import derive_thread
from protocol.drop import ROOM, seal_cell
from protocol.encoding import b64, b64raw, canonical, unb64
from protocol.question import LIFE, thread_name
from protocol.reply import sign_reply
from protocol.signed import Signed, sign
from protocol.stanza import parse_header
from tests.make_vectors import FOLDER, Chapter
from tests.vectors_of_lists import network, of
from tests.world import World

CODE: Final = bytes(range(11))
ASKED: Final = "How do you know? ¿Cómo lo sabe?"


def asked(world: World, **changes: Any) -> dict[str, Any]:
    """Return a question's payload as a value; a field that becomes None is left out."""
    thread = derive_thread(CODE, world.network).value()
    value = {"v": 1, "network": world.network, "thread": thread_name(thread), "nonce": "0f" * 16}
    found = {**value, "issued": world.now, "words": ASKED, **changes}
    return {name: one for name, one in found.items() if one is not None}


def questions() -> Chapter:
    world = network()
    thread = derive_thread(CODE, world.network).value()
    told = Chapter("question", "6.6", "Questions.", **of(world), now=world.now, thread=thread)

    def tell(name: str, kind: str | None, *signers: str, fields: dict[str, Any] | None = None, **changes: Any) -> None:
        signed = world.sign("question", canonical(asked(world, **changes)), *(signers or ("bo",)))
        told.tell(name, kind, question=signed.value(), **(fields or {}))

    tell("a verifier asks", None)
    tell("how it ended", None, words=None, ending="not-immigration")
    tell("280 characters outside the first plane", None, words="\U0001f600" * 280)
    tell("281 characters", "shape", words="x" * 281)
    tell("a character that nobody sees", "text", words="How\u202e?")
    tell("neither words nor an ending", "shape", words=None)
    tell("words and an ending", "shape", ending="nothing-found")
    tell("an ending that does not exist", "shape", words=None, ending="arrested")
    tell("another thread's", "question", thread="ab" * 32)
    tell("another network's", "question", network="ab" * 32)
    tell("two sign", "question", "ana", "bo")
    tell("somebody who was revoked", "question", "rae")
    tell("a lent verifier asks", None, "len")
    stay = world.sign_stay("bo", "ana").value()
    tell("somebody whom a lead has suspended", "question", fields={"stays": [stay]})
    tell("three days old", None, issued=world.now - limits.DROP_HOURS * limits.HOUR)
    tell("too old to stand in the drop", "question", issued=world.now - LIFE)
    tell("of the day after tomorrow", "question", issued=world.now + limits.DAY + 1)
    told.tell(
        "an answer is no question",
        "payload_type",
        question=world.sign("answer", canonical(asked(world)), "bo").value(),
    )
    told.tell(
        "a stranger asks", "signer", question=sign("question", canonical(asked(world)), "qqqqqqqq", b"e" * 32).value()
    )
    return told


def replies() -> Chapter:
    world = network()
    thread, other = (derive_thread(code, world.network) for code in (CODE, bytes(11)))
    shared = {"network": world.network, "thread": thread.value()}
    told = Chapter("reply", "6.8", "Answers and withdrawals, of whose headers only this is looked at.", header=shared)
    value = {"v": 1, "network": world.network, "thread": thread_name(thread.value()), "question": "ab" * 32}

    def tell(name: str, refused: str | None, kind: str, said: Signed) -> None:
        told.tell(name, refused, header={"kind": kind, "said": said.value()})

    answer = {**value, "words": "I saw the vests.\nThree of them. \u202e"}
    bare = {name: one for name, one in value.items() if name != "question"}
    tell("an answer", None, "answer", sign_reply("answer", answer, thread.seed))
    tell("a withdrawal instead of an answer", None, "withdrawal", sign_reply("withdrawal", value, thread.seed))
    tell("a withdrawal", None, "withdrawal", sign_reply("withdrawal", bare, thread.seed))
    tell("another thread signs", "signer", "answer", sign_reply("answer", answer, other.seed))
    tell(
        "for another thread", "tip_thread", "answer", sign_reply("answer", {**answer, "thread": "cd" * 32}, thread.seed)
    )
    tell(
        "for another network",
        "tip_thread",
        "withdrawal",
        sign_reply("withdrawal", {**bare, "network": "cd" * 32}, thread.seed),
    )
    tell("an answer is no withdrawal", "payload_type", "withdrawal", sign_reply("answer", answer, thread.seed))
    signed = sign_reply("answer", answer, thread.seed)
    forged = Signed("answer", canonical({**answer, "words": "No."}), signed.signatures)
    tell("other words", "signature", "answer", forged)
    keyid = signed.signatures[0].keyid
    tell(
        "an answer to nothing", "shape", "answer", sign("answer", canonical({**bare, "words": "x"}), keyid, thread.seed)
    )
    tell(
        "281 characters",
        "shape",
        "answer",
        sign("answer", canonical({**answer, "words": "x" * 281}), keyid, thread.seed),
    )
    return told


def _kept(name: str, seal: Callable[[], bytes]) -> str:
    """Return a cell as the file has it, in base64: it was sealed by chance, and a vector never changes."""
    path = FOLDER / "cell.json"
    if path.exists():
        file = json.loads(path.read_text("utf-8"))
        found = {one["name"]: one["fields"].get("cell") for one in file["vectors"]} | {"": file["shared"]["cell"]}
        if name in found:
            return str(found[name])
    return b64(seal())


def _first() -> str:
    world = network()
    thread = derive_thread(CODE, world.network)
    return _kept("", lambda: seal_cell(world.sign("question", canonical(asked(world)), "bo"), thread.age.recipient))


def cells() -> Chapter:
    thread = derive_thread(CODE, network().network)
    told = Chapter(
        "cell", "6.7", "Cells; `put` changes bytes, `length` cuts.", cell=_first(), seed=thread.age.seed.hex()
    )

    def tell(name: str, kind: str, plain: bytes, stanzas: int = 1) -> None:
        recipients = [thread.age.recipient] * stanzas
        told.tell(
            name, kind, cell=_kept(name, lambda: age.seal(plain.ljust(ROOM - 1557 * (stanzas - 1), b"\0"), recipients))
        )

    told.tell("a question for this thread")
    told.tell("for somebody else", seed="ab" * 32)
    told.tell("a byte less", "cell", length=4095)
    told.tell("nothing", "cell", length=0)
    told.tell("no age file", "cell", put=[[0, 65]])
    told.tell("another MAC", "age_mac", put=[[1610, 65], [1611, 66]])
    told.tell("another last byte", "age_payload", put=[[4095, 0], [4094, 0]])
    told.tell("a share of low order, which opens for nobody", put=_share_put(unb64(_first())))
    tell("a length that is too long", "cell", b"\xff\xff")
    tell("a byte behind the question", "cell", b"\0\2{}".ljust(ROOM - 1, b"\0") + b"\1")
    tell("no signed object", "shape", b"\0\2{}")
    tell("two stanzas", "cell", b"", 2)
    return told


def _share_put(cell: bytes) -> list[list[int]]:
    """Return the changes that leave zeros of the X25519 half of a cell's share."""
    share = parse_header(cell).stanzas[0].share()
    before, after = (b64raw(one).encode() for one in (share, share[:-32] + bytes(32)))
    at = cell.index(before)
    return [[at + index, new] for index, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]


def drops() -> Chapter:
    told = Chapter("drop", "6.7", "Drops: one cell with other last bytes, perhaps cut.", cell=_first())
    told.tell("sixteen cells", last=list(range(16)))
    told.tell("thirty-two cells", last=list(range(32)))
    told.tell("nothing", "drop", last=[])
    told.tell("fifteen cells", "drop", last=list(range(15)))
    told.tell("forty-eight cells", "drop", last=list(range(48)))
    told.tell("two thousand and forty-eight cells", "drop", last=[0] * 2048)
    told.tell("a byte short", "drop", last=list(range(16)), cut=1)
    told.tell("two change places", "drop", last=[1, 0, *range(2, 16)])
    told.tell("one stands twice", "drop", last=[0, *range(15)])
    return told


CHAPTERS: Final = (questions, replies, cells, drops)
