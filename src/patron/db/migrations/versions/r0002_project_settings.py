"""What a project has chosen, as JSON."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0002_project_settings"
down_revision = "0001_foundation"


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _copy_on_sqlite()
    else:
        op.add_column("projects", sa.Column("settings", JsonText(), nullable=False, server_default="{}"))
        op.alter_column("projects", "settings", server_default=None)


def _copy_on_sqlite() -> None:
    """SQLite adds no column that must have a value and has no default."""
    op.rename_table("projects", "projects_before")
    op.create_table(
        "projects",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("rate_limit_per_minute", INTEGER, nullable=True),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("deleted_at", INTEGER, nullable=True),
        sa.Column("version", INTEGER, nullable=False),
        sa.Column("settings", JsonText(), nullable=False),
        sa.PrimaryKeyConstraint("project_id", name="projects_pkey"),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO projects SELECT *, '{}' FROM projects_before")
    op.drop_table("projects_before")
