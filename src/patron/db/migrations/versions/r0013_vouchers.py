"""Vouchers: what they are, what was done with them, why their balances moved, and whose they are."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0013_vouchers"
down_revision = "0012_product_collections"


def upgrade() -> None:
    op.create_table(
        "vouchers",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=True),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("category", TEXT, nullable=True),
        sa.Column("discount", JsonText(), nullable=True),
        sa.Column("gift_effect", TEXT, nullable=True),
        sa.Column("start_at", INTEGER, nullable=True),
        sa.Column("expires_at", INTEGER, nullable=True),
        sa.Column("validity", JsonText(), nullable=True),
        sa.Column("active", INTEGER, nullable=False),
        sa.Column("additional_info", TEXT, nullable=True),
        sa.Column("metadata", JsonText(), nullable=False),
        sa.Column("quantity", INTEGER, nullable=True),
        sa.Column("publish_count", INTEGER, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "code", name="vouchers_pkey"),
        sa.UniqueConstraint("project_id", "id", name="vouchers_id_key"),
        sqlite_strict=True,
    )
    op.create_index("vouchers_updated_idx", "vouchers", ["project_id", "updated_at", "id"])
    for column in ("campaign_id", "category"):
        op.create_index(
            f"vouchers_{column.removesuffix('_id')}_idx",
            "vouchers",
            ["project_id", column, "id"],
            sqlite_where=sa.text(f"{column} IS NOT NULL"),
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )
    op.create_table(
        "voucher_totals",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("redeemed_quantity", INTEGER, nullable=False),
        sa.Column("redeemed_amount", INTEGER, nullable=False),
        sa.Column("amount", INTEGER, nullable=False),
        sa.Column("subtracted_amount", INTEGER, nullable=False),
        sa.Column("balance", INTEGER, nullable=False),
        sa.Column("transactions", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "code", name="voucher_totals_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "voucher_transactions",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("n", INTEGER, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("voucher_id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=True),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("amount", INTEGER, nullable=False),
        sa.Column("total", INTEGER, nullable=False),
        sa.Column("balance", INTEGER, nullable=False),
        sa.Column("source", TEXT, nullable=True),
        sa.Column("source_id", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "code", "n", name="voucher_transactions_pkey"),
        sqlite_strict=True,
    )
    op.create_index("voucher_transactions_id_idx", "voucher_transactions", ["project_id", "id"])
    op.create_table(
        "voucher_transaction_keys",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("amount", INTEGER, nullable=False),
        sa.Column("total", INTEGER, nullable=False),
        sa.Column("balance", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "code", "source_id", name="voucher_transaction_keys_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "voucher_holders",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("voucher_id", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "code", name="voucher_holders_pkey"),
        sqlite_strict=True,
    )
    op.create_index("voucher_holders_customer_idx", "voucher_holders", ["project_id", "customer_id", "id"])
    op.create_index("voucher_holders_voucher_idx", "voucher_holders", ["project_id", "customer_id", "voucher_id"])
    op.create_table(
        "binned_vouchers",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("voucher", JsonText(), nullable=False),
        sa.Column("deleted_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "code", name="binned_vouchers_pkey"),
        sqlite_strict=True,
    )
