"""The door's settings: a wrong number ends the start with its variable's name, instead of every request later."""

from __future__ import annotations

import pytest

from intake.settings import Settings
from tests.test_onion import NEEDED

NUMBERS = ("SERENO_INTAKE_HOURLY_BYTES", "SERENO_INTAKE_THREADS")


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("text", ["0", "-1", "512M", "1e9", "1_000", " 8", "8\n", "٣"])
def test_a_number_that_is_none_is_refused_at_the_start(name: str, text: str) -> None:
    with pytest.raises(SystemExit, match=name):
        Settings.read({**NEEDED, name: text})


def test_numbers_are_read_and_have_a_default() -> None:
    read = Settings.read({**NEEDED, NUMBERS[0]: "1048576", NUMBERS[1]: "3"})
    assert (read.hourly_bytes, read.threads) == (1 << 20, 3)
    for unset in ({}, dict.fromkeys(NUMBERS, "")):
        found = Settings.read({**NEEDED, **unset})
        assert (found.hourly_bytes, found.threads) == (512 << 20, 8)
