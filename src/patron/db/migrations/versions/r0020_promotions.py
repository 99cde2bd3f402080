"""Categories, stacking rules and promotions; vouchers and campaigns refer to a category."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0020_promotions"
down_revision = "0017_publications"


def upgrade() -> None:
    op.create_table(
        "categories",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("hierarchy", INTEGER, nullable=False),
        *_life(),
        sa.PrimaryKeyConstraint("project_id", "id", name="categories_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "stacking_rules",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rules", JsonText(), nullable=False),
        *_life(),
        sa.PrimaryKeyConstraint("project_id", name="stacking_rules_pkey"),
        sqlite_strict=True,
    )
    for table in ("categories", "stacking_rules"):
        op.create_index(f"{table}_version_idx", table, ["project_id", "version"])


def _life() -> tuple[sa.Column[int], ...]:
    return (
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=True),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
    )
