"""Areas: what lies in circles and polygons, on their borders, around the poles and where longitudes begin anew."""

import itertools
from fractions import Fraction
from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patron.engine.areas import Areas, Together
from patron.engine.areas.circles import EARTH_KM, Circle, circle, sine
from patron.engine.areas.points import DEGREE, HALF, QUARTER, Geopoint, geopoint_of
from patron.engine.areas.polygons import Polygon, polygon

LATITUDES, LONGITUDES = st.integers(-QUARTER, QUARTER), st.integers(-HALF, HALF)
POINTS = st.tuples(LATITUDES, LONGITUDES)


def at(latitude: float, longitude: float) -> Geopoint:
    return round(latitude * DEGREE), round(longitude * DEGREE)


def km_between(one: Geopoint, other: Geopoint) -> float:
    """By the formula as books have it, and the library's functions."""
    (a, b), (c, d) = ((radians(each[0] / DEGREE), radians(each[1] / DEGREE)) for each in (one, other))
    haversine = sin((a - c) / 2) ** 2 + cos(a) * cos(c) * sin((b - d) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(haversine)))


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("geo:50.26,19.02", (502_600_000, 190_200_000)),
        ("geo:-90,180", (-QUARTER, HALF)),
        ("geo:0.00000005,-0.00000005", (1, -1)),
        ("geo:0.000000049999,-0.000000049999", (0, 0)),
        ("geo:-0,00.5", (0, 5_000_000)),
        ("geo:90.00000004,0", (QUARTER, 0)),
        ("geo:90.00000005,0", None),
        ("geo:91,0", None),
        ("geo:0,-181", None),
        ("geo:1,2\n", None),
        (" geo:1,2", None),
        ("geo:1;2", None),
        ("geo:1.,2", None),
        ("geo:+1,2", None),
        ("geo:1e1,2", None),
        ("geo:١,2", None),
        ("geo:1,2,3", None),
        (f"geo:0.{'1' * 21},2", None),
        (None, None),
        (5, None),
        (["geo:1,2"], None),
    ],
    ids=range(21),
)
def test_a_point_is_read_from_its_text(text: object, point: Geopoint | None) -> None:
    assert geopoint_of(text) == point


@given(st.floats(0, 1.5707963267948966))
def test_the_sine_is_that_of_books(angle: float) -> None:
    assert abs(sine(angle) - sin(angle)) < 1e-15


BERLIN, WARSAW = at(52.52, 13.405), at(52.2297, 21.0122)
"""517.2 km apart."""


