"""Jobs that end without being done: their task is told in the unit that ends them."""

import asyncio
from typing import Any

import msgspec
import pytest

from patron.db.actions import Action, Ctx, Outcome, Read, Wants
from patron.db.rows import Rows
from patron.kernel.problems import Problem, not_found
from patron.queue.by_hand import cancel, retry
from patron.queue.claims import ATTEMPTS, CLAIM, Claim
from patron.queue.failures import crashed, failing
from patron.queue.jobs import JobRow, LostLease, Task, Work
from tests.queue.toys import MOVE, Times, Yard, run_sql, statuses


async def _gather(read: Read, ctx: Ctx, told: Times) -> Wants:
    return await MOVE.gather(read, ctx, f"{told.counter} given up")


def _apply(rows: Rows, ctx: Ctx, told: Times) -> Outcome:
    MOVE.apply(rows, ctx, f"{told.counter} given up")
    if told.times == 0:
        raise not_found("counter", told.counter)
    return MOVE.apply(rows, ctx, f"{told.counter} given up")


GIVE_UP = Action("toys.give_up", _gather, _apply)
"""Moves a counter by two; refused, after the first of them, where the job was to do nothing."""


def telling(run: Any) -> Task[Times]:
    return Task("toys.telling", Times, run, given_up=GIVE_UP)


async def _idle(_work: Work[Times]) -> None:
    await asyncio.sleep(60)


async def claim(toys: Yard, lease_ms: int = 0) -> JobRow:
    reply = await toys.units.write(CLAIM, toys.ctx(), Claim(1, lease_ms))
    [job] = msgspec.json.decode(reply.body, type=list[JobRow])
    return job


async def test_a_task_is_told_of_a_job_that_was_refused(toys: Yard) -> None:
    async def run(work: Work[Times]) -> None:
        raise not_found("customer", work.payload.counter)

    async with toys.working(telling(run)):
        await toys.order(telling(run), Times("x"))
        await toys.ended()
    assert statuses(await toys.jobs()) == ["failed"]
    assert await toys.counters() == {"x given up": 2}


@pytest.mark.usefixtures("soon")
async def test_a_task_is_told_once_of_a_job_that_used_up_its_attempts(toys: Yard) -> None:
    told: list[dict[str, int]] = []

    async def run(_work: Work[Times]) -> None:
        told.append(await toys.counters())
        raise OSError

    async with toys.working(telling(run)):
        await toys.order(telling(run), Times("x"))
        await toys.ended()
    assert told == [{}] * ATTEMPTS
    assert await toys.counters() == {"x given up": 2}


async def test_a_task_is_told_of_a_job_that_killed_its_process_each_time(toys: Yard) -> None:
    await toys.order(telling(_idle), Times("x"))
    for _ in range(ATTEMPTS):
        await claim(toys)
    async with toys.working(telling(_idle)):
        [job] = await toys.ended()
    assert (job.status, job.attempts) == ("failed", ATTEMPTS)
    assert await toys.counters() == {"x given up": 2}


@pytest.mark.parametrize("running", [False, True])
async def test_a_task_is_told_of_a_job_that_was_canceled(toys: Yard, running: bool) -> None:
    [job_id] = await toys.order(telling(_idle), Times("x"))
    job = await claim(toys, 60_000) if running else None
    tasks = {"toys.telling": telling(_idle)}
    await cancel(toys.units, tasks, toys.project_id, job_id)
    assert statuses(await toys.jobs()) == ["canceled"]
    assert await toys.counters() == {"x given up": 2}
    if job is not None:
        with pytest.raises(LostLease):
            await Work(toys.units, telling(_idle), job, 60_000).finish(MOVE, "x")


async def test_a_job_that_is_done_or_retried_is_not_given_up(toys: Yard) -> None:
    async def run(work: Work[Times]) -> None:
        await work.finish(MOVE, "done")

    async with toys.working(telling(run)):
        [job_id] = await toys.order(telling(run), Times("x"), run_at=9_999_999_999_999)
        await retry(toys.units, toys.project_id, job_id)
        await toys.ended()
    assert await toys.counters() == {"done": 1}


async def test_of_failures_and_cancellations_at_once_one_tells_the_task(toys: Yard, twin: Yard) -> None:
    task = telling(_idle)
    [job_id] = await toys.order(task, Times("x"))
    job = await claim(toys, 60_000)
    await asyncio.gather(
        *(yard.units.write(failing(task, job), yard.ctx(), crashed(job)) for yard in (toys, twin) * 5),
        *(cancel(yard.units, {task.name: task}, toys.project_id, job_id) for yard in (toys, twin) * 5),
        return_exceptions=True,
    )
    assert await toys.counters() == {"x given up": 2}
    assert statuses(await toys.jobs()) in (["failed"], ["canceled"])


async def test_a_job_whose_task_cannot_be_told_does_not_end(toys: Yard) -> None:
    task = telling(_idle)
    [job_id] = await toys.order(task, Times("x", times=0))
    job = await claim(toys, 60_000)
    with pytest.raises(Problem, match="not_found"):
        await toys.units.write(failing(task, job), toys.ctx(), crashed(job))
    with pytest.raises(Problem, match="not_found"):
        await cancel(toys.units, {task.name: task}, toys.project_id, job_id)
    assert await toys.jobs() == [job]
    assert await toys.counters() == {}


async def test_a_job_that_its_task_cannot_read_ends_without_it(toys: Yard, database_url: str) -> None:
    task = telling(_idle)
    [job_id] = await toys.order(task, Times("x"))
    await run_sql(database_url, """UPDATE jobs SET payload = '{"counter": 5}'""")
    await cancel(toys.units, {task.name: task}, toys.project_id, job_id)
    assert statuses(await toys.jobs()) == ["canceled"]
    assert await toys.counters() == {}
