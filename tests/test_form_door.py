"""What the form asks of its door: patiently while anything comes, and nothing once it was taken back."""

from __future__ import annotations

import pytest

from tests import javascript


def test_a_drop_that_takes_minutes_is_fetched_whole_while_pieces_of_it_come() -> None:
    assert javascript.call("./door", "slowDrop", 3, 35) == "3"


def test_a_drop_of_which_nothing_comes_for_a_minute_is_given_up() -> None:
    assert javascript.call("./door", "slowDrop", 2, 70) == "Dropped"


@pytest.mark.parametrize(("seconds", "found"), [(90, "come"), (150, "Dropped")])
def test_a_part_has_the_time_that_a_slow_line_takes_for_it_and_no_more(seconds: int, found: str) -> None:
    assert javascript.call("./door", "slowPart", seconds) == found


def test_a_door_is_not_asked_for_what_was_taken_back() -> None:
    assert javascript.call("./door", "takenBack") == [True, 0]
