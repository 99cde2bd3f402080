"""Consents, their groups, and the history of what customers said to them."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0005_consents"
down_revision = "0004_jobs"


def upgrade() -> None:
    op.create_table(
        "consents",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=True),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="consents_pkey"),
        sqlite_strict=True,
    )
    op.create_index("consents_version_idx", "consents", ["project_id", "version"])
    op.create_table(
        "consent_groups",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=False),
        sa.Column("consents", JsonText(), nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=True),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="consent_groups_pkey"),
        sqlite_strict=True,
    )
    op.create_index("consent_groups_version_idx", "consent_groups", ["project_id", "version"])
    op.create_table(
        "consent_changes",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("consent_id", TEXT, nullable=False),
        sa.Column("before", INTEGER, nullable=True),
        sa.Column("value", INTEGER, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("key_id", TEXT, nullable=False),
        sa.Column("origin", TEXT, nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="consent_changes_pkey"),
        sqlite_strict=True,
    )
    op.create_index(
        "consent_changes_customer_idx", "consent_changes", ["project_id", "customer_id", "created_at", "id"]
    )
