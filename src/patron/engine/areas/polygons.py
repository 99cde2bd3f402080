"""Polygons on the plane of longitude and latitude, as GeoJSON has them: rings, of which the later ones are holes.

All is whole numbers, so a point on the border is known as such; products stay below 2^63, for databases. A point looks
at the edges of its own slab of latitudes alone.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from patron.engine.areas.points import Geopoint
from patron.engine.areas.slabs import slab_at, slabs_of

Edge = tuple[int, int, int, int]
"""From the southern end to the northern one: latitude, longitude, latitude, longitude."""


@dataclass(frozen=True, slots=True)
class Polygon:
    """An area within rings, by its bounds and its edges; those of each slab, the slabs being of one height."""

    south: int
    west: int
    north: int
    east: int
    slabs: tuple[tuple[Edge, ...], ...]

    def contains(self, latitude: int, longitude: int) -> bool:
        """Whether a point lies in it, or on its border."""
        if not (self.south <= latitude <= self.north and self.west <= longitude <= self.east):
            return False
        inside = False
        for south, from_longitude, north, to_longitude in self._slab(latitude):
            if not south <= latitude <= north:
                continue
            here = (longitude - from_longitude) * (north - south)
            edge = (to_longitude - from_longitude) * (latitude - south)
            if here == edge and _is_between(longitude, from_longitude, to_longitude):
                return True
            if latitude < north and here < edge:
                inside = not inside
        return inside

    def _slab(self, latitude: int) -> tuple[Edge, ...]:
        return self.slabs[slab_at(latitude, self.south, self.north, len(self.slabs))]


def polygon(rings: Sequence[Sequence[Geopoint]]) -> Polygon:
    """The polygon within these rings, each closed by its first point."""
    edges = [_edge(*ends) for ring in rings for ends in itertools.pairwise(ring)]
    latitudes = [latitude for ring in rings for latitude, _ in ring]
    longitudes = [longitude for ring in rings for _, longitude in ring]
    south, north = min(latitudes), max(latitudes)
    slabs = slabs_of(edges, lambda edge: (edge[0], edge[2]), south, north)
    return Polygon(south, min(longitudes), north, max(longitudes), slabs)


def _edge(one: Geopoint, other: Geopoint) -> Edge:
    return (*one, *other) if one[0] <= other[0] else (*other, *one)


def _is_between(longitude: int, one: int, other: int) -> bool:
    return one <= longitude <= other or other <= longitude <= one
