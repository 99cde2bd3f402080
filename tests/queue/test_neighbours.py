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
from patron.queue import jobs
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

    worker = Worker(toys.units, Background((COUNT,), (), (NEVER,)), Projects(ids, is_open))
    worker.start()
    try:
        await toys.counted({"bad": 1, "good": 1})
    finally:
        await worker.stop(5)


def holding_up(done: asyncio.Event) -> Action[None]:
    """A write in two chunks, between which its lane stands still until that is over."""
    rounds = 0

    async def gather(_read: Read, _ctx: Ctx, _body: None) -> Wants:
        nonlocal rounds
        rounds += 1
        if rounds > 1:
            await done.wait()
        return Wants()

    def apply(_rows: Rows, _ctx: Ctx, _body: None) -> Outcome:
        return More() if rounds == 1 else Reply(204)

    return Action("hold_up", gather, apply)


@pytest.mark.parametrize("bulk", [False, True])
async def test_a_project_whose_writes_stand_still_costs_no_other_its_leases(toys: Yard, *, bulk: bool) -> None:
    slow = Yard(toys.patron, await open_project(toys.units, "Slow"))

    async def run(work: Work[Times]) -> None:
        await asyncio.sleep(4)
        await work.finish(MOVE, work.payload.counter)

    done = asyncio.Event()
    async with toys.working(task(run), lease_ms=1_500):
        for yard in (slow, toys):
            await yard.order(task(run), Times("x"))
        await toys.until(lambda jobs: [job.status for job in jobs] == ["running"] * 2)
        standing = asyncio.create_task(slow.units.write(holding_up(done), slow.ctx(), None, bulk=bulk))
        await toys.until(lambda jobs: ended(jobs, toys), seconds=30)
        done.set()
        await standing
    job = await the_job_of(toys)
    assert (job.status, job.fence) == ("done", 1)


def ended(jobs: list[JobRow], yard: Yard) -> bool:
    return any(job.project_id == yard.project_id and job.finished_at is not None for job in jobs)


async def the_job_of(yard: Yard) -> JobRow:
    [job] = [job for job in await yard.jobs() if job.project_id == yard.project_id]
    return job


async def test_a_job_rests_after_its_steps_where_others_ask_for_something(
    toys: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "RESTS", 1e9)
    monkeypatch.setattr(jobs, "LONGEST_REST_SECONDS", 0.7)
    [job_id] = await toys.order(COUNT, Times("x"))
    reply = await toys.units.write(CLAIM, toys.ctx(), Claim(1, 60_000), bulk=True)
    [job] = msgspec.json.decode(reply.body, type=list[JobRow])
    assert job.id == job_id
    work = Work(toys.units, COUNT, job, 60_000)
    alone = [work.is_alone]
    assert await _seconds(work.step(MOVE, "x")) < 0.7
    alone.append(work.is_alone)
    for _ in range(jobs.READINGS_ALONE):
        await toys.units.reading(toys.project_id)
    assert await _seconds(work.step(MOVE, "x")) >= 0.7
    alone.append(work.is_alone)
    assert await _seconds(work.step(MOVE, "x")) < 0.7
    assert alone == [False, True, False]


async def _seconds(doing: Awaitable[object]) -> float:
    started = time.perf_counter()
    await doing
    return time.perf_counter() - started
