"""Metadata schemas, and which project has created which."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT

revision = "0003_metadata_schemas"
down_revision = "0002_project_settings"


def upgrade() -> None:
    op.create_table(
        "managed_projects",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("managed_id", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "managed_id", name="managed_projects_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "metadata_schemas",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("related_object", TEXT, nullable=False),
        sa.Column("definitions", TEXT, nullable=False),
        sa.Column("allow_defined_only", INTEGER),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER),
        sa.Column("deleted_at", INTEGER),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="metadata_schemas_pkey"),
        sqlite_strict=True,
    )
    op.create_index("metadata_schemas_version_idx", "metadata_schemas", ["project_id", "version", "id"])
