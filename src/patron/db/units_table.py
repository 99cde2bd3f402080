"""Each unit on PostgreSQL leaves its id, by which a lost connection's commit can be asked about (rule 14)."""

import msgspec

from patron.db.tables import Table


class UnitRow(msgspec.Struct, frozen=True):
    """A unit that committed, and when it began (epoch ms)."""

    project_id: str
    id: str
    created_at: int


UNITS = Table(UnitRow, "units", rank=1, indexes={"created": ("project_id", "created_at")})

KEEP_UNITS_MS = 60 * 60 * 1000
"""How long an id is kept: whoever lost a commit asks within seconds."""
