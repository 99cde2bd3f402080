"""The worker: finds due jobs, project by project, and runs a bounded number of them at once.

Any number of workers share a database. None of them asks a question across projects: each visits one project after
another at a bounded rate, and is woken at once by what its own process enqueues.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import Any

import msgspec
import structlog

from patron.db.actions import Action, B, Ctx, Reply
from patron.db.rulebook import Rulebook
from patron.db.units import Units
from patron.kernel.clock import now_ms
from patron.kernel.problems import Problem
from patron.queue import metrics
from patron.queue.claims import ATTEMPTS, CLAIM, DUE, GIVE_BACK, RENEW, Claim, GiveBack, Renewal
from patron.queue.failures import Failure, crashed, failing, failure, told
from patron.queue.jobs import CHANNEL, JOBS, JobRow, LostLease, Task, Work
from patron.queue.listeners import Listener, Relay
from patron.queue.outbox import OUTBOX
from patron.queue.schedule import Scheduled, Timetable

log = structlog.get_logger("patron.jobs")

LEASE_MS = 20_000
VISIT_SECONDS = 1.0
"""Each project is visited about so often while there are few of them."""
VISITS_A_SECOND = 200
"""So many visits at most, however many projects there are."""
PAUSE_AFTER_FAULT_SECONDS = 1.0
RENEWALS_A_LEASE = 4
"""So many renewals are tried while a lease lasts, each for so long at most: the job survives that two of them fail."""
UNKNOWN_TASK_MS = 30_000
"""A job of a task that this version does not know waits so long for a worker that does."""


@dataclass(frozen=True, slots=True)
class Projects:
    """What a worker is told of projects: the ids of all, and whether the one of this rulebook has not been deleted."""

    ids: Callable[[], Awaitable[Sequence[str]]]
    lives: Callable[[Rulebook], bool]


@dataclass(frozen=True, slots=True)
class Background:
    """All that goes on in the background: the kinds of jobs, who listens to which event, what happens when."""

    tasks: tuple[Task[Any], ...] = ()
    listeners: tuple[Listener[Any], ...] = ()
    schedules: tuple[Scheduled, ...] = ()

    @property
    def all_tasks(self) -> dict[str, Task[Any]]:
        """Every kind of job by its name; ValueError where two have the same."""
        tasks: dict[str, Task[Any]] = {}
        for task in (*self.tasks, *(each.task for each in self.listeners), *{each.task for each in self.schedules}):
            if tasks.setdefault(task.name, task) is not task:
                raise ValueError(f"two tasks are called {task.name}")
        return tasks


@dataclass(slots=True, eq=False)
class _Run:
    job: JobRow
    doing: "asyncio.Task[None]" = field(init=False)


class Worker:
    """Runs jobs, at most `concurrency` at once, each under a lease of `lease_ms`; relays events; keeps the schedule."""

    def __init__(
        self,
        units: Units,
        background: Background,
        projects: Projects,
        *,
        concurrency: int = 8,
        lease_ms: int = LEASE_MS,
    ) -> None:
        self._units = units
        self._tasks = background.all_tasks
        self._relay = Relay(units, background.listeners)
        self._timetable = Timetable(units, background.schedules)
        self._projects = projects
        self._concurrency = concurrency
        self._lease_ms = lease_ms
        self._woken: dict[str, None] = {}
        self._running: set[_Run] = set()
        self._changed = asyncio.Event()
        self._faults: set[str] = set()
        self._claiming = asyncio.Lock()
        self._loops: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to look for jobs, in this event loop."""
        self._units.watch(JOBS, self.wake)
        self._units.watch(OUTBOX, self._relay.wake)
        rounds = (self._visit_all, self._take_up, self._hand_over, self._renew)
        self._loops = [asyncio.create_task(_again_and_again(each)) for each in rounds]

    async def stop(self, seconds: float) -> None:
        """Take no more jobs; give those that run so long to end, then put the others back, to be gone on with later."""
        async with self._claiming:
            for loop in self._loops[:-1]:
                loop.cancel()
        if self._running:
            await asyncio.wait([run.doing for run in self._running], timeout=seconds)
        for run in self._running:
            run.doing.cancel()
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, *(run.doing for run in self._running), return_exceptions=True)

    def wake(self, project_id: str) -> None:
        """Look into this project soon."""
        self._woken[project_id] = None
        self._changed.set()

    # Finding

    async def _visit_all(self) -> None:
        """Visit every project once."""
        ids = await self._projects.ids()
        self._faults.clear()
        pause = max(VISIT_SECONDS / max(len(ids), 1), 1 / VISITS_A_SECOND)
        longest = 0
        for project_id in ids:
            longest = max(longest, await self._visit(project_id))
            await asyncio.sleep(pause)
        if not ids:
            await asyncio.sleep(pause)
        metrics.OLDEST.set(longest / 1000)

    async def _visit(self, project_id: str) -> int:
        """Wake the project if a job is due; how long (ms) it has been."""
        with self._faults_told(project_id):
            await self._timetable.visit(project_id)
        with self._faults_told(project_id):
            await self._relay.visit(project_id)
        with self._faults_told(project_id):
            now = now_ms()
            due_at = await self._units.database.one(DUE, project_id=project_id, now=now)
            if due_at is not None:
                self.wake(project_id)
                return now - due_at
        return 0

    async def _take_up(self) -> None:
        """Claim as many jobs of the next woken project as there is room for; one with more of them waits its turn."""
        while not (self._woken and self._room):
            self._changed.clear()
            await self._changed.wait()
        project_id = next(iter(self._woken))
        del self._woken[project_id]
        room = self._room
        async with self._claiming:
            with self._faults_told(project_id):
                claimed = await self._claim(project_id, room)
                for job in claimed:
                    self._begin(job)
                if len(claimed) == room:
                    self.wake(project_id)

    async def _hand_over(self) -> None:
        """Hand over events of the next woken project."""
        project_id = await self._relay.next_woken()
        with self._faults_told(project_id):
            await self._relay.hand_over_some(project_id)

    @property
    def _room(self) -> int:
        return self._concurrency - len(self._running)

    async def _claim(self, project_id: str, limit: int) -> list[JobRow]:
        read = await self._units.reading(project_id)
        if not self._projects.lives(read.rulebook):
            return []
        reply = await self._write(project_id, CLAIM, Claim(limit, self._lease_ms))
        return msgspec.json.decode(reply.body, type=list[JobRow])

    # Running

    def _begin(self, job: JobRow) -> None:
        run = _Run(job)
        self._running.add(run)
        metrics.RUNNING.set(len(self._running))
        run.doing = asyncio.create_task(self._run(run))

    async def _run(self, run: _Run) -> None:
        job = run.job
        task = self._tasks.get(job.task)
        told_of = log.bind(task=job.task, job_id=job.id, project_id=job.project_id, attempt=job.attempts)
        started = time.perf_counter()
        try:
            if task is None:
                told_of.warning("job of an unknown task")
                await self._give_back(job, due_at=now_ms() + UNKNOWN_TASK_MS)
                return
            told_of.info("job started")
            outcome, error = await self._do(task, job)
            seconds = time.perf_counter() - started
            metrics.RUNS.labels(job.task, outcome).inc()
            metrics.SECONDS.labels(job.task).observe(seconds)
            tell = told_of.info if error is None else told_of.warning
            tell(f"job {outcome}", ms=round(seconds * 1000, 1), **({} if error is None else {"error": error}))
        except Exception as fault:  # noqa: BLE001 - the lease will run out, and the job be claimed again
            told_of.warning("job given up", error=told(fault))
        finally:
            self._running.discard(run)
            metrics.RUNNING.set(len(self._running))
            self._changed.set()

    async def _do(self, task: Task[Any], job: JobRow) -> tuple[str, str | None]:
        """Run a job to its end, whichever it is: the outcome, and the error if there was one."""
        if job.attempts > ATTEMPTS:
            return await self._fail(task, job, crashed(job))
        work: Work[Any] | None = None
        error: str | None = None
        try:
            work = Work(self._units, task, job, self._lease_ms)
            await task.run(work)
            if not work.ended:
                await work.finish()
        except LostLease:
            return "lost", None
        except asyncio.CancelledError:
            if work is None or not work.ended:
                return ("released" if await self._give_back(job, due_at=now_ms()) else "lost"), None
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is the job's
            error = told(fault)
            if work is None or not work.ended:
                return await self._fail(task, job, failure(job, fault))
        return "done", error

    async def _fail(self, task: Task[Any], job: JobRow, failure: Failure) -> tuple[str, str]:
        reply = await self._write(job.project_id, failing(task, job), failure)
        outcome = {b"failed": "failed", b"queued": "retry"}.get(reply.body, "lost")
        return outcome, failure.error

    async def _give_back(self, job: JobRow, *, due_at: int) -> bool:
        """End the claim; whether it was still ours."""
        reply = await self._write(job.project_id, GIVE_BACK, GiveBack(job.id, job.fence, due_at))
        return reply.status == 200

    # Keeping

    async def _renew(self) -> None:
        """Renew the leases of what runs, of every project by itself, and wait until it is time again."""
        seconds = self._lease_ms / 1_000 / RENEWALS_A_LEASE
        by_project: dict[str, dict[str, _Run]] = {}
        for run in self._running:
            by_project.setdefault(run.job.project_id, {})[run.job.id] = run
        renewals = (self._renew_in(project_id, runs, seconds) for project_id, runs in by_project.items())
        await asyncio.gather(asyncio.sleep(seconds), *renewals)

    async def _renew_in(self, project_id: str, runs: dict[str, _Run], seconds: float) -> None:
        """Renew the leases of a project; what is lost is ended, however little it asks of the database."""
        fences = {job_id: run.job.fence for job_id, run in runs.items()}
        with self._faults_told(project_id):
            async with asyncio.timeout(seconds):
                reply = await self._write(project_id, RENEW, Renewal(fences, self._lease_ms))
            for job_id in msgspec.json.decode(reply.body, type=list[str]):
                runs[job_id].doing.cancel()

    @contextmanager
    def _faults_told(self, project_id: str) -> Iterator[None]:
        """A fault in one project keeps nothing from the others; each kind is told once a round, not once a project."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is this project's
            line = told(fault)
            if line not in self._faults:
                self._faults.add(line)
                tell = log.warning if isinstance(fault, Problem) else log.error
                tell("worker", project_id=project_id, error=line)

    async def _write(self, project_id: str, action: Action[B], body: B) -> Reply:
        ctx = Ctx(project_id, now_ms(), token_bytes(16), channel=CHANNEL)
        return await self._units.write(action, ctx, body)


async def _again_and_again(once: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await once()
        except Exception as fault:  # noqa: BLE001 - a fault of one round must not end those to come
            tell = log.warning if isinstance(fault, Problem) else log.error
            tell("worker", error=told(fault))
            await asyncio.sleep(PAUSE_AFTER_FAULT_SECONDS)
