"""What the form asks of its door: patiently while anything comes, and nothing once it was taken back."""

from __future__ import annotations

from typing import Final

import pytest

from protocol.limits import CLOCK_SKEW, DAY
from sereno import demonet
from tests import javascript
from tests.door import NOW, opened

MINUTE: Final = 60


def test_a_drop_that_takes_minutes_is_fetched_whole_while_pieces_of_it_come() -> None:
    assert javascript.call("./door", "slowDrop", 3, 35) == "3"


def test_a_drop_of_which_nothing_comes_for_a_minute_is_given_up() -> None:
    assert javascript.call("./door", "slowDrop", 2, 70) == "Dropped"


@pytest.mark.parametrize(("seconds", "found"), [(90, "come"), (150, "Dropped")])
def test_a_part_has_the_time_that_a_slow_line_takes_for_it_and_no_more(seconds: int, found: str) -> None:
    assert javascript.call("./door", "slowPart", seconds) == found


def test_a_door_is_not_asked_for_what_was_taken_back() -> None:
    assert javascript.call("./door", "takenBack") == [True, 0]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, bytes]:
    """Give a network's policy and its publication, whose roster was issued just now."""
    network = demonet.found_demo(NOW)
    with opened(tmp_path_factory.mktemp("door"), network) as door:
        return network.policy.encode(), door.client.get("/recipients").data


@pytest.mark.parametrize(
    ("behind", "found"),
    [
        (20 * 60 * MINUTE, 20 * 60 * MINUTE),
        (CLOCK_SKEW + MINUTE, CLOCK_SKEW + MINUTE),
        (-20 * 60 * MINUTE, 0),  # Nothing is taken for longer than the device's own clock takes it.
        (2 * DAY, "roster_dates"),  # More than a day is for the person to judge, who here believes the phone.
    ],
)
def test_a_phone_that_is_hours_slow_takes_what_was_just_issued(
    published: tuple[bytes, bytes], behind: int, found: int | str
) -> None:
    assert javascript.call("./door", "offClock", *published, NOW + 1, NOW + 1 - behind) == found


def test_a_page_that_breaks_off_while_it_is_saved_gives_no_copy() -> None:
    assert javascript.call("./door", "brokenCopy") is None
