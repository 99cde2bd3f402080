"""What must hold of stored jobs, whoever wrote them."""

import sqlalchemy as sa

from patron.db.checks import PROJECT, check
from patron.queue.jobs import JOBS

_jobs = JOBS.c
_OPEN = sa.or_(_jobs.status == "queued", _jobs.status == "running")

CHECKS = (
    check(
        "jobs.state",
        "A job is due at some time exactly as long as it has not ended.",
        sa.select(_jobs.id, _jobs.status, sa.case((_OPEN, "a time when it is due"), else_="none")).where(
            _jobs.project_id == PROJECT, _jobs.due_at.is_not(None) != _OPEN
        ),
        advice="Call the job off by `patron jobs cancel`, or have it tried anew by `patron jobs retry`.",
    ),
)
