"""Several areas as one: whether a point lies in any of them."""

from patron.engine.areas.circles import Circle
from patron.engine.areas.polygons import Polygon
from patron.engine.areas.slabs import slab_at, slabs_of

Areas = tuple[Circle | Polygon, ...]
"""What a location is on the map: one circle, or one or several polygons."""


class Together:
    """The areas that locations are; a point looks at those alone that reach into its own slab of latitudes."""

    __slots__ = ("_north", "_slabs", "_south")

    def __init__(self, areas: Areas) -> None:
        self._south = min(each.south for each in areas)
        self._north = max(each.north for each in areas)
        self._slabs = slabs_of(areas, lambda each: (each.south, each.north), self._south, self._north)

    def contains(self, latitude: int, longitude: int) -> bool:
        """Whether a point lies in one of them."""
        if not self._south <= latitude <= self._north:
            return False
        for area in self._slabs[slab_at(latitude, self._south, self._north, len(self._slabs))]:
            if area.contains(latitude, longitude):
                return True
        return False
