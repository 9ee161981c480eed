"""What a test expects of a refusal: its kind, and that the sentence says something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from protocol.errors import Refused


@contextmanager
def refused(kind: str, saying: str = "") -> Iterator[None]:
    """Expect Refused of this kind, with `saying` in its sentence."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.kind == kind, f"{caught.value} was raised; {kind} was expected."
    assert saying in caught.value.sentence, f"{saying!r} is not in: {caught.value.sentence}"
