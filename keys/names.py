"""Names: the custodians' and leads' sealed list of who is behind which id.  It is on paper or here, never on a server.

The same lock as a custodian's file, under words of the list's own, which the custodians and leads know.  When one of
them leaves, the list gets new words.

Pure but for the chance that sealing draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import nacl.utils

from protocol import vault
from protocol.encoding import b64, canonical, parse, unb64
from protocol.errors import Refused
from protocol.shape import ID, SHA256, UNSEEN, base64, exactly, list_of, matching, record, refuse

MAX_NAMES: Final = 512 * 1024  # A thousand people at 120 characters each, sealed and in base64.
LONGEST: Final = 120


def _name(value: Any, path: str) -> None:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST or value.strip() != value or UNSEEN.search(value):
        raise refuse(path, f"a name of 1 to {LONGEST} visible characters", value)


_CLEAR: Final = {
    "v": exactly(1),
    "file": exactly("names"),
    "kdf": exactly("argon2id"),
    "t": exactly(vault.OPS),
    "m": exactly(vault.MEMORY_KIB),
    "p": exactly(1),
    "salt": base64(16),
    "network": SHA256,
}
FILE: Final = record({**_CLEAR, "sealed": matching(r"[A-Za-z0-9+/]{24,524288}={0,2}", "base64")})
CONTENT: Final = record({"v": exactly(1), "names": list_of(record({"id": ID, "name": _name}), 1000)})


@dataclass(frozen=True, slots=True)
class Names:
    """An opened list: names by id, of one network (its SHA-256 in hexadecimal)."""

    network: str
    by_id: Mapping[str, str] = field(repr=False)

    def added(self, id: str, name: str) -> Names:
        """Return the list with one more.  Raises Refused: shape; roster_content where the id has a name already."""
        ID(id, "id")
        _name(name, "name")
        if id in self.by_id:
            raise Refused("roster_content", f"{id} has a name in the list; an id is never given twice.")
        return Names(self.network, {**self.by_id, id: name})

    def removed(self, id: str) -> Names:
        """Return the list with one less.  Raises Refused("roster_content") for an id that is not there."""
        if id not in self.by_id:
            raise Refused("roster_content", f"The list has no {id}.")
        return Names(self.network, {one: name for one, name in self.by_id.items() if one != id})


def seal_names(names: Names, passphrase: str) -> bytes:
    """Return the list's file, canonical JSON and a line feed, after having opened it again to be sure."""
    salt = nacl.utils.random(16)
    clear = {
        "v": 1,
        "file": "names",
        "kdf": "argon2id",
        "t": vault.OPS,
        "m": vault.MEMORY_KIB,
        "p": 1,
        "salt": b64(salt),
        "network": names.network,
    }
    content = {"v": 1, "names": [{"id": id, "name": names.by_id[id]} for id in sorted(names.by_id)]}
    CONTENT(content, "names")
    sealed = vault.wrap(vault.vault_key(passphrase, salt), _label(clear), canonical(content))
    file = canonical({**clear, "sealed": b64(sealed)}) + b"\n"
    if open_names(file, passphrase) != names:
        raise Refused("vault", "The list that was just sealed does not open to the same names; nothing was kept.")
    return file


def open_names(file: bytes, passphrase: str) -> Names:
    """Return the opened list.  Raises Refused: vault (it is none, or half of one), passphrase."""
    try:
        value: dict[str, Any] = parse(file.removesuffix(b"\n"), MAX_NAMES)
        FILE(value, "list of names")
    except Refused as error:
        raise Refused("vault", f"The file is no list of names, or half of one: {error.sentence}") from error
    key = vault.vault_key(passphrase, unb64(value["salt"], 16))
    try:
        text = vault.unwrap(key, _label({name: value[name] for name in _CLEAR}), unb64(value["sealed"]))
    except Refused as error:
        raise Refused(
            "passphrase", "These words don't open the list of names. Check each word and their order."
        ) from error
    content = parse(text, MAX_NAMES)
    CONTENT(content, "names")
    return Names(value["network"], {one["id"]: one["name"] for one in content["names"]})


def _label(clear: Mapping[str, Any]) -> str:
    return canonical(dict(clear)).decode("utf-8")
