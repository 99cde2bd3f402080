"""The locations of a rulebook, as areas: made when somebody first asks, and kept."""

import re
from functools import lru_cache

import msgspec

from patron.db.rulebook import Rulebook
from patron.domains.locations.model import LOCATIONS, PREFIX, Location
from patron.domains.locations.policy.shapes import areas_in
from patron.domains.locations.wire import Shape
from patron.engine.areas import Areas

HELD_SHAPES = 2_000
"""Of so many shapes, of whichever projects, a process keeps the areas."""

_IDS = re.compile(rf'"({PREFIX}[^"\\]*)"')
_decode = msgspec.json.Decoder(Shape).decode


@lru_cache(maxsize=HELD_SHAPES)
def _areas(shape: str) -> Areas:
    return areas_in(_decode(shape))


def areas_of(location: Location) -> Areas:
    """The areas of a stored location: a circle, or one or several polygons."""
    return _areas(location.shape)


class Locations:
    """A project's locations, by id."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rows = {row.id: row for row in rulebook.rows(LOCATIONS).values()}

    @staticmethod
    def of(rulebook: Rulebook) -> "Locations":
        """Those of a project, by its rulebook."""
        return rulebook.derived(Locations)

    def areas(self, location_id: str) -> Areas | None:
        """The areas of the location with this id; None where there is none."""
        row = self._rows.get(location_id)
        return None if row is None else areas_of(row)

    def among(self, ids: set[str]) -> tuple[Location, ...]:
        """The locations with these ids, as far as they are there, in the order of ids."""
        return tuple(self._rows[each] for each in sorted(ids) if each in self._rows)


def locations_in(stored: str, rulebook: Rulebook) -> tuple[Location, ...]:
    """The locations whose ids stand in a stored filter."""
    ids = set(_IDS.findall(stored))
    return Locations.of(rulebook).among(ids) if ids else ()
