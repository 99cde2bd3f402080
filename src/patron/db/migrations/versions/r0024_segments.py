"""Segments: what they are, what happened to them, who is in them."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0024_segments"
down_revision = "0023_validation_rules"


def upgrade() -> None:
    op.create_table(
        "segments",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("filter", TEXT, nullable=True),
        sa.Column("compared_by", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=True),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="segments_pkey"),
        sqlite_strict=True,
    )
    op.create_index("segments_version_idx", "segments", ["project_id", "version"])
    op.create_index(
        "segments_live_idx",
        "segments",
        ["project_id", "created_at", "id"],
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "segment_activity",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("segment_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("group_id", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("data", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "segment_id", "id", name="segment_activity_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "customer_segments",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("segments", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "customer_id", "kind", name="customer_segments_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "segment_members",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("segment_id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("since", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "segment_id", "customer_id", name="segment_members_pkey"),
        sqlite_strict=True,
    )
    op.create_index(
        "segment_members_created_idx",
        "segment_members",
        ["project_id", "segment_id", "created_at", "customer_id"],
    )
    op.create_index("segment_members_customer_idx", "segment_members", ["project_id", "customer_id", "segment_id"])
