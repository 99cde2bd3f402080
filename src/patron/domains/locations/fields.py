"""What the list of locations may be filtered by (spec C 5.3)."""

from patron.db.filters.listed import Listed, moment, text
from patron.domains.locations.model import LOCATIONS

LOCATION_FIELDS = Listed(
    {
        "name": text(LOCATIONS.c.name),
        "created_at": moment(LOCATIONS.c.created_at),
        "updated_at": moment(LOCATIONS.c.updated_at),
    }
)
"""Of the list of locations."""
