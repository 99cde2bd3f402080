"""Products and SKUs, the source_ids that lead to them, and what deletions leave of them."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0010_products"
down_revision = "0009_erasures"


def upgrade() -> None:
    _catalogue()
    for name, owner in (("product_keys", "products"), ("sku_keys", "skus")):
        op.create_table(
            name,
            sa.Column("project_id", TEXT, nullable=False),
            sa.Column("source_id", TEXT, nullable=False),
            sa.Column("owner_id", TEXT, nullable=True),
            sa.PrimaryKeyConstraint("project_id", "source_id", name=f"{name}_pkey"),
            sa.ForeignKeyConstraint(
                ["project_id", "owner_id"], [f"{owner}.project_id", f"{owner}.id"], name=f"{name}_owner_id_fkey"
            ),
            sqlite_strict=True,
        )
        op.create_index(f"{name}_owner_idx", name, ["project_id", "owner_id"])
    for name in ("deleted_products", "deleted_skus"):
        op.create_table(
            name,
            sa.Column("project_id", TEXT, nullable=False),
            sa.Column("id", TEXT, nullable=False),
            sa.Column("source_id", TEXT, nullable=False),
            sa.Column("product_id", TEXT, nullable=False),
            sa.Column("record", JsonText(), nullable=False),
            sa.Column("deleted_at", INTEGER, nullable=False),
            sa.PrimaryKeyConstraint("project_id", "id", name=f"{name}_pkey"),
            sqlite_strict=True,
        )
        op.create_index(f"{name}_deleted_idx", name, ["project_id", "deleted_at", "id"])


def _catalogue() -> None:
    op.create_table(
        "products",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=True),
        sa.Column("price", INTEGER, nullable=True),
        sa.Column("attributes", JsonText(), nullable=False),
        sa.Column("image_url", TEXT, nullable=True),
        sa.Column("metadata", JsonText(), nullable=False),
        sa.Column("skus", INTEGER, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="products_pkey"),
        sqlite_strict=True,
    )
    op.create_index("products_created_idx", "products", ["project_id", "created_at", "id"])
    op.create_index("products_updated_idx", "products", ["project_id", "updated_at", "id"])
    op.create_table(
        "skus",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("product_id", TEXT, nullable=False),
        sa.Column("sku", TEXT, nullable=True),
        sa.Column("price", INTEGER, nullable=True),
        sa.Column("currency", TEXT, nullable=True),
        sa.Column("attributes", JsonText(), nullable=False),
        sa.Column("image_url", TEXT, nullable=True),
        sa.Column("metadata", JsonText(), nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="skus_pkey"),
        sa.ForeignKeyConstraint(
            ["project_id", "product_id"], ["products.project_id", "products.id"], name="skus_product_id_fkey"
        ),
        sqlite_strict=True,
    )
    op.create_index("skus_product_created_idx", "skus", ["project_id", "product_id", "created_at", "id"])
    op.create_index("skus_product_updated_idx", "skus", ["project_id", "product_id", "updated_at", "id"])
    op.create_index("skus_created_idx", "skus", ["project_id", "created_at", "id"])
