"""A network's face: its public name, hotline, languages, zones and addresses, for the pages to show.

A JSON file that the operator writes.  Nothing in it is secret and nothing in it is trusted: who may do what is in the
roster.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from protocol.errors import Refused
from protocol.shape import CODE, LANGUAGE, Shape, boolean, exactly, integer, list_of, mapping, matching, record, words

ORIGIN: Final = matching(r"https?://[a-z0-9.-]+(:\d{1,5})?", "an origin such as https://tips.example.org")
_LINE: Final = words(400)
_BY_LANGUAGE: Final = mapping(LANGUAGE, _LINE, 32)
_POINT: Final = list_of(integer(-200_000_000, 200_000_000), 2, 2)

FACE: Final[Shape] = record(
    {
        "v": exactly(1),
        "name": _BY_LANGUAGE,
        "hotline": matching(r"[0-9+() -]{3,24}", "a telephone number"),
        "languages": list_of(LANGUAGE, 32, 1),
        "timezone": matching(r"[A-Za-z_]+(/[A-Za-z_]+){0,2}", "a time zone such as America/Los_Angeles"),
        "demo": boolean,
        "addresses": record({"intake": ORIGIN, "desk": ORIGIN, "alerts": ORIGIN}),
        "zones": list_of(
            record({"id": CODE, "name": _BY_LANGUAGE, "outline": list_of(_POINT, 256, 3)}),
            64,
            1,
        ),
        "rights": list_of(
            record(
                {"id": CODE, "jurisdiction": _LINE, "lines": mapping(LANGUAGE, list_of(_LINE, 12, 1), 32)},
                {"reviewer": _LINE, "reviewed_on": _LINE, "review_by": _LINE},
            ),
            16,
            1,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Face:
    """What the pages say about a network.  Outlines are points [longitude, latitude] in millionths of a degree."""

    name: Mapping[str, str]
    hotline: str
    languages: tuple[str, ...]
    timezone: str
    demo: bool
    addresses: Mapping[str, str]
    zones: tuple[Mapping[str, Any], ...]
    rights: tuple[Mapping[str, Any], ...]

    @classmethod
    def decode(cls, data: bytes) -> Face:
        """Return the face a JSON file holds.  Raises Refused("shape" | "text")."""
        try:
            value = json.loads(data)
        except (ValueError, RecursionError) as error:
            raise Refused("shape", f"The face is not JSON: {error}.") from error
        FACE(value, "face")
        return cls(
            name=value["name"],
            hotline=value["hotline"],
            languages=tuple(value["languages"]),
            timezone=value["timezone"],
            demo=value["demo"],
            addresses=value["addresses"],
            zones=tuple(value["zones"]),
            rights=tuple(value["rights"]),
        )

    @classmethod
    def read(cls, path: Path) -> Face:
        """Return the face in a file."""
        return cls.decode(path.read_bytes())

    def in_language(self, texts: Mapping[str, str], language: str) -> str:
        """Return a text in a language, else in the network's first, else in whatever there is."""
        for wanted in (language, self.languages[0], "en"):
            if wanted in texts:
                return texts[wanted]
        return next(iter(texts.values()))
