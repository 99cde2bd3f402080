"""What is asked of stored locations."""

import sqlalchemy as sa

from patron.db.statements import Statement
from patron.domains.locations.model import LOCATIONS, Location

_LIVE = sa.select(LOCATIONS.sa).where(
    LOCATIONS.c.project_id == sa.bindparam("project_id"), LOCATIONS.c.deleted_at.is_(None)
)

LIVE = Statement(_LIVE, Location)
"""The locations of a project."""

IDS = Statement(_LIVE.with_only_columns(LOCATIONS.c.id), str)
"""Their ids."""

BY_ID = Statement(_LIVE.where(LOCATIONS.c.id == sa.bindparam("id")), Location)
"""The location with this id."""
