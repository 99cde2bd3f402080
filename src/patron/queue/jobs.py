"""Jobs: work that goes on after its cause has committed, kept in the same database and enqueued in the same unit.

A job is claimed for a while (a lease) under a number (its fence) that each claim raises. Whatever a job writes goes
through `step` or `finish`, which look at the fence on the locked row in the unit of that write: a claimant that was
paused and comes back late changes nothing, so each effect happens exactly once.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from patron.db.actions import Action, B, Ctx, More, Need, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.db.tables import Json, Table
from patron.db.traces import Mention
from patron.db.units import Units
from patron.kernel.clock import now_ms

P = TypeVar("P", bound=msgspec.Struct)

Status = Literal["queued", "running", "done", "failed", "canceled"]
CHANNEL = "JOB"


class JobRow(msgspec.Struct, frozen=True):
    """One job. Times are epoch ms.

    `due_at` is when a worker may claim it: its hour while it is queued, the end of its lease while it runs, None once
    it has ended. `attempts` counts the runs since its last step, that one's included, `fence` all claims. `payload`
    and `state` go when the job is done, since they may hold personal data; a failed or canceled job keeps them so that
    it can be retried.
    `error` names what went wrong last, without anything about a person.
    """

    project_id: str
    id: str
    task: str
    payload: Json | None
    status: str
    due_at: int | None
    attempts: int
    fence: int
    state: Json | None
    progress: int
    error: str | None
    created_at: int
    updated_at: int
    finished_at: int | None


JOBS = Table(
    JobRow,
    "jobs",
    rank=30,
    indexes={
        "due": ("project_id", "due_at", "id"),
        "created": ("project_id", "created_at", "id"),
        "finished": ("project_id", "finished_at"),
    },
)


TRACES = (Mention(JOBS, "payload"), Mention(JOBS, "state"))
"""Work about somebody goes with them, undone if need be."""

RESTS = 3
"""So many times as long as its step took a job rests, where it is not alone: a quarter of the time is then its own."""
LONGEST_REST_SECONDS = 0.3
READINGS_ALONE = 8
"""From one step to the next, so many reads of this process are the job's own or of somebody who waits for it alone."""

KEEP_ENDED_MS = 14 * 24 * 60 * 60 * 1000
"""How long a job that has ended can be looked at, and retried if it failed."""


class LostLease(Exception):
    """The job is no longer this claimant's: its lease ran out and another took it, or it was canceled."""

    def __init__(self) -> None:
        super().__init__("another claimant has this job, or it was canceled")


@dataclass(frozen=True, slots=True)
class Task(Generic[P]):
    """One kind of background work; `app.py` lists all.

    `name` is stored with each job, so it stays. `payload` is stored as JSON. `run` may be called again for a job, from
    the `state` that it left: after a crash, after an error, after a stop. A job that is done stays visible for some
    days, unless `keep` says that it goes at once. `given_up` is for what must be true of a job that ends without being
    done: it is run, with the payload as its body, in the unit that fails or cancels the job.
    """

    name: str
    payload: type[P]
    run: "Callable[[Work[P]], Awaitable[None]]"
    keep: bool = True
    given_up: Action[P] | None = None


def enqueue(rows: Rows, ctx: Ctx, task: Task[P], payload: P, *, run_at: int | None = None, label: str = "") -> str:
    """Add a job to the unit, due at once or at `run_at` (epoch ms); its id.

    Called in `apply`; `gather` has nothing to name. A second job of the same task in the same write needs a `label`.
    """
    return enqueue_json(rows, ctx, task.name, msgspec.json.encode(payload).decode(), run_at=run_at, label=label)


def enqueue_json(rows: Rows, ctx: Ctx, task: str, payload: Json, *, run_at: int | None = None, label: str = "") -> str:
    """As `enqueue`, with the task's name and a payload that is JSON already."""
    job = JobRow(
        project_id=ctx.project_id,
        id=ctx.id("job_", f"{task}/{label}"),
        task=task,
        payload=payload,
        status="queued",
        due_at=ctx.now if run_at is None else run_at,
        attempts=0,
        fence=0,
        state=None,
        progress=0,
        error=None,
        created_at=ctx.now,
        updated_at=ctx.now,
        finished_at=None,
    )
    rows.add(JOBS, job)
    return job.id


def held(rows: Rows, ctx: Ctx, job_id: str, fence: int) -> JobRow | None:
    """The job as it is now, if it still runs under this fence; `gather` has locked it."""
    job = rows.get(JOBS, (ctx.project_id, job_id))
    return job if job is not None and job.status == "running" and job.fence == fence else None


