"""Publications: who was given which codes, under which source_ids, and who has a code of which campaign."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0017_publications"
down_revision = "0016_bin"


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("tracking_id", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=True),
        sa.Column("channel", TEXT, nullable=False),
        sa.Column("metadata", JsonText(), nullable=False),
        sa.Column("campaign_id", TEXT, nullable=True),
        sa.Column("campaign", TEXT, nullable=True),
        sa.Column("voucher_type", TEXT, nullable=True),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("codes", JsonText(), nullable=True),
        sa.Column("voucher_ids", JsonText(), nullable=False),
        sa.Column("result", TEXT, nullable=False),
        sa.Column("failure_code", TEXT, nullable=True),
        sa.Column("failure_message", TEXT, nullable=True),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="publications_pkey"),
        sqlite_strict=True,
    )
    for name, column in (
        ("customer", "customer_id"),
        ("tracking", "tracking_id"),
        ("code", "code"),
        ("channel", "channel"),
        ("type", "voucher_type"),
    ):
        op.create_index(f"publications_{name}_idx", "publications", ["project_id", column, "id"])
    for name, columns, where in (
        ("campaign", ["campaign", "id"], "campaign IS NOT NULL"),
        ("source", ["source_id", "id"], "source_id IS NOT NULL"),
        ("failed", ["id"], "result = 'FAILURE'"),
    ):
        op.create_index(
            f"publications_{name}_idx",
            "publications",
            ["project_id", *columns],
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )
    op.create_table(
        "publication_keys",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("publication_id", TEXT, nullable=True),
        sa.Column("customer_id", TEXT, nullable=True),
        sa.Column("asked", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "source_id", name="publication_keys_pkey"),
        sqlite_strict=True,
    )
    op.create_index("publication_keys_customer_idx", "publication_keys", ["project_id", "customer_id", "source_id"])
    op.create_table(
        "publication_vouchers",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("publication_id", TEXT, nullable=False),
        sa.Column("voucher_id", TEXT, nullable=False),
        sa.Column("given", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "code", "publication_id", name="publication_vouchers_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "memberships",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.Column("publication_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("voucher_id", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "customer_id", "campaign_id", name="memberships_pkey"),
        sqlite_strict=True,
    )
