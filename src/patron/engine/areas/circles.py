"""Circles on a sphere: whether a point is at most so far away, by the haversine of the distance.

A sine is summed up by its series, in the arithmetic that every machine and database has in common. Libraries have their
own, and differ in the last digit: then a database and a predicate could, of a point on the border.
"""

from dataclasses import dataclass
from math import factorial, pi

from patron.engine.areas.points import DEGREE, FULL, HALF, QUARTER, Geopoint

EARTH_KM = 6371.0088
"""The earth's mean radius."""
LARGEST_KM = 20_000
"""Of a circle's radius: just short of half way round."""

RADIANS = pi / 180 / DEGREE
"""Of a unit."""
HALF_RADIANS = RADIANS / 2
TERMS: tuple[float, ...] = tuple((-1) ** n / factorial(2 * n + 1) for n in range(11))
"""Of the sine's series: up to a quarter turn, what lies beyond them is less than the last digit of a double."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle around a point. It reaches over `reach` units of latitude; `cosine` is that of its own latitude.

    `most` is the largest haversine of a distance within it.
    """

    latitude: int
    longitude: int
    reach: int
    cosine: float
    most: float

    @property
    def south(self) -> int:
        """The southernmost latitude within its reach."""
        return max(self.latitude - self.reach, -QUARTER)

    @property
    def north(self) -> int:
        """The northernmost one."""
        return min(self.latitude + self.reach, QUARTER)

    def contains(self, latitude: int, longitude: int) -> bool:
        """Whether a point lies in it, or on its border."""
        north = abs(latitude - self.latitude)
        if north > self.reach:
            return False
        east = abs(longitude - self.longitude)
        north_half = sine(north * HALF_RADIANS)
        east_half = sine(min(east, FULL - east) * HALF_RADIANS)
        cosine = sine((QUARTER - abs(latitude)) * RADIANS)
        return north_half * north_half + self.cosine * cosine * (east_half * east_half) <= self.most


def circle(center: Geopoint, km: float) -> Circle:
    """The circle around a point, with a radius of at most `LARGEST_KM`."""
    latitude, longitude = center
    half_angle = km / EARTH_KM / 2
    half = sine(half_angle)
    # A little more than it reaches: this only spares most points the look at the distance.
    reach = min(int(2 * half_angle / RADIANS) + 2, HALF)
    return Circle(latitude, longitude, reach, sine((QUARTER - abs(latitude)) * RADIANS), half * half)


def sine(angle: float) -> float:
    """The sine of an angle in radians, from 0 to a quarter turn."""
    square = angle * angle
    total = TERMS[-1]
    for term in TERMS[-2::-1]:
        total = total * square + term
    return total * angle