class Work(Generic[P]):
    """What a running job is given.

    `state` is the JSON that its last committed step left, None before the first one. `attempt` counts from 1, and
    begins again with each committed step. `is_alone` tells whether nobody else asked this process for anything during
    the last step, before which nobody knows.
    """

    def __init__(self, units: Units, task: Task[P], job: JobRow, lease_ms: int) -> None:
        self.units = units
        self.job_id = job.id
        self.project_id = job.project_id
        self.payload: P = msgspec.json.decode(job.payload or "null", type=task.payload)
        self.attempt = job.attempts
        self.state: bytes | None = None if job.state is None else job.state.encode()
        self.ended = False
        self.is_alone = False
        self._task = task
        self._fence = job.fence
        self._lease_ms = lease_ms
        self._readings = units.readings

    async def read(self) -> Read:
        """Reads of the project, outside of a unit."""
        return await self.units.reading(self.project_id)

    async def step(self, action: Action[B], body: B, *, state: Any = UNSET, progress: int | None = None) -> Reply:
        """Run an action in the project's bulk lane, with the job's lease renewed in the same unit.

        `state` (anything that msgspec encodes) replaces the job's; `progress` is 0 to 100. Both are there if and only
        if what the action changed is; of an action in chunks, when the last one is. The action's own answer is given
        whatever its status. Raises LostLease, and then nothing was changed.

        Where others ask this process for something meanwhile, it rests afterwards, and a quarter of the time is its.
        """
        started = time.perf_counter()
        encoded = UNSET if state is UNSET else msgspec.json.encode(state)
        hold = _Hold(self.job_id, self._fence, self._lease_ms, encoded, progress)
        reply = await self._write(_stepping(action, hold), body)
        self.attempt = 1
        if encoded is not UNSET:
            self.state = encoded
        await self._rest(time.perf_counter() - started)
        return reply

    async def _rest(self, worked_seconds: float) -> None:
        self.is_alone = self.units.readings - self._readings <= READINGS_ALONE
        await asyncio.sleep(0 if self.is_alone else min(RESTS * worked_seconds, LONGEST_REST_SECONDS))
        self._readings = self.units.readings

    async def finish(self, action: Action[B] | None = None, body: B | None = None) -> None:
        """End the job; with an action, in the unit of what that changes. Raises LostLease: nothing was changed."""
        hold = _Hold(self.job_id, self._fence, self._lease_ms, ends=True, keep=self._task.keep)
        await self._write(_stepping(NOTHING if action is None else action, hold), body)
        self.ended = True

    async def _write(self, action: Action[Any], body: Any) -> Reply:
        ctx = Ctx(self.project_id, now_ms(), token_bytes(16), request_id=self.job_id, channel=CHANNEL)
        return await self.units.write(action, ctx, body, bulk=True)


@dataclass(frozen=True, slots=True)
class _Hold:
    """What becomes of a job in the unit of its step."""

    job_id: str
    fence: int
    lease_ms: int
    state: Any = UNSET
    progress: int | None = None
    ends: bool = False
    keep: bool = True


def _stepping(action: Action[B], hold: _Hold) -> Action[B]:
    """The action, with the job's row locked, looked at first and moved on last."""

    async def gather(read: Read, ctx: Ctx, body: B) -> Wants:
        wants = await action.gather(read, ctx, body)
        wants.lock(JOBS, (ctx.project_id, hold.job_id), to_delete=hold.ends and not hold.keep)
        return wants

    def apply(rows: Rows, ctx: Ctx, body: B) -> Outcome:
        if held(rows, ctx, hold.job_id, hold.fence) is None:
            raise LostLease
        outcome = action.apply(rows, ctx, body)
        if not isinstance(outcome, Need):
            _move_on(rows, ctx, hold, complete=not isinstance(outcome, More))
        return outcome

    return Action(action.name, gather, apply)


def _move_on(rows: Rows, ctx: Ctx, hold: _Hold, *, complete: bool) -> None:
    """Until the last chunk of an action, its `state` does not move: what is not wholly done is not noted as done."""
    job = held(rows, ctx, hold.job_id, hold.fence)
    assert job is not None
    if not complete:
        rows.put(JOBS, replace(job, due_at=ctx.now + hold.lease_ms, attempts=1))
    elif not hold.ends:
        rows.put(JOBS, _renewed(job, ctx, hold))
    elif hold.keep:
        rows.put(JOBS, _done(job, ctx))
    else:
        rows.remove(JOBS, job)


def _renewed(job: JobRow, ctx: Ctx, hold: _Hold) -> JobRow:
    """What follows a step has all its attempts: faults that lie far apart must not end a long job."""
    return replace(
        job,
        due_at=ctx.now + hold.lease_ms,
        attempts=1,
        state=job.state if hold.state is UNSET else hold.state.decode(),
        progress=job.progress if hold.progress is None else hold.progress,
        updated_at=ctx.now,
    )


def _done(job: JobRow, ctx: Ctx) -> JobRow:
    return replace(
        job,
        status="done",
        due_at=None,
        payload=None,
        state=None,
        progress=100,
        error=None,
        updated_at=ctx.now,
        finished_at=ctx.now,
    )


async def _gather_nothing(_read: Read, _ctx: Ctx, _body: Any) -> Wants:
    return Wants()


def _apply_nothing(_rows: Rows, _ctx: Ctx, _body: Any) -> Reply:
    return Reply(204)


NOTHING: Action[Any] = Action("jobs.finish", _gather_nothing, _apply_nothing)
