"""What an operator does with jobs: look, try again, call off."""

from collections.abc import Mapping
from secrets import token_bytes
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.db.units import Units
from patron.kernel.clock import now_ms
from patron.queue.failures import end, giving_up
from patron.queue.jobs import JOBS, JobRow, Task

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


async def cancel(units: Units, tasks: Mapping[str, Task[Any]], project_id: str, job_id: str) -> str:
    """Call a job off, and tell its task, one of these by name; the status that the job had.

    One that runs stops at its next step. Raises NotPossible.
    """
    job = await units.database.one(JOB, project_id=project_id, id=job_id)
    if job is None:
        raise _gone(job_id)
    canceling = _canceling(giving_up(tasks.get(job.task), job))
    status = await _by_hand(units, canceling, project_id, job_id)
    if status not in ("queued", "running"):
        raise NotPossible(f"{job_id} has ended ({status}).")
    return status


async def _by_hand(units: Units, action: Action[Named], project_id: str, job_id: str) -> str:
    ctx = Ctx(project_id, now_ms(), token_bytes(16), channel="CLI")
    status = (await units.write(action, ctx, Named(job_id))).body.decode()
    if not status:
        raise _gone(job_id)
    return status


def _gone(job_id: str) -> NotPossible:
    return NotPossible(f"{job_id} is gone.")


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


RETRY = Action("jobs.retry", _gather, _retry)
"""The reply's body is the status that the job had, empty where there is none; that of a cancellation as well."""


def _canceling(giving_up: Action[None]) -> Action[Named]:
    async def gather(read: Read, ctx: Ctx, named: Named) -> Wants:
        wants = await giving_up.gather(read, ctx, None)
        wants.lock(JOBS, (ctx.project_id, named.id))
        return wants

    def apply(rows: Rows, ctx: Ctx, named: Named) -> Outcome:
        job = rows.get(JOBS, (ctx.project_id, named.id))
        if job is None:
            return Reply(200)
        if job.status in ("queued", "running"):
            outcome = end(rows, ctx, giving_up, replace(job, status="canceled"))
            if not isinstance(outcome, Reply):
                return outcome
        return Reply(200, job.status.encode())

    return Action("jobs.cancel", gather, apply)
