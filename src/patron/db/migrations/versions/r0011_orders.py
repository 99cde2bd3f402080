"""Orders, their source_ids, and which import of them is the last."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0011_orders"
down_revision = "0010_products"

COUNTED = sa.text("status IN ('PAID', 'FULFILLED')")
REFERRED = sa.text("referrer_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=True),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("amount", INTEGER, nullable=True),
        sa.Column("initial_amount", INTEGER, nullable=True),
        sa.Column("discount_amount", INTEGER, nullable=False),
        sa.Column("items_discount_amount", INTEGER, nullable=False),
        sa.Column("total_amount", INTEGER, nullable=False),
        sa.Column("items", JsonText(), nullable=True),
        sa.Column("metadata", JsonText(), nullable=False),
        sa.Column("customer_id", TEXT, nullable=True),
        sa.Column("referrer_id", TEXT, nullable=True),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="orders_pkey"),
        sqlite_strict=True,
    )
    op.create_index("orders_created_idx", "orders", ["project_id", "created_at", "id"])
    op.create_index("orders_updated_idx", "orders", ["project_id", "updated_at", "id"])
    op.create_index("orders_customer_idx", "orders", ["project_id", "customer_id", "id"])
    op.create_index(
        "orders_counted_idx",
        "orders",
        ["project_id", "customer_id", "created_at", "total_amount"],
        sqlite_where=COUNTED,
        postgresql_where=COUNTED,
    )
    op.create_index(
        "orders_referrer_idx",
        "orders",
        ["project_id", "referrer_id", "id"],
        sqlite_where=REFERRED,
        postgresql_where=REFERRED,
    )
    op.create_table(
        "order_keys",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("source_id", TEXT, nullable=False),
        sa.Column("order_id", TEXT, nullable=True),
        sa.Column("customer_id", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("project_id", "source_id", name="order_keys_pkey"),
        sa.ForeignKeyConstraint(
            ["project_id", "order_id"], ["orders.project_id", "orders.id"], name="order_keys_order_id_fkey"
        ),
        sqlite_strict=True,
    )
    op.create_index("order_keys_customer_idx", "order_keys", ["project_id", "customer_id", "order_id"])
    op.create_table(
        "order_imports",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("action_id", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("project_id", name="order_imports_pkey"),
        sqlite_strict=True,
    )
