"""Who moves the total of a list must know the rulebook as of a version."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT

revision = "0025_counts_know_the_rulebook"
down_revision = "0024_segments"


def upgrade() -> None:
    if op.get_context().dialect.name == "sqlite":
        _copy_on_sqlite()
        return
    op.add_column("counts", sa.Column("version", INTEGER, nullable=False, server_default="0"))
    op.alter_column("counts", "version", server_default=None)


def _copy_on_sqlite() -> None:
    """SQLite adds no column that must have a value and has no default."""
    op.rename_table("counts", "counts_before")
    op.create_table(
        "counts",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("slot", INTEGER, nullable=False),
        sa.Column("n", INTEGER, nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "name", "slot", name="counts_pkey"),
        sqlite_strict=True,
    )
    op.execute("INSERT INTO counts SELECT project_id, name, slot, n, 0 FROM counts_before")
    op.drop_table("counts_before")
