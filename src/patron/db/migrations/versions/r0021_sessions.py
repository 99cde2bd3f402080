"""What validation sessions hold of vouchers, with its sums; and an index of the vouchers that are of no campaign."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT

revision = "0021_sessions"
down_revision = "0020_promotions"


def upgrade() -> None:
    op.create_table(
        "session_locks",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("session_key", TEXT, nullable=False),
        sa.Column("voucher_id", TEXT, nullable=False),
        sa.Column("quantity", INTEGER, nullable=False),
        sa.Column("amount", INTEGER, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("expires_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "code", "session_key", name="session_locks_pkey"),
        sqlite_strict=True,
    )
    op.create_index("session_locks_session_idx", "session_locks", ["project_id", "session_key", "code"])
    op.create_index("session_locks_expires_idx", "session_locks", ["project_id", "expires_at"])
    op.create_index(
        "vouchers_standalone_idx",
        "vouchers",
        ["project_id", "id"],
        sqlite_where=sa.text("campaign_id IS NULL"),
        postgresql_where=sa.text("campaign_id IS NULL"),
    )
    if op.get_context().dialect.name == "sqlite":
        _copy_on_sqlite()
        return
    for column in ("held_quantity", "held_amount", "held_until"):
        op.add_column("voucher_totals", sa.Column(column, INTEGER, nullable=False, server_default="0"))
        op.alter_column("voucher_totals", column, server_default=None)


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
        sa.PrimaryKeyConstraint("project_id", "code", name="voucher_totals_pkey"),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO voucher_totals SELECT *, 0, 0, 0 FROM voucher_totals_before")
    op.drop_table("voucher_totals_before")
