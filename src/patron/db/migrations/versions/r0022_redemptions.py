"""Redemptions and rollbacks, what was redeemed for an order, and what was redeemed of a voucher before its import."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0022_redemptions"
down_revision = "0021_sessions"


def upgrade() -> None:
    op.create_table(
        "redemptions",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("place", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("object", TEXT, nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("tracking_id", TEXT, nullable=False),
        sa.Column("metadata", JsonText(), nullable=False),
        sa.Column("parent_id", TEXT, nullable=True),
        sa.Column("related_type", TEXT, nullable=False),
        sa.Column("related_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=True),
        sa.Column("amount", INTEGER, nullable=False),
        sa.Column("discount_amount", INTEGER, nullable=False),
        sa.Column("order_id", TEXT, nullable=True),
        sa.Column("order", TEXT, nullable=True),
        sa.Column("session_key", TEXT, nullable=True),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("channel_id", TEXT, nullable=False),
        sa.Column("failure_code", TEXT, nullable=True),
        sa.Column("failure_message", TEXT, nullable=True),
        sa.Column("trace", TEXT, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.Column("of_id", TEXT, nullable=True),
        sa.Column("rollback_id", TEXT, nullable=True),
        sa.Column("rolled_back_at", INTEGER, nullable=True),
        sa.Column("order_mode", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("once", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("project_id", "place", name="redemptions_pkey"),
        sqlite_strict=True,
    )
    for name, column in (
        ("customer", "customer_id"),
        ("code", "code"),
        ("related", "related_id"),
        ("tracking", "tracking_id"),
    ):
        op.create_index(f"redemptions_{name}_idx", "redemptions", ["project_id", column, "place"])
    for name, columns, where in (
        ("campaign", ["campaign_id"], "campaign_id IS NOT NULL"),
        ("parent", ["parent_id"], "parent_id IS NOT NULL"),
        ("failed", [], "result = 'FAILURE'"),
        ("failure", ["failure_code"], "failure_code IS NOT NULL"),
        ("rollback", [], "object = 'redemption_rollback'"),
    ):
        _partial("redemptions", name, [*columns, "place"], where)
    op.create_table(
        "redemption_keys",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("redemption_id", TEXT, nullable=True),
        sa.Column("customer_id", TEXT, nullable=True),
        sa.Column("answer", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "key", name="redemption_keys_pkey"),
        sqlite_strict=True,
    )
    _partial("redemption_keys", "customer", ["customer_id", "key"], "customer_id IS NOT NULL")
    op.add_column("orders", sa.Column("redemptions", JsonText(), nullable=True))
    if op.get_context().dialect.name == "sqlite":
        _copy_on_sqlite()
    else:
        op.add_column("voucher_totals", sa.Column("redeemed_before", INTEGER, nullable=False, server_default="0"))
        op.alter_column("voucher_totals", "redeemed_before", server_default=None)
        # Until now, nothing but an import has ever counted a redemption.
        op.execute("UPDATE voucher_totals SET redeemed_before = redeemed_quantity WHERE redeemed_quantity <> 0")


def _partial(table: str, name: str, columns: list[str], where: str) -> None:
    op.create_index(
        f"{table}_{name}_idx",
        table,
        ["project_id", *columns],
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )


def _copy_on_sqlite() -> None:
    """SQLite adds no column that must have a value and has no default."""
    op.rename_table("voucher_totals", "voucher_totals_before")
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
        sa.Column("held_quantity", INTEGER, nullable=False),
        sa.Column("held_amount", INTEGER, nullable=False),
        sa.Column("held_until", INTEGER, nullable=False),
        sa.Column("redeemed_before", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "code", name="voucher_totals_pkey"),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO voucher_totals SELECT *, redeemed_quantity FROM voucher_totals_before")
    op.drop_table("voucher_totals_before")
