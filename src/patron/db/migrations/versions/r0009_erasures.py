"""Erasures, and whom stored answers are about, so that they can go with them."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0009_erasures"
down_revision = "0008_async_actions"


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("customer_id", TEXT, nullable=False),
        sa.Column("counts", JsonText(), nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("done_at", INTEGER, nullable=True),
        sa.Column("wiped_at", INTEGER, nullable=True),
        sa.PrimaryKeyConstraint("project_id", "id", name="erasures_pkey"),
        sqlite_strict=True,
    )
    op.create_index("erasures_wiped_idx", "erasures", ["project_id", "wiped_at", "created_at"])
    if op.get_context().dialect.name == "sqlite":
        _copy_on_sqlite()
    else:
        op.add_column("idempotency_keys", sa.Column("about", TEXT, nullable=True))
    op.create_index("idempotency_keys_about_idx", "idempotency_keys", ["project_id", "about", "key"])


def _copy_on_sqlite() -> None:
    """SQLite would write down the added column in other words than those in which the table is declared."""
    op.drop_index("idempotency_keys_created_idx")
    op.rename_table("idempotency_keys", "idempotency_keys_before")
    op.create_table(
        "idempotency_keys",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("fingerprint", TEXT, nullable=False),
        sa.Column("status", INTEGER, nullable=False),
        sa.Column("body", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("about", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("project_id", "key", name="idempotency_keys_pkey"),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO idempotency_keys SELECT *, NULL FROM idempotency_keys_before")
    op.drop_table("idempotency_keys_before")
    op.create_index("idempotency_keys_created_idx", "idempotency_keys", ["project_id", "created_at"])
