"""Random areas on the map, and points that are likely to be near their borders, written in every way."""

from math import asin, atan2, cos, degrees, radians, sin

from hypothesis import strategies as st

from patron.engine.areas import Areas
from patron.engine.areas.circles import EARTH_KM, circle
from patron.engine.areas.points import DEGREE, HALF, QUARTER, Geopoint
from patron.engine.areas.polygons import polygon

CORNERS = st.sampled_from(
    ((0, 0), (QUARTER - 8, 0), (-QUARTER, HALF - 8), (505_000_000, -HALF), (-QUARTER, -HALF), (-4, -4))
)
"""Where a map of nine by nine places begins: at the equator, a pole, the antimeridian."""
ON_MAP = st.tuples(st.integers(0, 8), st.integers(0, 8))
SCALES = st.sampled_from((1, 1, 7, DEGREE))
ANYWHERE = st.tuples(st.integers(-QUARTER, QUARTER), st.integers(-HALF, HALF))
SPECIAL = st.sampled_from(
    (
        (QUARTER, 0),
        (QUARTER, HALF),
        (-QUARTER, -HALF),
        (-QUARTER, 77),
        (0, HALF),
        (0, -HALF),
        (0, 0),
        (524_100_000, 210_100_000),
    )
)
KM = st.sampled_from((0.00001, 0.5, 1.54, 192.37, 10_007.5, 20_000.0)) | st.floats(0.00001, 20_000)


@st.composite
def maps(draw: st.DrawFn) -> tuple[Areas, list[str]]:
    """Polygons with holes on a small map, and points of it."""
    south, west = draw(CORNERS)
    scale = draw(SCALES) if (south, west) == (0, 0) else 1

    def placed(place: Geopoint) -> Geopoint:
        return south + place[0] * scale, west + place[1] * scale

    ring = st.lists(ON_MAP, min_size=3, max_size=8).map(lambda each: [*map(placed, each), placed(each[0])])
    polygons = draw(st.lists(st.lists(ring, min_size=1, max_size=3), min_size=1, max_size=3))
    points = draw(st.lists(ON_MAP.map(placed), min_size=1, max_size=20))
    return tuple(map(polygon, polygons)), [draw(written(*each)) for each in points]


@st.composite
def rounds(draw: st.DrawFn) -> tuple[Areas, list[str]]:
    """Circles, and points on their borders as exactly as a point can be, and elsewhere."""
    areas: Areas = ()
    texts: list[str] = []
    for center in draw(st.lists(SPECIAL | ANYWHERE, min_size=1, max_size=3)):
        km = draw(KM)
        areas += (circle(center, km),)
        texts += [_away(center, km, bearing) for bearing in draw(st.lists(st.integers(0, 359), max_size=5))]
    texts += [draw(written(*each)) for each in draw(st.lists(SPECIAL | ANYWHERE, min_size=1, max_size=10))]
    return areas, texts


def _away(center: Geopoint, km: float, bearing: int) -> str:
    latitude, longitude = (radians(each / DEGREE) for each in center)
    angle, course = km / EARTH_KM, radians(bearing)
    there = asin(max(-1.0, min(1.0, sin(latitude) * cos(angle) + cos(latitude) * sin(angle) * cos(course))))
    east = atan2(sin(course) * sin(angle) * cos(latitude), cos(angle) - sin(latitude) * sin(there))
    turned = (degrees(longitude + east) + 540) % 360 - 180
    return f"geo:{degrees(there):.12f},{turned:.12f}"


def written(latitude: int, longitude: int) -> st.SearchStrategy[str]:
    """A point in one of its spellings, or with a fraction of a unit more."""
    digits = ("", "0", "4", "49999", "5", "0000000000001")
    return st.tuples(st.sampled_from(digits), st.sampled_from(digits)).map(
        lambda more: f"geo:{_decimal(latitude)}{more[0]},{_decimal(longitude)}{more[1]}"
    )


def _decimal(units: int) -> str:
    whole, fraction = divmod(abs(units), DEGREE)
    return f"{'-' if units < 0 else ''}{whole}.{fraction:07}"


PLACES: dict[str, Areas] = {
    "loc_round": (circle((0, 0), 0.0000005),),
    "loc_square": (polygon([[(0, 0), (0, 8), (8, 8), (8, 0), (0, 0)], [(2, 2), (2, 4), (4, 4), (4, 2), (2, 2)]]),),
    "loc_two": (polygon([[(0, 0), (0, 1), (1, 1), (0, 0)]]), polygon([[(5, 5), (5, 7), (7, 7), (5, 5)]])),
    "loc_far": (circle((QUARTER, 0), 20_000),),
}
"""Locations for filters of all kinds."""
POINTS = (ON_MAP | SPECIAL | ANYWHERE).flatmap(lambda each: written(*each)) | st.sampled_from(
    ("geo:91,0", "geo:0,181", "geo:1", "geo:1,2\n", "geo:90.00000004,0", "geo:90.00000005,0", "geo:000,-000.0", "geo:,")
)
