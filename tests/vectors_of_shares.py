"""The vectors of shared keys: one sealed file, the digest that its event names, and keys that were shared for it.

    python -m tests.vectors_of_shares

writes them.  The file's one stanza is for nobody: whoever opens it has its key.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from nacl.bindings import crypto_aead_chacha20poly1305_ietf_encrypt as seal_chunk

from protocol.encoding import b64, b64raw, fingerprint
from protocol.kdf import hkdf
from protocol.limits import MINUTE
from protocol.part import encode_part
from protocol.stanza import BODY, HYBRID, Stanza, encode_header
from protocol.xwing import SHARE
from tests.world_network import NOW

FILE: Final = Path(__file__).resolve().parent.parent / "protocol" / "vectors" / "share.json"
KEY: Final = bytes(range(16))
NONCE: Final = bytes(range(16, 32))
PART: Final = {"v": 1, "minute": NOW // MINUTE, "move": "hold", "words": "Waiting for a call. Ñandú."}


def sealed(key: bytes = KEY) -> bytes:
    """Return the part as a file with this key."""
    header = encode_header([Stanza((HYBRID, b64raw(bytes(SHARE))), bytes(BODY))], key)
    payload_key = hkdf(key, NONCE, b"payload", 32)
    return header + NONCE + seal_chunk(encode_part(PART), b"", bytes(11) + b"\1", payload_key)


def shares() -> dict[str, Any]:
    """Return the vectors: a file in base64, single bytes that are changed in it, a key, and what comes of it."""
    file = sealed()
    right, wrong = b64(KEY), b64(bytes(16))
    header = len(file) - len(NONCE) - len(encode_part(PART)) - 16
    at = {"in the header": 40, "in its MAC": header - 20, "in the nonce": header, "in the payload": header + 100}
    rows: list[tuple[str, str, list[tuple[int, int]], bool, str]] = [
        ("the file's key opens the file", right, [], False, ""),
        ("another key", wrong, [], False, "age_mac"),
        ("a key that is short", b64(KEY[:15]), [], False, "age_recipient"),
        ("another file in its place", right, [(len(file) - 1, 0)], False, "digest"),
        # Where nothing names a digest (an envelope), the key alone has to tell.
        *(
            (f"a byte changed {where}", right, [(place, 66 if file[place] == 65 else 65)], True, "")
            for where, place in at.items()
        ),
    ]
    kinds = {"a byte changed in the nonce": "age_payload", "a byte changed in the payload": "age_payload"}
    vectors = [
        {"name": name, "key": key, "put": [list(one) for one in put], "digest": None if free else fingerprint(file)}
        | {"kind": kinds.get(name, "age_mac" if free else kind) or None}
        for name, key, put, free, kind in rows
    ]
    about = "Shared keys (SPEC 9.6): `put` changes bytes of `sealed`; `digest`, where one is named, is looked at first."
    return {"about": about, "sealed": b64(file), "part": PART, "vectors": vectors}


def written() -> str:
    """Return the text of the file."""
    return json.dumps(shares(), ensure_ascii=False, separators=(",", ":")).replace('{"name":', '\n{"name":') + "\n"


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
