"""Shapes: what a location may look like, and the areas that it is then."""

import itertools
import re
from decimal import Decimal
from typing import Any

from patron.domains.locations.model import MOST_POSITIONS
from patron.domains.locations.wire import CircleShape, PolygonGeometry, PolygonShape, Shape
from patron.engine.areas import Areas
from patron.engine.areas.circles import LARGEST_KM, Circle, circle
from patron.engine.areas.points import HALF, Geopoint, geopoint_of, units_of
from patron.engine.areas.polygons import Polygon, polygon
from patron.kernel.problems import Problem, invalid_payload

FEWEST_IN_RING = 4
_KM = {"km": 1.0, "m": 0.001, "mi": 1.609344}
_RADIUS = re.compile(rf"([0-9]{{1,8}}(?:[.][0-9]{{1,12}})?) ?({'|'.join(_KM)})")


def areas_in(shape: Shape) -> Areas:
    """The areas of a shape. Problem 400 by the path to what cannot be one."""
    if isinstance(shape, CircleShape):
        return (_circle(shape),)
    return tuple(_Positions().polygons(shape))


def _circle(shape: CircleShape) -> Circle:
    center = geopoint_of(shape.distance.center)
    if center is None:
        raise _unfit("shape.distance.center", "geo:<latitude>,<longitude> in degrees, within ±90 and ±180")
    found = _RADIUS.fullmatch(shape.distance.radius)
    km = 0.0 if found is None else float(found[1]) * _KM[found[2]]
    if not 0 < km <= LARGEST_KM:
        raise _unfit("shape.distance.radius", f"a length up to {LARGEST_KM} km in km, m or mi, as 1.54 km")
    return circle(center, km)


class _Positions:
    """Reads positions, as many as a location may have."""

    def __init__(self) -> None:
        self._room = MOST_POSITIONS

    def polygons(self, shape: PolygonShape) -> list[Polygon]:
        path = "shape.geojson.coordinates"
        if isinstance(shape.geojson, PolygonGeometry):
            return [self._polygon(shape.geojson.coordinates, path)]
        several = _listed(shape.geojson.coordinates, path, "an array of at least one polygon")
        return [self._polygon(each, f"{path}[{n}]") for n, each in enumerate(several)]

    def _polygon(self, given: Any, path: str) -> Polygon:
        rings = _listed(given, path, "an array of at least one ring")
        return polygon([self._ring(each, f"{path}[{n}]") for n, each in enumerate(rings)])

    def _ring(self, given: Any, path: str) -> list[Geopoint]:
        positions = _listed(given, path, "an array of at least 4 positions", FEWEST_IN_RING)
        self._room -= len(positions)
        if self._room < 0:
            raise _unfit(path, f"at most {MOST_POSITIONS} positions in all rings of a location")
        points = [_point(each, f"{path}[{n}]") for n, each in enumerate(positions)]
        if points[0] != points[-1]:
            raise _unfit(f"{path}[{len(points) - 1}]", "the ring's first position again, which closes it")
        for n, (one, other) in enumerate(itertools.pairwise(points), 1):
            if abs(one[1] - other[1]) > HALF:
                limit = "at most 180 degrees of longitude from the position before"
                raise _unfit(f"{path}[{n}]", f"{limit}: an area across the antimeridian is cut into two polygons there")
        return points


def _listed(given: Any, path: str, expected: str, fewest: int = 1) -> list[Any]:
    if not isinstance(given, list) or len(given) < fewest:
        raise _unfit(path, expected)
    return given


def _point(given: Any, path: str) -> Geopoint:
    if not isinstance(given, list) or len(given) != 2 or not all(map(_is_number, given)):
        raise _unfit(path, "a position: [longitude, latitude]")
    longitude, latitude = given
    if not abs(longitude) <= 180:
        raise _unfit(f"{path}[0]", "a longitude within ±180")
    if not abs(latitude) <= 90:
        raise _unfit(f"{path}[1]", "a latitude within ±90")
    return _units(latitude), _units(longitude)


def _is_number(given: Any) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _units(degrees: float) -> int:
    """By the digits that JSON has, so that a point of metadata written with the same ones is in the same place."""
    return units_of(format(Decimal(repr(degrees)), "f"))


def _unfit(path: str, expected: str) -> Problem:
    return invalid_payload(f"{path}: expected {expected}")
