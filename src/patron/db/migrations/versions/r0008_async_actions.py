"""Async actions: long work, what it still has to do, and the reports of its rows."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0008_async_actions"
down_revision = "0007_cockpit_links"


def upgrade() -> None:
    op.create_table(
        "async_actions",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("type", TEXT, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("request_id", TEXT, nullable=False),
        sa.Column("mark", TEXT, nullable=False),
        sa.Column("options", JsonText(), nullable=False),
        sa.Column("position", INTEGER, nullable=False),
        sa.Column("total", INTEGER, nullable=False),
        sa.Column("passed", INTEGER, nullable=False),
        sa.Column("done_count", INTEGER, nullable=False),
        sa.Column("failed_count", INTEGER, nullable=False),
        sa.Column("result", JsonText(), nullable=True),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "id", name="async_actions_pkey"),
        sqlite_strict=True,
    )
    op.create_index("async_actions_created_idx", "async_actions", ["project_id", "created_at", "id"])
    op.create_index("async_actions_mark_idx", "async_actions", ["project_id", "mark"])
    op.create_table(
        "async_action_chunks",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("action_id", TEXT, nullable=False),
        sa.Column("n", INTEGER, nullable=False),
        sa.Column("content", TEXT, nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "action_id", "n", name="async_action_chunks_pkey"),
        sqlite_strict=True,
    )
    op.create_index("async_action_chunks_created_idx", "async_action_chunks", ["project_id", "created_at"])
    op.create_table(
        "async_action_reports",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("action_id", TEXT, nullable=False),
        sa.Column("n", INTEGER, nullable=False),
        sa.Column("lines", TEXT, nullable=False),
        sa.Column("failures", JsonText(), nullable=False),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "action_id", "n", name="async_action_reports_pkey"),
        sqlite_strict=True,
    )
    op.create_index("async_action_reports_created_idx", "async_action_reports", ["project_id", "created_at"])
