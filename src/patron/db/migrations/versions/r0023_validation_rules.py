"""Validation rules, their versions, to what they are assigned, and what they count."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0023_validation_rules"
down_revision = "0022_redemptions"

LIVE = sa.text("deleted_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "validation_rules",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("rules", JsonText(), nullable=False),
        sa.Column("bundle_rules", JsonText(), nullable=True),
        sa.Column("error", TEXT, nullable=True),
        sa.Column("applicable_to", JsonText(), nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("context_type", TEXT, nullable=False),
        sa.Column("n", INTEGER, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=True),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="validation_rules_pkey"),
        sqlite_strict=True,
    )
    op.create_index("validation_rules_version_idx", "validation_rules", ["project_id", "version"])
    op.create_index(
        "validation_rules_live_idx",
        "validation_rules",
        ["project_id", "id"],
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "validation_rule_versions",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("rule_id", TEXT, nullable=False),
        sa.Column("n", INTEGER, nullable=False),
        sa.Column("rule", JsonText(), nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "rule_id", "n", name="validation_rule_versions_pkey"),
        sqlite_strict=True,
    )
    op.create_table(
        "validation_rule_assignments",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("related_object_type", TEXT, nullable=False),
        sa.Column("related_object_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rule_id", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint(
            "project_id", "related_object_type", "related_object_id", name="validation_rule_assignments_pkey"
        ),
        sqlite_strict=True,
    )
    for name, columns in (("version", ["version"]), ("id", ["id"])):
        op.create_index(
            f"validation_rule_assignments_{name}_idx", "validation_rule_assignments", ["project_id", *columns]
        )
    op.create_index(
        "validation_rule_assignments_rule_idx",
        "validation_rule_assignments",
        ["project_id", "rule_id", "id"],
        sqlite_where=LIVE,
        postgresql_where=LIVE,
    )
    op.create_table(
        "voucher_validation_rules",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("code", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("rule_id", TEXT, nullable=False),
        sa.Column("voucher_id", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "code", name="voucher_validation_rules_pkey"),
        sqlite_strict=True,
    )
    for name, columns in (("id", ["id"]), ("rule", ["rule_id", "id"]), ("voucher", ["voucher_id"])):
        op.create_index(f"voucher_validation_rules_{name}_idx", "voucher_validation_rules", ["project_id", *columns])
    op.create_table(
        "rule_counters",
        sa.Column("project_id", TEXT, nullable=False),
        *(sa.Column(name, TEXT, nullable=False) for name in ("owner", "scope", "customer_id", "key_id")),
        *(
            sa.Column(name, INTEGER, nullable=False)
            for name in ("total", "amount", "discount", "day", "in_day", "week", "in_week", "month", "in_month")
        ),
        sa.PrimaryKeyConstraint("project_id", "owner", "scope", "customer_id", "key_id", name="rule_counters_pkey"),
        sqlite_strict=True,
    )
    of_customers = sa.text("customer_id <> ''")
    op.create_index(
        "rule_counters_customer_idx",
        "rule_counters",
        ["project_id", "customer_id", "scope"],
        sqlite_where=of_customers,
        postgresql_where=of_customers,
    )