def test_a_circle_reaches_as_far_as_it_says() -> None:
    assert circle(BERLIN, 518).contains(*WARSAW)
    assert not circle(BERLIN, 516).contains(*WARSAW)
    assert circle(BERLIN, 0.000001).contains(*BERLIN)
    assert not circle(BERLIN, 0.001).contains(BERLIN[0] + DEGREE // 10_000, BERLIN[1])


def test_a_circle_goes_on_across_the_antimeridian_and_the_poles() -> None:
    fiji = circle(at(-17, 179.9), 50)
    assert fiji.contains(*at(-17, -179.9))
    assert fiji.contains(*at(-17, 180))
    assert fiji.contains(*at(-17, -180))
    assert not fiji.contains(*at(-17, -179))
    north = circle(at(89.9, 0), 50)
    assert north.contains(*at(89.9, 180))
    assert north.contains(*at(90, 123))
    assert north.contains(*at(90, -77))
    assert not north.contains(*at(89, 180))
    assert circle(at(0, 0), 20_000).contains(*at(0, 179.8))
    assert not circle(at(0, 0), 20_000).contains(*at(0, 180))


@given(POINTS, POINTS, st.floats(0.001, 20_000))
def test_a_circle_contains_what_is_near_enough(center: Geopoint, point: Geopoint, km: float) -> None:
    distance = km_between(center, point)
    if abs(distance - km) > 1e-6 * km + 1e-3:
        assert circle(center, km).contains(*point) == (distance < km)


@given(POINTS, POINTS, st.floats(0.001, 20_000))
def test_points_are_as_far_from_one_another_as_back(one: Geopoint, other: Geopoint, km: float) -> None:
    assert circle(one, km).contains(*other) == circle(other, km).contains(*one)


SQUARE = [(0, 0), (0, 10), (10, 10), (10, 0), (0, 0)]
HOLE = [(4, 4), (4, 6), (6, 6), (6, 4), (4, 4)]


@pytest.mark.parametrize(
    ("point", "is_in"),
    [
        ((5, 5), False),
        ((5, 3), True),
        ((0, 0), True),
        ((10, 10), True),
        ((10, 5), True),
        ((0, 5), True),
        ((5, 0), True),
        ((5, 10), True),
        ((4, 5), True),
        ((6, 6), True),
        ((5, 11), False),
        ((5, -1), False),
        ((11, 5), False),
        ((-1, 5), False),
    ],
    ids=str,
)
def test_a_polygon_has_its_borders_and_not_its_holes(point: Geopoint, is_in: bool) -> None:
    assert polygon([SQUARE, HOLE]).contains(*point) is is_in


def test_a_ray_through_a_corner_counts_once() -> None:
    diamond = polygon([[(0, 5), (5, 10), (10, 5), (5, 0), (0, 5)]])
    assert diamond.contains(5, 1)
    assert diamond.contains(5, 0)
    assert not diamond.contains(5, -1)
    assert not diamond.contains(0, 0)
    assert not diamond.contains(10, 4)


def test_a_ring_of_one_place_is_that_place() -> None:
    dot = polygon([[(7, 7)] * 4])
    assert dot.contains(7, 7)
    assert not dot.contains(7, 8)


def test_edges_that_reach_over_everything_are_not_listed_without_end() -> None:
    teeth = [(QUARTER if n % 2 else -QUARTER, n) for n in range(999)]
    made = polygon([[*teeth, teeth[0]]])
    assert sum(map(len, made.slabs)) <= 2 * 999


def test_the_whole_earth_can_be_told_in_halves() -> None:
    ring = [(-QUARTER, -HALF), (-QUARTER, 0), (-QUARTER, HALF), (QUARTER, HALF), (QUARTER, 0), (QUARTER, -HALF)]
    earth = polygon([[*ring, ring[0]]])
    assert all(earth.contains(*each) for each in ((QUARTER, 5), (-QUARTER, HALF), (0, -HALF), (1, 1)))


SMALL = st.tuples(st.integers(0, 8), st.integers(0, 8))


def inside(rings: list[list[Geopoint]], point: Geopoint) -> bool:
    """By fractions: where each edge crosses the point's latitude, whatever lies between two crossings."""
    y, x = point
    west = 0
    for ring in rings:
        for (y1, x1), (y2, x2) in itertools.pairwise(ring):
            if y1 == y2:
                if y == y1 and min(x1, x2) <= x <= max(x1, x2):
                    return True
                continue
            crossing = x1 + Fraction((x2 - x1) * (y - y1), y2 - y1)
            if min(y1, y2) <= y <= max(y1, y2) and crossing == x:
                return True
            west += min(y1, y2) < y <= max(y1, y2) and crossing < x
    return west % 2 == 1


RINGS = st.lists(st.lists(SMALL, min_size=3, max_size=9).map(lambda ring: [*ring, ring[0]]), min_size=1, max_size=3)


@given(RINGS, st.lists(SMALL, min_size=1), st.sampled_from((1, 7, DEGREE)))
def test_a_polygon_contains_what_a_second_way_finds_in_it(
    rings: list[list[Geopoint]], points: list[Geopoint], scale: int
) -> None:
    def scaled(each: Geopoint) -> Geopoint:
        return each[0] * scale, each[1] * scale

    made = polygon([list(map(scaled, ring)) for ring in rings])
    for point in points:
        assert made.contains(*scaled(point)) == inside(rings, point)


def test_areas_never_change() -> None:
    made: list[Circle | Polygon] = [circle(BERLIN, 5), polygon([SQUARE])]
    assert made == [circle(BERLIN, 5), polygon([SQUARE])]
    assert len({hash(each) for each in made}) == 2


@given(st.lists(st.tuples(POINTS, st.floats(0.001, 20_000)), min_size=1, max_size=20), st.lists(POINTS, min_size=1))
def test_areas_together_contain_what_one_of_them_contains(
    circles: list[tuple[Geopoint, float]], points: list[Geopoint]
) -> None:
    areas: Areas = (*(circle(*each) for each in circles), polygon([SQUARE, HOLE]))
    together = Together(areas)
    for point in (*points, (0, 0), (QUARTER, 0), (-QUARTER, 0)):
        assert together.contains(*point) == any(each.contains(*point) for each in areas)
