"""Jobs and schedules."""

import sqlalchemy as sa
from alembic import op

from patron.db.dialect import INTEGER, TEXT, JsonText

revision = "0004_jobs"
down_revision = "0003_metadata_schemas"


def upgrade() -> None:
    op.create_table(
        "jobs",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("id", TEXT, nullable=False),
        sa.Column("task", TEXT, nullable=False),
        sa.Column("payload", JsonText(), nullable=True),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("due_at", INTEGER, nullable=True),
        sa.Column("attempts", INTEGER, nullable=False),
        sa.Column("fence", INTEGER, nullable=False),
        sa.Column("state", JsonText(), nullable=True),
        sa.Column("progress", INTEGER, nullable=False),
        sa.Column("error", TEXT, nullable=True),
        sa.Column("created_at", INTEGER, nullable=False),
        sa.Column("updated_at", INTEGER, nullable=False),
        sa.Column("finished_at", INTEGER, nullable=True),
        sa.PrimaryKeyConstraint("project_id", "id", name="jobs_pkey"),
        sqlite_strict=True,
    )
    op.create_index("jobs_created_idx", "jobs", ["project_id", "created_at", "id"])
    op.create_index("jobs_due_idx", "jobs", ["project_id", "due_at", "id"])
    op.create_index("jobs_finished_idx", "jobs", ["project_id", "finished_at"])
    op.create_table(
        "schedules",
        sa.Column("project_id", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("timing", TEXT, nullable=False),
        sa.Column("next_at", INTEGER, nullable=False),
        sa.PrimaryKeyConstraint("project_id", "name", name="schedules_pkey"),
        sqlite_strict=True,
    )
