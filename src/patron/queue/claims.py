"""Claiming jobs, keeping them, and giving them back: what a worker writes about the jobs that it runs."""

import msgspec
import sqlalchemy as sa
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Pool, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.statements import Statement
from patron.queue.jobs import JOBS, JobRow, held

ATTEMPTS = 8
"""So many runs each step of a job gets; what dies with its process counts too, since the job may be what kills it."""

_DUE = (JOBS.c.project_id == sa.bindparam("project_id"), JOBS.c.due_at <= sa.bindparam("now"))

DUE = Statement(sa.select(JOBS.c.due_at).where(*_DUE).order_by(JOBS.c.due_at, JOBS.c.id).limit(1), int)
"""Since when (epoch ms) the job that waits longest has been waiting; nothing where none is due."""

CLAIMABLE = Pool(
    "jobs",
    JOBS,
    sa.select(JOBS.sa).where(*_DUE).order_by(JOBS.c.due_at, JOBS.c.id).limit(sa.bindparam("limit")),
)


class Claim(msgspec.Struct, frozen=True):
    """Take up to `limit` due jobs for `lease_ms`."""

    limit: int
    lease_ms: int


async def _gather_claim(_read: Read, ctx: Ctx, claim: Claim) -> Wants:
    wants = Wants()
    wants.draw(CLAIMABLE, claim.limit, project_id=ctx.project_id, now=ctx.now)
    return wants


def _apply_claim(rows: Rows, ctx: Ctx, claim: Claim) -> Reply:
    taken: list[JobRow] = []
    for _ in range(claim.limit):
        job = rows.draw_one(CLAIMABLE, project_id=ctx.project_id, now=ctx.now)
        if job is None:
            break
        mine = replace(
            job,
            status="running",
            due_at=ctx.now + claim.lease_ms,
            attempts=min(job.attempts, ATTEMPTS) + 1,
            fence=job.fence + 1,
            updated_at=ctx.now,
        )
        rows.put(JOBS, mine)
        taken.append(mine)
    return Reply(200, msgspec.json.encode(taken))


CLAIM = Action("jobs.claim", _gather_claim, _apply_claim)
"""Claims due jobs, those first that have waited longest; the reply's body is a JSON array of `JobRow`.

One with more than `ATTEMPTS` attempts is claimed to be failed, not to be run.
"""


class Renewal(msgspec.Struct, frozen=True):
    """Keep these jobs, each by its id and the fence of its claim, for another `lease_ms`."""

    fences: dict[str, int]
    lease_ms: int


async def _gather_renewal(_read: Read, ctx: Ctx, renewal: Renewal) -> Wants:
    wants = Wants()
    for job_id in renewal.fences:
        wants.lock(JOBS, (ctx.project_id, job_id))
    return wants


def _apply_renewal(rows: Rows, ctx: Ctx, renewal: Renewal) -> Reply:
    lost: list[str] = []
    for job_id, fence in renewal.fences.items():
        job = held(rows, ctx, job_id, fence)
        if job is None:
            lost.append(job_id)
        else:
            rows.put(JOBS, replace(job, due_at=ctx.now + renewal.lease_ms))
    return Reply(200, msgspec.json.encode(lost))


RENEW = Action("jobs.renew", _gather_renewal, _apply_renewal)
"""Renews leases; the reply's body is a JSON array of the ids of those jobs that are lost."""


class GiveBack(msgspec.Struct, frozen=True):
    """Put a job back that was not tried; `due_at` (epoch ms) is when it may be claimed again."""

    job_id: str
    fence: int
    due_at: int


async def _gather_give_back(_read: Read, ctx: Ctx, back: GiveBack) -> Wants:
    wants = Wants()
    wants.lock(JOBS, (ctx.project_id, back.job_id))
    return wants


def _apply_give_back(rows: Rows, ctx: Ctx, back: GiveBack) -> Reply:
    job = held(rows, ctx, back.job_id, back.fence)
    if job is None:
        return Reply(409)
    waiting = replace(job, status="queued", due_at=back.due_at, attempts=job.attempts - 1, updated_at=ctx.now)
    rows.put(JOBS, waiting)
    return Reply(200)


GIVE_BACK = Action("jobs.give_back", _gather_give_back, _apply_give_back)
"""Ends a claim that does not count as an attempt; 409, and nothing changes, where it had ended before."""
