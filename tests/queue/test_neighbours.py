"""One project in trouble keeps nothing from the others."""

import asyncio
import time
from collections.abc import Awaitable

import msgspec
import pytest

from patron.db.actions import Action, Ctx, More, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.projects.actions.open_project import open_project
from patron.domains.projects.policy import is_open
from patron.queue import jobs, worker
from patron.queue.claims import CLAIM, Claim
from patron.queue.jobs import JobRow, Task, Work
from patron.queue.schedule import Occurrence, Scheduled
from patron.queue.worker import Background, Projects, Worker
from tests.queue.toys import COUNT, MOVE, Times, Yard, run_sql, task

REFUSING = {
    "sqlite": "CREATE TRIGGER trouble BEFORE INSERT ON schedules WHEN NEW.project_id = '{}' "
    "BEGIN SELECT RAISE(ABORT, 'trouble'); END",
    "postgresql": "CREATE FUNCTION trouble() RETURNS trigger AS $$ BEGIN RAISE 'trouble'; END $$ LANGUAGE plpgsql; "
    "CREATE TRIGGER trouble BEFORE INSERT ON schedules FOR EACH ROW WHEN (NEW.project_id = '{}') "
    "EXECUTE FUNCTION trouble()",
}

LONG_REST_SECONDS = 3.0
"""So long that no step takes as long by itself."""


async def _nothing(_work: Work[Occurrence]) -> None: ...


NEVER = Scheduled("never", "0 0 1 1 *", "UTC", Task("never", Occurrence, _nothing))


async def test_a_project_that_cannot_be_visited_holds_up_no_other_and_not_its_own_jobs(
    toys: Yard, database_url: str
) -> None:
    bad, good = await open_project(toys.units, "Bad"), toys.project_id
    await run_sql(database_url, REFUSING[database_url.partition(":")[0]].format(bad))
    await toys.order(COUNT, Times("good"))
    await Yard(toys.patron, bad).order(COUNT, Times("bad"))

    async def ids() -> list[str]:
        return [bad, good]

    visiting = Worker(toys.units, Background((COUNT,), (), (NEVER,)), Projects(ids, is_open))
    visiting.start()
    try:
        await toys.counted({"bad": 1, "good": 1})
    finally:
        await visiting.stop(5)


def holding_up(stands: asyncio.Event, done: asyncio.Event) -> Action[None]:
    """A write in two chunks, between which its lane stands still until that is over."""
    rounds = 0

    async def gather(_read: Read, _ctx: Ctx, _body: None) -> Wants:
        nonlocal rounds
        rounds += 1
        if rounds > 1:
            stands.set()
            await done.wait()
        return Wants()

    def apply(_rows: Rows, _ctx: Ctx, _body: None) -> Outcome:
        return More() if rounds == 1 else Reply(204)

    return Action("hold_up", gather, apply)


@pytest.mark.parametrize("bulk", [False, True])
async def test_a_project_whose_writes_stand_still_costs_no_other_its_leases(
    toys: Yard, monkeypatch: pytest.MonkeyPatch, *, bulk: bool
) -> None:
    monkeypatch.setattr(worker, "RENEWALS_A_LEASE", 300)
    slow = Yard(toys.patron, await open_project(toys.units, "Slow"))
    renewed, stands, done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def run(work: Work[Times]) -> None:
        await renewed.wait()
        await work.finish(MOVE, work.payload.counter)

    async with toys.working(task(run), lease_ms=60_000):
        for yard in (slow, toys):
            await yard.order(task(run), Times("x"))
        await toys.until(lambda jobs: [job.status for job in jobs] == ["running"] * 2)
        standing = asyncio.create_task(slow.units.write(holding_up(stands, done), slow.ctx(), None, bulk=bulk))
        await stands.wait()
        for _ in range(3):
            last = the_job_of(toys, await toys.jobs()).due_at or 0
            await toys.until(lambda jobs, last=last: (the_job_of(toys, jobs).due_at or 0) > last)  # type: ignore[misc]
        renewed.set()
        await toys.until(lambda jobs: the_job_of(toys, jobs).finished_at is not None)
        done.set()
        await standing
    job = the_job_of(toys, await toys.jobs())
    assert (job.status, job.fence) == ("done", 1)


def the_job_of(yard: Yard, jobs: list[JobRow]) -> JobRow:
    [job] = [job for job in jobs if job.project_id == yard.project_id]
    return job


async def test_a_job_rests_after_its_steps_where_others_ask_for_something(
    toys: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "RESTS", 1e9)
    monkeypatch.setattr(jobs, "LONGEST_REST_SECONDS", LONG_REST_SECONDS)
    [job_id] = await toys.order(COUNT, Times("x"))
    reply = await toys.units.write(CLAIM, toys.ctx(), Claim(1, 60_000), bulk=True)
    [job] = msgspec.json.decode(reply.body, type=list[JobRow])
    assert job.id == job_id
    work = Work(toys.units, COUNT, job, 60_000)
    alone = [work.is_alone]
    assert await _seconds(work.step(MOVE, "x")) < LONG_REST_SECONDS
    alone.append(work.is_alone)
    for _ in range(jobs.READINGS_ALONE):
        await toys.units.reading(toys.project_id)
    assert await _seconds(work.step(MOVE, "x")) >= LONG_REST_SECONDS
    alone.append(work.is_alone)
    assert await _seconds(work.step(MOVE, "x")) < LONG_REST_SECONDS
    assert alone == [False, True, False]


async def _seconds(doing: Awaitable[object]) -> float:
    started = time.perf_counter()
    await doing
    return time.perf_counter() - started
