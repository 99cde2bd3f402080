"""What becomes of a job that raised: told in a line without anything about a person, and tried again later or not.

Where it ends without being done, its task is told in the same unit (`Task.given_up`).
"""

import traceback
from secrets import SystemRandom
from typing import Any

import msgspec
from msgspec.structs import replace

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.kernel.problems import Problem
from patron.queue.claims import ATTEMPTS
from patron.queue.jobs import JOBS, NOTHING, JobRow, Task, held

FIRST_PAUSE_MS = 2_000
FACTOR = 4
CRASHED = "WorkerLost: its process ended or was stuck in every attempt"

_RANDOM = SystemRandom()


class Failure(msgspec.Struct, frozen=True):
    """A run that failed. `error` replaces the job's; `final` says that no other run would do better.

    `chance` (0 to 1) shortens the pause before the next one.
    """

    job_id: str
    fence: int
    error: str
    final: bool
    chance: float


def failure(job: JobRow, fault: BaseException) -> Failure:
    """That a run of this job ended in this fault."""
    return Failure(job.id, job.fence, told(fault), _is_final(fault), _RANDOM.random())


def crashed(job: JobRow) -> Failure:
    """That a job has had all its attempts, and ended none of them."""
    return Failure(job.id, job.fence, CRASHED, final=True, chance=0)


def told(fault: BaseException) -> str:
    """The fault's class and its place, or a problem's key: messages may quote what a person sent."""
    if isinstance(fault, Problem):
        return f"Problem: {fault.status} {fault.key}"
    frames = traceback.extract_tb(fault.__traceback__)
    place = f" at {frames[-1].filename.rpartition('/patron/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{type(fault).__qualname__}{place}"


def failing(task: Task[Any], job: JobRow) -> Action[Failure]:
    """The write that ends a failed run: the job waits to be tried again, or has failed and its task is told.

    The reply's body is the job's status, empty with 409 where the run had lost the job; then nothing changes.
    """

    async def gather(read: Read, ctx: Ctx, failed: Failure) -> Wants:
        may_end = failed.final or job.attempts >= ATTEMPTS
        wants = await giving_up(task, job).gather(read, ctx, None) if may_end else Wants()
        wants.lock(JOBS, (ctx.project_id, failed.job_id))
        return wants

    def apply(rows: Rows, ctx: Ctx, failed: Failure) -> Outcome:
        now = held(rows, ctx, failed.job_id, failed.fence)
        if now is None:
            return Reply(409)
        if failed.final or now.attempts >= ATTEMPTS:
            return end(rows, ctx, giving_up(task, job), replace(now, status="failed", error=failed.error))
        due_at = ctx.now + pause_ms(now.attempts, failed.chance)
        rows.put(JOBS, replace(now, status="queued", due_at=due_at, error=failed.error, updated_at=ctx.now))
        return Reply(200, b"queued")

    return Action("jobs.fail", gather, apply)


def giving_up(task: Task[Any] | None, job: JobRow) -> Action[None]:
    """What the task does when this job is given up: nothing, where it says so or cannot read the payload."""
    if task is None or task.given_up is None:
        return NOTHING
    tell = task.given_up
    try:
        payload = msgspec.json.decode(job.payload or "null", type=task.payload)
    except msgspec.MsgspecError:
        return NOTHING

    async def gather(read: Read, ctx: Ctx, _: None) -> Wants:
        return await tell.gather(read, ctx, payload)

    def apply(rows: Rows, ctx: Ctx, _: None) -> Outcome:
        return tell.apply(rows, ctx, payload)

    return Action(tell.name, gather, apply)


def end(rows: Rows, ctx: Ctx, giving_up: Action[None], job: JobRow) -> Outcome:
    """End a job, given with the status and the error that it ends with, and tell its task; both or neither.

    The reply's body is the status.
    """
    outcome = giving_up.apply(rows, ctx, None)
    if not isinstance(outcome, Reply):
        return outcome
    attempts = min(job.attempts, ATTEMPTS)
    rows.put(JOBS, replace(job, due_at=None, attempts=attempts, updated_at=ctx.now, finished_at=ctx.now))
    return Reply(200, job.status.encode())


def pause_ms(attempt: int, chance: float) -> int:
    """The pause after this attempt (from 1): 2 s, 8 s, 32 s … to about two hours, of which `chance` (0 to 1) takes
    away up to a half, so that jobs that failed together do not come back together.
    """
    return int(FIRST_PAUSE_MS * FACTOR ** (attempt - 1) * (1 - chance / 2))


def _is_final(fault: BaseException) -> bool:
    """A refusal will be one next time too, unless it says when to come back."""
    return isinstance(fault, Problem) and fault.status < 500 and fault.retry_after is None
