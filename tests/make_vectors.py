"""Write protocol/vectors/*.json: `python -m tests.make_vectors`.  Each vector is one rule and one outcome.

The files are the contract, not this script: once a version is out, a vector is never changed, only added.  A vector's
fields are laid over the file's `shared` ones; where both are objects, field by field, and null takes a field away.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from protocol.errors import KINDS, Refused
from tests import twins

LAYING: Final = "`fields` are laid over `shared`, object over object field by field; null takes a field away."
FOLDER: Final = Path(__file__).resolve().parent.parent / "protocol" / "vectors"
Fields = dict[str, Any]
Story = tuple[str, str | None, Fields]  # Name, kind of the refusal or None, fields.


class Chapter:
    """One file in the making: a noun, the section it belongs to, what its vectors share, and the vectors."""

    def __init__(self, noun: str, section: str, about: str, **shared: Any) -> None:
        self.noun, self.section, self.about, self.shared = noun, section, about, shared
        self.vectors: list[Fields] = []

    def tell(self, name: str, kind: str | None = None, **fields: Any) -> None:
        """Add a vector; what is found is written down, and a refusal must be of the kind that was meant."""
        vector: Fields = {"name": name, "rule": KINDS[kind].rule if kind else f"SPEC {self.section}", "kind": kind}
        try:
            found = twins.answer(self.noun, laid_over(self.shared, fields))
        except Refused as refusal:
            if refusal.kind != kind:
                raise AssertionError(f"{self.noun}: {name}: {refusal}") from refusal
        else:
            if kind is not None:
                raise AssertionError(f"{self.noun}: {name}: {kind} was meant, and nothing is refused")
            vector["found"] = found
        said = {key: differing(self.shared.get(key), value) for key, value in fields.items()}
        if laid_over(self.shared, said) != laid_over(self.shared, fields):
            raise AssertionError(f"{self.noun}: {name}: the shorter spelling says something else")
        self.vectors.append({**vector, "fields": said})

    def write(self) -> None:
        """Write the file."""
        value = {"about": f"{self.about}  {LAYING}", "noun": self.noun, "shared": self.shared, "vectors": self.vectors}
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        text = (
            text.replace('{"name":', '\n{"name":')
            .replace('"shared":', '\n"shared":')
            .replace('"vectors":', '\n"vectors":')
        )
        (FOLDER / f"{self.noun}.json").write_text(text + "\n", "utf-8")


def differing(under: Any, value: Any) -> Any:
    """Return a field without what the shared one says too: the files are read often, and are to stay small."""
    if not (isinstance(under, dict) and isinstance(value, dict)):
        return value
    return {key: one for key, one in value.items() if key not in under or under[key] != one}


def laid_over(shared: Fields, fields: Fields) -> Fields:
    """Return a vector's whole fields."""
    out = dict(shared)
    for name, value in fields.items():
        under = shared.get(name)
        if isinstance(value, dict) and isinstance(under, dict):
            both = {**under, **value}
            out[name] = {key: one for key, one in both.items() if one is not None}
        else:
            out[name] = value
    return {name: value for name, value in out.items() if value is not None}


def main() -> None:
    """Write every file."""
    from tests import (
        vectors_of_alerts,
        vectors_of_chains,
        vectors_of_drops,
        vectors_of_lists,
        vectors_of_notices,
        vectors_of_publications,
        vectors_of_slips,
        vectors_of_stays,
        vectors_of_tips,
    )  # They need what stands above.

    chapters: list[Callable[[], Chapter]] = [
        *vectors_of_lists.CHAPTERS,
        *vectors_of_publications.CHAPTERS,
        *vectors_of_stays.CHAPTERS,
        *vectors_of_notices.CHAPTERS,
        *vectors_of_tips.CHAPTERS,
        *vectors_of_drops.CHAPTERS,
        *vectors_of_alerts.CHAPTERS,
        *vectors_of_chains.CHAPTERS,
        *vectors_of_slips.CHAPTERS,
    ]
    for make in chapters:
        chapter = make()
        chapter.write()
        print(f"{chapter.noun}.json  {len(chapter.vectors)} vectors")


if __name__ == "__main__":
    main()
