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
    op.create_table(
        "promotion_tiers",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("banner", TEXT, nullable=True),
        sa.Column("discount", JsonText(), nullable=False),
        sa.Column("metadata", JsonText(), nullable=False),
        sa.Column("hierarchy", INTEGER, nullable=False),
        sa.Column("active", INTEGER, nullable=False),
        sa.Column("start_at", INTEGER, nullable=True),
        sa.Column("expires_at", INTEGER, nullable=True),
        sa.Column("validity", JsonText(), nullable=True),
        sa.Column("category_id", TEXT, nullable=True),
        sa.Column("in_bin", INTEGER, nullable=False),
        *_life(),
        sa.PrimaryKeyConstraint("project_id", "id", name="promotion_tiers_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "promotion_stacks",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("campaign_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("tier_ids", JsonText(), nullable=False),
        sa.Column("category_id", TEXT, nullable=True),
        sa.Column("in_bin", INTEGER, nullable=False),
        *_life(),
        sa.PrimaryKeyConstraint("project_id", "id", name="promotion_stacks_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "promotion_tier_totals",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("tier_id", TEXT, nullable=False),
        sa.Column("total_redeemed", INTEGER, nullable=False),
        sa.Column("total_amount", INTEGER, nullable=False),
        sa.Column("total_discount_amount", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "tier_id", name="promotion_tier_totals_pkey"),
        sqlite_strict=True,
    )
    for table in ("categories", "stacking_rules", "promotion_tiers", "promotion_stacks"):
        op.create_index(f"{table}_version_idx", table, ["project_id", "version"])
    for table in ("promotion_tiers", "promotion_stacks"):
        _of_campaign(table, "live", "deleted_at IS NULL")
        _of_campaign(table, "bin", "in_bin = 1")
    for table in ("vouchers", "campaigns"):
        op.add_column(table, sa.Column("category_id", TEXT, nullable=True))


def _of_campaign(table: str, name: str, where: str) -> None:
    columns = ["project_id", "campaign_id", "id"]
    rows = sa.text(where)
    op.create_index(f"{table}_{name}_idx", table, columns, sqlite_where=rows, postgresql_where=rows)


def _life() -> tuple[sa.Column[int], ...]:
    return (
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=True),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
    )
