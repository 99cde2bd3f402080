"""What the list of segments may be filtered by (spec C 3.3)."""

from patron.db.filters.listed import Listed, moment, text
from patron.domains.segments.model import SEGMENTS

SEGMENT_FIELDS = Listed(
    {
        "id": text(SEGMENTS.c.id),
        "name": text(SEGMENTS.c.name),
        "type": text(SEGMENTS.c.type),
        "created_at": moment(SEGMENTS.c.created_at),
        "updated_at": moment(SEGMENTS.c.updated_at),
    }
)
"""Of the list of segments."""
