"""Vectors of tips, vaults and return codes; `tests.make_vectors` writes them."""

from __future__ import annotations

from typing import Any, Final

import nacl.bindings

from protocol.codename import derive_thread
from protocol.encoding import b64, bech32, canonical, fingerprint, unbech32
from protocol.limits import BUCKETS, CHUNK
from protocol.vault import vault_key
from tests.make_vectors import Chapter
from tests.pictures import exif, jpeg, photographed, segment

NETWORK: Final = "a1" * 32
PHRASE: Final = "abandon ability able about above absent"


TOLD: Final = {
    "what": "taking",
    "where": {"zone": "north-1"},
    "when": {"choice": "now"},
    "seen": "now",
    "words": "你好 ñ",
}
HEADER: Final[dict[str, Any]] = {
    "v": 1,
    "kind": "tip",
    "id": "0f" * 16,
    "day": 20_780,
    "network": NETWORK,
    "desk": "north",
    "roster": "b2" * 32,
    "set": "c3" * 32,
    "form": "d4" * 32,
    "files": [],
    "tip": TOLD,
}


def tips() -> Chapter:
    photo = {"type": "image/jpeg", "off": CHUNK, "len": 7, "sha256": fingerprint(b"a photo"), "turn": 6}
    other = {"type": "image/png", "off": CHUNK + 7, "len": 5, "sha256": fingerprint(b"other"), "turn": 1}
    told = Chapter(
        "tip",
        "6.1",
        "Plaintexts of tips: the header (`legal` is zeros where it is not said), `body` at 65,536.",
        header=HEADER,
        bucket=CHUNK,
    )
    told.tell("words and no photo")
    with_photo: dict[str, Any] = {"header": {"files": [photo]}, "body": "a photo", "bucket": BUCKETS[1]}
    told.tell("a photo", **with_photo)
    told.tell("two photos", header={"files": [photo, other]}, body="a photoother", bucket=BUCKETS[1])
    told.tell("another magic", "tip_magic", magic="sereno2\0")
    told.tell("a header longer than any", "tip_layout", length=60_001)
    told.tell("a header that ends early", "not_json", length=100)
    told.tell("a header that ends late", "not_json", length=17_000)
    told.tell("a byte behind the header", "tip_padding", put=[[CHUNK - 1, 1]])
    told.tell("a byte behind the photo", "tip_padding", **with_photo, put=[[BUCKETS[1] - 1, 1]])
    told.tell("a bucket that does not exist", "bucket", bucket=CHUNK + 16)
    told.tell("a bucket too large", "bucket", bucket=BUCKETS[1])
    told.tell("a photo that has no room", "tip_layout", header={"files": [photo]})
    told.tell(
        "a gap before a photo", "tip_layout", **{**with_photo, "header": {"files": [{**photo, "off": CHUNK + 1}]}}
    )
    told.tell("photos that overlap", "tip_layout", **{**with_photo, "header": {"files": [photo, photo]}})
    told.tell("another photo", "tip_digest", **{**with_photo, "body": "a phot0"})
    told.tell("a fourth photo", "shape", header={"files": [photo] * 4})
    _originals(told, photo)
    for name, changes in (
        ("a field that nobody knows", {"ip": "192.0.2.1"}),
        ("no words need be said, but what was seen must", {"tip": {"what": "taking"}}),
        ("281 characters", {"tip": {**TOLD, "words": "x" * 281}}),
        ("a legal part that is short", {"legal": b64(bytes(12_287))}),
        ("an answer tells no tip", {"kind": "answer"}),
    ):
        told.tell(name, "shape", header=changes)
    _threads_and_words(told)
    return told


def _threads_and_words(told: Chapter) -> None:
    thread = {"age": derive_thread(bytes(11), NETWORK).age.recipient, "ed25519": b64(bytes(32))}
    told.tell("a thread", header={"thread": thread})
    unsound = bech32("age1pq", unbech32("age1pq", thread["age"])[:-32] + bytes(32))
    told.tell("a thread that no question can be sealed to", "tip_thread", header={"thread": {**thread, "age": unsound}})
    told.tell("280 characters outside the first plane", header={"tip": {**TOLD, "words": "\U0001f600" * 280}})


