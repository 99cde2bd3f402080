"""Product collections."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0012_product_collections"
down_revision = "0011_orders"


def upgrade() -> None:
    op.create_table(
        "product_collections",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("products", JsonText(), nullable=True),
        sa.Column("filter", JsonText(), nullable=True),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=True),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="product_collections_pkey"),
        sqlite_strict=True,
    )
    op.create_index("product_collections_version_idx", "product_collections", ["project_id", "version"])
    live = sa.text("deleted_at IS NULL")
    op.create_index(
        "product_collections_live_idx",
        "product_collections",
        ["project_id", "created_at", "id"],
        sqlite_where=live,
        postgresql_where=live,
    )
