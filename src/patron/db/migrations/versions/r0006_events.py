"""Activity feeds of customers, event definitions, tracked events and their counters."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0006_events"
down_revision = "0005_consents"


def upgrade() -> None:
    _create_activity()
    _create_definitions()
    _create_events()


def _create_activity() -> None:
    op.create_table(
        "activity",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=True),
        sa.Column("campaign_type", TEXT, nullable=True),
        sa.Column("campaign", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("product_id", TEXT, nullable=True),
        sa.Column("group_id", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("data", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "customer_id", "id", name="activity_pkey"),
        sqlite_strict=True,
    )
    op.create_index("activity_type_idx", "activity", ["project_id", "customer_id", "type", "id"])
    _create_partial_index("effect", "category", "category = 'EFFECT'")
    _create_partial_index("campaign", "campaign_id", "campaign_id IS NOT NULL")
    _create_partial_index("campaign_type", "campaign_type", "campaign_type IS NOT NULL")


def _create_partial_index(name: str, column: str, condition: str) -> None:
    op.create_index(
        f"activity_{name}_idx",
        "activity",
        ["project_id", "customer_id", column, "id"],
        sqlite_where=sa.text(condition),
        postgresql_where=sa.text(condition),
    )


def _create_definitions() -> None:
    op.create_table(
        "event_definitions",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("properties", JsonText(), nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=True),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "name", name="event_definitions_pkey"),
        sa.UniqueConstraint("project_id", "id", name="event_definitions_id_key"),
        sqlite_strict=True,
    )
    op.create_index("event_definitions_version_idx", "event_definitions", ["project_id", "version"])


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("metadata", JsonText(), nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "customer_id", "id", name="events_pkey"),
        sqlite_strict=True,
    )
    op.create_index("events_type_idx", "events", ["project_id", "customer_id", "type", "id"])
    op.create_table(
        "customer_event_counts",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("n", INTEGER, nullable=False),
        sa.Column("last_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "customer_id", "type", name="customer_event_counts_pkey"),
        sqlite_strict=True,
    )
