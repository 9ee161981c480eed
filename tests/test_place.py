"""Places: points fall into the same cell in both languages, cells are 800 m wide, and a cell gives its middle back."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocol.errors import Refused
from protocol.place import CELL_METRES, HALF_TURN, HEIGHT, MAX_LATITUDE, RADIUS_METRES, cell_of, centre_of
from tests.javascript import call
from tests.refusals import refused

LATITUDES = st.integers(-MAX_LATITUDE, MAX_LATITUDE)
LONGITUDES = st.integers(-HALF_TURN, HALF_TURN - 1)
METRES = 6_371_008.8 * math.pi / 180 / 1_000_000  # One millionth of a degree of latitude on a sphere.


def metres(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Return the distance of two near points, in floating point, as a map measures it."""
    cosine = math.cos(math.radians((a[0] + b[0]) / 2_000_000))
    return math.hypot((a[0] - b[0]) * METRES, (a[1] - b[1]) * METRES * cosine)


@settings(max_examples=500, deadline=None)
@given(LATITUDES, LONGITUDES)
def test_both_languages_put_a_point_into_the_same_cell_and_find_its_middle(latitude: int, longitude: int) -> None:
    cell = cell_of(latitude, longitude)
    centre = centre_of(cell)

    assert re.fullmatch(r"-?\d{1,5},-?\d{1,5}", cell)  # As alerts carry it.
    assert cell_of(*centre) == cell
    assert call("place", "cellOf", latitude, longitude) == cell
    assert call("place", "centreOf", cell) == list(centre)


@settings(max_examples=500, deadline=None)
@given(LATITUDES, LONGITUDES)
def test_a_point_is_in_the_circle_around_its_cell(latitude: int, longitude: int) -> None:
    centre = centre_of(cell_of(latitude, longitude))

    if abs(longitude) < HALF_TURN - 100_000:  # The last column is cut short.
        assert metres((latitude, longitude), centre) <= RADIUS_METRES + 6


@settings(max_examples=300, deadline=None)
@given(LATITUDES, st.integers(-179_000_000, 178_000_000))
def test_the_next_cell_is_800_metres_away(latitude: int, longitude: int) -> None:
    column, row = map(int, cell_of(latitude, longitude).split(","))
    here, east = centre_of(f"{column},{row}"), centre_of(f"{column + 1},{row}")

    assert 792 <= metres(here, east) <= 804
    assert round(HEIGHT * METRES) == CELL_METRES


@pytest.mark.parametrize(
    ("point", "cell"),
    [
        ((0, 0), "0,0"),
        ((-1, -1), "-1,-1"),
        ((7199, 7199), "0,0"),
        ((7200, 7200), "1,1"),
        # cos 37.335 degrees is 0.79376 by the formula, so a cell is 9,070 millionths wide: 121,888,300 / 9,070.
        ((37_338_700, -121_888_300), "-13439,5185"),
    ],
)
def test_a_cell_counts_columns_from_greenwich_and_rows_from_the_equator(point: tuple[int, int], cell: str) -> None:
    assert cell_of(*point) == cell
    assert call("place", "cellOf", *point) == cell


@pytest.mark.parametrize(
    "point", [(MAX_LATITUDE + 1, 0), (-MAX_LATITUDE - 1, 0), (0, HALF_TURN), (0, -HALF_TURN - 1)], ids=str
)
def test_a_point_beyond_the_grid_is_refused(point: tuple[int, int]) -> None:
    with refused("shape", "80 degrees of the equator"):
        cell_of(*point)
    with refused("shape", "80 degrees of the equator"):
        call("place", "cellOf", *point)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "1",
        "1,2,3",
        "01,2",
        "-0,2",
        "1,-0",
        "+1,2",
        " 1,2",
        "1,2\n",
        "1,11112",
        "1,-11113",
        "25000,0",
        "-25001,0",
        "٣,1",
    ],
    ids=repr,
)
def test_a_cell_that_is_never_written_is_refused_alike(cell: str) -> None:
    with pytest.raises(Refused) as ours:
        centre_of(cell)
    with refused("shape", ours.value.sentence):
        call("place", "centreOf", cell)
