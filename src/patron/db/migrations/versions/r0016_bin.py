"""Deleted things in the order of their deletion, and by what they were."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0016_bin"
down_revision = "0015_campaigns"


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _copy_on_sqlite()
    else:
        op.create_unique_constraint("binned_vouchers_id_key", "binned_vouchers", ["project_id", "id"])
    op.create_index("binned_vouchers_deleted_idx", "binned_vouchers", ["project_id", "deleted_at", "id"])
    op.create_index("deleted_skus_product_idx", "deleted_skus", ["project_id", "product_id", "deleted_at", "id"])


def _copy_on_sqlite() -> None:
    op.rename_table("binned_vouchers", "binned_vouchers_before")
    op.create_table(
        "binned_vouchers",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("voucher", JsonText(), nullable=False),
        sa.Column("deleted_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "code", name="binned_vouchers_pkey"),
        sa.UniqueConstraint("project_id", "id", name="binned_vouchers_id_key"),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO binned_vouchers SELECT * FROM binned_vouchers_before")
    op.drop_table("binned_vouchers_before")
