"""Locations as they are stored, and what is announced of them. They are content of the rulebook."""

import msgspec

from patron.db.rulebook import Part
from patron.db.tables import Table

PREFIX = "loc_"
MOST_LOCATIONS = 500
"""In one project."""
MOST_POSITIONS = 1_000
"""Of one location, in all its rings."""

SCOPE = "locations"
"""Whoever adds a location does so alone in a unit."""


class Location(msgspec.Struct, frozen=True):
    """An area on the map. Times are epoch ms; `updated_at` is None until the first change.

    `shape` is JSON as it was sent, kept as text: PostgreSQL's own JSON would not keep how its numbers were written.
    """

    project_id: str
    id: str
    name: str
    shape: str
    created_at: int
    updated_at: int | None
    deleted_at: int | None
    version: int


LOCATIONS = Table(Location, "locations", rank=135, indexes={"version": ("project_id", "version")})

PARTS = (Part(LOCATIONS),)
"""What of this domain every process holds in its rulebooks."""


class LocationMoved(msgspec.Struct, frozen=True):
    """A location has another shape: who is in it may be others."""

    project_id: str
    id: str
