"""What an operator does with jobs: look, try again, call off."""

from secrets import token_bytes

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.units import Units
from patron.kernel.clock import now_ms
from patron.queue.jobs import JOBS, JobRow

JOB = Statement(
    sa.select(JOBS.sa).where(JOBS.c.project_id == sa.bindparam("project_id"), JOBS.c.id == sa.bindparam("id")), JobRow
)
"""The job with this id."""

_ANY = sa.literal("")
NEWEST = Statement(
    sa.select(JOBS.sa)
    .where(
        JOBS.c.project_id == sa.bindparam("project_id"),
        sa.or_(sa.bindparam("status", type_=sa.Text()) == _ANY, JOBS.c.status == sa.bindparam("status")),
        sa.or_(sa.bindparam("task", type_=sa.Text()) == _ANY, JOBS.c.task == sa.bindparam("task")),
    )
    .order_by(JOBS.c.created_at.desc(), JOBS.c.id.desc())
    .limit(sa.bindparam("limit")),
    JobRow,
)
"""A project's jobs, newest first; an empty status or task stands for any."""


class NotPossible(Exception):
    """The job is in no state for this; the text says in which."""


class Named(msgspec.Struct, frozen=True):
    """A job by its id."""

    id: str


async def retry(units: Units, project_id: str, job_id: str) -> None:
    """Have a job run now: one that failed or was canceled, with all its attempts; one that waits, before its time.

    Raises NotPossible.
    """
    status = await _by_hand(units, RETRY, project_id, job_id)
    if status == "running":
        raise NotPossible(f"{job_id} is running. If it fails, it is tried again by itself.")
    if status == "done":
        raise NotPossible(f"{job_id} is done: what it was told is no longer kept.")


async def cancel(units: Units, project_id: str, job_id: str) -> str:
    """Call a job off; the status that it had. One that runs stops at its next step. Raises NotPossible."""
    status = await _by_hand(units, CANCEL, project_id, job_id)
    if status not in ("queued", "running"):
        raise NotPossible(f"{job_id} has ended ({status}).")
    return status


async def _by_hand(units: Units, action: Action[Named], project_id: str, job_id: str) -> str:
    ctx = Ctx(project_id, now_ms(), token_bytes(16), channel="CLI")
    status = (await units.write(action, ctx, Named(job_id))).body.decode()
    if not status:
        raise NotPossible(f"{job_id} is gone.")
    return status


async def _gather(_read: Read, ctx: Ctx, named: Named) -> Wants:
    wants = Wants()
    wants.lock(JOBS, (ctx.project_id, named.id))
    return wants


def _retry(rows: Rows, ctx: Ctx, named: Named) -> Reply:
    job = rows.get(JOBS, (ctx.project_id, named.id))
    if job is None:
        return Reply(200)
    if job.status == "queued":
        rows.put(JOBS, replace(job, due_at=ctx.now, updated_at=ctx.now))
    elif job.status in ("failed", "canceled"):
        again = replace(job, status="queued", due_at=ctx.now, attempts=0, updated_at=ctx.now, finished_at=None)
        rows.put(JOBS, again)
    return Reply(200, job.status.encode())


def _cancel(rows: Rows, ctx: Ctx, named: Named) -> Reply:
    job = rows.get(JOBS, (ctx.project_id, named.id))
    if job is None:
        return Reply(200)
    if job.status in ("queued", "running"):
        rows.put(JOBS, replace(job, status="canceled", due_at=None, updated_at=ctx.now, finished_at=ctx.now))
    return Reply(200, job.status.encode())


RETRY = Action("jobs.retry", _gather, _retry)
CANCEL = Action("jobs.cancel", _gather, _cancel)
"""The body of both replies is the status that the job had, empty where there is none."""
