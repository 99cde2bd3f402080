"""Campaigns: what their vouchers are, how many they have, what happened in them; and indexes of vouchers for them."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0015_campaigns"
down_revision = "0014_merged_customers"


def upgrade() -> None:
    op.create_table(
        "campaigns",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("campaign_type", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("description", TEXT, nullable=True),
        sa.Column("category", TEXT, nullable=True),
        sa.Column("discount", JsonText(), nullable=True),
        sa.Column("gift_amount", INTEGER, nullable=True),
        sa.Column("gift_effect", TEXT, nullable=True),
        sa.Column("quantity", INTEGER, nullable=True),
        sa.Column("code_config", JsonText(), nullable=False),
        sa.Column("start_at", INTEGER, nullable=True),
        sa.Column("expires_at", INTEGER, nullable=True),
        sa.Column("validity", JsonText(), nullable=True),
        sa.Column("lifetime", TEXT, nullable=True),
        sa.Column("metadata", JsonText(), nullable=False),
        sa.Column("schema", TEXT, nullable=False),
        *(
            sa.Column(name, INTEGER, nullable=False)
            for name in ("active", "join_once", "auto_join", "protected", "in_bin", "created_at", "updated_at")
        ),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="campaigns_pkey"),
        sqlite_strict=True,
    )
    op.create_index("campaigns_version_idx", "campaigns", ["project_id", "version"])
    _partial("campaigns", "live", ["project_id", "id"], "deleted_at IS NULL")
    _partial("campaigns", "updated", ["project_id", "updated_at", "id"], "deleted_at IS NULL")
    _partial("campaigns", "bin", ["project_id", "deleted_at", "id"], "in_bin = 1")
    op.create_table(
        "campaign_names",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "name", name="campaign_names_pkey"),
        sqlite_strict=True,
    )
    _counts("campaign_totals", (), ("vouchers_count", "generating", "updating", "failed", "deleting"))
    _counts(
        "campaign_days",
        ("day",),
        (
            "vouchers_created",
            "vouchers_deleted",
            "amount_created",
            "amount_added",
            "amount_subtracted",
            "amount_deleted",
        ),
    )
    campaign = ["project_id", "campaign_id", "id"]
    _partial("vouchers", "publishable", campaign, "campaign_id IS NOT NULL AND publish_count = 0 AND active = 1")
    _partial("voucher_transactions", "campaign", campaign, "campaign_id IS NOT NULL")


def _counts(table: str, more: tuple[str, ...], counts: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        *(sa.Column(name, INTEGER, nullable=False) for name in (*more, *counts)),
        sa.PrimaryKeyConstraint("project_id", "campaign_id", *more, name=f"{table}_pkey"),
        sqlite_strict=True,
    )


def _partial(table: str, name: str, columns: list[str], where: str) -> None:
    op.create_index(f"{table}_{name}_idx", table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
