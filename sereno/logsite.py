"""A network's log as it is served: bytes by address, none of them believed.  SPEC 8.4, 16."""

from __future__ import annotations

from dataclasses import dataclass, field

from protocol.errors import Refused
from protocol.note import Note, text_of
from protocol.tiles import Tile, read_entries, read_hashes
from protocol.trail import Trail
from sereno.http import Client


@dataclass(frozen=True, slots=True)
class LogSite:
    """Where a log is served: the public face's address.  `served`: checkpoints as they came."""

    url: str
    served: list[bytes] = field(default_factory=list)
    _tiles: dict[Tile, list[bytes]] = field(default_factory=dict)

    def policy(self) -> bytes:
        """Return the policy file that the site itself gives out."""
        return self._get("/policy.json")

    def trail(self) -> Trail:
        """Return the roster in force and its root changes, unchecked."""
        return Trail.decode(self._get("/roster.json"))

    def checkpoint(self) -> Note:
        """Return the newest checkpoint's note, unchecked."""
        self.served.append(self._get("/log/checkpoint"))
        return Note.decode(text_of(self.served[-1]))

    def hashes(self, tile: Tile) -> list[bytes]:
        """Return a tile's hashes, unchecked.  Raises Refused("log_tile") where it has not its length."""
        if tile not in self._tiles:
            self._tiles[tile] = read_hashes(self._get(f"/log/{tile.encode()}"), tile)
        return self._tiles[tile]

    def entries(self, tile: Tile) -> list[bytes]:
        """Return a bundle's entries, unchecked.  Raises Refused("log_tile") where it has not its length."""
        return read_entries(self._get(f"/log/{tile.encode()}"), tile)

    def object(self, entry: bytes) -> bytes | None:
        """Return what the site shows as an entry's object, unchecked; None where it shows nothing."""
        return self._ask(f"/log/object/{entry.hex()}")

    def _get(self, path: str) -> bytes:
        data = self._ask(path)
        if data is None:
            raise OSError(f"{self.url} has no {path}.")
        return data

    def _ask(self, path: str) -> bytes | None:
        try:
            return Client(self.url.rstrip("/")).get(path)
        except Refused as refusal:
            if refusal.kind == "not_found":
                return None
            # Not its sentence: what a stranger's server says is not printed on anybody's terminal.
            raise OSError(f"{self.url} refuses {path}: {refusal.kind}.") from None