def _originals(told: Chapter, photo: dict[str, Any]) -> None:
    original = {**photo, "type": "application/age"}
    told.tell("a fourth original", "shape", header={"files": [original] * 4})
    files = [photo, {**original, "off": CHUNK + 7}]
    told.tell("a photo and its sealed original", header={"files": files}, body="a photoa photo", bucket=BUCKETS[1])


def photos() -> Chapter:
    told = Chapter("photo", "6.5", "JPEGs: their size, their turn, and the bytes that are left of them.")
    told.tell("a bare one", hex=jpeg().hex(), bare=True)
    told.tell("all that phones add", hex=photographed(6).hex())
    told.tell("a turn in the other order of bytes", hex=jpeg(before=exif(8, ">")).hex())
    told.tell("a turn that there is not", hex=jpeg(before=exif(9)).hex())
    for name, data in (
        ("EXIF", jpeg(before=exif(1))),
        ("a comment", jpeg(before=segment(0xFE, b"made by"))),
        ("a film behind it", jpeg(after=b"ftypmp42")),
        ("a fill byte", jpeg(before=b"\xff")),
    ):
        told.tell(f"{name} is not for a verifier", "photo", hex=data.hex(), bare=True)
    for name, data in (
        ("another format", b"\x89PNG"),
        ("one that is cut off", jpeg()[:-2]),
        ("one that shows nothing", b"\xff\xd8\xff\xd9"),
        ("a table with words behind it", jpeg(before=segment(0xDB, bytes(65) + b"words"))),
        ("an arithmetic coder", jpeg().replace(b"\xff\xc0", b"\xff\xc9")),
        ("no height", jpeg().replace(b"\x08\0\x20", b"\x08\0\0")),
    ):
        told.tell(name, "photo", hex=data.hex())
    return told


def vaults() -> Chapter:
    salt, nonce = bytes(range(16)), bytes(range(24))
    header = {"v": 1, "kdf": "argon2id", "t": 3, "m": 65_536, "p": 1, "salt": b64(salt)}
    content = canonical({"v": 1, "network": NETWORK, "verifier": "k7mq2x9a", "seed": b64(bytes(range(32)))})
    sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        content, canonical(header), nonce, vault_key(PHRASE, salt)
    )
    told = Chapter(
        "vault",
        "5.6",
        "Vault files and pass-phrases.",
        file={**header, "nonce": b64(nonce), "sealed": b64(sealed)},
        passphrase=PHRASE,
    )
    told.tell("the words open it however they are typed", passphrase=" Abandon ABILITY\table about above\u3000absent ")
    told.tell("another order", "passphrase", passphrase="ability abandon able about above absent")
    for name, changes in (
        ("fewer passes", {"t": 1}),
        ("less memory", {"m": 8}),
        ("more lanes", {"p": 4}),
        ("another function", {"kdf": "scrypt"}),
        ("a short salt", {"salt": b64(bytes(8))}),
        ("a hint", {"hint": "cat"}),
        ("no nonce", {"nonce": ""}),
        ("a seal without room for a tag", {"sealed": "AAAA"}),
    ):
        told.tell(name, "vault", file=changes)
    told.tell("nothing in it", "vault", file="{}")
    return told


def codes() -> Chapter:
    told = Chapter("code", "6.4", "Return codes.")
    words = "abandon ability able about above absent absorb abstract"
    told.tell("eight words are eleven bytes", words=words)
    told.tell("a code in a network gives a thread", words=words, network=NETWORK)
    told.tell("the last code", words="zoo zoo zoo zoo zoo zoo zoo zoo")
    told.tell("capitals, accents and spaces", words="  ZOO zóo\tzoo zoo zoo\u00a0zoo\nzoo Zoö ")
    for count in (0, 7, 9):
        told.tell(f"{count} words", "code_word", words=" ".join(["zoo"] * count))
    for word in ("zooo", "abandn", "\u5b57", "wrod", "qqq"):
        told.tell(f"{word} is not in the list", "code_word", words=f"zoo zoo zoo {word} zoo zoo zoo zoo")
    return told


CHAPTERS: Final = (tips, photos, vaults, codes)
