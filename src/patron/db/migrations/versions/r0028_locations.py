"""Locations: areas on the map."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT

revision = "0028_locations"
down_revision = "0027_order_amounts"


def upgrade() -> None:
    op.create_table(
        "locations",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("shape", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=True),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="locations_pkey"),
        sqlite_strict=True,
    )
    op.create_index("locations_version_idx", "locations", ["project_id", "version"])
