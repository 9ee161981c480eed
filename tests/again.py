"""What `make soak` alone looks at: a test once more, in another language, look, browser or kind of database.

`make test` asks for each promise once, and has ten minutes on two cores.
"""

from __future__ import annotations

from typing import Any

import pytest


def again(*values: object) -> list[Any]:
    """Return values of one parameter for `make soak` alone."""
    return [pytest.param(value, marks=pytest.mark.soak) for value in values]
