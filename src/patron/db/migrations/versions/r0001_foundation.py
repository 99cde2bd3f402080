"""The first schema: units and counters, projects and keys, idempotency, customers."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0001_foundation"
down_revision = None


def upgrade() -> None:
    _create_units_and_counters()
    _create_idempotency_keys()
    _create_queue()
    _create_projects()
    _create_customers()


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


def _create_customers() -> None:
    op.create_table(
        "customers",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=True),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("email", TEXT, nullable=True),
        sa.Column("phone", TEXT, nullable=True),
        sa.Column("birthday", TEXT, nullable=True),
        sa.Column("birthdate", TEXT, nullable=True),
        sa.Column("nulls", TEXT, nullable=False),
        sa.Column("address", JsonText(), nullable=True),
        sa.Column("city", TEXT, nullable=True),
        sa.Column("metadata", JsonText(), nullable=True),
        sa.Column("system_metadata", JsonText(), nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="customers_pkey"),
        sqlite_strict=True,
    )
    op.create_index("customers_city_idx", "customers", ["project_id", "city", "created_at", "id"])
    op.create_index("customers_created_idx", "customers", ["project_id", "created_at", "id"])
    op.create_index("customers_email_idx", "customers", ["project_id", "email", "created_at", "id"])
    op.create_index("customers_name_idx", "customers", ["project_id", "name", "created_at", "id"])
    op.create_index("customers_source_idx", "customers", ["project_id", "source_id", "id"])
    op.create_index("customers_updated_idx", "customers", ["project_id", "updated_at", "id"])
    op.create_table(
        "customer_keys",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("project_id", "source_id", name="customer_keys_pkey"),
        sa.ForeignKeyConstraint(
            ["project_id", "customer_id"],
            ["customers.project_id", "customers.id"],
            name="customer_keys_customer_id_fkey",
        ),
        sqlite_strict=True,
    )
    op.create_index("customer_keys_customer_idx", "customer_keys", ["project_id", "customer_id"])
    op.create_table(
        "customer_totals",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("redeemed", INTEGER, nullable=False),
        sa.Column("redemptions_failed", INTEGER, nullable=False),
        sa.Column("redemptions_succeeded", INTEGER, nullable=False),
        sa.Column("rolled_back", INTEGER, nullable=False),
        sa.Column("rollbacks_failed", INTEGER, nullable=False),
        sa.Column("rollbacks_succeeded", INTEGER, nullable=False),
        sa.Column("gift_redeemed_amount", INTEGER, nullable=False),
        sa.Column("gift_amount_to_go", INTEGER, nullable=False),
        sa.Column("loyalty_redeemed_points", INTEGER, nullable=False),
        sa.Column("loyalty_points_to_go", INTEGER, nullable=False),
        sa.Column("orders_amount", INTEGER, nullable=False),
        sa.Column("orders_count", INTEGER, nullable=False),
        sa.Column("last_order_amount", INTEGER, nullable=False),
        sa.Column("last_order_at", INTEGER, nullable=True),
        sa.Column("loyalty_points", INTEGER, nullable=False),
        sa.Column("referred_customers", INTEGER, nullable=False),
        sa.Column("loyalty_campaigns", JsonText(), nullable=False),
        sa.Column("referrals", INTEGER, nullable=False),
        sa.Column("referral_campaigns", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", "customer_id", name="customer_totals_pkey"),
        sa.ForeignKeyConstraint(
            ["project_id", "customer_id"],
            ["customers.project_id", "customers.id"],
            name="customer_totals_customer_id_fkey",
        ),
        sqlite_strict=True,
    )
    op.create_table(
        "deleted_customers",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("profile", JsonText(), nullable=False),
        sa.Column("totals", JsonText(), nullable=False),
        sa.Column("deleted_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="deleted_customers_pkey"),
        sqlite_strict=True,
    )
    op.create_index("deleted_customers_deleted_idx", "deleted_customers", ["project_id", "deleted_at"])
