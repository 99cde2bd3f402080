"""The first schema: units and counters, projects and keys, idempotency, customers."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0001_foundation"
down_revision = None


def upgrade() -> None:
    _create_units_and_counters()
    _create_queue()
    _create_idempotency_keys()
    _create_projects()


def _create_units_and_counters() -> None:
    op.create_table(
        "units",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="units_pkey"),
        sqlite_strict=True,
    )
    op.create_index("units_created_idx", "units", ["project_id", "created_at"])
    op.create_table(
        "rulebook_versions",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="rulebook_versions_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "counts",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("slot", INTEGER, nullable=False),
        sa.Column("n", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "name", "slot", name="counts_pkey"),
        sqlite_strict=True,
    )


def _create_queue() -> None:
    op.create_table(
        "outbox",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("payload", JsonText(), nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("lease_until", INTEGER, nullable=False),
        sa.Column("fence", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="outbox_pkey"),
        sqlite_strict=True,
    )
    op.create_index("outbox_lease_idx", "outbox", ["project_id", "lease_until", "id"])


def _create_idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("status", INTEGER, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "key", name="idempotency_keys_pkey"),
        sqlite_strict=True,
    )
    op.create_index("idempotency_keys_created_idx", "idempotency_keys", ["project_id", "created_at"])


def _create_projects() -> None:
    op.create_table(
        "installation",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("value", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="installation_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "projects",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("rate_limit_per_minute", INTEGER, nullable=True),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="projects_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "api_keys",
        sa.Column("app_id", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("token_hash", TEXT, nullable=False),
        sa.Column("origins", JsonText(), nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("app_id", "kind", name="api_keys_pkey"),
        sqlite_strict=True,
    )
    op.create_index("api_keys_version_idx", "api_keys", ["project_id", "version"])
