"""Customers who were merged into others, and erasures of all the ids that somebody had."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0014_merged_customers"
down_revision = "0013_vouchers"


def upgrade() -> None:
    op.create_table(
        "merged_customers",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("into_id", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("moved_at", INTEGER, nullable=True),
        sa.Column("links_revoked_at", INTEGER, nullable=False),
        sa.Column("links_good_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="merged_customers_pkey"),
        sqlite_strict=True,
    )
    op.create_index("merged_customers_into_idx", "merged_customers", ["project_id", "into_id", "id"])
    if op.get_context().dialect.name == "sqlite":
        _copy_on_sqlite()
    else:
        op.add_column("erasures", sa.Column("names", JsonText(), nullable=True))
        op.add_column("erasures", sa.Column("gone", INTEGER, nullable=True))


def _copy_on_sqlite() -> None:
    """SQLite would write down the added columns in other words than those in which the table is declared."""
    op.drop_index("erasures_wiped_idx")
    op.rename_table("erasures", "erasures_before")
    op.create_table(
        "erasures",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("counts", JsonText(), nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("done_at", INTEGER, nullable=True),
        sa.Column("wiped_at", INTEGER, nullable=True),
        sa.Column("names", JsonText(), nullable=True),
        sa.Column("gone", INTEGER, nullable=True),
        sa.PrimaryKeyConstraint("project_id", "id", name="erasures_pkey"),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO erasures SELECT *, NULL, NULL FROM erasures_before")
    op.drop_table("erasures_before")
    op.create_index("erasures_wiped_idx", "erasures", ["project_id", "wiped_at", "created_at"])
