"""Whom static segments are still to list, apart from the jobs that do it."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import TEXT

revision = "0026_segment_listings"
down_revision = "0025_counts_know_the_rulebook"


def upgrade() -> None:
    op.create_table(
        "segment_listings",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("segment_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("customers", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "segment_id", "id", name="segment_listings_pkey"),
        sqlite_strict=True,
    )
